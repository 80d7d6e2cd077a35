/** Problems of training data, by the codes of the Clarifai protocol. */
import { Schema } from "effect"

/**
 * A head cannot be trained. `code` is Clarifai's: 21110 no labelled data, 21111 no positive example, 21112 mutually
 * exclusive but one concept only, 21113 time ran out, 21117 too little data, 21118 a parameter is wrong,
 * 21106 anything else. `details` names what to add or to change.
 */
export class TrainingProblem extends Schema.TaggedError<TrainingProblem>()("TrainingProblem", {
  code: Schema.Number,
  details: Schema.String
}) {
  readonly retryable = false
  override get message() {
    return `training failed (${this.code}): ${this.details}`
  }
}
