// Removes private metadata from clips before they are sent: position, camera, software, dates, titles. Pictures and sound
// stay byte for byte, and nothing moves: what goes is overwritten where it stands.
import { sniff } from "@sightline/platform/sniff"
import { makePace, type Pace } from "../sampling/pace.ts"
import { stripAvi } from "./strip-avi.ts"
import { stripGif } from "./strip-gif.ts"
import { stripMatroska } from "./strip-matroska.ts"
import { stripMp4 } from "./strip-mp4.ts"
import { stripProgramStream } from "./strip-program-stream.ts"
import { stripTransportStream } from "./strip-transport-stream.ts"

/** Overwrites metadata; false if the structure cannot be followed, so that something may be left. `pace` is kept. */
export type Strip = (bytes: Uint8Array, pace: Pace) => boolean | Promise<boolean>

const strips: Readonly<Record<string, Strip>> = {
  "video/mp4": stripMp4,
  "video/quicktime": stripMp4,
  "audio/mp4": stripMp4,
  "video/x-matroska": stripMatroska,
  "video/webm": stripMatroska,
  "video/mp2t": stripTransportStream,
  "video/x-msvideo": stripAvi,
  "image/gif": stripGif,
  "video/mpeg": stripProgramStream
}

/** QuickTime files of before 2001 begin without a type. */
const isOldMovie = (bytes: Uint8Array): boolean =>
  /^(moov|mdat|free|skip|wide|pnot|uuid)$/.test(String.fromCharCode(...bytes.subarray(4, 8)))

/**
 * Overwrites the metadata of a clip. False if the container is not one whose metadata is known here, or its structure cannot
 * be followed: then nothing of it may be sent.
 */
export const stripMetadata = async (bytes: Uint8Array): Promise<boolean> => {
  const type = sniff(bytes.subarray(0, 4096)) ?? (isOldMovie(bytes) ? "video/quicktime" : "")
  const strip = Object.hasOwn(strips, type) ? strips[type] : undefined
  if (strip === undefined) return false
  try {
    return await strip(bytes, makePace(undefined))
  } catch (cause) {
    if (cause instanceof RangeError) return false // a field reaches beyond the end
    throw cause
  }
}
