import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp from "sharp"
import { makeOnnxEmbedder } from "../../src/encoders/onnx-encoder.ts"
import { poolOutput } from "../../src/onnx/postprocessing/pooling.ts"
import { loadPackage } from "../../src/encoder-problem.ts"
import { makeTransformersEmbedder } from "../../src/encoders/transformers-encoder.ts"
import { halves, size } from "./halves-encoder.ts"

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "encoder-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)
const write = (path: string, content: string | Uint8Array) => Effect.promise(() => writeFile(path, content))

/** Left red, right blue. */
const picture = Effect.promise(async () => {
  const data = Uint8Array.from({ length: size * size * 3 }, (_, i) => {
    const left = Math.floor(i / 3) % size < size / 2
    return (left && i % 3 === 0) || (!left && i % 3 === 2) ? 255 : 0
  })
  return new Uint8Array(
    await sharp(data, { raw: { width: size, height: size, channels: 3 } })
      .png()
      .toBuffer()
  )
})

const close = (found: Float32Array | undefined, expected: ReadonlyArray<number>, within = 1e-3) => {
  assert.strictEqual(found?.length, expected.length)
  for (const [i, value] of expected.entries()) assert.closeTo(found?.[i] ?? Number.NaN, value, within)
}

const half = Math.SQRT1_2
const plain = { type: "visual-embedder", runtime: "onnx" }

describe("an ONNX encoder from a folder", () => {
  it.live("gives its vectors at length 1, also of the mirror image, and an id that changes with the model", () =>
    Effect.gen(function* () {
      const path = yield* folder
      yield* write(join(path, "manifest.json"), JSON.stringify(plain))
      yield* write(join(path, "model.onnx"), halves("x", false))
      const embedder = yield* makeOnnxEmbedder({ folder: path, workers: 1 })
      assert.match(embedder.id, /^onnx-encoder-\w+-[0-9a-f]{12}$/)
      assert.strictEqual(embedder.dimensions, 6)
      const { info, mirrored, vector } = yield* embedder.embed(yield* picture, { mirror: true })
      close(vector, [half, 0, 0, 0, 0, half])
      close(mirrored, [0, 0, half, half, 0, 0])
      assert.strictEqual(info.format, "png")
      const error = yield* Effect.flip(embedder.embed(new Uint8Array(10)))
      assert.strictEqual(error.code, 30101)
    })
  )

  it.live("says what is wrong with its folder", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const details = (manifest: object) =>
        Effect.gen(function* () {
          yield* write(join(path, "manifest.json"), JSON.stringify(manifest))
          const error = yield* Effect.flip(makeOnnxEmbedder({ folder: path }))
          assert.strictEqual(error._tag, "EncoderProblem")
          return error.message
        })
      assert.include((yield* Effect.flip(makeOnnxEmbedder({ folder: path }))).message, "manifest.json")
      assert.include(yield* details({ ...plain, image: { width: "8" } }), "width")
      assert.include(yield* details({ ...plain, type: "visual-detector" }), "visual-embedder")
      assert.include(yield* details(plain), "model.onnx")
      assert.include(yield* details({ ...plain, file: "../model.onnx" }), "in the same folder")
      yield* write(join(path, "model.onnx"), "not a model")
      assert.include(yield* details(plain), "does not load")
      yield* write(join(path, "model.onnx"), halves("x", false))
      assert.include(yield* details({ ...plain, outputs: { scores: "y" } }), "last_hidden_state [1, 6]")
      assert.include(
        yield* details({ ...plain, image: { width: 4 } }),
        "x [1, 3, 8, 8], but image.width in manifest.json is 4"
      )
    })
  )
})

describe("a transformers.js encoder from a folder", () => {
  it.live("gives its vectors without a network", () =>
    Effect.gen(function* () {
      const path = yield* folder
      yield* Effect.promise(() => mkdir(join(path, "onnx")))
      yield* write(join(path, "config.json"), JSON.stringify({ model_type: "vit", hidden_size: 3 }))
      yield* write(
        join(path, "preprocessor_config.json"),
        JSON.stringify({
          image_processor_type: "ViTImageProcessor",
          do_resize: true,
          size: { height: size, width: size },
          do_rescale: true,
          rescale_factor: 1 / 255,
          do_normalize: false,
          resample: 0
        })
      )
      yield* write(join(path, "onnx", "model.onnx"), halves("pixel_values", true))
      const image = yield* picture
      const mean = yield* makeTransformersEmbedder({ model: path, workers: 1 })
      assert.strictEqual(mean.dimensions, 3)
      // the package resizes again what the decoder resized: edges bleed a little
      close((yield* mean.embed(image)).vector, [half, 0, half], 0.15)
      const first = yield* makeTransformersEmbedder({ model: path, workers: 1, pooling: "first" })
      const { mirrored, vector } = yield* first.embed(image, { mirror: true })
      close(vector, [1, 0, 0], 0.2)
      close(mirrored, [0, 0, 1], 0.2)
    })
  )

  it.live("says what is wrong with its folder, and downloads nothing unless asked", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(makeTransformersEmbedder({ model: "someone/some-model" }))
      assert.strictEqual(error._tag, "EncoderProblem")
      assert.include(error.message, "hub: true")
    })
  )
})

describe("optional packages", () => {
  it.effect("a missing one is named", () =>
    Effect.gen(function* () {
      const name = "a-package-nobody-has"
      const error = yield* Effect.flip(loadPackage(name, "this test", () => import(/* @vite-ignore */ `${name}/x`)))
      assert.deepStrictEqual([error._tag, error.message.includes(`npm install ${name}`)], ["MissingPackage", true])
    })
  )
})

describe("poolOutput", () => {
  it("takes vectors, tokens and planes, and nothing else", () => {
    const data = Float32Array.from([3, 4, 0, 0])
    close(poolOutput(data, [1, 4], "mean"), [0.6, 0.8, 0, 0])
    close(poolOutput(data, [1, 2, 2], "first"), [0.6, 0.8])
    close(poolOutput(data, [1, 2, 2], "mean"), [0.6, 0.8])
    close(poolOutput(data, [1, 2, 1, 2], "mean"), [1, 0])
    for (const shape of [[4], [2, 2], [1, 5], [1, 1, 1, 2, 2]]) assert.isUndefined(poolOutput(data, shape, "mean"))
  })
})
