/** Waits until the service has processed the inputs, and finds those that it rejected. */
import { resourcesOf } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import type { TrainError } from "../../result/train-error.ts"
import { waitForInputs } from "../../service/poll.ts"
import { findRejected } from "../../upload/rejected-examples.ts"
import type { Run } from "../run.ts"
import { requireUsable } from "./require-usable.ts"

/** Waits for the inputs, unless a version was requested already: the service then waits itself. */
export const processInputs = ({ emit, host, observe, spec, state }: Run): Effect.Effect<void, TrainError> =>
  Effect.gen(function* () {
    const { examples, training } = state()
    const failed =
      training.version === undefined
        ? yield* waitForInputs(host.wire, (waiting) => emit({ state: "processing", waiting }))
        : (yield* resourcesOf(host.wire).inputs.counts()).failed
    const rejected = failed === 0 ? [] : yield* findRejected(host.wire, examples?.names ?? new Map())
    yield* requireUsable(spec, rejected)
    yield* observe({ _tag: "inputs-processed", rejected })
  })
