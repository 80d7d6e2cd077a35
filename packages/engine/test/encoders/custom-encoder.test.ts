/** An encoder of one's own under the engine: what it sees is what is learnt, and heads know which one they learnt with. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import sharp from "sharp"
import { engine, EncoderProblem, type EmbedderChoice } from "../../src/index.ts"
import { ask, freshFolder, poll } from "../support/fresh-engine.ts"
import { seeded } from "../support/draw-picture.ts"
import { halves, size } from "./halves-encoder.ts"

const write = (folder: string, files: Readonly<Record<string, object | Uint8Array>>): string => {
  mkdirSync(join(folder, "onnx"), { recursive: true })
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), content instanceof Uint8Array ? content : JSON.stringify(content))
  return folder
}

const encoders: Readonly<Record<string, (folder: string) => EmbedderChoice>> = {
  "an ONNX encoder": (folder) => ({
    onnx: write(folder, {
      "manifest.json": { type: "visual-embedder", runtime: "onnx" },
      "model.onnx": halves("x", false)
    })
  }),
  "a transformers.js encoder": (folder) => ({
    transformers: write(folder, {
      "config.json": { model_type: "vit", hidden_size: 3 },
      "preprocessor_config.json": {
        image_processor_type: "ViTImageProcessor",
        do_resize: true,
        size: { height: size, width: size },
        do_rescale: true,
        rescale_factor: 1 / 255,
        do_normalize: false,
        resample: 0
      },
      "onnx/model.onnx": halves("pixel_values", true)
    })
  })
}

/** A noisy picture that is mostly of one colour: 0 red, 1 green, 2 blue. */
const drawColor = async (color: number, seed: number): Promise<string> => {
  const random = seeded(seed * 3 + color)
  const data = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) =>
    i % 3 === color ? 150 + random() * 100 : random() * 100
  )
  const png = await sharp(data, { raw: { width: 32, height: 32, channels: 3 } })
    .png()
    .toBuffer()
  return png.toString("base64")
}

const colors = ["red", "green", "blue"]

describe.each(Object.entries(encoders))("%s", (_, open) => {
  it("describes what is learnt from and what is predicted; without it, its heads are of no use", async () => {
    using folder = freshFolder()
    using models = freshFolder()
    const directory = folder.path
    const predict = async (embedder: EmbedderChoice) => {
      await using local = engine({ directory, embedder, workers: 1 })
      const inputs = await Promise.all(
        colors.map(async (_, color) => ({ data: { image: { base64: await drawColor(color, 50 + color) } } }))
      )
      return await ask(local.fetch, "POST /v2/models/m/outputs", { inputs }) // before the engine closes
    }
    const embedder = open(models.path)
    await (async () => {
      await using local = engine({ directory, embedder, workers: 1 })
      const inputs = await Promise.all(
        Array.from({ length: 24 }, async (_, i) => ({
          data: { image: { base64: await drawColor(i % 3, i) }, concepts: [{ id: colors[i % 3] }] }
        }))
      )
      await ask(local.fetch, "POST /v2/inputs", { inputs })
      const concepts = colors.map((id) => ({ id }))
      await ask(local.fetch, "POST /v2/models", {
        models: [{ id: "m", output_info: { data: { concepts }, output_config: { concepts_mutually_exclusive: true } } }]
      })
      const asked = await ask(local.fetch, "POST /v2/models/m/versions")
      const { body } = await poll(
        () => ask(local.fetch, `GET /v2/models/m/versions/${asked.body.model.model_version.id}`),
        ({ body }) => ![21103, 21101].includes(body.model_version.status.code)
      )
      assert.strictEqual(body.model_version.status.code, 21100)
    })()
    const again = await predict(embedder)
    assert.deepStrictEqual(
      again.body.outputs.map(({ data }: { data: { concepts: ReadonlyArray<{ id: string }> } }) => data.concepts[0]?.id),
      colors
    )
    const other = await predict("fast")
    assert.strictEqual(other.body.status.code, 21102)
    assert.include(other.body.status.details, "train the model again")
  })

  it("that does not load is told once, by every call, and frees the folder", async () => {
    using folder = freshFolder()
    using models = freshFolder()
    const embedder = open(models.path)
    writeFileSync(
      join(models.path, typeof embedder === "object" && "onnx" in embedder ? "model.onnx" : "onnx/model.onnx"),
      "rubbish"
    )
    await using local = engine({ directory: folder.path, embedder, workers: 1 })
    for (let round = 0; round < 2; round++) {
      const refused: unknown = await local.fetch("/v2/models").catch((cause: unknown) => cause)
      assert.instanceOf(refused, EncoderProblem)
      assert.include(refused.message, models.path)
    }
    await using other = engine({ directory: folder.path, embedder: "fast", workers: 1 })
    assert.strictEqual((await other.fetch("/v2/models")).status, 200)
  })
})
