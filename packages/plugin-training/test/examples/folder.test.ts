import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { file } from "@sightline/core"
import { folder } from "../../src/index.ts"
import { temporaryFolder } from "../support/images.ts"
import { composed, decomposed, problemOf, write } from "../support/sources.ts"

describe("folder", () => {
  it("yields the images of its sub-folders in order, and nothing else", async () => {
    using at = temporaryFolder()
    for (const [concept, name] of [
      ["dog", "b.JPG"],
      ["dog", "a.png"],
      ["cat", "1.webp"],
      ["cat", "notes.txt"],
      [".hidden", "x.jpg"]
    ] as const) {
      mkdirSync(join(at.path, concept), { recursive: true })
      write(join(at.path, concept), name, "x")
    }
    write(at.path, "stray.jpg", "x")
    const photos = folder(at.path)
    expect(await photos.concepts()).toEqual(["cat", "dog"])
    const found = await Array.fromAsync(photos)
    expect(found).toEqual([
      {
        input: file(join(at.path, "cat", "1.webp")),
        name: join("cat", "1.webp"),
        concepts: ["cat"],
        notConcepts: ["dog"]
      },
      {
        input: file(join(at.path, "dog", "a.png")),
        name: join("dog", "a.png"),
        concepts: ["dog"],
        notConcepts: ["cat"]
      },
      {
        input: file(join(at.path, "dog", "b.JPG")),
        name: join("dog", "b.JPG"),
        concepts: ["dog"],
        notConcepts: ["cat"]
      }
    ])
    expect(await Array.fromAsync(photos)).toEqual(found)
    const loose = await Array.fromAsync(folder(at.path, { exclusive: false, extensions: [".txt"] }))
    expect(loose).toEqual([
      { input: file(join(at.path, "cat", "notes.txt")), name: join("cat", "notes.txt"), concepts: ["cat"] }
    ])
  })

  it("fails with the reason if it cannot be read", async () => {
    using at = temporaryFolder()
    expect(await problemOf(folder(join(at.path, "nowhere")))).toBe("there is no such folder")
    expect(await problemOf(folder(write(at.path, "file.jpg", "x")))).toMatch(/a file, not a folder/)
    expect(await problemOf(folder(at.path))).toMatch(/no sub-folders/)
  })

  it("has the same concepts in composed and in decomposed Unicode", async () => {
    using at = temporaryFolder()
    for (const name of [decomposed, "the\u0301"]) {
      mkdirSync(join(at.path, name))
      write(join(at.path, name), "1.jpg", "x")
    }
    const photos = folder(at.path)
    expect(await photos.concepts()).toEqual([composed, "th\u00e9"])
    expect(
      (await Array.fromAsync(photos)).map(({ concepts, input, notConcepts }) => [input, concepts, notConcepts])
    ).toEqual([
      [file(join(at.path, decomposed, "1.jpg")), [composed], ["th\u00e9"]],
      [file(join(at.path, "the\u0301", "1.jpg")), ["th\u00e9"], [composed]]
    ])
  })

  it.skipIf(process.platform === "darwin")(
    "joins sub-folders whose names differ only in their Unicode form",
    async () => {
      using at = temporaryFolder()
      for (const name of [composed, decomposed, "dog"]) {
        mkdirSync(join(at.path, name))
        write(join(at.path, name), "1.jpg", "x")
      }
      const photos = folder(at.path)
      expect(await photos.concepts()).toEqual([composed, "dog"])
      const found = await Array.fromAsync(photos)
      expect(found).toHaveLength(3)
      expect(found.filter(({ concepts }) => concepts[0] === composed).map(({ notConcepts }) => notConcepts)).toEqual([
        ["dog"],
        ["dog"]
      ])
    }
  )
})
