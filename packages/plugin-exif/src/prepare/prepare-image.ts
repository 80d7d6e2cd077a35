/** The lightest touch that is right: from a file's bytes to bytes that may be sent, and what was done to them. */
import { Effect } from "effect"
import { type ImageError, ImageTooLarge, ImageUnsupported } from "../errors.ts"
import { formatOf, type ImageFormat, mediaTypes } from "../image/image-format.ts"
import { fallbackSettings, settingsOf } from "../jpeg/jpeg-quality.ts"
import { type PartialBlocks, turnJpeg } from "../jpeg/lossless-turn.ts"
import { FormatError } from "@sightline/platform/bytes/format-error"
import { type ImageMetadata, readMetadata } from "../file/image-metadata.ts"
import type { Size } from "../metadata/raw-metadata.ts"
import type { Orientation } from "../image/orientation.ts"
import { PixelCodec } from "../codec/pixel-codec.ts"
import type { Encoding, Rendered } from "../codec/render-job.ts"
import { type Read } from "../file/read-result.ts"
import { type Kept, strip } from "../file/strip-metadata.ts"
import { webpSettings } from "../webp/webp-metadata.ts"

/** What to do to a picture. Everything left out is not done. */
export interface Wish {
  readonly upright?: boolean
  readonly strip?: boolean
  /** Longest side in pixels; smaller pictures stay as they are. */
  readonly maxSide?: number
  /** Formats that the receiver reads; others are converted. Undefined: any. */
  readonly accepts?: ReadonlyArray<ImageFormat>
  readonly keep?: ReadonlyArray<Kept>
  readonly partialBlocks?: PartialBlocks
  readonly maxPixels: number
}

/**
 * How the bytes came about: untouched, cut, turned without loss, turned with chroma quantised again, or decoded and
 * encoded.
 */
export type Touch = "none" | "cut" | "lossless" | "requantised" | "re-encoded"

/** A picture ready to be sent. `covered` is the stored area shown, when trimming left something out. */
export interface Prepared {
  readonly bytes: Uint8Array
  readonly format: ImageFormat
  readonly contentType: string
  readonly touch: Touch
  readonly metadata: ImageMetadata
  /** The turn from stored to sent pixels, whoever makes it: this code, or the receiver's decoder (`irot`). */
  readonly orientation: Orientation
  readonly covered?: Size
  readonly sent: Size
}

/** Most pixels a decoder may be asked for: what libvips, too, takes for a limit against bombs. */
export const defaultMaxPixels = 268_402_689

/** What a picture that must be encoded again is encoded as: its own format and quality where that can be. */
const encodingFor = (bytes: Uint8Array, { format, hasAlpha }: ImageMetadata): Encoding => {
  if (format === "jpeg") return { format, ...settingsOf(bytes) }
  if (format === "webp") return { format, ...webpSettings(bytes) }
  if (format === "gif") return { format }
  const isPhoto = (format === "avif" || format === "heic") && !hasAlpha
  return isPhoto ? { format: "jpeg", quality: fallbackSettings.quality, chroma: "4:4:4" } : { format: "png" }
}

/** The lossless turn, or null where this file needs the pixel path. */
const losslessly = (bytes: Uint8Array, orientation: Orientation, keepIcc: boolean, partial: PartialBlocks) => {
  try {
    return turnJpeg(bytes, orientation, { partial, keep: { icc: keepIcc } })
  } catch (cause) {
    if (cause instanceof FormatError) return null
    throw cause
  }
}

const fromRead = <A>(read: Read<A>): Effect.Effect<A, ImageError> =>
  read.ok ? Effect.succeed(read.value) : Effect.fail(read.error)

const uprightSize = (size: Size, orientation: Orientation): Size =>
  orientation >= 5 ? { width: size.height, height: size.width } : size

const rendered = Effect.fnUntraced(function* (
  bytes: Uint8Array,
  metadata: ImageMetadata,
  wish: Wish,
  turn: Orientation,
  maxSide: number | undefined
): Effect.fn.Return<Rendered, ImageError, PixelCodec> {
  const { format, stored } = metadata
  const pixels = stored.width * stored.height
  if (pixels > wish.maxPixels)
    return yield* new ImageTooLarge({ actual: pixels, limit: wish.maxPixels, unit: "pixels" })
  if (metadata.animated && turn !== 1 && format !== "tiff") {
    return yield* new ImageUnsupported({ format, detail: "an animation with an orientation cannot be turned" })
  }
  // Only pixels and their profile go into the decoder, so that nothing is turned twice. A TIFF from which metadata cannot
  // be cut goes in as it is: what comes out is encoded anew.
  const cut = strip(bytes)
  const clean = !cut.ok && cut.error._tag === "ImageUnsupported" ? bytes : yield* fromRead(cut)
  const codec = yield* PixelCodec
  const encoding = encodingFor(bytes, metadata)
  return yield* codec.render({
    bytes: clean,
    format,
    orientation: turn,
    ...(maxSide === undefined ? {} : { maxSide }),
    encoding,
    keepIcc: (wish.keep ?? ["icc"]).includes("icc"),
    animated: metadata.animated && (encoding.format === "gif" || encoding.format === "webp"),
    maxPixels: wish.maxPixels
  })
})

/**
 * Does what is wished with the lightest touch that is right.
 *
 * Upright already: metadata is cut out and no pixel is decoded. JPEG otherwise: turned without loss, as `partialBlocks`
 * allows. Else: decoded, turned, encoded at the source's own
 * quality. A container's own turn (`irot`, `imir`) is left to decoders, which all make it. Metadata goes whenever pixels
 * are rewritten. Fails with an `ImageError`.
 */
export const prepare = Effect.fn("exif.prepare")(function* (
  bytes: Uint8Array,
  wish: Wish
): Effect.fn.Return<Prepared, ImageError, PixelCodec> {
  const metadata = yield* fromRead(readMetadata(bytes))
  const { format, orientation, orientationFrom, stored, upright } = metadata
  const byContainer = orientationFrom === "container"
  const turn = wish.upright === true && !byContainer ? orientation : 1
  const keepIcc = (wish.keep ?? ["icc"]).includes("icc")
  // A profile that goes takes its colours with it, unless pixels are converted first.
  const converts = (wish.strip === true || turn !== 1) && !keepIcc && metadata.icc?.isSrgb === false
  const accepted = wish.accepts === undefined || wish.accepts.includes(format)
  const shrinks = wish.maxSide !== undefined && Math.max(upright.width, upright.height) > wish.maxSide
  const done = { metadata, orientation: byContainer ? orientation : turn }
  const uncut = uprightSize(stored, done.orientation)
  if (accepted && !shrinks && !converts) {
    if (turn === 1 && wish.strip !== true) {
      return { ...done, bytes, format, contentType: mediaTypes[format], touch: "none", sent: uncut }
    }
    const cut = turn === 1 ? strip(bytes, wish.keep === undefined ? {} : { keep: wish.keep }) : undefined
    if (cut?.ok === true)
      return { ...done, bytes: cut.value, format, contentType: mediaTypes[format], touch: "cut", sent: uncut }
    if (cut?.error._tag === "ImageBroken") return yield* cut.error
    const moved =
      format === "jpeg" && turn !== 1 ? losslessly(bytes, turn, keepIcc, wish.partialBlocks ?? "requantise") : null
    if (moved !== null) {
      const { covered } = moved
      const trimmed = covered.width !== stored.width || covered.height !== stored.height
      const sent = uprightSize(covered, turn)
      const shown = trimmed ? { covered } : {}
      const touch = moved.exact ? "lossless" : "requantised"
      return { ...done, bytes: moved.bytes, format, contentType: mediaTypes[format], touch, sent, ...shown }
    }
  }
  const made = yield* rendered(bytes, metadata, wish, turn, shrinks ? wish.maxSide : undefined)
  // Told by the bytes: a browser that cannot encode a format answers with PNG.
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
