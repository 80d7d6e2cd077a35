/** Turns a JPEG upright without decoding it to pixels. */
import { unsupported } from "@sightline/platform/bytes/format-error"
import type { Orientation } from "../image/orientation.ts"
import { type PartialBlocks, turnJpeg } from "../jpeg/lossless-turn.ts"
import type { Size } from "../metadata/raw-metadata.ts"
import { toImageMetadata } from "./image-metadata.ts"
import { hasWideProfile, readRawMetadata, wideProfileProblem } from "./read-raw-metadata.ts"
import { type ReadResult, withFormat } from "./read-result.ts"
import { keepsIcc, type KeptMetadata } from "./strip-metadata.ts"

/** Options of `turn`. */
export interface TurnOptions {
  /** The orientation of the stored picture. @default what the file says */
  readonly orientation?: Orientation
  /** What happens to a turn that would bring a partial block to the left or top. @default "refuse" */
  readonly partialBlocks?: PartialBlocks
  /** Metadata that stays. @default ["icc"] */
  readonly keep?: ReadonlyArray<KeptMetadata>
}

/** A JPEG turned without loss. */
export interface Turned {
  readonly bytes: Uint8Array
  readonly orientation: Orientation
  /** The stored area that it shows, from the left and top: all of it unless it was trimmed. */
  readonly covered: Size
  /** True when no coefficient was changed: always, unless `partialBlocks` is `"requantise"`. */
  readonly exact: boolean
}

/**
 * Turns a JPEG upright without decoding it to pixels: its quantised DCT coefficients are moved, none is changed.
 *
 * Shape: a sequential JPEG without metadata but for its colour profile. The sides that the turn brings to the left or top
 * must be whole multiples of the MCU (8 pixels, or 16 with subsampled chroma); orientation 5 always fits.
 *
 * Fails with `ImageUnsupported` for other sides (unless `partialBlocks` is `"trim"` or `"requantise"`), other formats,
 * arithmetic coding and 12-bit samples; with `ImageBroken` when the file is corrupt.
 *
 * @example
 * const result = turn(bytes, { partialBlocks: "trim" })
 * if (result.ok) upload(result.value.bytes)
 */
export const turn = (given: Uint8Array, options: TurnOptions = {}): ReadResult<Turned> =>
  withFormat(given, (file, format) => {
    if (format !== "jpeg") throw unsupported(format.toUpperCase(), "only JPEG can be turned without loss")
    const icc = keepsIcc(options.keep)
    if (!icc && hasWideProfile(file, format)) throw unsupported("JPEG", wideProfileProblem)
    const orientation = options.orientation ?? toImageMetadata(format, readRawMetadata(file, format)).orientation
    const partial = options.partialBlocks ?? "refuse"
    return { ...turnJpeg(file, orientation, { partial, keep: { icc } }), orientation }
  })
