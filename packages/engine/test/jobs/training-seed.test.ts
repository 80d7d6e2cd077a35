/** The seed of a training: which choices are made by chance, and that they are made again. */
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { engine } from "../../src/index.ts"
import { ask, freshFolder, poll } from "../support/fresh-engine.ts"
import { drawBase64, type Motif, seeded } from "../support/draw-picture.ts"

interface Order {
  /** Of the engine, which must not matter. */
  readonly own: number
  /** How the examples are shuffled before they are added. */
  readonly shuffle: number
  readonly restart: boolean
}

const examples = async (shuffle: number) => {
  const random = seeded(shuffle)
  const all = (["across", "down"] as const).flatMap((motif: Motif) =>
    Array.from({ length: 6 }, (_, seed) => ({ motif, seed, at: random() }))
  )
  return Promise.all(
    all
      .toSorted((a, b) => a.at - b.at)
      .map(async ({ motif, seed }) => ({
        data: { image: { base64: await drawBase64(motif, seed) }, concepts: [{ id: motif }] }
      }))
  )
}

/** Trains with each seed, "blobs" without a positive, so that chance has a part; gives the weights as they are kept. */
const weights = async (seeds: ReadonlyArray<unknown>, { own, restart, shuffle }: Order) => {
  using folder = freshFolder()
  const options = { directory: folder.path, embedder: "fast", workers: 1, seed: own } as const
  let local = engine(options)
  const inputs = await examples(shuffle)
  // in calls of their own, so that the order is that of the list
  for (const input of inputs)
    assert.strictEqual((await ask(local.fetch, "POST /v2/inputs", { inputs: [input] })).http, 200)
  const concepts = ["across", "down", "blobs"].map((id) => ({ id }))
  await ask(local.fetch, "POST /v2/models", { models: [{ id: "m", output_info: { data: { concepts } } }] })
  const versions: Array<string> = []
  for (const seed of seeds) {
    const version = seed === undefined ? {} : { output_info: { params: { seed } } }
    const asked = await ask(local.fetch, "POST /v2/models/m/versions", { model_versions: [version] })
    versions.push(asked.body.model.model_version.id)
  }
  if (restart) {
    await local[Symbol.asyncDispose]()
    local = engine({ ...options, seed: own + 1 })
  }
  for (const id of versions) {
    const { body } = await poll(
      () => ask(local.fetch, `GET /v2/models/m/versions/${id}`),
      ({ body }) => ![21103, 21101].includes(body.model_version.status.code)
    )
    assert.strictEqual(body.model_version.status.code, 21100)
  }
  await local[Symbol.asyncDispose]()
  const db = new DatabaseSync(join(folder.path, "engine.sqlite"), { readOnly: true })
  const heads = versions.map((id) => db.prepare("SELECT head FROM versions WHERE id = ?").get(id)?.["head"])
  db.close()
  return heads.map((head) =>
    head instanceof Uint8Array ? Buffer.from(head).toString("base64") : assert.fail("no head")
  )
}

describe("a version's params.seed", { timeout: 120_000 }, () => {
  it("gives the same weights to the bit: in any order of examples, in another engine, after a restart", async () => {
    const [seven, text, eight, none] = await weights([7, "7", 8, undefined], { own: 3, shuffle: 1, restart: false })
    assert.strictEqual(text, seven)
    assert.notStrictEqual(eight, seven)
    const [again, three] = await weights([7, 3], { own: 99, shuffle: 2, restart: true })
    assert.strictEqual(again, seven)
    assert.strictEqual(three, none) // without one, the engine's own
  })

  it("must be a whole number", async () => {
    using folder = freshFolder()
    await using local = engine({ directory: folder.path, embedder: "fast", workers: 1 })
    await ask(local.fetch, "POST /v2/models", { models: [{ id: "m" }] })
    for (const seed of [0.5, 2 ** 60, "many", {}]) {
      const { body, http } = await ask(local.fetch, "POST /v2/models/m/versions", {
        model_versions: [{ output_info: { params: { seed } } }]
      })
      assert.deepStrictEqual([http, body.status.code], [400, 11100])
      assert.include(body.status.details, "seed")
    }
  })
})
