/** An index that is lost, damaged or older than the media never costs media. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { engine, EngineFolderError, type EngineOptions } from "../../src/index.ts"
import { addDrawn, ask, freshEngine, freshFolder, poll } from "../support/fresh-engine.ts"
import { drawBase64 } from "../support/draw-picture.ts"

const mediaIn = (directory: string): ReadonlyArray<string> =>
  readdirSync(join(directory, "media"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))

const index = (directory: string) => join(directory, "engine.sqlite")

const open = (directory: string, more: Partial<EngineOptions> = {}) =>
  engine({ directory, embedder: "fast", workers: 1, ...more })

/** Opens a folder, waits until it has been swept, and closes it. */
const openAndSweep = async (directory: string, more: Partial<EngineOptions> = {}): Promise<ReadonlyArray<string>> => {
  await using local = open(directory, more)
  const { body } = await ask(local.fetch, "GET /v2/inputs")
  await new Promise((resolve) => setTimeout(resolve, 1500)) // 256 sub-folders at most, 5 ms each
  return body.inputs.map(({ id }: { readonly id: string }) => id)
}

/** A folder with so many drawn inputs. */
const filled = async (directory: string, count: number, from = 0): Promise<void> => {
  await using local = open(directory)
  await addDrawn(local.fetch, ["down"], count, from)
}

describe("an index that is", () => {
  it.each([
    ["missing", (file: string) => rmSync(file)],
    ["empty", (file: string) => truncateSync(file)],
    [
      "missing, with its log left",
      (file: string) => {
        writeFileSync(`${file}-wal`, "log")
        rmSync(file)
      }
    ]
  ])("%s is reported, and the media stay", async (_, damage) => {
    using folder = freshFolder()
    await filled(folder.path, 3)
    damage(index(folder.path))
    for (const readOnly of [false, true]) {
      const local = open(folder.path, { readOnly })
      const failure = await local.fetch("/v2/inputs").catch((cause: unknown) => cause)
      await local[Symbol.asyncDispose]()
      assert.instanceOf(failure, EngineFolderError)
      assert.strictEqual(failure.reason, "index-lost")
      assert.include(failure.message, "rebuild: true")
    }
    assert.strictEqual(mediaIn(folder.path).length, 3)
    assert.isFalse(existsSync(index(folder.path)) && readFileSync(index(folder.path)).length > 0)
  })

  it("lost can be rebuilt from the media", { timeout: 60_000 }, async () => {
    using folder = freshFolder()
    {
      await using local = open(folder.path)
      await addDrawn(local.fetch, ["down", "across"], 2)
      await ask(local.fetch, "POST /v2/inputs", {
        inputs: [{ id: "damaged", data: { image: { base64: await drawBase64("blobs", 9) } } }]
      })
    }
    const [first = ""] = mediaIn(folder.path)
    rmSync(index(folder.path))
    writeFileSync(first, "no longer what its name says")
    await using local = open(folder.path, { rebuild: true })
    const { body } = await poll(
      () => ask(local.fetch, "GET /v2/inputs"),
      ({ body }) => body.inputs.every(({ status }: { status: { code: number } }) => status.code === 30000)
    )
    assert.strictEqual(body.inputs.length, 4)
    assert.match(body.inputs[0].id, /^recovered-[0-9a-f]{24}$/)
    assert.strictEqual(mediaIn(folder.path).length, 5)
    const hosted = await local.fetch(body.inputs[0].data.image.url)
    assert.strictEqual(hosted.status, 200)
    assert.isAbove((await hosted.arrayBuffer()).byteLength, 50)
  })

  it("an older copy keeps the media that it does not know, now and later", { timeout: 60_000 }, async () => {
    using folder = freshFolder()
    using backup = freshFolder()
    await filled(folder.path, 2)
    cpSync(index(folder.path), join(backup.path, "engine.sqlite"))
    await filled(folder.path, 3, 2)
    assert.strictEqual(mediaIn(folder.path).length, 5)
    cpSync(join(backup.path, "engine.sqlite"), index(folder.path))
    assert.strictEqual((await openAndSweep(folder.path)).length, 2)
    await filled(folder.path, 1, 10)
    await openAndSweep(folder.path)
    assert.strictEqual(mediaIn(folder.path).length, 6)
    assert.strictEqual((await openAndSweep(folder.path, { rebuild: true })).length, 6)
  })

  it("a copy from earlier in the same session keeps the media that it does not know", { timeout: 60_000 }, async () => {
    using folder = freshFolder()
    using backup = freshFolder()
    const copy = join(backup.path, "copy.sqlite")
    {
      await using local = open(folder.path)
      await addDrawn(local.fetch, ["down"], 2)
      const db = new DatabaseSync(index(folder.path))
      db.exec(`VACUUM INTO '${copy}'`)
      db.close()
      await addDrawn(local.fetch, ["down"], 3, 2)
    }
    cpSync(copy, index(folder.path))
    await openAndSweep(folder.path)
    await openAndSweep(folder.path)
    assert.strictEqual(mediaIn(folder.path).length, 5)
  })

  it("an older copy of the whole folder, laid over it, keeps the newer media", { timeout: 60_000 }, async () => {
    using folder = freshFolder()
    using backup = freshFolder()
    await filled(folder.path, 2)
    cpSync(folder.path, backup.path, { recursive: true })
    await filled(folder.path, 3, 2)
    const later = new Date(Date.now() + 3_600_000)
    for (const file of mediaIn(folder.path)) utimesSync(file, later, later)
    cpSync(backup.path, folder.path, { recursive: true, preserveTimestamps: true })
    await openAndSweep(folder.path)
    await openAndSweep(folder.path)
    assert.strictEqual(mediaIn(folder.path).length, 5)
  })

  it("another folder's keeps the media that it does not know", { timeout: 60_000 }, async () => {
    using folder = freshFolder()
    using other = freshFolder()
    await filled(folder.path, 3)
    await filled(other.path, 2, 20)
    cpSync(index(other.path), index(folder.path))
    await openAndSweep(folder.path)
    await openAndSweep(folder.path)
    assert.strictEqual(mediaIn(folder.path).length, 3)
  })

  it("emptied by hand keeps the media", { timeout: 60_000 }, async () => {
    using folder = freshFolder()
    await filled(folder.path, 3)
    const db = new DatabaseSync(index(folder.path))
    db.exec("DELETE FROM annotations; DELETE FROM inputs; DELETE FROM embeddings; DELETE FROM media")
    db.close()
    await openAndSweep(folder.path)
    await openAndSweep(folder.path)
    assert.strictEqual(mediaIn(folder.path).length, 3)
  })

  it("without its newest change, as after a kill, does not keep deleted media", { timeout: 60_000 }, async () => {
    using folder = freshFolder()
    await filled(folder.path, 3)
    const files = mediaIn(folder.path)
    const copies = files.map((file) => readFileSync(file))
    {
      await using local = open(folder.path)
      await ask(local.fetch, "DELETE /v2/inputs", { ids: ["down-0", "down-1"] })
    }
    assert.strictEqual(mediaIn(folder.path).length, 1)
    files.forEach((file, at) => writeFileSync(file, copies[at] ?? "")) // a kill after the commit, before the removal
    await openAndSweep(folder.path)
    assert.strictEqual(mediaIn(folder.path).length, 1)
  })
})

describe("media whose bytes are no longer those of their name", () => {
  it("are not served, and are repaired when they are added again", async () => {
    await using local = freshEngine()
    const base64 = await drawBase64("blobs", 3)
    const add = (id: string) => local.ask("POST /v2/inputs", { inputs: [{ id, data: { image: { base64 } } }] })
    await add("a")
    const { body } = await local.ask("GET /v2/inputs/a")
    const url: string = body.input.data.image.url
    const [file = ""] = mediaIn(local.directory)
    const bytes = readFileSync(file)
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1
    writeFileSync(file, bytes)
    const damaged = await local.fetch(url)
    assert.strictEqual(damaged.status, 400)
    const answer = JSON.parse(await damaged.text())
    assert.strictEqual(answer.status.code, 30002)
    assert.include(answer.status.details, "damaged")
    await add("b")
    assert.strictEqual(Buffer.from(await (await local.fetch(url)).arrayBuffer()).toString("base64"), base64)
  })
})
