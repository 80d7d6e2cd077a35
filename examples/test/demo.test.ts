import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { drawPhotos } from "../demo/draw.ts"

const program = join(import.meta.dirname, "../demo/main.ts")

/** Runs the demo; killed if it does not exit. */
const run = (...args: ReadonlyArray<string>) =>
  new Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }>((done) => {
    execFile(
      process.execPath,
      [program, ...args],
      { timeout: 110_000, killSignal: "SIGKILL" },
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

describe("the demo", () => {
  it("ends with the line that says where its report is, and the report has its predictions", async () => {
    const folder = await mkdtemp(join(tmpdir(), "demo-test-"))
    try {
      await drawPhotos(join(folder, "photos"), 5, 3)
      const path = join(folder, "deep", "report.html")
      const { code, stdout } = await run("--photos", join(folder, "photos"), "--report", path)
      assert.strictEqual(code, 0)
      assert.strictEqual(stdout.trimEnd().split("\n").at(-1), `report: ${path}`)
      const html = await readFile(path, "utf8")
      assert.include(html, "<title>Demo: key, leaf, mug, scissors</title>")
      assert.match(html, /id="pictures-0">[A-Za-z0-9+/=\n]{1000}/)
      const json = await run("--photos", join(folder, "photos"), "--report", path, "--json")
      assert.strictEqual(JSON.parse(json.stdout).test, 4)
      assert.strictEqual(json.stderr.trimEnd().split("\n").at(-1), `report: ${path}`)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }, 240_000)
})
