/** Models of images and texts, and models that draw: what comes out, and that no input is read in part. */
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import sharp from "sharp"
import { freshEngine } from "../../support/fresh-engine.ts"
import { putClassifier, putTextEmbedder } from "./tiny-models.ts"
import * as models from "./tiny-multimodal-models.ts"

/** A picture of one colour, as base64 PNG. */
const plain = async (color: string, width = 16, height = 8): Promise<string> => {
  const image = sharp({ create: { width, height, channels: 3, background: color } })
  return (await image.png().toBuffer()).toString("base64")
}

const withModel = (put: (folder: string, id: string) => void) => {
  const local = freshEngine({ limits: { modelTimeoutMs: 60_000 } })
  put(join(local.directory, "models"), "tiny")
  return {
    ...local,
    predict: (data: object, options: object = {}) =>
      local.ask("POST /v2/models/tiny/outputs", {
        inputs: [{ data }],
        model: { model_version: { output_info: options } }
      })
  }
}

/** The pixels of an image in an answer. */
const pixelsOf = async (image: { readonly base64: string }) => {
  const { data, info } = await sharp(Buffer.from(image.base64, "base64")).raw().toBuffer({ resolveWithObject: true })
  return { ...info, first: Array.from(data.subarray(0, 3)) }
}

describe("a model of an image and a text", () => {
  it("answers a question about the picture, whole and in pieces", async () => {
    await using local = withModel(models.putSeer)
    const base64 = await plain("#00ff00")
    const data = { image: { base64 }, text: { raw: "what color" } }
    const { body } = await local.predict(data)
    assert.strictEqual(body.outputs[0].data.text.raw, "green")
    assert.strictEqual(body.outputs[0].prompt_tokens, 3)
    const parts = await local.predict({
      parts: [{ data: { image: { base64: await plain("#ff0000") } } }, { data: { text: { raw: "what" } } }]
    })
    assert.strictEqual(parts.body.outputs[0].data.text.raw, "red")
    const streamed = await local.fetch("/v2/users/me/apps/main/models/tiny/outputs/generate", {
      method: "POST",
      body: JSON.stringify({ inputs: [{ data }] })
    })
    const lines = (await streamed.text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).result.outputs[0])
    assert.deepStrictEqual(
      lines.map((line) => line.data.text.raw),
      ["green"]
    )
    assert.strictEqual(lines[0].prompt_tokens, 3)
  })

  it("refuses a picture or a text alone, and a third medium", async () => {
    await using local = withModel(models.putSeer)
    const base64 = await plain("#00ff00")
    for (const [data, words] of [
      [{ image: { base64 } }, "the input has no text"],
      [{ text: { raw: "what" } }, "the input has no image"],
      [{ image: { base64 }, text: { raw: "what" }, audio: { base64 } }, "takes an image and a text"]
    ] as const) {
      const { body } = await local.predict(data)
      assert.strictEqual(body.status.code, 30104)
      assert.include(body.outputs[0].status.details, words)
    }
  })

  it("describes pictures when it is served as image-to-text", async () => {
    await using local = withModel((folder, id) => models.putSeer(folder, id, { type: "image-to-text", prompt: "what" }))
    const { body } = await local.predict({ image: { base64: await plain("#0000ff") } })
    assert.strictEqual(body.outputs[0].data.text.raw, "blue")
  })
})

describe("an input with more than the model takes", () => {
  it("is refused by image, text and custom models, never read in part", async () => {
    await using local = withModel(putClassifier)
    putTextEmbedder(join(local.directory, "models"), "words")
    const both = { image: { base64: await plain("#ff0000") }, text: { raw: "good" } }
    const twice = { parts: [{ data: { image: both.image } }, { data: { image: both.image } }] }
    for (const [model, data, words] of [
      ["tiny", both, "the input has an image and a text; this model takes an image or a video"],
      ["words", both, "the input has an image and a text; this model takes a text"],
      ["tiny", twice, "more than one image"],
      ["tiny", { ...both, text: undefined, parts: [{ data: { string_value: "a" } }] }, "without an id"]
    ] as const) {
      const { body } = await local.ask(`POST /v2/models/${model}/outputs`, { inputs: [{ data }] })
      assert.strictEqual(body.outputs[0].status.code, 30104, words)
      assert.include(body.outputs[0].status.details, words)
    }
  })

  it("is shared by the nodes of a workflow, and refused if none takes a part of it", async () => {
    await using local = withModel(putClassifier)
    putTextEmbedder(join(local.directory, "models"), "words")
    const nodes = ["tiny", "words"].map((id) => ({ id: `${id}-node`, model: { id } }))
    await local.ask("POST /v2/workflows", {
      workflows: [
        { id: "both", nodes },
        { id: "one", nodes: nodes.slice(0, 1) }
      ]
    })
    const data = { image: { base64: await plain("#ff0000") }, text: { raw: "good" } }
    const both = await local.ask("POST /v2/workflows/both/results", { inputs: [{ data }] })
    const [sees, reads] = both.body.results[0].outputs
    assert.strictEqual(sees.data.concepts[0].name, "red")
    assert.strictEqual(reads.data.embeddings[0].num_dimensions, 2)
    const one = await local.ask("POST /v2/workflows/one/results", { inputs: [{ data }] })
    assert.strictEqual(one.body.results[0].outputs[0].status.code, 30104)
  })
})

describe("a model that compares with words", () => {
  it("takes those that a call selects, and none is certain because it is alone", async () => {
    await using local = withModel(models.putComparer)
    const red = { image: { base64: await plain("#ff0000") } }
    const select = (...names: ReadonlyArray<string>) => ({
      output_config: { select_concepts: names.map((name) => ({ name })) }
    })
    const two = await local.predict(red, select("green", "red"))
    assert.strictEqual(two.body.status.code, 10000)
    const [first, second] = two.body.outputs[0].data.concepts
    assert.deepInclude(first, { id: "red", name: "red" })
    assert.strictEqual(second.name, "green")
    assert.isAbove(first.value, 0.99)
    const wrong = await local.predict(red, select("blue"))
    assert.closeTo(wrong.body.outputs[0].data.concepts[0].value, 0.5, 1e-6)
    const none = await local.predict(red)
    assert.strictEqual(none.body.outputs[0].status.code, 21202)
    assert.include(none.body.outputs[0].status.details, "select_concepts")
  })

  it("takes the labels of its manifest when a call selects none, and gives their ids", async () => {
    const labels = [
      { id: "ai_1", name: "red" },
      { id: "ai_2", name: "blue" }
    ]
    await using local = withModel((folder, id) => models.putComparer(folder, id, { labels, template: "a photo of {}" }))
    const blue = { image: { base64: await plain("#0000ff") } }
    const all = await local.predict(blue)
    assert.deepStrictEqual(
      all.body.outputs[0].data.concepts.map(({ id }: { id: string }) => id),
      ["ai_2", "ai_1"]
    )
    const one = await local.predict(blue, { output_config: { select_concepts: [{ id: "ai_2" }, { name: "green" }] } })
    const found: ReadonlyArray<{ id: string; name: string }> = one.body.outputs[0].data.concepts
    assert.deepStrictEqual(
      found.map(({ id, name }) => [id, name]),
      [
        ["ai_2", "blue"],
        ["green", "green"]
      ]
    )
  })
})

describe("a model that draws", () => {
  it.for([
    ["a pipeline", models.putNegative],
    ["a graph", models.putNegativeGraph]
  ] as const)("makes an image of an image, at the width that is asked for: %s", async ([, put]) => {
    await using local = withModel(put)
    const { body } = await local.predict({ image: { base64: await plain("#ff0000") } })
    const { image } = body.outputs[0].data
    assert.deepStrictEqual(image.image_info, { width: 16, height: 8, format: "PNG", color_mode: "RGB" })
    assert.deepInclude(await pixelsOf(image), { width: 16, height: 8, first: [0, 255, 255] })
    const wide = await local.predict({ image: { base64: await plain("#ff0000") } }, { params: { width: "64" } })
    assert.deepInclude(wide.body.outputs[0].data.image.image_info, { width: 64, height: 32 })
  })

  it("makes an image of a text", async () => {
    await using local = withModel(models.putPainter)
    const { body } = await local.predict({ text: { raw: "blue" } })
    const { image } = body.outputs[0].data
    assert.deepInclude(await pixelsOf(image), { width: 4, height: 4, first: [0, 0, 255] })
    assert.deepStrictEqual(body.outputs[0].input.data.text, {
      raw: "blue",
      url: "https://samples.clarifai.com/placeholder.gif"
    })
  })

  it("is refused when the engine has another idea of it", async () => {
    await using local = withModel((folder, id) => models.putPainter(folder, id, { noise: "latents" }))
    const { body } = await local.predict({ text: { raw: "blue" } })
    assert.strictEqual(body.outputs[0].status.code, 21350)
    assert.include(body.outputs[0].status.details, "the graph has no input latents; it has input_ids [1, tokens]")
  })
})

describe("a model of an encoder and a decoder", () => {
  it("translates and summarizes, whole and in pieces", async () => {
    for (const manifest of [{}, { task: "translation" }, { task: "summarization" }]) {
      await using local = withModel((folder, id) => models.putTranslator(folder, id, manifest))
      const { body } = await local.predict({ text: { raw: "bad" } })
      assert.strictEqual(body.outputs[0].data.text.raw, "schlecht", JSON.stringify(manifest))
    }
  })
})
