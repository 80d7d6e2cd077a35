/** The artifacts of a training: what it has created on the service, and how to delete it. */
import { type CallError, type Host, resourcesOf } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import { isFailedStatus } from "../errors/service-errors.ts"
import type { Entry } from "../journal/entry.ts"
import type { Journal, JournalUnusable } from "../journal/journal.ts"
import { lastTraining, type TrainingRecord } from "../journal/training-record.ts"
import { isTrained, readVersion, recentVersions, statusCode, type VersionStatus } from "../service/version-status.ts"
import { lookUpAll } from "../upload/stored-inputs.ts"

/** What a training has created on the service and what still exists. */
export interface Artifacts {
  /** The training's id, which is the model's id. */
  readonly training: string
  /** Ids of the inputs that it has uploaded. */
  readonly inputs: ReadonlyArray<string>
  /** The model's id, if this training has created the model. */
  readonly model: string | undefined
  /** The version that it has requested; `trained` is false while the service works on it. */
  readonly version: { readonly id: string; readonly trained: boolean } | undefined
}

/** What `discard` deletes beside the version. */
export interface DiscardOptions {
  /** Also deletes the inputs that the training has uploaded. @default false */
  readonly inputs?: boolean
}

/** Chooses the training of a journal whose artifacts are meant. */
type Select = (entries: ReadonlyArray<Entry>) => TrainingRecord

const orUndefined = <A>(effect: Effect.Effect<A, CallError>): Effect.Effect<A | undefined, CallError> =>
  Effect.catchTag(effect, "NotFound", () => Effect.succeed(undefined))

/** The version that a request has created: the one with its description that did not exist before. */
export const findRequested = (
  { description, known }: NonNullable<TrainingRecord["versionRequest"]>,
  versions: ReadonlyArray<VersionStatus>
): VersionStatus | undefined => versions.find((one) => one.description === description && !known.includes(one.id))

/** The artifacts of a training that still exist. */
export const findArtifacts = (
  { wire }: Host,
  journal: Journal,
  id: string,
  select: Select
): Effect.Effect<Artifacts, CallError | JournalUnusable> =>
  Effect.gen(function* () {
    const { createdModel, uploads, version: recorded, versionRequest } = select(yield* journal.read(id))
    const inputs = yield* lookUpAll(wire, [...new Set(uploads.flat())])
    const model =
      createdModel === undefined ? undefined : yield* orUndefined(resourcesOf(wire).models.get(createdModel).asEffect())
    const requested =
      recorded === undefined && versionRequest !== undefined
        ? findRequested(versionRequest, (yield* orUndefined(recentVersions(wire, id))) ?? [])?.id
        : recorded
    const version = requested === undefined ? undefined : yield* orUndefined(readVersion(wire, id, requested))
    return {
      training: id,
      inputs: inputs.map((input) => input.id),
      model: model === undefined ? undefined : createdModel,
      version: version === undefined ? undefined : { id: version.id, trained: isTrained(version) }
    }
  })

/** True for a version that is not trained and never will be. */
const isUseless = ({ code }: VersionStatus): boolean => code === statusCode.untrained || isFailedStatus(code)

/**
 * Deletes the version of a training, which stops it, and with `inputs` its inputs; also the model, if this training has
 * created it and it has no other usable version. Succeeds with what still exists.
 */
export const discard = (
  host: Host,
  journal: Journal,
  id: string,
  { inputs: deletesInputs = false }: DiscardOptions,
  select: Select
): Effect.Effect<Artifacts, CallError | JournalUnusable> =>
  Effect.gen(function* () {
    const found = yield* findArtifacts(host, journal, id, select)
    if (select(yield* journal.read(id)).request === undefined) return found
    const { inputs, models, versions } = resourcesOf(host.wire)
    if (found.version !== undefined) yield* orUndefined(versions.delete(id, found.version.id).asEffect())
    if (found.model !== undefined) {
      const others = (yield* orUndefined(recentVersions(host.wire, id))) ?? []
      if (others.every(isUseless)) yield* orUndefined(models.delete(found.model).asEffect())
    }
    const size = host.wire.connection.limits.inputsPerAdd
    if (deletesInputs)
      for (let at = 0; at < found.inputs.length; at += size) yield* inputs.deleteMany(found.inputs.slice(at, at + size))
    yield* journal.append(id, { _tag: "discarded" })
    return yield* findArtifacts(host, journal, id, lastTraining)
  })
