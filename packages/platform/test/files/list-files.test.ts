import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { listFiles, ListingFailed } from "../../src/files/list-files.ts"

let folder = ""
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sightline-list-"))
  for (const name of ["b/2.jpg", "b/1.txt", "a.jpg", "[1].jpg", ".hidden/3.jpg", "b/.4.jpg"]) {
    mkdirSync(join(folder, name, ".."), { recursive: true })
    writeFileSync(join(folder, name), "")
  }
  symlinkSync(join(folder, "a.jpg"), join(folder, "b", "3.jpg"))
  symlinkSync(join(folder, "b"), join(folder, "b", "loop"))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const list = async (name: string, cwd = folder) => {
  const found: Array<string> = []
  for await (const file of listFiles(name, cwd)) {
    found.push(file.name)
    assert.strictEqual(file.path, name.startsWith(folder) ? file.name : join(cwd, file.name))
  }
  return found
}

describe("files that a name stands for", () => {
  it("are those below a folder, in order, without hidden ones; links to files are followed, those to folders not", async () => {
    assert.deepStrictEqual(await list("."), ["[1].jpg", "a.jpg", "b/1.txt", "b/2.jpg", "b/3.jpg"])
    assert.deepStrictEqual(
      await list(join(folder, "b")),
      ["1.txt", "2.jpg", "3.jpg"].map((name) => join(folder, "b", name))
    )
  })
  it("are those that match a pattern, hidden ones only where it names them", async () => {
    assert.deepStrictEqual(await list("**/*.jpg"), ["[1].jpg", "a.jpg", "b/2.jpg", "b/3.jpg"])
    assert.deepStrictEqual(await list(".hidden/*.jpg"), [".hidden/3.jpg"])
    assert.deepStrictEqual(await list("../*.jpg", join(folder, "b")), ["../[1].jpg", "../a.jpg"])
  })
  it("are one where a file has the name, though it looks like a pattern", async () => {
    assert.deepStrictEqual(await list("[1].jpg"), ["[1].jpg"])
  })
  it.each([
    ["none", "ENOENT"],
    ["*.png", "NOMATCH"]
  ])("%s are none, which is an error with the code %s", async (name, code) => {
    const error: unknown = await list(name).catch((thrown: unknown) => thrown)
    assert.isTrue(error instanceof ListingFailed && error.code === code && error.listed === name)
  })
})
