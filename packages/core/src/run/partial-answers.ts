/** The answers of one input that arrived before a deadline. The deadline's error contains them. */
import * as Exit from "effect/Exit"
import { BudgetSpent, type PartlyAnswered, type PredictError, TimedOut } from "../errors/errors.ts"
import { aboutInput } from "../errors/input-position.ts"
import { combineAnswers } from "../predict/prediction.ts"
import type { InputContext } from "../results/outcome.ts"

/** An `all` of which some models may still be predicting. */
interface PendingAll {
  readonly names: ReadonlyArray<string>
  readonly exits: Map<string, Exit.Exit<unknown, unknown>>
  /** The answers among the exits, by name; listed in `#answers` from the first answer on. */
  readonly answers: Record<string, unknown>
}

/** Kept for inputs that have a deadline and for no others: it lives as long as its input is on its way. */
export class PartialAnswers {
  readonly #answers: Array<unknown>
  #pending: PendingAll | undefined

  constructor(answers: Array<unknown> = []) {
    this.#answers = answers
  }

  /** For a value that was made of the input: its answers are the input's, and it has `all` steps separately. */
  nested(): PartialAnswers {
    return new PartialAnswers(this.#answers)
  }

  /** Notes the exit of a prediction. */
  record(exit: Exit.Exit<unknown, unknown>): void {
    if (Exit.isSuccess(exit)) this.#answers.push(exit.value)
  }

  /** Notes the exit of one of several models. `names`: the same array for all models of one `all`. */
  recordNamed(names: ReadonlyArray<string>, name: string, exit: Exit.Exit<unknown, unknown>): void {
    if (this.#pending?.names !== names) this.#pending = { names, exits: new Map(), answers: {} }
    const { answers, exits } = this.#pending
    exits.set(name, exit)
    if (!Exit.isSuccess(exit)) return
    if (Object.keys(answers).length === 0) this.#answers.push(answers)
    answers[name] = exit.value
  }

  /** The error of an input that its run's budget ended, with the answers so far; any other error as it is. */
  complete(error: unknown): unknown {
    if (!(error instanceof BudgetSpent)) return error
    const fields: object = error
    return new BudgetSpent({ ...fields, limit: error.limit, budget: error.budget, answers: this.#answers })
  }

  /**
   * The error of an input whose deadline passed, with the answers so far. For an `all` that was pending it is
   * `PartlyAnswered`, since its other models have failed in this way.
   */
  timedOut(what: TimedOut["what"], timeoutMs: number, context: InputContext): TimedOut | PartlyAnswered {
    const error = new TimedOut({ what, timeoutMs, answers: this.#answers, ...aboutInput(context) })
    const pending = this.#pending
    if (pending === undefined || pending.exits.size === pending.names.length) return error
    const exits = pending.names.map((name) => pending.exits.get(name) ?? Exit.fail<PredictError>(error))
    const combined = combineAnswers(pending.names, exits, context)
    const reason = Exit.isFailure(combined) ? combined.cause.reasons.find((each) => each._tag === "Fail") : undefined
    return reason?._tag === "Fail" && reason.error._tag === "PartlyAnswered" ? reason.error : error
  }
}
