import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"

/** The types of the exports of readable.ts, as the compiler writes them. */
const written = (): ReadonlyMap<string, string> => {
  const folder = mkdtempSync(join(tmpdir(), "readable-"))
  const core = join(import.meta.dirname, "../..")
  try {
    const options = [
      "--declaration",
      "--emitDeclarationOnly",
      "--noEmit",
      "false",
      "--outDir",
      folder,
      "--rootDir",
      core
    ]
    const base = [
      "--target",
      "es2023",
      "--module",
      "nodenext",
      "--strict",
      "--skipLibCheck",
      "--exactOptionalPropertyTypes",
      "--allowImportingTsExtensions",
      "--ignoreConfig",
      "--lib",
      "es2024,esnext.disposable,esnext.array,esnext.collection,dom,dom.iterable,dom.asynciterable",
      "--types",
      ""
    ]
    execFileSync(join(core, "node_modules/.bin/tsc"), [...base, ...options, join(import.meta.dirname, "readable.ts")], {
      stdio: "pipe"
    })
    const text = readFileSync(join(folder, "test/types/readable.d.ts"), "utf8")
    return new Map(
      [...text.matchAll(/export declare const (\w+): (.*?);\n(?=export|$)/gs)].map(([, name = "", type = ""]) => [
        name,
        type
      ])
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe("the type of a chain, as people see it", () => {
  it("is its name with what it holds, how it fails, and its verbs", () => {
    const types = written()
    assert.deepStrictEqual([...types.keys()], ["held", "one", "series"])
    for (const [name, type] of types) {
      const short = type.replaceAll(/import\("[^"]*"\)\./g, "")
      assert.match(short, /Chain</, name)
      assert.isBelow(short.length, 800, `${name}: ${short}`)
    }
  }, 60_000)
})
