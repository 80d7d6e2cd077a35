/** Evaluates the new version and the previous one on the held-out examples, and asks the policy. */
import * as Effect from "effect/Effect"
import { evaluateModel } from "../../evaluation/evaluate-model.ts"
import type { TrainError } from "../../result/train-error.ts"
import { versionHandle } from "../../result/trained-model.ts"
import { isTrained, recentVersions } from "../../service/version-status.ts"
import type { Run } from "../run.ts"

/** An accuracy below which the service's advice on a better version is worth showing. */
const poorAccuracy = 0.8

/** The newest trained version before the new one, and what the service says of the new one. */
const lookAround = ({ host, spec }: Run, version: string) =>
  Effect.map(recentVersions(host.wire, spec.id), (versions) => {
    const at = versions.findIndex(({ id }) => id === version)
    return { previousId: versions.slice(at + 1).find(isTrained)?.id, said: versions[at]?.advice }
  })

/** Evaluates both versions and records the decision. */
export const evaluateVersion = (run: Run): Effect.Effect<void, TrainError> =>
  Effect.gen(function* () {
    const { emit, host, observe, record, spec, state } = run
    const { examples, training } = state()
    const { concepts, mutuallyExclusive, promoteWhen } = spec
    const { lostTests = 0, tests = [] } = examples ?? {}
    const { version = "" } = training
    const evaluate = (id: string) =>
      evaluateModel(host, { model: versionHandle(spec, id), concepts, mutuallyExclusive, tests, lostTests }, (done) =>
        emit({ state: "evaluating", version: id, done, of: tests.length })
      )
    const { previousId, said } = yield* lookAround(run, version)
    const tested = tests.length === 0 ? undefined : yield* evaluate(version)
    const testedBefore =
      previousId === undefined || tested === undefined
        ? undefined
        : // A version that cannot predict, as after a change of the embedder, is nothing to compare with.
          yield* Effect.catchTag(evaluate(previousId), "ModelNotReady", () => Effect.succeed(undefined))
    const { evaluation } = tested ?? {}
    const previous = testedBefore?.evaluation
    const advice = evaluation !== undefined && evaluation.accuracy < poorAccuracy ? said : undefined
    if (tested !== undefined)
      emit({
        state: "evaluated",
        version,
        ...tested,
        ...(advice === undefined ? {} : { advice }),
        ...(previousId === undefined || testedBefore === undefined
          ? {}
          : { previous: { version: previousId, ...testedBefore } })
      })
    const promoted = evaluation === undefined || promoteWhen === undefined || promoteWhen(evaluation, previous)
    yield* record({
      _tag: "judged",
      version,
      promoted,
      chosen: promoted ? version : (previousId ?? version),
      ...(evaluation === undefined ? {} : { evaluation }),
      ...(previous === undefined ? {} : { previous }),
      ...(advice === undefined ? {} : { advice })
    })
    yield* observe({ _tag: "evaluation-reported" })
  })

/** Reports the evaluation of an earlier run. */
export const reuseEvaluation = ({ emit, observe, state }: Run): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { decision } = state().training
    if (decision?.evaluation !== undefined)
      emit({
        state: "evaluated",
        version: decision.version,
        evaluation: decision.evaluation,
        ...(decision.advice === undefined ? {} : { advice: decision.advice })
      })
    return observe({ _tag: "evaluation-reported" })
  })
