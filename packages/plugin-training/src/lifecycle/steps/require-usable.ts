/** Ends a strict training that has unusable examples. */
import * as Effect from "effect/Effect"
import { BadExamples } from "../../errors/run-errors.ts"
import type { TrainingSpec } from "../../request/training-spec.ts"
import type { Unusable } from "../../result/example-tally.ts"

/** Fails if `strict()` is set and there are unusable examples. */
export const requireUsable = (
  { id, strict }: TrainingSpec,
  unusable: ReadonlyArray<Unusable>
): Effect.Effect<void, BadExamples> => {
  const [first] = unusable
  return strict && first !== undefined
    ? Effect.fail(new BadExamples({ model: id, count: unusable.length, first: `${first.name} (${first.problem})` }))
    : Effect.void
}
