/** The sound of a job. */
import { StatusCode } from "@sightline/core/status"
import { Refused } from "../../../vision/decoding/decode.ts"
import type { ModelJob } from "./model-messages.ts"
import type { Sound } from "../audio/pcm.ts"
import { readSound } from "../audio/read-sound.ts"

/** The samples that a model is given: decoded elsewhere, or read here from WAV, AIFF or FLAC. */
export const soundOf = ({ audio, sound }: ModelJob): Sound => {
  if (sound !== undefined) return sound
  if (audio !== undefined) return readSound(audio)
  throw new Refused(
    StatusCode.INPUT_INVALID_ARGUMENT,
    "the input has no audio with a url or base64; this model hears audio"
  )
}
