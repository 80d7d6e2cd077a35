/** The image of a job. */
import { StatusCode } from "@sightline/core/status"
import { Refused } from "../../../vision/decoding/decode.ts"
import type { Pixels } from "../../../vision/pixels.ts"
import type { ModelJob } from "./model-messages.ts"

/** The image that a model is given. Throws `Refused` for a job without one. */
export const imageOf = ({ image }: ModelJob): Pixels => {
  if (image !== undefined) return image
  throw new Refused(
    StatusCode.INPUT_INVALID_ARGUMENT,
    "the input has no image with a url or base64; this model sees images"
  )
}
