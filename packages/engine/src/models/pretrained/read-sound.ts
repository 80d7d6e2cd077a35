/** Reads audio for models: WAV (RF64 and BW64 too), AIFF and FLAC. */
import { StatusCode } from "@sightline/core/status"
import { sniff } from "@sightline/platform/sniff"
import { Refused } from "../../vision/decode.ts"
import { readAiff } from "./aiff.ts"
import { readFlac } from "./flac.ts"
import type { Sound } from "./pcm.ts"
import { readWav } from "./wav.ts"

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
