import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Example, ExamplesUnreadable, folder, manifest } from "../../src/index.ts"
import { temporaryFolder } from "../support/images.ts"
import { appOf } from "../support/backends.ts"
import { makeFakeService, connectDirectly } from "../support/fake-service.ts"

const write = (path: string, name: string, text: string): string => {
  const file = join(path, name)
  writeFileSync(file, text)
  return file
}
const problemOf = async (examples: AsyncIterable<Example>): Promise<string> => {
  try {
    await Array.fromAsync(examples)
  } catch (error) {
    if (error instanceof ExamplesUnreadable) return error.problem
    throw error
  }
  return ""
}

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
      { input: join(at.path, "cat", "1.webp"), name: join("cat", "1.webp"), concepts: ["cat"], notConcepts: ["dog"] },
      { input: join(at.path, "dog", "a.png"), name: join("dog", "a.png"), concepts: ["dog"], notConcepts: ["cat"] },
      { input: join(at.path, "dog", "b.JPG"), name: join("dog", "b.JPG"), concepts: ["dog"], notConcepts: ["cat"] }
    ])
    expect(await Array.fromAsync(photos)).toEqual(found)
    const loose = await Array.fromAsync(folder(at.path, { exclusive: false, extensions: [".txt"] }))
    expect(loose).toEqual([
      { input: join(at.path, "cat", "notes.txt"), name: join("cat", "notes.txt"), concepts: ["cat"] }
    ])
  })

  it("fails with the reason if it cannot be read", async () => {
    using at = temporaryFolder()
    expect(await problemOf(folder(join(at.path, "nowhere")))).toBe("there is no such folder")
    expect(await problemOf(folder(write(at.path, "file.jpg", "x")))).toMatch(/a file, not a folder/)
    expect(await problemOf(folder(at.path))).toMatch(/no sub-folders/)
  })
})

describe("manifest", () => {
  it("reads JSON Lines: relative files, addresses, and concepts in several notations", async () => {
    using at = temporaryFolder()
    const path = write(
      at.path,
      "m.jsonl",
      [
        "\uFEFF" + JSON.stringify({ file: "a.jpg", concepts: ["cat"], notConcepts: ["dog"] }),
        "",
        JSON.stringify({ url: "https://example.com/b.jpg", concepts: "cat| dog " }),
        JSON.stringify({ file: "sub/c.jpg", concept: "fox", other: 1 })
      ].join("\r\n")
    )
    expect(await Array.fromAsync(manifest(path))).toEqual([
      { input: join(at.path, "a.jpg"), name: "a.jpg", concepts: ["cat"], notConcepts: ["dog"] },
      { input: "https://example.com/b.jpg", name: "https://example.com/b.jpg", concepts: ["cat", "dog"] },
      { input: join(at.path, "sub/c.jpg"), name: "sub/c.jpg", concepts: ["fox"] }
    ])
  })

  it("reads CSV with quotes, quoted commas, and columns in any order", async () => {
    using at = temporaryFolder()
    const path = write(
      at.path,
      "m.csv",
      `concepts,file,notConcepts,url\ncat|dog,"a, ""b"".jpg",,\nfox,c.jpg,cat,\ncat,,,https://example.com/d.jpg\n`
    )
    expect(await Array.fromAsync(manifest(path))).toEqual([
      { input: join(at.path, `a, "b".jpg`), name: `a, "b".jpg`, concepts: ["cat", "dog"] },
      { input: join(at.path, "c.jpg"), name: "c.jpg", concepts: ["fox"], notConcepts: ["cat"] },
      { input: "https://example.com/d.jpg", name: "https://example.com/d.jpg", concepts: ["cat"] }
    ])
  })

  it("reads any names that were written as CSV", async () => {
    using at = temporaryFolder()
    const name = fc
      .string({ minLength: 1, maxLength: 12 })
      .filter((text) => /^[^\r\n|\uFEFF\u2028\u2029]+$/.test(text) && text.trim() === text)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, name), { minLength: 1, maxLength: 8 }), async (rows) => {
        const quote = (cell: string) => `"${cell.replaceAll(`"`, `""`)}"`
        const lines = rows.map(([file, concept]) => `${quote(`./${file}`)},${quote(concept)}`)
        const path = write(at.path, "any.csv", ["file,concepts", ...lines].join("\n"))
        const read = await Array.fromAsync(manifest(path))
        expect(read.map(({ concepts, name: file }) => [file, ...concepts])).toEqual(
          rows.map(([file, concept]) => [`./${file}`, concept])
        )
      }),
      { numRuns: 60 }
    )
  })

  it("fails with the line that is not valid and the form that is expected", async () => {
    using at = temporaryFolder()
    const good = JSON.stringify({ file: "a.jpg", concepts: ["cat"] })
    expect(await problemOf(manifest(write(at.path, "1.jsonl", `${good}\nnot json`)))).toMatch(
      /^line 2 is not JSON such as/
    )
    expect(await problemOf(manifest(write(at.path, "2.jsonl", `{"file": 7}`)))).toMatch(/^line 1/)
    expect(await problemOf(manifest(write(at.path, "3.jsonl", `{"concepts": ["cat"]}`)))).toBe(
      "line 1 names no file or url"
    )
    expect(await problemOf(manifest(write(at.path, "4.csv", "file,concepts\n,cat")))).toBe(
      "line 2 names no file or url"
    )
    expect(await problemOf(manifest(write(at.path, "5.csv", "path,label\na.jpg,cat")))).toMatch(/^line 1 .*columns/)
    expect(await problemOf(manifest(write(at.path, "6.csv", `file,concepts\n"a.jpg,cat`)))).toMatch(/^line 2 .*quote/)
    expect(await problemOf(manifest(join(at.path, "none.jsonl")))).toBe("there is no such file")
    expect(await problemOf(manifest(at.path))).toBe("it could not be read")
  })
})

describe("a training from examples that cannot all be read", () => {
  it("fails with the reason, keeps what is uploaded, and continues once the source is repaired", async () => {
    using at = temporaryFolder()
    for (let i = 0; i < 200; i++) write(at.path, `${i}.bmp`, `BM${i}`)
    const lines = Array.from({ length: 200 }, (_, i) =>
      JSON.stringify({ file: `${i}.bmp`, concepts: [i % 2 ? "cat" : "dog"] })
    )
    const path = write(at.path, "m.jsonl", [...lines, "broken"].join("\n"))
    const service = makeFakeService({ states: [21100] })
    const pipeline = appOf({ connection: connectDirectly(service), folder: at.path })
      .train("pets")
      .concepts("cat", "dog")
      .examples(manifest(path))
    const result = await pipeline.result()
    expect(result.ok ? "" : result.error._tag).toBe("ExamplesUnreadable")
    write(at.path, "m.jsonl", lines.join("\n"))
    const { tally } = await pipeline.run()
    expect((tally?.added ?? 0) + (tally?.known ?? 0)).toBe(200)
    expect(tally?.known).toBeGreaterThan(0)
    expect(service.inputs.size).toBe(200)
  })

  it("fails with the message that an iterable throws", async () => {
    using at = temporaryFolder()
    const failing = function* (): Iterable<Example> {
      yield { input: new Uint8Array([1]), concepts: ["cat"] }
      throw new Error("the disk is gone")
    }
    const pipeline = appOf({ connection: connectDirectly(makeFakeService()), folder: at.path })
      .train("pets")
      .concepts("cat")
    for (const examples of [
      failing(),
      (async function* () {
        yield* failing()
      })()
    ]) {
      const result = await pipeline.examples(examples).result()
      expect(result.ok ? "" : result.error.message).toMatch(/the disk is gone/)
    }
  })
})
