/** Folder `vision`: decoding images in separate processes, and the built-in encoder, which this file is. */
import { Effect } from "effect"
import type { Scope } from "effect"
import type { Block } from "../learning/balance.ts"
import { makeDecoder } from "./decoding/decoder.ts"
import type { ImageInfo, UnreadableImage } from "./decoding/decoder.ts"
import { defaultVisionLimits } from "./decoding/decode-limits.ts"
import type { VisionLimits } from "./decoding/decode-limits.ts"
import type { Setting } from "./representation.ts"
import { blocksOfVector, dimensions, representationId } from "./representation.ts"

export { UnreadableImage } from "./decoding/decoder.ts"
export type { ImageInfo } from "./decoding/decoder.ts"

/** An image as a vector of length 1; `mirrored` is the vector of its mirror image, if requested. */
export interface Embedded {
  readonly vector: Float32Array
  readonly mirrored?: Float32Array
  readonly info: ImageInfo
}

/** Turns images into vectors. `id` names the representation and its version; heads are stored with it. */
export interface Embedder {
  readonly id: string
  /** Numbers in each vector. */
  readonly dimensions: number
  /** The kinds of features that follow one another in a vector, if there are several. */
  readonly blocks?: ReadonlyArray<Block>
  /** Decodes and embeds an image. `mirror` also embeds its mirror image, which training uses. */
  readonly embed: (
    image: Uint8Array,
    options?: { readonly mirror?: boolean }
  ) => Effect.Effect<Embedded, UnreadableImage>
  /** Reads the header only. */
  readonly inspect: (image: Uint8Array) => Effect.Effect<ImageInfo, UnreadableImage>
}

/** Options of the built-in encoder. */
export interface EmbedderOptions {
  /** `accurate` computes more features of each image; `fast` takes about a third of its time. */
  readonly setting: Setting
  /** Most processes at work at once. @default the number of cores */
  readonly workers?: number
  readonly limits?: VisionLimits
}

/** Opens the built-in encoder; its processes end with the scope. */
export const makeEmbedder = Effect.fn("vision.makeEmbedder")(function* (
  options: EmbedderOptions
): Effect.fn.Return<Embedder, never, Scope.Scope> {
  const { limits = defaultVisionLimits, setting, workers } = options
  const { inspect, run } = yield* makeDecoder({ setting, limits, ...(workers !== undefined && { workers }) })
  const embed = Effect.fn("vision.embed")(function* (image: Uint8Array, options?: { readonly mirror?: boolean }) {
    const { header, mirrored, vector } = yield* run(image, { kind: "embed", mirror: options?.mirror === true })
    if (vector === undefined) return yield* Effect.die(new Error("a decoding process replied without a vector"))
    return { vector, info: header, ...(mirrored && { mirrored }) }
  })
  return { id: representationId(setting), dimensions, blocks: blocksOfVector, embed, inspect }
})
