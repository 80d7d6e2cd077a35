/** Turns pictures into vectors that a linear head can learn from, with no download: the engine's built-in embedder. */
import { Effect, Schema } from "effect"
import type { Scope } from "effect"
import { availableParallelism } from "node:os"
import type { Header } from "./decode.ts"
import { defaultVisionLimits } from "./limits.ts"
import type { VisionLimits } from "./limits.ts"
import { makePool } from "./pool.ts"
import type { Setting } from "./representation.ts"
import { dimensions, representationId } from "./representation.ts"

/**
 * What a picture's header says: its size in stored pixels (EXIF turns are ignored, as the protocol does), its format
 * by its bytes (`jpeg`, `png`, `gif`, `webp`, `tiff`, `bmp`, `heif`, `svg`) and its colour mode (`RGB`, `RGBA`, `L` …).
 */
export interface ImageInfo extends Header {}

/**
 * A picture cannot be used. `code` is Clarifai's: 30101 not a supported format, 30105 over a limit, 30300 its bytes
 * cannot be decoded, 30002 it could not be processed (time ran out, or its process ended). Trying again cannot help.
 */
export class UnreadableImage extends Schema.TaggedError<UnreadableImage>()("UnreadableImage", {
  code: Schema.Number,
  details: Schema.String
}) {
  readonly retryable = false
  override get message() {
    return `the picture cannot be used (${this.code}): ${this.details}`
  }
}

/** A picture as a vector of length 1; `mirrored` is that of its mirror image, when asked for. */
export interface Embedded {
  readonly vector: Float32Array
  readonly mirrored?: Float32Array
  readonly info: ImageInfo
}

/** Turns pictures into vectors. `id` names the representation and its version; heads are stored with it. */
export interface Embedder {
  readonly id: string
  /** Numbers in each vector. */
  readonly dimensions: number
  /** Decodes and describes a picture. `mirror` also describes its mirror image, which training makes use of. */
  readonly embed: (
    image: Uint8Array,
    options?: { readonly mirror?: boolean }
  ) => Effect.Effect<Embedded, UnreadableImage>
  /** Reads the header only. */
  readonly inspect: (image: Uint8Array) => Effect.Effect<ImageInfo, UnreadableImage>
}

/** How the built-in embedder runs. */
export interface EmbedderOptions {
  /** `accurate` sees more of each picture; `fast` takes about two thirds of its time. */
  readonly setting: Setting
  /** Most processes at work at once; as many as the machine has cores unless told. */
  readonly workers?: number
  readonly limits?: VisionLimits
}

/** Opens the built-in embedder; its processes end with the scope. */
export const makeEmbedder = Effect.fn("vision.makeEmbedder")(function* (
  options: EmbedderOptions
): Effect.fn.Return<Embedder, never, Scope.Scope> {
  const { limits = defaultVisionLimits, setting, workers = availableParallelism() } = options
  const pool = yield* makePool({ setting, limits }, workers)
  const run = (kind: "embed" | "inspect", bytes: Uint8Array, mirror: boolean) =>
    bytes.length > limits.maxBytes // not worth sending to another process
      ? new UnreadableImage({ code: 30105, details: `${bytes.length} bytes; at most ${limits.maxBytes} are taken` })
      : pool.run({ kind, bytes, mirror }).pipe(Effect.mapError((refusal) => new UnreadableImage(refusal)))

  const embed = Effect.fn("vision.embed")(function* (image: Uint8Array, options?: { readonly mirror?: boolean }) {
    const { header, mirrored, vector } = yield* run("embed", image, options?.mirror === true)
    if (vector === undefined) return yield* Effect.die(new Error("a decoder answered without a vector"))
    return { vector, info: header, ...(mirrored && { mirrored }) }
  })
  const inspect = Effect.fn("vision.inspect")((image: Uint8Array) =>
    Effect.map(run("inspect", image, false), (done): ImageInfo => done.header)
  )
  return { id: representationId(setting), dimensions, embed, inspect }
})
