/** What was answered for an input before a deadline passed: the deadline's error gives it to the caller. */
import * as Exit from "effect/Exit"
import { type PartlyAnswered, type PredictError, TimedOut } from "../errors/errors.ts"
import { combineAnswers } from "../predict/prepare.ts"
import type { InputContext } from "../results/outcome.ts"

/** Kept for inputs that have a deadline, and for no others: what is kept lives as long as the input is on its way. */
export interface PartialAnswers {
  /** What predictions gave, first to last, those about things made of the input included. */
  readonly answers: Array<unknown>
  /** The last `all` that was begun. */
  underway: PendingAll | undefined
}

/** An `all` that some of its models may still be answering. */
interface PendingAll {
  readonly names: ReadonlyArray<string>
  readonly ends: Map<string, Exit.Exit<unknown, unknown>>
  /** The answers among the ends, by name; in `answers` of `Paid` from the first on. */
  readonly answers: Record<string, unknown>
}

/** What can keep answers. */
interface AnswerKeeper {
  paid?: PartialAnswers | undefined
}

/** Begins to keep the answers of an input. */
export const keepAnswers = (keeper: AnswerKeeper): PartialAnswers =>
  (keeper.paid ??= { answers: [], underway: undefined })

/** The keeper of a thing made of the input: one memory for all of them, each with an `all` of its own. */
export const nestedAnswers = ({ paid }: AnswerKeeper): PartialAnswers | undefined =>
  paid === undefined ? undefined : { answers: paid.answers, underway: undefined }

/** Notes how a prediction ended. */
export const recordAnswer = ({ paid }: AnswerKeeper, exit: Exit.Exit<unknown, unknown>): void => {
  if (paid !== undefined && Exit.isSuccess(exit)) paid.answers.push(exit.value)
}

/** Notes how one of several models ended. */
export const recordNamedAnswer = (
  { paid }: AnswerKeeper,
  names: ReadonlyArray<string>,
  name: string,
  exit: Exit.Exit<unknown, unknown>
): void => {
  if (paid === undefined) return
  if (paid.underway?.names !== names) paid.underway = { names, ends: new Map(), answers: {} }
  const { answers, ends } = paid.underway
  ends.set(name, exit)
  if (!Exit.isSuccess(exit)) return
  if (Object.keys(answers).length === 0) paid.answers.push(answers)
  answers[name] = exit.value
}

/** How long an input was given, and by what. */
type Deadline = Pick<TimedOut, "what" | "timeoutMs"> & Partial<InputContext>

/**
 * The error of an input whose deadline passed. It holds what was answered: of an `all` that was under way as
 * `PartlyAnswered` does, since the others of its models have failed in this way.
 */
export const timedOut = (
  keeper: AnswerKeeper,
  { index, key, timeoutMs, what }: Deadline
): TimedOut | PartlyAnswered => {
  const about = { ...(index === undefined ? {} : { index }), ...(key === undefined ? {} : { key }) }
  const { answers = [], underway } = keeper.paid ?? {}
  const error = new TimedOut({ ...about, what, timeoutMs, answers })
  if (underway === undefined || underway.ends.size === underway.names.length) return error
  const ends = underway.names.map((name) => underway.ends.get(name) ?? Exit.fail<PredictError>(error))
  const joined = combineAnswers(underway.names, ends, { index: index ?? 0, key })
  const reason = Exit.isFailure(joined) ? joined.cause.reasons.find((each) => each._tag === "Fail") : undefined
  return reason?._tag === "Fail" && reason.error._tag === "PartlyAnswered" ? reason.error : error
}
