/** Folder `encoders`: image encoders, built in and of others. This file is the service of the one that the engine uses. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { EncoderProblem, MissingPackage } from "../errors.ts"
import { Settings, type SettingsValue } from "../settings.ts"
import { type Decoder, type DecoderOptions, makeDecoder } from "../vision/decoding/decoder.ts"
import { type Embedder, makeEmbedder } from "../vision/built-in-encoder.ts"
import { makeAddedEmbedder } from "./added-encoder.ts"
import { makeOnnxEmbedder } from "./onnx-encoder.ts"
import { makeTransformersEmbedder } from "./transformers-encoder.ts"
import { defaultVisionLimits } from "../vision/decoding/decode-limits.ts"

/** The engine's image encoder, and decoded pixels for models with their own preprocessing. Processes end with the engine. */
export class ImageEncoder extends Context.Service<ImageEncoder, Embedder & Pick<Decoder, "pixels">>()(
  "@sightline/engine/ImageEncoder"
) {
  static readonly layer: Layer.Layer<ImageEncoder, EncoderProblem | MissingPackage, Settings> = Layer.effect(
    ImageEncoder,
    Effect.gen(function* () {
      const settings = yield* Settings
      const options = decoderOptions(settings)
      const embedder = yield* openEmbedder(settings, options)
      const { pixels } = yield* makeDecoder(options)
      return { ...embedder, pixels }
    })
  )
}

const decoderOptions = ({ allowSvg, limits, workers }: SettingsValue): DecoderOptions => ({
  workers,
  limits: {
    ...defaultVisionLimits,
    maxBytes: limits.imageBytes,
    maxPixels: limits.pixels,
    timeoutMs: limits.decodeTimeoutMs,
    allowSvg
  }
})

const openEmbedder = ({ embedder: choice, models }: SettingsValue, options: DecoderOptions) => {
  if (choice === "fast") return makeEmbedder({ ...options, setting: "fast" })
  if (choice === "accurate") return makeEmbedder({ ...options, setting: "accurate" })
  if (typeof choice === "string") return makeAddedEmbedder(models, choice, options)
  if ("onnx" in choice) return makeOnnxEmbedder({ ...options, folder: choice.onnx })
  if ("hub" in choice) return makeTransformersEmbedder({ ...options, model: choice.hub, hub: true })
  return makeTransformersEmbedder({ ...options, model: choice.transformers })
}
