/** Makes an image fit to be sent: upright, without metadata, in an accepted format and size, with as little change as possible. */
import { attempt } from "@sightline/platform/bytes/format-error"
import { Effect } from "effect"
import { PixelCodec } from "../codec/pixel-codec.ts"
import type { Encoding, Rendered } from "../codec/render-job.ts"
import { type ImageError, ImageTooLarge, ImageUnsupported } from "../errors.ts"
import { type ImageMetadata, readMetadata } from "../file/image-metadata.ts"
import type { ReadResult } from "../file/read-result.ts"
import { keepsIcc, type KeptMetadata, strip } from "../file/strip-metadata.ts"
import { formatOf, type ImageFormat, mediaTypes } from "../image/image-format.ts"
import type { Orientation } from "../image/orientation.ts"
import { estimateJpegSettings, fallbackSettings } from "../jpeg/jpeg-quality.ts"
import { type PartialBlocks, turnJpeg } from "../jpeg/lossless-turn.ts"
import type { Size } from "../metadata/raw-metadata.ts"
import { estimateWebpSettings } from "../webp/webp-metadata.ts"

/** What `prepare` does to an image. Whatever is left out is not done. */
export interface PrepareOptions {
  readonly upright?: boolean
  readonly strip?: boolean
  /** Longest side in pixels. Smaller images are not enlarged. */
  readonly maxSide?: number
  /** Formats that the receiver reads; others are converted. @default any */
  readonly accepts?: ReadonlyArray<ImageFormat>
  /** Metadata that stays. @default ["icc"] */
  readonly keep?: ReadonlyArray<KeptMetadata>
  /** What happens to JPEGs that cannot be turned whole. @default "requantise" */
  readonly partialBlocks?: PartialBlocks
  /** The most pixels to decode. */
  readonly maxPixels: number
}

/**
 * How the bytes were made. `none`: as they came. `cut`: metadata was cut out. `lossless`: DCT coefficients were moved.
 * `requantised`: the same, with chroma quantised again. `re-encoded`: decoded and encoded.
 */
export type Touch = "none" | "cut" | "lossless" | "requantised" | "re-encoded"

/** An image that is ready to be sent. */
export interface Prepared {
  readonly bytes: Uint8Array
  readonly format: ImageFormat
  readonly contentType: string
  readonly touch: Touch
  /** The metadata of the source. */
  readonly metadata: ImageMetadata
  /** The turn from stored to sent pixels. The receiver's decoder makes it where the container states it (`irot`). */
  readonly orientation: Orientation
  /** The stored area shown, from the left and top, when trimming left something out. */
  readonly covered?: Size
  /** The size of the sent picture, once it is decoded. */
  readonly sent: Size
}

/** The default of `maxPixels`: the limit of libvips. */
export const defaultMaxPixels = 268_402_689

/** What an image is encoded as when it has to be: its own format and quality where that can be. */
const encodingFor = (bytes: Uint8Array, { format, hasAlpha }: ImageMetadata): Encoding => {
  if (format === "jpeg") return { format, ...estimateJpegSettings(bytes) }
  if (format === "webp") return { format, ...estimateWebpSettings(bytes) }
  if (format === "gif") return { format }
  const isPhoto = (format === "avif" || format === "heic") && !hasAlpha
  return isPhoto ? { format: "jpeg", quality: fallbackSettings.quality, chroma: "4:4:4" } : { format: "png" }
}

const toEffect = <A>(result: ReadResult<A>): Effect.Effect<A, ImageError> =>
  result.ok ? Effect.succeed(result.value) : Effect.fail(result.error)

const uprightSize = (size: Size, orientation: Orientation): Size =>
  orientation >= 5 ? { width: size.height, height: size.width } : size

/** Decodes the image, turns it, makes it smaller and encodes it. */
const render = Effect.fnUntraced(function* (
  bytes: Uint8Array,
  metadata: ImageMetadata,
  options: PrepareOptions,
  orientation: Orientation,
  maxSide: number | undefined
): Effect.fn.Return<Rendered, ImageError, PixelCodec> {
  const { animated, format, stored } = metadata
  const { maxPixels } = options
  const pixels = stored.width * stored.height
  if (pixels > maxPixels) return yield* new ImageTooLarge({ actual: pixels, limit: maxPixels, unit: "pixels" })
  if (animated && orientation !== 1 && format !== "tiff")
    return yield* new ImageUnsupported({ format, detail: "an animation with an orientation cannot be turned" })
  // The decoder is given no metadata, so that nothing is turned twice. A TIFF whose metadata cannot be cut is decoded as it
  // is: decoders do not act on its metadata, and the output has none.
  const cut = strip(bytes)
  const clean = !cut.ok && cut.error._tag === "ImageUnsupported" ? bytes : yield* toEffect(cut)
  const codec = yield* PixelCodec
  const encoding = encodingFor(bytes, metadata)
  return yield* codec.render({
    bytes: clean,
    format,
    orientation,
    ...(maxSide === undefined ? {} : { maxSide }),
    encoding,
    keepIcc: keepsIcc(options.keep),
    animated: animated && (encoding.format === "gif" || encoding.format === "webp"),
    maxPixels
  })
})

/**
 * Prepares an image with as little change as possible.
 *
 * An upright image has its metadata cut out and is not decoded. A JPEG is turned without loss, as far as `partialBlocks`
 * allows. Any other image is decoded, turned, and encoded at its own quality. Turns that a container states (`irot`,
 * `imir`) are left to decoders, which all make them. Metadata goes whenever pixels are rewritten.
 *
 * Fails with an `ImageError`.
 *
 * @example
 * const { bytes, contentType, touch } = yield* prepare(file, { upright: true, strip: true, maxPixels: 5e7 })
 */
export const prepare = Effect.fn("exif.prepare")(function* (
  bytes: Uint8Array,
  options: PrepareOptions
): Effect.fn.Return<Prepared, ImageError, PixelCodec> {
  const metadata = yield* toEffect(readMetadata(bytes))
  const { format, stored, upright } = metadata
  const byContainer = metadata.orientationFrom === "container"
  const turn = options.upright === true && !byContainer ? metadata.orientation : 1
  const strips = options.strip === true
  const icc = keepsIcc(options.keep)
  // Dropping a wide profile changes colours, unless pixels are converted first.
  const converts = (strips || turn !== 1) && !icc && metadata.icc?.isSrgb === false
  const isAccepted = options.accepts === undefined || options.accepts.includes(format)
  const shrinks = options.maxSide !== undefined && Math.max(upright.width, upright.height) > options.maxSide
  const done = { metadata, orientation: byContainer ? metadata.orientation : turn }
  if (isAccepted && !shrinks && !converts) {
    const same = { ...done, format, contentType: mediaTypes[format] }
    const sent = uprightSize(stored, done.orientation)
    if (turn === 1 && !strips) return { ...same, bytes, touch: "none", sent }
    if (turn === 1) {
      const cut = strip(bytes, options.keep === undefined ? {} : { keep: options.keep })
      if (cut.ok) return { ...same, bytes: cut.value, touch: "cut", sent }
      if (cut.error._tag === "ImageBroken") return yield* cut.error
    } else if (format === "jpeg") {
      const partial = options.partialBlocks ?? "requantise"
      const turned = attempt(() => turnJpeg(bytes, turn, { partial, keep: { icc } }))
      if (turned !== undefined) {
        const { covered, exact } = turned
        const isTrimmed = covered.width !== stored.width || covered.height !== stored.height
        return {
          ...same,
          bytes: turned.bytes,
          touch: exact ? "lossless" : "requantised",
          sent: uprightSize(covered, turn),
          ...(isTrimmed ? { covered } : {})
        }
      }
    }
  }
  const made = yield* render(bytes, metadata, options, turn, shrinks ? options.maxSide : undefined)
  // A browser that cannot encode a format returns a PNG instead.
  const madeFormat = formatOf(made.bytes) ?? "png"
  return {
    ...done,
    bytes: made.bytes,
    format: madeFormat,
    contentType: mediaTypes[madeFormat],
    touch: "re-encoded",
    sent: { width: made.width, height: made.height }
  }
})
