/** The lossless turn as a door: bytes in, a typed result out. */
import { type PartialBlocks, turnJpeg } from "../jpeg/lossless-turn.ts"
import { unsupported } from "@sightline/platform/bytes/format-error"
import { describe } from "./image-metadata.ts"
import type { Size } from "../metadata/raw-metadata.ts"
import type { Orientation } from "../image/orientation.ts"
import { readRawMetadata, type Read, reading } from "./read-result.ts"
import { hasWideProfile, type Kept, wideProfile } from "./strip-metadata.ts"

/** Options of `turn`. */
export interface TurnOptions {
  /** What the stored picture's orientation is; by default what the file says. */
  readonly orientation?: Orientation
  /** Defaults to `"refuse"`: a turn that would bring a partial block to the front is `ImageUnsupported`. */
  readonly partialBlocks?: PartialBlocks
  /** Defaults to `["icc"]`. All other metadata goes. */
  readonly keep?: ReadonlyArray<Kept>
}

/** A JPEG turned without loss; `covered` is the stored area it shows, which is all of it unless it was trimmed. */
export interface Turned {
  readonly bytes: Uint8Array
  readonly orientation: Orientation
  readonly covered: Size
  /** True when no coefficient was changed: always, unless `partialBlocks` is `"requantise"`. */
  readonly exact: boolean
}

/**
 * Turns a JPEG upright without decoding it to pixels: its quantised coefficients are moved, none is changed.
 *
 * Shape: a sequential JPEG without metadata but for its colour profile. Which sides matter: those that the turn brings
 * to the left or top must be whole multiples of the MCU (8 pixels, or 16 with subsampled chroma); a transposition
 * (orientation 5) always fits. Fails with `ImageUnsupported` for other sides (unless `"trim"` or `"requantise"`), other formats,
 * arithmetic coding and 12-bit samples; with `ImageBroken` when the data contradicts itself.
 */
export const turn = (given: Uint8Array, options: TurnOptions = {}): Read<Turned> =>
  reading(given, (bytes, format) => {
    if (format !== "jpeg") throw unsupported(format.toUpperCase(), "only JPEG can be turned without loss here")
    const keepIcc = (options.keep ?? ["icc"]).includes("icc")
    if (!keepIcc && hasWideProfile(bytes, format)) throw unsupported("JPEG", wideProfile)
    const orientation = options.orientation ?? describe(format, readRawMetadata(bytes, format)).orientation
    const {
      bytes: turned,
      covered,
      exact
    } = turnJpeg(bytes, orientation, {
      partial: options.partialBlocks ?? "refuse",
      keep: { icc: keepIcc }
    })
    return { bytes: turned, orientation, covered, exact }
  })
