/** Makes outcomes: what one input's effect ends with, by the deadline of the run at the latest. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { withDeadline, type RunDeadline } from "../call/deadline.ts"
import type { InputContext, Outcome } from "../results/outcome.ts"
import { plainly } from "../results/plain-object.ts"
import { catchThrown } from "./catch-thrown.ts"
import { type InputRun, keepAnswers } from "./input-run.ts"
import { finishInput } from "./run-hooks.ts"

type AnyEffect = Effect.Effect<any, any, any>

type Success = Extract<Outcome<unknown, never>, { readonly ok: true }>

const Succeeded = plainly<[value: unknown, context: InputContext, run: InputRun], Success>(function (
  value,
  { index, key },
  { attempts, requestId }
) {
  this.ok = true
  this.value = value
  this.index = index
  this.key = key
  this.attempts = attempts
  this.requestId = requestId
})

/** The outcome of one input from its exit. */
export const toOutcome = (run: InputRun, exit: Exit.Exit<unknown, unknown>): Outcome<unknown, unknown> => {
  const { attempts, context, partial, requestId } = run
  if (Exit.isSuccess(exit)) return new Succeeded(exit.value, context, run)
  const reason = exit.cause.reasons.find((each) => each._tag === "Fail")
  const { index, key } = context
  const failed = reason?._tag === "Fail" ? reason.error : undefined
  const error = partial === undefined ? failed : partial.complete(failed)
  return { ok: false, error, index, key, attempts, requestId }
}

/** Runs an effect to an outcome. A value that a plugin throws is a failure of this input alone. */
export const settle = (run: InputRun, effect: AnyEffect): Effect.Effect<Outcome<unknown, unknown>, never, any> =>
  Effect.flatMap(Effect.result(catchThrown(effect, run.context)), (result) =>
    finishInput(
      run,
      toOutcome(run, result._tag === "Success" ? Exit.succeed(result.success) : Exit.fail(result.failure))
    )
  )

/** The same, by the deadline at the latest. */
export const settleBefore = (run: InputRun, deadline: RunDeadline, effect: AnyEffect): AnyEffect => {
  if (deadline.atMs === Infinity) return settle(run, effect)
  const partial = keepAnswers(run)
  return settle(
    run,
    withDeadline(deadline, effect, () => Effect.fail(partial.timedOut("run", deadline.timeoutMs, run.context)))
  )
}
