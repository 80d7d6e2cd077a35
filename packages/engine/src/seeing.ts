/** The embedder this engine looks at images with. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { EngineOptionError } from "./errors.ts"
import { Settings } from "./settings.ts"
import { type Embedder, makeEmbedder } from "./vision/embedder.ts"
import { defaultVisionLimits } from "./vision/limits.ts"

/** The embedder; its decoding processes end with the engine. */
export class Seeing extends Context.Service<Seeing, Embedder>()("@sightline/engine/Seeing") {
  static readonly layer: Layer.Layer<Seeing, EngineOptionError, Settings> = Layer.effect(
    Seeing,
    Effect.gen(function* () {
      const { allowSvg, embedder, limits, workers } = yield* Settings
      if (typeof embedder !== "string")
        return yield* new EngineOptionError({ option: "embedder", details: "an ONNX encoder is not served yet" })
      return yield* makeEmbedder({
        setting: embedder,
        workers,
        limits: {
          ...defaultVisionLimits,
          maxBytes: limits.imageBytes,
          maxPixels: limits.pixels,
          timeoutMs: limits.decodeTimeoutMs,
          allowSvg
        }
      })
    })
  )
}
