/** Reads audio for models: WAV (RF64 and BW64 too), AIFF and FLAC. */
import { StatusCode } from "@sightline/core/status"
import { sniff } from "@sightline/platform/sniff"
import { Refused } from "../../../vision/decoding/decode.ts"
import { readAiff } from "./aiff.ts"
import { readFlac } from "./flac.ts"
import type { Sound } from "./pcm.ts"
import { readWav } from "./wav.ts"

/** Formats of WAV that are read here: PCM, floats, and the extensible form of both. */
const wavFormats = new Set([1, 3, 0xfffe])

/** True for a sound that `readSound` is for; others need a decoder. */
export const readsSound = (bytes: Uint8Array): boolean => {
  const type = sniff(bytes)
  if (type !== "audio/wav") return type === "audio/aiff" || type === "audio/flac"
  const name = new TextDecoder("latin1").decode(bytes.subarray(12, 16))
  return name !== "fmt " || wavFormats.has((bytes[20] ?? 0) + (bytes[21] ?? 0) * 256)
}

/** Decodes a sound to mono; the format is known by its first bytes. Throws `Refused`. */
export const readSound = (bytes: Uint8Array): Sound => {
  switch (sniff(bytes)) {
    case "audio/wav":
      return readWav(bytes)
    case "audio/aiff":
      return readAiff(bytes)
    case "audio/flac":
      return readFlac(bytes)
    default:
      throw new Refused(
        StatusCode.INPUT_UNSUPPORTED_FORMAT,
        "the audio is not WAV, AIFF or FLAC; convert it to WAV first"
      )
  }
}
