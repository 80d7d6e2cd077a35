/** Models that compare an image or a text with any words: the concepts of a call, or the labels of the manifest. */
import { StatusCode } from "@sightline/core/status"
import { Refused } from "../../../vision/decoding/decode.ts"
import type { ModelLabel, ModelScore } from "../../../onnx/label.ts"
import type { ModelJob } from "../model-process/model-messages.ts"

/** Tasks of transformers.js that take words. */
export const zeroShotTasks: ReadonlySet<string> = new Set([
  "zero-shot-image-classification",
  "zero-shot-object-detection",
  "zero-shot-classification"
])

/** The words of a job: those that it selects, else the labels of the manifest. Throws `Refused` for a job without any. */
export const wordsOf = ({ words = [] }: ModelJob, labels: ReadonlyArray<ModelLabel>): ReadonlyArray<ModelLabel> => {
  const chosen = words.length === 0 ? labels : words
  if (chosen.length > 0) return chosen
  throw new Refused(
    StatusCode.MODEL_INVALID_ARGUMENT,
    'this model compares with words; name them in select_concepts, such as .concepts("train", "railway")'
  )
}

/** Labels by name, for models that answer with the name. */
export const scoresOfWords = (
  words: ReadonlyArray<ModelLabel>,
  found: ReadonlyArray<ModelScore>
): ReadonlyArray<ModelScore> =>
  found.flatMap(({ name, value }) => {
    const word = words.find((one) => one.name === name)
    return word === undefined ? [] : [{ ...word, value }]
  })
