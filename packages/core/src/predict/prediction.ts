/** The result of one prediction: a decoded answer or an error, about one input. */
import * as Exit from "effect/Exit"
import { statusError, isSuccess } from "../call/status-error.ts"
import { MalformedAnswer, PartlyAnswered, type PredictError } from "../errors/errors.ts"
import type { Secrets } from "../errors/secrets.ts"
import { aboutInput, withInput } from "../errors/input-position.ts"
import type { Media } from "../media/media.ts"
import { modelName, type ModelOrWorkflow } from "../models/model-ref.ts"
import { isWorkflow } from "../models/workflow-handle.ts"
import { toAnswer } from "../results/answer.ts"
import { rememberMedium } from "../results/answer-medium.ts"
import type { InputContext } from "../results/outcome.ts"
import { toWorkflowAnswer } from "../results/workflow-answer.ts"
import type { StatusWire } from "../wire/messages/status-messages.ts"
import type { InputResult } from "./batch.ts"

/** The result of one input's prediction, and what it took. */
export interface Prediction {
  readonly exit: Exit.Exit<unknown, PredictError | PartlyAnswered>
  readonly attempts: number
  readonly requestId: string | undefined
}

const nodeError = (secrets: Secrets) => (status: StatusWire, model: string) =>
  isSuccess(status) ? undefined : statusError(status, { model, secrets })

/** Decodes one input's result. The answer keeps a private reference to its medium: see `results/answer-medium.ts`. */
export const toPrediction = (
  model: ModelOrWorkflow,
  media: Media,
  result: InputResult,
  context: InputContext,
  keepMedium: boolean,
  secrets: Secrets
): Prediction => {
  const { attempts, requestId } = result
  const end = (exit: Prediction["exit"]): Prediction => ({ exit, attempts, requestId })
  if (!result.ok) return end(Exit.fail(withInput(result.error, context)))
  if (isWorkflow(model)) {
    const aboutMedium = (answer: object) => rememberMedium(answer, media, keepMedium)
    return end(
      Exit.succeed(toWorkflowAnswer(model, media.kind, result.output, { statusError: nodeError(secrets), aboutMedium }))
    )
  }
  const answer = toAnswer(typeof model === "string" ? "unknown" : model.task, media.kind, result.output)
  if (!answer.ok) {
    const { path, problem } = answer.problem
    return end(
      Exit.fail(withInput(new MalformedAnswer({ model: modelName(model), problem: `${path}: ${problem}` }), context))
    )
  }
  return end(Exit.succeed(rememberMedium(answer.value, media, keepMedium)))
}

/**
 * The answers of several models about one input, by name. Where only some answered, a failure with their answers; where
 * none did, the first failure.
 */
export const combineAnswers = (
  names: ReadonlyArray<string>,
  exits: ReadonlyArray<Exit.Exit<unknown, unknown>>,
  context: InputContext
): Exit.Exit<unknown, PredictError | PartlyAnswered> => {
  const answers: Record<string, unknown> = {}
  const failures: Record<string, PredictError> = {}
  let first: Exit.Exit<never, PredictError> | undefined
  for (const [i, name] of names.entries()) {
    const exit = exits[i]
    if (exit === undefined) continue
    if (Exit.isSuccess(exit)) {
      answers[name] = exit.value
      continue
    }
    const failed = exit as Exit.Failure<never, PredictError> // predictions fail with nothing else
    const reason = failed.cause.reasons.find((each) => each._tag === "Fail")
    if (reason?._tag !== "Fail") return failed // a defect or an interruption concerns all models
    failures[name] = reason.error
    first ??= failed
  }
  if (first === undefined) return Exit.succeed(answers)
  if (Object.keys(answers).length === 0) return first
  return Exit.fail(new PartlyAnswered({ answers, failures, ...aboutInput(context) }))
}
