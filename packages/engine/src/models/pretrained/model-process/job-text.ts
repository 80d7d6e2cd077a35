/** The text of a job, and parameters that are texts. */
import { StatusCode } from "@sightline/core/status"
import { Refused } from "../../../vision/decoding/decode.ts"
import type { ModelJob } from "./model-messages.ts"

/** The text that a model is given. Throws `Refused` for a job without one. */
export const textOf = ({ text }: ModelJob): string => {
  if (text !== undefined) return text
  throw new Refused(StatusCode.INPUT_INVALID_ARGUMENT, "the input has no text with raw or url; this model reads text")
}

/** A parameter that is a text. */
export const textParam = ({ params }: ModelJob, name: string): string | undefined => {
  const value = params[name]
  return typeof value === "string" && value !== "" ? value : undefined
}
