/** What files, folders, globs, addresses and lists expand to. */
import { chmodSync, mkdirSync, symlinkSync } from "node:fs"
import { join, sep } from "node:path"
import { Readable } from "node:stream"
import { describe, expect, it } from "vitest"
import { CommandError } from "../../src/command-line/command-error.ts"
import { exitCode } from "../../src/command-line/exit-code.ts"
import { expandInputs, type InputArguments, surveyInputs } from "../../src/inputs/expand-inputs.ts"
import { kindOf } from "@sightline/platform/media-kind"
import { drawImage, temporaryFolder } from "../support/folders.ts"

const given = (cwd: string, names: ReadonlyArray<string>, more: Partial<InputArguments> = {}): InputArguments => ({
  names,
  texts: [],
  kind: undefined,
  nul: false,
  cwd,
  stdin: Readable.from([]),
  ...more
})

const labels = async (input: InputArguments) => (await Array.fromAsync(expandInputs(input))).map(({ label }) => label)
const kinds = async (input: InputArguments) => (await Array.fromAsync(expandInputs(input))).map(({ kind }) => kind)

describe("a folder", () => {
  it("yields its files and those of its sub-folders in order, without hidden files and unknown kinds", async () => {
    using at = temporaryFolder()
    for (const name of [
      "b/2.JPG",
      "b/10.png",
      "a.webp",
      ".hidden.jpg",
      ".git/x.jpg",
      "notes.pdf",
      "c/d/e.mp4",
      "b/t.txt"
    ])
      at.write(join("photos", name), "x")
    const found = ["a.webp", "b/10.png", "b/2.JPG", "b/t.txt", "c/d/e.mp4"].map((name) =>
      join("photos", ...name.split("/"))
    )
    expect(await labels(given(at.path, ["photos"]))).toEqual(found)
    expect(await labels(given(at.path, [`photos${sep}`]))).toEqual(found)
    expect(await kinds(given(at.path, ["photos"]))).toEqual(["image", "image", "image", "text", "video"])
    expect(await labels(given(at.path, ["photos"], { kind: "video" }))).toEqual([join("photos", "c", "d", "e.mp4")])
    expect(await surveyInputs(given(at.path, ["photos", "photos/a.webp"]))).toEqual({
      total: 6,
      kinds: new Set(["image", "video", "text"])
    })
  })

  it("follows links to files, but not to folders, which may lead back", async () => {
    using at = temporaryFolder()
    at.write("photos/a.jpg", "x")
    symlinkSync(join(at.path, "photos"), join(at.path, "photos", "loop"))
    symlinkSync(join(at.path, "photos", "a.jpg"), join(at.path, "photos", "b.jpg"))
    expect(await labels(given(at.path, ["photos"]))).toEqual([join("photos", "a.jpg"), join("photos", "b.jpg")])
  })

  it.skipIf(process.getuid?.() === 0 || process.platform === "win32")(
    "that cannot be read fails with the reason",
    async () => {
      using at = temporaryFolder()
      mkdirSync(join(at.path, "secret"))
      chmodSync(join(at.path, "secret"), 0)
      await expect(labels(given(at.path, ["secret"]))).rejects.toThrow(
        /the folder secret cannot be read: no permission/
      )
    }
  )
})

describe("a name", () => {
  it("of a file may have spaces, commas, quotes, backslashes, and characters of patterns", async () => {
    using at = temporaryFolder()
    const names = [
      "with space.jpg",
      "a,b.jpg",
      "it's.jpg",
      "[1].jpg",
      "what?.jpg",
      "-.jpg",
      "日本.jpg",
      "cafe\u0301.jpg"
    ]
    if (sep === "/") names.push("back\\slash.jpg")
    for (const name of names) at.write(name, "x")
    expect(await labels(given(at.path, names))).toEqual(names)
  })

  it("of a file without a known extension is sniffed", async () => {
    using at = temporaryFolder()
    at.write("photo", drawImage("cat", 1))
    at.write("clip", Buffer.concat([Buffer.of(0, 0, 0, 24), Buffer.from("ftypisom\0\0\0\0isommp42"), Buffer.alloc(64)]))
    at.write("sound.dat", Buffer.concat([Buffer.from("RIFF\0\0\0\0WAVEfmt "), Buffer.alloc(64)]))
    expect(await kinds(given(at.path, ["photo", "clip", "sound.dat", "nowhere"]))).toEqual([
      "image",
      "video",
      "audio",
      "image"
    ])
    expect(await kinds(given(at.path, ["photo"], { kind: "text" }))).toEqual(["text"])
  })

  it("that is a pattern yields the matching files in order, and fails if there are none", async () => {
    using at = temporaryFolder()
    for (const name of ["b.jpg", "a.jpg", "c.png", "d/e.jpg"]) at.write(name, "x")
    expect(await labels(given(at.path, ["*.jpg"]))).toEqual(["a.jpg", "b.jpg"])
    expect(await labels(given(at.path, ["**/*.jpg"]))).toEqual(["a.jpg", "b.jpg", join("d", "e.jpg")])
    expect(await labels(given(at.path, ["{c,x}.png"]))).toEqual(["c.png"])
    await expect(labels(given(at.path, ["*.gif"]))).rejects.toThrow(
      new CommandError(`no file matches "*.gif"`, exitCode.input)
    )
  })

  it("that is an address has the kind of its path", async () => {
    const addresses = [
      "https://a.example/x.mp4?size=2",
      "https://a.example/x",
      "HTTP://a.example/x.WAV",
      "data:text/plain,hello"
    ]
    expect(await kinds(given("/", addresses))).toEqual(["video", "image", "audio", "text"])
    expect(kindOf("C:\\photos\\a.JPG")).toBe("image")
    expect(kindOf("archive.tar")).toBeUndefined()
  })
})

describe("a list on standard input", () => {
  it("has one name on each line, of files, folders and addresses", async () => {
    using at = temporaryFolder()
    at.write("with space.jpg", "x")
    at.write("photos/a.jpg", "x")
    const stdin = () => Readable.from(["with space.jpg\r\n\nphotos\n", "https://a.example/b.jpg"])
    expect(await labels(given(at.path, ["-"], { stdin: stdin() }))).toEqual([
      "with space.jpg",
      join("photos", "a.jpg"),
      "https://a.example/b.jpg"
    ])
    expect(await surveyInputs(given(at.path, ["-"], { stdin: stdin() }))).toBeUndefined()
  })

  it("may be separated by NUL, so that names can have line breaks", async () => {
    using at = temporaryFolder()
    at.write("two\nlines.jpg", "x")
    const stdin = Readable.from(["two\nlin", "es.jpg\0https://a.example/b", ".jpg"])
    expect(await labels(given(at.path, ["-"], { stdin, nul: true }))).toEqual([
      "two\nlines.jpg",
      "https://a.example/b.jpg"
    ])
  })

  it("is read no faster than it is used", async () => {
    let read = 0
    const stdin = Readable.from(
      (function* () {
        for (;;) yield `https://a.example/${read++}.jpg\n`
      })()
    )
    let taken = 0
    for await (const _ of expandInputs(given("/", ["-"], { stdin }))) if (++taken === 100) break
    expect(read).toBeLessThan(5000)
  })
})
