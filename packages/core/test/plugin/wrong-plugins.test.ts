// What the type checker prints for wrong plugins: one line each, with what to do.
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { wrongTypes } from "./wrong-plugins.ts"

const core = join(import.meta.dirname, "../..")
const header = `import { models, sightline } from "../src/index.ts"
import { definePlugin, extend, type Media, source, stage, stageSame, toMedia } from "../src/plugin.ts"
import { fakeConnection } from "../src/testing.ts"
import { Context, Effect, Layer } from "effect"
const app = sightline(fakeConnection(() => ({})))
export const mentioned = { models, extend, source, stage, stageSame, toMedia, Context, Effect, Layer, app } satisfies object
export type Mentioned = Media
`

const options = [
  ["--noEmit", "--pretty", "false", "--ignoreConfig", "--strict", "--skipLibCheck", "--exactOptionalPropertyTypes"],
  ["--allowImportingTsExtensions", "--target", "es2023", "--module", "nodenext", "--types", "node"],
  ["--lib", "es2024,esnext.disposable,esnext.array,esnext.collection,dom,dom.iterable,dom.asynciterable"]
].flat()

/** What the compiler prints for these programs, all in one run. */
const compile = (folder: string, programs: ReadonlyArray<string>): Promise<string> => {
  const files = programs.map((program, i) => {
    const file = join(folder, `wrong-${i}.ts`)
    writeFileSync(file, header + program)
    return file
  })
  return new Promise((resolve) => {
    execFile(join(core, "node_modules/.bin/tsc"), [...options, ...files], { cwd: core, maxBuffer: 1e8 }, (_, stdout) =>
      resolve(stdout)
    )
  })
}

/** A long type is cut; a sentence, which is a text, is whole. */
const shorten = (line: string): string => line.replaceAll(/'((?!")[^']{80})[^']*'/g, "'$1…'")

/** The last line of each program's first error: it says what is wrong most exactly. */
const said = (output: string, index: number): string | undefined => {
  const lines = output.split("\n")
  const first = lines.findIndex((line) => line.includes(`wrong-${index}.ts(`))
  if (first < 0) return undefined
  const rest = lines.slice(first + 1)
  const end = rest.findIndex((line) => !line.startsWith("  "))
  const head = lines[first] ?? ""
  const detail = rest.slice(0, end < 0 ? rest.length : end)
  const sentence = [head, ...detail].find((line) => /'"[^']+"'|'`[^']+`'/.test(line)) ?? detail.at(-1) ?? head
  return shorten(sentence.replace(/^.*?error /, "").trim())
}

describe("a plugin does not compile that", () => {
  it("is wrong in any of these ways", async () => {
    const folder = mkdtempSync(join(core, ".wrong-"))
    try {
      const output = await compile(
        folder,
        wrongTypes.map(({ source }) => source)
      )
      const all = wrongTypes.map(({ name }, i) => [name, said(output, i)])
      expect(all.filter(([, sentence]) => sentence === undefined)).toEqual([])
      expect(Object.fromEntries(all)).toMatchSnapshot()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 120_000)
})
