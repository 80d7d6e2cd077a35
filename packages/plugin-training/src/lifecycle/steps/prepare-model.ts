/** Creates the model, or makes an existing one have the training's concepts and no others. */
import { resourcesOf } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import { isSuccessful } from "../../journal/training-record.ts"
import type { TrainError } from "../../result/train-error.ts"
import type { Run } from "../run.ts"

/** Creates or updates the model. */
export const prepareModel = ({ emit, host, observe, record, spec }: Run): Effect.Effect<void, TrainError> =>
  Effect.gen(function* () {
    const { closedEnvironment, concepts, id, mutuallyExclusive } = spec
    emit({ state: "preparing", concepts })
    const { models } = resourcesOf(host.wire)
    const wanted = { id, concepts, mutuallyExclusive, closedEnvironment }
    const found = yield* Effect.result(models.describe(id))
    if (found._tag === "Success") {
      const existing = found.success.concepts ?? []
      if (existing.length !== concepts.length || !concepts.every((concept) => existing.includes(concept)))
        yield* models.change(wanted, "overwrite")
    } else if (found.failure._tag === "NotFound") {
      yield* record({ _tag: "creating", model: id })
      // Another process may create it in the meantime.
      yield* Effect.catchTag(models.create(wanted).asEffect(), "Conflict", () => Effect.void)
    } else return yield* found.failure
    yield* observe({ _tag: "model-prepared" })
  })

/** Reports the version of an earlier run; the model is as that run has left it. */
export const reuseVersion = ({ emit, observe, spec, state }: Run): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { reused, training } = state()
    if (training.version !== undefined && (reused || isSuccessful(training)))
      emit({ state: "found", version: training.version })
    else emit({ state: "preparing", concepts: spec.concepts })
    return observe({ _tag: "model-prepared" })
  })
