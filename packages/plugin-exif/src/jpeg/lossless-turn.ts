/** Turns a JPEG upright without decoding it to pixels: blocks and coefficients are moved, and some signs change. */
import { unsupported } from "@sightline/platform/bytes/format-error"
import { asPlainBytes } from "@sightline/platform/bytes/view"
import { type Orientation, type OrientationTransform, transformOf } from "../image/orientation.ts"
import type { Size } from "../metadata/raw-metadata.ts"
import type { Coefficients } from "./coefficients.ts"
import { decodeCoefficients } from "./decode-coefficients.ts"
import { encodeTurned } from "./encode-coefficients.ts"
import type { Frame } from "./frame-header.ts"
import { type KeptInJpeg, keptHeader } from "./kept-segments.ts"
import { movedToEnd } from "./partial-blocks.ts"

/**
 * What to do when a turn would bring a partial MCU to the left or top. A JPEG can have partial MCUs at the right and bottom
 * only.
 *
 * `"refuse"`: fail with `unsupported`. `"requantise"`: where full-resolution components end in a whole block nevertheless, as
 * luma of a 4:2:0 picture of 1,080 rows does, move them exactly and quantise only the subsampled ones again; else refuse.
 * `"trim"`: leave those pixels out, at most 8 × the largest sampling factor less one (15 for 4:2:0) at one side.
 */
export type PartialBlocks = "refuse" | "requantise" | "trim"

/** A JPEG turned upright, and the part of the stored picture that it shows. */
export interface TurnedJpeg {
  readonly bytes: Uint8Array
  /** The stored area that is shown, in pixels from the left and top. */
  readonly covered: Size
  /** False when some coefficients were quantised again. */
  readonly exact: boolean
}

/** The stored area that whole blocks cover along the sides that a turn brings to the left or top. */
const wholeArea = (frame: Frame, turn: OrientationTransform): Size => ({
  width: turn.flipsX ? frame.width - (frame.width % (8 * frame.hMax)) : frame.width,
  height: turn.flipsY ? frame.height - (frame.height % (8 * frame.vMax)) : frame.height
})

/** Encodes coefficients, turned by `orientation`, after the segments of `source` that are kept. */
const turnCoefficients = (
  coefficients: Coefficients,
  orientation: Orientation,
  source: Uint8Array,
  options: { readonly partial?: PartialBlocks; readonly keep?: KeptInJpeg }
): TurnedJpeg => {
  const { height, width } = coefficients.frame
  const turn = transformOf(orientation)
  const head = keptHeader(source, options.keep ?? {}, turn.swaps)
  const encoded = (from: Coefficients, covered: Size, exact: boolean): TurnedJpeg => ({
    bytes: encodeTurned(from, turn, covered, head, source.length),
    covered,
    exact
  })
  const whole = wholeArea(coefficients.frame, turn)
  if (whole.width === width && whole.height === height) return encoded(coefficients, whole, true)
  if (options.partial === "trim" && whole.width > 0 && whole.height > 0) return encoded(coefficients, whole, true)
  const moved = options.partial === "requantise" ? movedToEnd(coefficients, turn) : undefined
  if (moved === undefined) throw unsupported("JPEG", "a turn that would bring a partial block to the front")
  return encoded(moved, { width, height }, false)
}

/**
 * Stores the same picture upright, with the quantised DCT coefficients of the source.
 *
 * Shape: a sequential JPEG without metadata (JFIF, Adobe and, unless `keep` says otherwise, ICC segments stay); chroma
 * subsampling is turned with the picture (4:2:2 becomes 4:4:0). A progressive source becomes sequential.
 * Cost: about half of decoding and encoding; memory about 10 bytes for each non-zero coefficient.
 * Fails (`FormatError`) as `decodeCoefficients` does, and with `unsupported` for partial blocks as `partial` says.
 */
export const turnJpeg = (
  given: Uint8Array,
  orientation: Orientation,
  options: { readonly partial?: PartialBlocks; readonly keep?: KeptInJpeg } = {}
): TurnedJpeg => {
  const bytes = asPlainBytes(given)
  return turnCoefficients(decodeCoefficients(bytes), orientation, bytes, options)
}
