/** Reasons why a version cannot be tested although `holdout(..)` asks for it. */
import { InvalidOption } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import type { TrainingSpec } from "../../request/training-spec.ts"
import type { Untested } from "../../result/example-tally.ts"
import type { Run } from "../run.ts"

const problemOf = ({ holdout, id }: TrainingSpec, reason: Untested["reason"]): string => {
  switch (reason) {
    case "known":
      return "the service learns from all examples already, so none can be held out; add new ones, or train in an app that does not have them"
    case "few":
      return `no concept has ${Math.ceil(1 / holdout)} new examples, of which holdout(${holdout}) would hold out one; add more, or hold out a larger share`
    case "none":
      return "no example was given that can be held out; give examples(..) that the service does not have, labelled with the concepts"
    case "lost":
      return `the held-out examples were bytes or addresses with a query, which only the run that began had; run app.train(${JSON.stringify(id)}) with the same examples`
  }
}

/** Why there are no tests; undefined if there are some, or none are asked for. */
export const untestedOf = (
  spec: TrainingSpec,
  tests: number,
  reason: Untested["reason"] = "none"
): Untested | undefined => (tests > 0 || spec.holdout === 0 ? undefined : { reason, problem: problemOf(spec, reason) })

/**
 * Emits `untested`, unless an earlier run has evaluated the version; fails if a policy then has nothing to decide by.
 * Succeeds with what the result reports.
 */
export const reportUntested = (
  { emit, spec, state }: Run,
  untested: Untested | undefined
): Effect.Effect<Untested | undefined, InvalidOption> =>
  Effect.suspend(() => {
    const { decision } = state().training
    if (untested === undefined || decision?.evaluation !== undefined) return Effect.undefined
    if (spec.promoteWhen !== undefined && decision === undefined)
      return Effect.fail(
        new InvalidOption({
          model: spec.id,
          option: "promoteWhen",
          problem: `has no evaluation to decide by: ${untested.problem}`
        })
      )
    emit({ state: "untested", ...untested })
    return Effect.succeed(untested)
  })
