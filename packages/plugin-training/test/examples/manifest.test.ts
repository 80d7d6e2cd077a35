import { mkdirSync } from "node:fs"
import { join } from "node:path"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { file } from "@sightline/core"
import { manifest } from "../../src/index.ts"
import { temporaryFolder } from "../support/images.ts"
import { composed, decomposed, problemOf, write } from "../support/sources.ts"

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
      { input: file(join(at.path, "a.jpg")), name: "a.jpg", concepts: ["cat"], notConcepts: ["dog"] },
      { input: "https://example.com/b.jpg", name: "https://example.com/b.jpg", concepts: ["cat", "dog"] },
      { input: file(join(at.path, "sub/c.jpg")), name: "sub/c.jpg", concepts: ["fox"] }
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
      { input: file(join(at.path, `a, "b".jpg`)), name: `a, "b".jpg`, concepts: ["cat", "dog"] },
      { input: file(join(at.path, "c.jpg")), name: "c.jpg", concepts: ["fox"], notConcepts: ["cat"] },
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

  it("has the same concepts in composed and in decomposed Unicode, and finds files in either form", async () => {
    using at = temporaryFolder()
    mkdirSync(join(at.path, decomposed))
    const picture = write(join(at.path, decomposed), "1.jpg", "x")
    const examples = { input: file(picture), concepts: [composed], notConcepts: ["th\u00e9"] }
    const lines = [composed, decomposed].map((name) => ({
      file: `${name}/1.jpg`,
      concepts: [decomposed],
      notConcepts: "the\u0301"
    }))
    const json = write(at.path, "m.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"))
    const csv = write(
      at.path,
      "m.csv",
      ["file,concepts,notConcepts", ...lines.map((line) => `${line.file},${decomposed},the\u0301`)].join("\n")
    )
    for (const path of [json, csv])
      expect(await Array.fromAsync(manifest(path))).toEqual(lines.map((line) => ({ ...examples, name: line.file })))
    const missing = write(at.path, "none.jsonl", JSON.stringify({ file: `${decomposed}.jpg`, concept: "cat" }))
    const [none] = await Array.fromAsync(manifest(missing))
    expect(none?.input).toEqual(file(join(at.path, `${decomposed}.jpg`)))
  })

  it("never shows the query of an address or the content of a data: address in a name", async () => {
    using at = temporaryFolder()
    const places = ["https://me:key@example.com/a.jpg?signature=secret#x", "data:image/png;base64,AAAA"]
    const path = write(at.path, "m.jsonl", places.map((url) => JSON.stringify({ url, concept: "cat" })).join("\n"))
    const found = await Array.fromAsync(manifest(path))
    expect(found.map(({ input }) => input)).toEqual(places)
    expect(found.map(({ name }) => name)).toEqual(["https://example.com/a.jpg", "line 2"])
  })
})
