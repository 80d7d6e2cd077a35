/** Folders that cannot be used: whoever opens one is told so, and the program ends. */
import { execFile } from "node:child_process"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { engine, EngineOptionError } from "../../src/index.ts"
import { freshFolder } from "../support/fresh-engine.ts"

const program = join(import.meta.dirname, "open-folder.ts")

/** Runs the program, as a user who may not write everywhere when `uid` is given; killed when it does not end. */
const run = (directory: string, uid?: number): Promise<string> =>
  new Promise((done, fail) => {
    const options = { timeout: 25_000, killSignal: "SIGKILL" } as const
    const whom = uid === undefined ? [] : [String(uid)]
    execFile(process.execPath, ["--no-warnings", program, directory, ...whom], options, (error, stdout, stderr) => {
      if (error) fail(new Error(`it did not end well: ${stdout}${stderr}`, { cause: error }))
      else done(stdout)
    })
  })

const told = async (directory: string, why: RegExp, uid?: number) => {
  const lines = (await run(directory, uid))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  assert.lengthOf(lines, 3)
  const [asked, served, disposed] = lines
  assert.deepInclude(asked, { asked: "Unreachable", retryable: false })
  const message = String(asked?.["message"])
  assert.match(message, why)
  assert.include(message, directory)
  assert.notInclude(message, "network")
  assert.notInclude(message, "\n")
  assert.strictEqual(served?.["served"], "EngineFolderError")
  assert.match(String(served?.["message"]), why)
  assert.deepStrictEqual(disposed, { disposed: true })
}

const writable = /cannot be written; check its permissions or name another with `directory`/

describe("a program whose folder cannot be used says so and ends", () => {
  it.skipIf(process.platform !== "linux").each(["/proc/nope", "/proc/nope/deeper", "/sys/nope"])("%s", (directory) =>
    told(directory, writable)
  )

  it("a file, and a path below a file", async () => {
    using folder = freshFolder()
    const file = join(folder.path, "file")
    writeFileSync(file, "x")
    await told(file, /is not a folder; name another/)
    await told(join(file, "below", "it"), /is not a folder; name another/)
  })

  it("no folder at all", () => {
    assert.throws(() => engine({ directory: "" }), EngineOptionError, /directory: it is empty/)
    // as programs in JavaScript can write it
    for (const options of [{}, { directory: 3 }, { dir: "x" }])
      assert.throws(() => Reflect.apply(engine, undefined, [options]), EngineOptionError, /directory: it is not a path/)
  })

  it("an embedder that there is not", () => {
    const wrong = /embedder: "..\/best" is no name of a model; use "accurate", "fast" or the name of an added model/
    assert.throws(() => engine({ directory: "x", embedder: "../best" }), EngineOptionError, wrong)
  })

  // root writes where it likes, so the program then runs as somebody else
  const uid = process.getuid?.() === 0 ? 65_534 : undefined
  it.skipIf(process.getuid === undefined)("a folder that may only be read", async () => {
    using folder = freshFolder()
    const locked = join(folder.path, "locked")
    mkdirSync(locked)
    chmodSync(folder.path, 0o755)
    chmodSync(locked, 0o555)
    await told(locked, writable, uid)
    await told(join(locked, "below"), writable, uid)
    chmodSync(locked, 0o755)
  })
})
