// Which paths are read: those of regular files.
import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fromFile } from "../../src/bytes/file-source.ts"

const problem = (path: string) =>
  fromFile(path).then(
    () => "it was opened",
    (error: unknown) => String(error)
  )

describe("a path", () => {
  it.skipIf(process.platform === "win32")("of a named pipe is refused without waiting for a writer", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pipe-"))
    execFileSync("mkfifo", [join(folder, "clip.mp4")])
    // more than Node has threads for files: one that waited would keep all others from being read
    for (const found of await Promise.all(Array.from({ length: 8 }, () => problem(join(folder, "clip.mp4")))))
      assert.match(found, /it is not a file/)
    rmSync(folder, { recursive: true })
  })
  it("of a folder is refused", async () => {
    assert.match(await problem(tmpdir()), /it is a folder|it is not a file/)
  })
})
