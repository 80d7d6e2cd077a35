/** An engine's folder that holds what is not the engine's, or an index in which one page is another's. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { engine, EngineFolderError, type EngineOptions } from "../../src/index.ts"
import { addDrawn, ask, freshEngine, freshFolder } from "../support/fresh-engine.ts"

const index = (directory: string) => join(directory, "engine.sqlite")

const mediaIn = (directory: string): ReadonlyArray<string> =>
  readdirSync(join(directory, "media"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))

const open = (directory: string, more: Partial<EngineOptions> = {}) =>
  engine({ directory, embedder: "fast", workers: 1, ...more })

const openAndSweep = async (directory: string): Promise<void> => {
  await using local = open(directory)
  await ask(local.fetch, "GET /v2/inputs")
  await new Promise((resolve) => setTimeout(resolve, 1500)) // 256 sub-folders at most, 5 ms each
}

/** Makes `engine.sqlite` anew, as another program would. */
const replaceIndex = (directory: string, script: string): void => {
  rmSync(index(directory), { force: true })
  const db = new DatabaseSync(index(directory))
  db.exec(script)
  db.close()
}

describe("an engine.sqlite that is", () => {
  const folder = mkdtempSync(join(tmpdir(), "sightline-engine-"))
  beforeAll(async () => {
    await using local = open(folder)
    await addDrawn(local.fetch, ["down"], 2)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each([
    ["another program's", "CREATE TABLE customers (id)", "foreign"],
    ["another program's, with a version like ours", "CREATE TABLE customers (id); PRAGMA user_version = 2", "foreign"],
    ["another program's, with a table like ours", "CREATE TABLE inputs (id)", "foreign"],
    ["a database without tables", "CREATE TABLE a (id); DROP TABLE a", "index-lost"]
  ])("%s is reported and stays as it is", async (_, script, reason) => {
    replaceIndex(folder, script)
    const before = readFileSync(index(folder))
    for (const readOnly of [false, true]) {
      const local = open(folder, { readOnly })
      const failure = await local.fetch("/v2/inputs").catch((cause: unknown) => cause)
      await local[Symbol.asyncDispose]()
      assert.instanceOf(failure, EngineFolderError)
      assert.strictEqual(failure.reason, reason)
    }
    assert.isTrue(before.equals(readFileSync(index(folder))))
    assert.strictEqual(mediaIn(folder).length, 2)
  })

  it("a database without tables, and no media, is a new folder's", async () => {
    using empty = freshFolder()
    replaceIndex(empty.path, "CREATE TABLE a (id); DROP TABLE a")
    await using local = open(empty.path)
    assert.strictEqual((await addDrawn(local.fetch, ["down"], 1)).http, 200)
  })

  it("truncated to a half, or to its header, is reported as damaged", async () => {
    using other = freshFolder()
    {
      await using local = open(other.path)
      await addDrawn(local.fetch, ["down"], 2)
    }
    for (const bytes of [statSync(index(other.path)).size >> 1, 100]) {
      truncateSync(index(other.path), bytes)
      await using local = open(other.path)
      const failure = await local.fetch("/v2/inputs").catch((cause: unknown) => cause)
      assert.instanceOf(failure, EngineFolderError)
      assert.strictEqual(failure.reason, "damaged")
      assert.strictEqual(mediaIn(other.path).length, 2)
    }
  })
})

describe("an index of which one page is a copy of another", () => {
  it("costs no media that its inputs name", { timeout: 60_000 }, async () => {
    using folder = freshFolder()
    {
      await using local = open(folder.path)
      await addDrawn(local.fetch, ["down"], 60)
    }
    const db = new DatabaseSync(index(folder.path))
    const size = Number(db.prepare("PRAGMA page_size").get()?.["page_size"])
    const leaves = db
      .prepare("SELECT pageno FROM dbstat WHERE name = 'media' AND pagetype = 'leaf'")
      .all()
      .map(({ pageno }) => Number(pageno) - 1)
    db.close()
    const [first = 0, second = 0] = leaves
    assert.notStrictEqual(first, second)
    const bytes = readFileSync(index(folder.path))
    bytes.copy(bytes, second * size, first * size, (first + 1) * size)
    writeFileSync(index(folder.path), bytes)
    await openAndSweep(folder.path)
    assert.strictEqual(mediaIn(folder.path).length, 60)
  })
})

describe("a media folder", () => {
  it("with files and folders of others is swept around them", { timeout: 60_000 }, async () => {
    using folder = freshFolder()
    {
      await using local = open(folder.path)
      await addDrawn(local.fetch, ["down"], 2)
    }
    const media = join(folder.path, "media")
    const [one = ""] = mediaIn(folder.path)
    const shard = dirname(one)
    const draft = join(shard, ".0b8f0e5c-1d1c-4c4e-9d1f-2f6f3a0c9b7e")
    writeFileSync(draft, "left by a kill")
    const orphan = join(shard, `${basename(shard)}${"e".repeat(62)}`)
    writeFileSync(orphan, "left by a kill")
    const folders = [join(shard, ".hidden"), join(shard, `${basename(shard)}${"f".repeat(62)}`)]
    const misplaced = join(shard, `${basename(shard) === "00" ? "11" : "00"}${"d".repeat(62)}`)
    const files = [join(shard, ".DS_Store"), join(media, "zz"), misplaced]
    for (const path of folders) mkdirSync(path)
    for (const path of files) writeFileSync(path, "of a file manager")
    const free = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, "0"))
    writeFileSync(join(media, free.find((name) => !existsSync(join(media, name))) ?? ""), "a file, not a folder")
    await openAndSweep(folder.path)
    for (const path of [...folders, ...files]) assert.isTrue(existsSync(path), path)
    assert.isFalse(existsSync(draft))
    assert.isFalse(existsSync(orphan))
    assert.strictEqual(mediaIn(folder.path).length, 3) // with the misplaced one
    rmSync(index(folder.path))
    await using local = open(folder.path)
    const failure = await local.fetch("/v2/inputs").catch((cause: unknown) => cause)
    assert.instanceOf(failure, EngineFolderError)
    assert.strictEqual(failure.reason, "index-lost")
  })
})

describe("a change that is committed", () => {
  it("is no failure although the file beside the media cannot be written", async () => {
    await using local = freshEngine()
    await local.ask("GET /v2/inputs")
    const obstacle = join(local.directory, "generation.new")
    mkdirSync(obstacle) // writing it fails, as on a full disk
    const added = await addDrawn(local.fetch, ["down"], 1)
    assert.deepStrictEqual([added.http, added.body.status.code], [200, 10000])
    rmSync(obstacle, { recursive: true })
    const before = readFileSync(join(local.directory, "generation"), "utf8")
    await addDrawn(local.fetch, ["down"], 1, 1)
    assert.strictEqual(readFileSync(join(local.directory, "generation"), "utf8"), before.replace(" 0\n", " 2\n"))
  })
})
