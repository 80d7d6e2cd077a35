/** Requests a version of the model and waits until it is trained. */
import * as Effect from "effect/Effect"
import { endsTraining } from "../../errors/service-errors.ts"
import { allowsMissingPositives } from "../../request/training-spec.ts"
import type { TrainError } from "../../result/train-error.ts"
import { waitForVersion } from "../../service/poll.ts"
import { recentVersions, requestVersion, statusCode } from "../../service/version-status.ts"
import { findRequested } from "../artifacts.ts"
import type { Run } from "../run.ts"

/**
 * Requests a version, or finds the one that an earlier run has requested. The request is in the journal before it is sent,
 * with the versions that existed before: the version that an interrupted request has created is recognised by its
 * description.
 */
export const requestNewVersion = ({ host, record, spec, state }: Run): Effect.Effect<void, TrainError> =>
  Effect.gen(function* () {
    const { examples, training } = state()
    const before = training.versionRequest
    const description = before?.description ?? `sightline ${spec.id} ${examples?.fingerprint ?? ""}`
    const versions = yield* recentVersions(host.wire, spec.id)
    const known = versions.filter((one) => one.description === description).map(({ id }) => id)
    if (before === undefined) yield* record({ _tag: "asking", description, known })
    const found = before === undefined ? undefined : findRequested(before, versions)
    const { id } =
      found ??
      (yield* requestVersion(host.wire, {
        model: spec.id,
        description,
        mutuallyExclusive: spec.mutuallyExclusive,
        closedEnvironment: spec.closedEnvironment,
        failOnMissingPositives: !allowsMissingPositives(spec),
        params: spec.params
      }))
    yield* record({ _tag: "version", version: id })
  })

/** Waits until the version is trained. If its training fails, the training is over and the same call begins a new one. */
export const awaitVersion = ({ emit, host, observe, record, spec, state }: Run): Effect.Effect<void, TrainError> =>
  Effect.gen(function* () {
    const { trained, version = "" } = state().training
    yield* waitForVersion(host.wire, spec.id, version, ({ code, percent, secondsLeft }) => {
      if (code === statusCode.queued) emit({ state: "queued", version })
      else if (code === statusCode.training)
        emit({
          state: "training",
          version,
          ...(percent === undefined ? {} : { percent }),
          ...(secondsLeft === undefined ? {} : { secondsLeft })
        })
    }).pipe(Effect.tapError((error) => (endsTraining(error) ? record({ _tag: "done" }) : Effect.void)))
    if (!trained) yield* record({ _tag: "trained", version })
    emit({ state: "trained", version })
    yield* observe({ _tag: "version-ready" })
  })
