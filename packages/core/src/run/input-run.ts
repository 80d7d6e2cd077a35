/** The state of one input in one run. */
import type * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type { PartlyAnswered, PredictError } from "../errors/errors.ts"
import type { Prediction } from "../predict/prediction.ts"
import type { Predictor } from "../predict/predictor.ts"
import type { InputContext, Outcome } from "../results/outcome.ts"
import type { Item } from "./input-series.ts"
import { PartialAnswers } from "./partial-answers.ts"

/** One input on its way through a program. Belongs to one run. */
export interface InputRun {
  readonly predictor: Predictor
  readonly context: InputContext
  /** How many attempts of calls carried the input so far. */
  attempts: number
  /** The service's id of the last call that carried it. */
  requestId: string | undefined
  /** The answers so far, where the input has a deadline. */
  partial: PartialAnswers | undefined
  /** How the input hooks started; undefined before. */
  started: Exit.Exit<void, any> | undefined
  /** What input hooks returned, to be called with the outcome. */
  readonly finishes: Array<(outcome: Outcome<unknown, unknown>) => Effect.Effect<void>>
}

/** The state of an input that nothing was done for yet. */
export const newInputRun = (predictor: Predictor, context: InputContext): InputRun => ({
  predictor,
  context,
  attempts: 0,
  requestId: undefined,
  partial: predictor.keepsAnswers === true ? new PartialAnswers() : undefined,
  started: undefined,
  finishes: []
})

/** The state of an item of a series. */
export const itemRun = (predictor: Predictor, { before, index, key }: Item): InputRun => {
  const run = newInputRun(predictor, { index, key })
  if (before === undefined) return run
  run.attempts = before.attempts
  run.requestId = before.requestId
  return run
}

/** The context of a chain's only input. */
export const onlyInput: InputContext = { index: 0, key: undefined, single: true }

/** Begins to keep the answers of an input, for the error of its deadline. */
export const keepAnswers = (run: InputRun): PartialAnswers => (run.partial ??= new PartialAnswers())

/** Adds the calls of a prediction to the input's, and returns the prediction's exit. */
export const recordPrediction = (
  run: InputRun,
  { attempts, exit, requestId }: Prediction
): Exit.Exit<unknown, PredictError | PartlyAnswered> => {
  run.attempts += attempts
  run.requestId = requestId ?? run.requestId
  return exit
}
