/** The journal in a folder. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Entry } from "../../src/journal/entry.ts"
import { fileJournal } from "../../src/journal/file-journal.ts"

const entry: Entry = { _tag: "version", version: "v1" }

const refusal = (folder: string) =>
  Effect.runPromise(Effect.flip(fileJournal(folder).append("pets", entry))).then(({ message }) => message)

describe("a journal in a folder", () => {
  it("creates its folders, also when two trainings begin at once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "journal-"))
    try {
      const deep = join(folder, "a", "b")
      await Promise.all(["pets", "cars"].map((id) => Effect.runPromise(fileJournal(deep).append(id, entry))))
      assert.deepStrictEqual(await Effect.runPromise(fileJournal(deep).read("cars")), [entry])
      assert.include(await readFile(join(deep, "pets.jsonl"), "utf8"), "v1")
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it.skipIf(process.platform === "win32")("is readable by its owner only, whatever the umask", async () => {
    const folder = await mkdtemp(join(tmpdir(), "journal-"))
    const umask = process.umask(0)
    const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
    try {
      const journal = fileJournal(join(folder, "a", "b"))
      await Effect.runPromise(
        Effect.scoped(Effect.andThen(journal.hold?.("pets") ?? Effect.void, journal.append("pets", entry)))
      )
      for (const made of ["a", "a/b"]) assert.strictEqual(await modeOf(join(folder, made)), "700")
      const files = await readdir(join(folder, "a", "b"))
      assert.sameMembers(files, ["pets.jsonl", "pets.lock", "pets.lock.json"])
      for (const file of files) assert.strictEqual(await modeOf(join(folder, "a", "b", file)), "600", file)
      // A file of an earlier version is narrowed; a folder that existed is the user's own.
      const open = join(folder, "open")
      await mkdir(open, { mode: 0o755 })
      await writeFile(join(open, "pets.jsonl"), "", { mode: 0o644 })
      await chmod(join(open, "pets.jsonl"), 0o644)
      await Effect.runPromise(fileJournal(open).append("pets", entry))
      assert.strictEqual(await modeOf(join(open, "pets.jsonl")), "600")
      assert.strictEqual(await modeOf(open), "755")
    } finally {
      process.umask(umask)
      await rm(folder, { recursive: true })
    }
  })

  it.skipIf(process.platform !== "linux")("fails with the reason where no folder can be created", async () => {
    for (const folder of ["/proc/nope", "/proc/nope/deeper"])
      assert.match(await refusal(folder), /cannot be written \(ENOENT\); pass training\(\{ journal \}\) another folder/)
  })

  it("fails with the reason below a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "journal-"))
    try {
      await writeFile(join(folder, "file"), "x")
      assert.match(await refusal(join(folder, "file", "below")), /cannot be written \(E(NOTDIR|EXIST)\)/)
      assert.match(await refusal(join(folder, "file")), /cannot be written \(ENOTDIR\)/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
