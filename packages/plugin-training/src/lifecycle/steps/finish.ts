/** Ends a training. */
import { resourcesOf } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import type { TrainError } from "../../result/train-error.ts"
import type { Run } from "../run.ts"

/**
 * Deletes a version that the policy rejected, and records the end. Predictions without a version use the newest trained
 * one, so a rejected version cannot stay.
 */
export const finish = ({ host, record, spec, state }: Run): Effect.Effect<void, TrainError> =>
  Effect.gen(function* () {
    const { decision, version } = state().training
    if (version !== undefined && decision !== undefined && decision.chosen !== version)
      yield* Effect.catchTag(
        resourcesOf(host.wire).versions.delete(spec.id, version).asEffect(),
        "NotFound",
        () => Effect.void
      )
    yield* record({ _tag: "done" })
  })
