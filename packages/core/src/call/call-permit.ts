/** Who is asked before each attempt of a call: the budget of a run, or the ledger of a job. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { CallError } from "../errors/errors.ts"
import type { Call } from "./attempt.ts"
import type { PricedCall } from "./prices.ts"

/** Asked before each attempt, at its turn; a failure is the call's, and then nothing is sent. */
export interface CallPermit {
  /** Predictions share calls only where this is equal. */
  readonly name: string
  readonly ask: (call: PricedCall) => Effect.Effect<void, unknown>
}

/** The permit of the calls of a fiber. */
export const Permit = Context.Reference<CallPermit | undefined>("@sightline/core/Permit", {
  defaultValue: () => undefined
})

/** Runs an attempt if it may be made; else `refused`, with why. */
export const permitted = <A, R>(
  call: Call,
  items: number,
  attempt: Effect.Effect<A, never, R>,
  refused: (error: CallError) => A
): Effect.Effect<A, never, R> =>
  Effect.flatMap(Permit, (permit) =>
    permit === undefined
      ? attempt
      : Effect.matchEffect(permit.ask({ model: call.model, items, predicts: call.intent === "prediction" }), {
          onSuccess: () => attempt,
          // the types of chains with a budget have its error; those of calls need not
          onFailure: (error) => Effect.succeed(refused(error as CallError))
        })
  )
