/** Turns a JPEG upright without decoding it to pixels: blocks change places, coefficients change places and signs. */
import { unsupported } from "../malformed.ts"
import { type Orientation, type Turn, turnOf } from "../orientation.ts"
import type { Coefficients } from "./coefficients.ts"
import { decodeCoefficients } from "./decode.ts"
import { encodeTurned } from "./encode.ts"
import type { Frame } from "./frame.ts"
import { plain } from "../view.ts"
import { keptSegments, type KeepInJpeg } from "./keep.ts"

/**
 * What to do when the side that would come first (left or top) ends in a partial MCU, which a JPEG can only have last.
 *
 * `"refuse"`: fail with `unsupported`, so that the caller takes the pixel path and keeps every pixel.
 * `"trim"`: leave those pixels out, at most 8 × the largest sampling factor less one (15 for 4:2:0) at one side.
 */
export type PartialBlocks = "refuse" | "trim"

/** What part of the stored picture is turned, in stored pixels from the left and top. */
export interface Covered {
  readonly width: number
  readonly height: number
}

/** The stored area that a lossless turn covers: all of it, or what trimming leaves. Null when refused. */
export const coveredBy = (frame: Frame, turn: Turn, partial: PartialBlocks): Covered | null => {
  const mcuWidth = 8 * frame.hMax
  const mcuHeight = 8 * frame.vMax
  const width = turn.flipsX ? frame.width - (frame.width % mcuWidth) : frame.width
  const height = turn.flipsY ? frame.height - (frame.height % mcuHeight) : frame.height
  if (width === 0 || height === 0) return null
  return partial === "trim" || (width === frame.width && height === frame.height) ? { width, height } : null
}

/** A JPEG turned upright, and which part of the stored picture it shows. */
export interface TurnedJpeg {
  readonly bytes: Uint8Array
  readonly covered: Covered
}

/** Encodes coefficients as turned by `orientation`, behind the segments of `source` that are kept. */
export const turnCoefficients = (
  coefficients: Coefficients,
  orientation: Orientation,
  source: Uint8Array,
  options: { readonly partial?: PartialBlocks; readonly keep?: KeepInJpeg } = {}
): TurnedJpeg => {
  const turn = turnOf(orientation)
  const covered = coveredBy(coefficients.frame, turn, options.partial ?? "refuse")
  if (covered === null) throw unsupported("JPEG", "a turn that would bring a partial block to the front")
  const head = keptSegments(source, options.keep ?? {}, turn.swaps)
  return { bytes: encodeTurned(coefficients, turn, covered, head, source.length), covered }
}

/**
 * The same picture stored upright: the quantised DCT coefficients are exactly those of the source, moved.
 *
 * Shape: a sequential JPEG without metadata (JFIF, Adobe and, unless `keep` says otherwise, ICC segments stay); chroma
 * subsampling is turned with the picture (4:2:2 becomes 4:4:0). A progressive source comes out sequential.
 * Cost: about a quarter of decoding and encoding; memory about 10 bytes for each non-zero coefficient.
 * Fails (`Malformed`) as `decodeCoefficients` does, and with `unsupported` for partial blocks unless `partial` is
 * `"trim"`.
 */
export const turnJpeg = (
  given: Uint8Array,
  orientation: Orientation,
  options: { readonly partial?: PartialBlocks; readonly keep?: KeepInJpeg } = {}
): TurnedJpeg => {
  const bytes = plain(given)
  return turnCoefficients(decodeCoefficients(bytes), orientation, bytes, options)
}
