import { execFile } from "node:child_process"
import { join } from "node:path"
import { assert, describe, it } from "vitest"

const program = join(import.meta.dirname, "../demo/main.ts")

/** Runs the demo; killed if it does not exit. */
const run = (...args: ReadonlyArray<string>) =>
  new Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }>((done) => {
    execFile(
      process.execPath,
      [program, ...args],
      { timeout: 25_000, killSignal: "SIGKILL" },
      (error, stdout, stderr) => done({ code: error === null ? 0 : error.code, stdout, stderr })
    )
  })

describe("the demo, where its folder cannot be used, says so in one line and ends", () => {
  const folders = [import.meta.filename, join(import.meta.filename, "below")]
  it.each(process.platform === "linux" ? [...folders, "/proc/nope", "/proc/nope/deeper"] : folders)(
    "%s",
    async (directory) => {
      const { code, stderr, stdout } = await run("--directory", directory)
      assert.strictEqual(code, 1)
      assert.strictEqual(stdout, "")
      assert.match(stderr, /^demo: engine folder .+(is not a folder; name another|cannot be written; check .+)\n$/)
      assert.include(stderr, directory)
    }
  )
})
