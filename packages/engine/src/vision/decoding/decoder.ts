/** Decodes images in separate processes: headers, and pixels at a requested size. */
import { StatusCode } from "@sightline/core/status"
import { Effect, Schema } from "effect"
import type { Scope } from "effect"
import { availableParallelism } from "node:os"
import type { Header } from "./decode.ts"
import { defaultVisionLimits } from "./decode-limits.ts"
import type { VisionLimits } from "./decode-limits.ts"
import type { Orientation } from "./orientation.ts"
import type { Frame, Pixels } from "../pixels.ts"
import { makeDecodePool } from "./decode-pool.ts"
import type { Done } from "./decode-pool.ts"
import type { ImageTask } from "./decode-messages.ts"
import type { Setting } from "../representation.ts"

/**
 * An image's header: its size in stored pixels (the protocol ignores EXIF orientation), its format by its bytes (`jpeg`,
 * `png`, `gif`, `webp`, `tiff`, `bmp`, `heif`, `svg`) and its colour mode (`RGB`, `RGBA`, `L` …).
 */
export interface ImageInfo extends Header {}

/**
 * An image cannot be used. `code` is Clarifai's: 30101 not a supported format, 30105 over a limit, 30300 its bytes cannot
 * be decoded, 30002 it could not be processed (time ran out, or its process ended), 98004 the decoder cannot be started.
 */
export class UnreadableImage extends Schema.TaggedError<UnreadableImage>()("UnreadableImage", {
  code: Schema.Number,
  details: Schema.String
}) {
  readonly retryable = false
  override get message() {
    return `the image cannot be used (${this.code}): ${this.details}`
  }
}

/** Options of a decoder. */
export interface DecoderOptions {
  /** Most processes at work at once. @default the number of cores */
  readonly workers?: number
  readonly limits?: VisionLimits
  /** The built-in encoder's setting for `embed` tasks. @default "accurate" */
  readonly setting?: Setting
}

/** Decodes images. Every image is treated as hostile: it is decoded within limits, by a process that can be killed. */
export interface Decoder {
  /** Reads the header only. */
  readonly inspect: (image: Uint8Array) => Effect.Effect<ImageInfo, UnreadableImage>
  /** Decodes to sRGB at a requested size. */
  readonly pixels: (
    image: Uint8Array,
    frame: Frame
  ) => Effect.Effect<
    { readonly info: ImageInfo; readonly pixels: Pixels; readonly orientation: Orientation },
    UnreadableImage
  >
  /** Runs any task of a decoding process. */
  readonly run: (image: Uint8Array, task: ImageTask) => Effect.Effect<Done, UnreadableImage>
}

/** Opens a decoder; its processes start when they are first needed and end with the scope. */
export const makeDecoder = Effect.fn("vision.makeDecoder")(function* (
  options: DecoderOptions = {}
): Effect.fn.Return<Decoder, never, Scope.Scope> {
  const { limits = defaultVisionLimits, setting = "accurate", workers = availableParallelism() } = options
  const pool = yield* makeDecodePool({ setting, limits }, workers)
  const run = (bytes: Uint8Array, task: ImageTask) =>
    bytes.length > limits.maxBytes // not worth sending to a process
      ? new UnreadableImage({
          code: StatusCode.INPUT_OVER_LIMIT,
          details: `${bytes.length} bytes; at most ${limits.maxBytes} are accepted`
        })
      : pool.run({ ...task, bytes }).pipe(Effect.mapError((refusal) => new UnreadableImage(refusal)))
  const inspect = Effect.fn("vision.inspect")((image: Uint8Array) =>
    Effect.map(run(image, { kind: "inspect" }), (done): ImageInfo => done.header)
  )
  const pixels = Effect.fn("vision.pixels")(function* (image: Uint8Array, frame: Frame) {
    const done = yield* run(image, { kind: "pixels", ...frame })
    if (done.pixels === undefined) return yield* Effect.die(new Error("a decoding process replied without pixels"))
    return { info: done.header, pixels: done.pixels, orientation: done.orientation ?? 1 }
  })
  return { inspect, pixels, run }
})
