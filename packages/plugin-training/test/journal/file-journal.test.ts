/** The journal in a folder. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
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
