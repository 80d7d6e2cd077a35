/** A custom model from its first example to its deletion, in this process and over a folder. */
import { assert, describe, it } from "@effect/vitest"
import { dataBytes, dataJson, hasData } from "@sightline/fixtures"
import { engine } from "../../src/index.ts"
import { addDrawn, ask, freshEngine, freshFolder, poll, trainDrawn } from "../support/fresh-engine.ts"
import { drawBase64 } from "../support/draw-picture.ts"

/** What a model trained from scratch says of one picture. */
const scores = async () => {
  await using local = freshEngine({ seed: 7 })
  await addDrawn(local.fetch, ["across", "down", "blobs"], 6)
  await trainDrawn(local.fetch, "m", ["across", "down", "blobs"])
  const { body } = await local.ask("POST /v2/models/m/outputs", {
    inputs: [{ data: { image: { base64: await drawBase64("blobs", 77) } } }]
  })
  return body.outputs[0].data
}

describe("a custom model", () => {
  it("is trained from inputs and tells unseen pictures apart", async () => {
    await using local = freshEngine()
    const added = await addDrawn(local.fetch, ["across", "down"], 12)
    assert.strictEqual(added.http, 200)
    assert.strictEqual(added.body.inputs.length, 24)
    assert.deepStrictEqual(added.body.inputs[0].status, { code: 30001, description: "Download pending" })
    assert.deepStrictEqual(added.body.inputs[0].data.concepts, [
      { id: "across", name: "across", value: 1, app_id: "main" }
    ])

    const trained = await trainDrawn(local.fetch, "stripes", ["across", "down"], { concepts_mutually_exclusive: true })
    assert.strictEqual(trained.body.model_version.status.code, 21100)
    assert.strictEqual(trained.body.model_version.total_input_count, 24)
    assert.strictEqual(trained.body.model_version.active_concept_count, 2)

    const images = [
      ["across", await drawBase64("across", 100)],
      ["down", await drawBase64("down", 101)],
      ["across", await drawBase64("across", 102)],
      ["down", await drawBase64("down", 103)]
    ] as const
    const { body, http } = await local.ask("POST /v2/models/stripes/outputs", {
      inputs: images.map(([motif, base64], index) => ({ id: `${motif}-${index}`, data: { image: { base64 } } }))
    })
    assert.strictEqual(http, 200)
    assert.strictEqual(body.status.code, 10000)
    for (const [index, [motif]] of images.entries()) {
      const output = body.outputs[index]
      assert.strictEqual(output.input.id, `${motif}-${index}`)
      assert.strictEqual(output.data.concepts[0].id, motif)
      assert.closeTo(output.data.concepts[0].value + output.data.concepts[1].value, 1, 1e-5)
      assert.strictEqual(output.model.model_version.id, trained.body.model_version.id)
    }
  })

  it("outlives the process that made it", async () => {
    using folder = freshFolder()
    const options = { directory: folder.path, embedder: "fast", workers: 1 } as const
    const picture = await drawBase64("down", 50)
    const predict = { inputs: [{ data: { image: { base64: picture } } }] }
    const first = await (async () => {
      await using before = engine(options)
      await addDrawn(before.fetch, ["across", "down"], 8)
      await trainDrawn(before.fetch, "stripes", ["across", "down"])
      return await ask(before.fetch, "POST /v2/models/stripes/outputs", predict)
    })()
    await using after = engine(options)
    const second = await ask(after.fetch, "POST /v2/models/stripes/outputs", predict)
    assert.deepStrictEqual(second.body.outputs[0].data, first.body.outputs[0].data)
  })

  it("gives the same scores to the bit for the same examples and seed", async () => {
    assert.deepStrictEqual(await scores(), await scores())
  })

  it("waits for inputs that are still being processed, and counts them", async () => {
    await using local = freshEngine()
    await addDrawn(local.fetch, ["across", "down"], 10)
    const trained = await trainDrawn(local.fetch, "m", ["across", "down"])
    assert.strictEqual(trained.body.model_version.total_input_count, 20)
    const { body } = await local.ask("GET /v2/inputs/status")
    assert.strictEqual(body.counts.processed, 20)
    assert.strictEqual(body.counts.to_process, 0)
  })

  it("fails with the protocol's reason when there is nothing to learn from", async () => {
    await using local = freshEngine()
    const empty = await trainDrawn(local.fetch, "empty", ["across", "down"])
    assert.strictEqual(empty.body.model_version.status.code, 21110)
    const single = await trainDrawn(local.fetch, "single", ["across"], { concepts_mutually_exclusive: true })
    assert.strictEqual(single.body.model_version.status.code, 21112)
    const predicted = await local.ask("POST /v2/models/empty/outputs", {
      inputs: [{ data: { image: { base64: await drawBase64("down", 1) } } }]
    })
    assert.strictEqual(predicted.http, 200)
    assert.strictEqual(predicted.body.status.code, 21102)
    assert.include(predicted.body.status.details, "21110")
  })

  it("can be predicted with in its older versions, and without a version in its newest trained one", async () => {
    await using local = freshEngine()
    await addDrawn(local.fetch, ["across", "down"], 6)
    const first = await trainDrawn(local.fetch, "m", ["across", "down"])
    await addDrawn(local.fetch, ["across", "down"], 6, 20)
    const asked = await local.ask("POST /v2/models/m/versions", { model_versions: [{ description: "more" }] })
    const second: string = asked.body.model.model_version.id
    const inputs = [{ data: { image: { base64: await drawBase64("down", 9) } } }]
    const meanwhile = await local.ask("POST /v2/models/m/outputs", { inputs })
    assert.strictEqual(meanwhile.body.status.code, 10000)
    await poll(
      () => local.ask(`GET /v2/models/m/versions/${second}`),
      ({ body }) => body.model_version.status.code === 21100
    )
    const newest = await local.ask("POST /v2/models/m/outputs", { inputs })
    assert.strictEqual(newest.body.outputs[0].model.model_version.id, second)
    assert.strictEqual(newest.body.outputs[0].model.model_version.description, "more")
    const older = await local.ask(`POST /v2/models/m/versions/${first.body.model_version.id}/outputs`, { inputs })
    assert.strictEqual(older.body.outputs[0].model.model_version.id, first.body.model_version.id)
    const { body } = await local.ask("GET /v2/models/m/versions")
    assert.deepStrictEqual(
      body.model_versions.map((version: { status: { code: number } }) => version.status.code),
      [21100, 21100, 21102]
    )
  })
})

interface Labels {
  readonly images: ReadonlyArray<{ readonly file: string; readonly split: string; readonly concept: string }>
}

const base64 = (file: string) => Buffer.from(dataBytes("photos", "cutlery", file)).toString("base64")

describe.skipIf(!hasData("photos"))("photographs", () => {
  it("of three kinds of cutlery are told apart far better than by chance", async () => {
    const { images } = dataJson("photos", "cutlery", "labels.json") as Labels
    await using local = freshEngine()
    const train = images.filter(({ split }) => split === "train")
    const concepts = [...new Set(images.map(({ concept }) => concept))]
    await local.ask("POST /v2/inputs", {
      inputs: train.map(({ concept, file }) => ({
        data: { image: { base64: base64(file) }, concepts: [{ id: concept }] }
      }))
    })
    await local.ask("POST /v2/models", {
      model: {
        id: "m",
        output_info: {
          data: { concepts: concepts.map((id) => ({ id })) },
          output_config: { concepts_mutually_exclusive: true }
        }
      }
    })
    const asked = await local.ask("POST /v2/models/m/versions")
    await poll(
      () => local.ask(`GET /v2/models/m/versions/${asked.body.model.model_version.id}`),
      ({ body }) => ![21103, 21101].includes(body.model_version.status.code)
    )
    const val = images.filter(({ split }) => split === "val").slice(0, 128)
    const { body } = await local.ask("POST /v2/models/m/outputs", {
      inputs: val.map(({ file }) => ({ data: { image: { base64: base64(file) } } }))
    })
    const right = val.filter(({ concept }, index) => body.outputs[index].data.concepts[0].id === concept).length
    assert.isAbove(right / val.length, 0.7)
  })
})
