/** The folder: who may open it, and what stays in it. */
import { fork } from "node:child_process"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { engine, EngineClosed, EngineFolderError, EngineFolderLocked } from "../../src/index.ts"
import { addDrawn, ask, freshEngine, freshFolder, poll, trainDrawn } from "../support/fresh-engine.ts"
import { drawBase64 } from "../support/draw-picture.ts"

const refusal = async (directory: string): Promise<unknown> => {
  await using local = engine({ directory })
  return await local.fetch("/v2/models").then(
    () => undefined,
    (cause: unknown) => cause
  )
}

const mediaFiles = (directory: string) =>
  readdirSync(join(directory, "media"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .length

describe("a folder", () => {
  it("is shared by the engines of a process, and closed with the last of them", async () => {
    using folder = freshFolder()
    const options = { directory: folder.path, embedder: "fast", workers: 1 } as const
    const first = engine(options)
    await addDrawn(first.fetch, ["across", "down"], 2)
    const second = engine({ ...options, directory: join(folder.path, "..", basename(folder.path)), key: "k" })
    assert.strictEqual(
      (await ask(second.fetch, "GET /v2/inputs", undefined, { authorization: "Key k" })).body.inputs.length,
      4
    )
    await addDrawn(first.fetch, ["blobs"], 1)
    assert.strictEqual(
      (await ask(second.fetch, "GET /v2/inputs", undefined, { authorization: "Key k" })).body.inputs.length,
      5
    )
    await first[Symbol.asyncDispose]()
    const closed = await first.fetch("/v2/models").catch((cause: unknown) => cause)
    assert.instanceOf(closed, EngineClosed)
    assert.strictEqual(
      (await ask(second.fetch, "GET /v2/inputs", undefined, { authorization: "Key k" })).body.inputs.length,
      5
    )
    await second[Symbol.asyncDispose]()
    const third = engine({ ...options, seed: 7 }) // free again, so other options are fine
    assert.strictEqual((await ask(third.fetch, "GET /v2/inputs")).body.inputs.length, 5)
    await third[Symbol.asyncDispose]()
  })

  it("is not opened with other options meanwhile", async () => {
    using folder = freshFolder()
    const options = { directory: folder.path, embedder: "fast", workers: 1 } as const
    await using owner = engine(options)
    await ask(owner.fetch, "GET /v2/inputs")
    const other = engine({ ...options, seed: 7 })
    const refused = await other.fetch("/v2/models").catch((cause: unknown) => cause)
    assert.instanceOf(refused, EngineFolderLocked)
    assert.strictEqual(refused.pid, process.pid)
    assert.include(refused.message, "use the same options")
    await owner[Symbol.asyncDispose]()
    assert.strictEqual((await other.fetch("/v2/models")).status, 200)
    await other[Symbol.asyncDispose]()
  })

  it("of another process is refused with its number; readers may look in", { timeout: 60_000 }, async () => {
    using folder = freshFolder()
    const options = { directory: folder.path, embedder: "fast", workers: 1 } as const
    {
      await using local = engine(options)
      await addDrawn(local.fetch, ["across", "down"], 4)
      await trainDrawn(local.fetch, "m", ["across", "down"])
    }
    const owner = fork(join(import.meta.dirname, "holds-folder.ts"), [folder.path])
    await once(owner, "message")
    const second = engine(options)
    const refused = await second.fetch("/v2/models").catch((cause: unknown) => cause)
    assert.instanceOf(refused, EngineFolderLocked)
    assert.strictEqual(refused.pid, owner.pid)
    assert.include(refused.message, String(owner.pid))

    await using reader = engine({ ...options, readOnly: true })
    assert.strictEqual((await ask(reader.fetch, "GET /v2/inputs")).body.inputs.length, 8)
    const predicted = await ask(reader.fetch, "POST /v2/models/m/outputs", {
      inputs: [{ data: { image: { base64: await drawBase64("down", 9) } } }]
    })
    assert.strictEqual(predicted.http, 200)
    const changed = await ask(reader.fetch, "DELETE /v2/models", { delete_all: true })
    assert.deepStrictEqual([changed.http, changed.body.status.code], [403, 11007])

    owner.kill("SIGKILL")
    await once(owner, "exit")
    assert.strictEqual((await second.fetch("/v2/models")).status, 200)
    await second[Symbol.asyncDispose]()
  })

  it("that cannot be used is refused with a reason", async () => {
    using folder = freshFolder()
    writeFileSync(join(folder.path, "file"), "x")
    const isFile = await refusal(join(folder.path, "file"))
    assert.instanceOf(isFile, EngineFolderError)
    assert.strictEqual(isFile.reason, "not-a-folder")
    const below = await refusal(join(folder.path, "file", "below"))
    assert.instanceOf(below, EngineFolderError)
    const system = await refusal("/proc/sightline")
    if (process.platform === "linux") assert.instanceOf(system, EngineFolderError)

    using damaged = freshFolder()
    writeFileSync(join(damaged.path, "engine.sqlite"), "this is not a database, ".repeat(400))
    const broken = await refusal(damaged.path)
    assert.instanceOf(broken, EngineFolderError)
    assert.strictEqual(broken.reason, "damaged")

    using future = freshFolder()
    const db = new DatabaseSync(join(future.path, "engine.sqlite"))
    db.exec("PRAGMA user_version = 1000")
    db.close()
    const newer = await refusal(future.path)
    assert.instanceOf(newer, EngineFolderError)
    assert.strictEqual(newer.reason, "newer")
  })
})

describe("work that is not finished", () => {
  it("is taken up by the next engine, however often one is closed in between", { timeout: 120_000 }, async () => {
    using folder = freshFolder()
    const options = { directory: folder.path, embedder: "fast", workers: 1 } as const
    for (let round = 0; round < 5; round++) {
      await using local = engine(options)
      await addDrawn(local.fetch, ["across", "down"], 4, round * 4)
      if (round === 0) await ask(local.fetch, "POST /v2/models", { model: { id: "m" } })
      await ask(local.fetch, "POST /v2/models/m/versions")
    }
    await using last = engine(options)
    const done = await poll(
      () => ask(last.fetch, "GET /v2/models/m/versions"),
      ({ body }) =>
        body.model_versions.every(({ status }: { status: { code: number } }) => ![21103, 21101].includes(status.code))
    )
    assert.deepStrictEqual(
      done.body.model_versions.map(({ status }: { status: { code: number } }) => status.code),
      [21100, 21100, 21100, 21100, 21100, 21102]
    )
    const { body } = await ask(last.fetch, "GET /v2/inputs/status")
    assert.strictEqual(body.counts.processed, 40)
    assert.strictEqual(body.counts.errors, 0)
  })
})

describe("media", () => {
  it("are stored once however often they are added, given out again, and removed with their last input", async () => {
    await using local = freshEngine()
    const base64 = await drawBase64("blobs", 3)
    await local.ask("POST /v2/inputs", { inputs: ["a", "b"].map((id) => ({ id, data: { image: { base64 } } })) })
    assert.strictEqual(mediaFiles(local.directory), 1)
    await poll(
      () => local.ask("GET /v2/inputs/status"),
      ({ body }) => body.counts.processed === 2
    )
    const { body } = await local.ask("GET /v2/inputs/a")
    assert.deepStrictEqual(body.input.data.image.image_info, {
      width: 64,
      height: 64,
      format: "PNG",
      color_mode: "RGB"
    })
    const hosted = await local.fetch(body.input.data.image.url)
    assert.strictEqual(hosted.headers.get("content-type"), "image/png")
    assert.strictEqual(Buffer.from(await hosted.arrayBuffer()).toString("base64"), base64)
    await local.ask("DELETE /v2/inputs/a")
    assert.strictEqual(mediaFiles(local.directory), 1)
    await local.ask("DELETE /v2/inputs/b")
    assert.strictEqual(mediaFiles(local.directory), 0)
    assert.strictEqual((await local.fetch(body.input.data.image.url)).status, 404)
  })

  it("that a kill left without an input are cleared away at the next start", async () => {
    using folder = freshFolder()
    const options = { directory: folder.path, embedder: "fast", workers: 1 } as const
    const kept = await (async () => {
      await using before = engine(options)
      await addDrawn(before.fetch, ["down"], 1)
      return mediaFiles(folder.path)
    })()
    assert.strictEqual(kept, 1)
    mkdirSync(join(folder.path, "media", "ab"), { recursive: true })
    writeFileSync(join(folder.path, "media", "ab", "ab".repeat(32)), "orphan")
    writeFileSync(join(folder.path, "media", "ab", `.${randomUUID()}`), "orphan")
    await using after = engine(options)
    const left = await poll(
      async () => ({ http: (await after.fetch("/v2/inputs")).status, body: mediaFiles(folder.path) }),
      ({ body }) => body === 1
    )
    assert.strictEqual(left.body, 1)
    assert.strictEqual((await ask(after.fetch, "GET /v2/inputs")).body.inputs.length, 1)
  })

  it("that cannot be read end in a state that says so, and do not hold up training", async () => {
    await using local = freshEngine()
    await addDrawn(local.fetch, ["across", "down"], 4)
    await local.ask("POST /v2/inputs", {
      inputs: [
        {
          id: "bad",
          data: { image: { base64: Buffer.from("no picture").toString("base64") }, concepts: [{ id: "down" }] }
        }
      ]
    })
    const trained = await trainDrawn(local.fetch, "m", ["across", "down"])
    assert.strictEqual(trained.body.model_version.total_input_count, 8)
    const { body } = await local.ask("GET /v2/inputs/bad")
    assert.strictEqual(body.input.status.code, 30101)
  })
})
