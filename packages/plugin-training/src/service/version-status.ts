/** Calls to the service that core's resources do not offer. This file: requesting versions and reading their status. */
import { type CallError, type Json, MalformedAnswer, request, type CallRuntime } from "@sightline/core/plugin"
import {
  type ModelVersionWire,
  MultiModelVersionResponseWire,
  SingleModelResponseWire,
  SingleModelVersionResponseWire
} from "@sightline/core/wire"
import * as Effect from "effect/Effect"

/** Status codes of a version. */
export const statusCode = {
  trained: 21100,
  training: 21101,
  untrained: 21102,
  queued: 21103,
  uploading: 21104,
  building: 21107,
  queuedForDeployment: 21352,
  notDeployed: 21353
} as const

/** The status of a version. */
export interface VersionStatus {
  readonly id: string
  readonly code: number
  readonly details: string | undefined
  /** What the service says of a trained version, such as what would make a better one; undefined if it says nothing. */
  readonly advice: string | undefined
  readonly description: string
  /** 0 to 100. */
  readonly percent: number | undefined
  readonly secondsLeft: number | undefined
  /** ISO 8601. */
  readonly createdAt: string | undefined
  /** Whether its concepts are mutually exclusive; undefined if the service does not report it. */
  readonly mutuallyExclusive: boolean | undefined
}

const toStatus = (version: ModelVersionWire): VersionStatus => ({
  id: version.id ?? "",
  code: version.status?.code ?? 0,
  details: version.status?.details ?? version.status?.description,
  advice: version.status?.code === statusCode.trained && version.status.details ? version.status.details : undefined,
  description: version.description ?? "",
  percent: version.status?.percent_completed,
  secondsLeft: version.status?.time_remaining,
  createdAt: version.created_at,
  mutuallyExclusive: version.output_info?.output_config?.concepts_mutually_exclusive
})

const toStatusOrFail = (version: ModelVersionWire | undefined): Effect.Effect<VersionStatus, MalformedAnswer> =>
  version === undefined
    ? Effect.fail(new MalformedAnswer({ problem: "it has no model_version" }))
    : Effect.succeed(toStatus(version))

const trainedCodes: ReadonlySet<number> = new Set([
  statusCode.trained,
  statusCode.queuedForDeployment,
  statusCode.notDeployed
])
const pendingCodes: ReadonlySet<number> = new Set([
  statusCode.training,
  statusCode.queued,
  statusCode.uploading,
  statusCode.building
])

/** True for a version that is trained, deployed or not. */
export const isTrained = ({ code }: Pick<VersionStatus, "code">): boolean => trainedCodes.has(code)

/** True for a version whose status will change without a further call. */
export const isPending = ({ code }: Pick<VersionStatus, "code">): boolean => pendingCodes.has(code)

/** How a version is trained. */
export interface VersionRequest {
  /** The model's id. */
  readonly model: string
  readonly description: string
  readonly mutuallyExclusive: boolean
  readonly closedEnvironment: boolean
  /** False: the service uses random inputs as examples of a concept that has none. */
  readonly failOnMissingPositives: boolean
  readonly params: Readonly<Record<string, Json>>
}

/** Requests a new version of a model, trained from the labelled inputs of the app. */
export const requestVersion = (wire: CallRuntime, asked: VersionRequest): Effect.Effect<VersionStatus, CallError> =>
  Effect.flatMap(
    request(wire, SingleModelResponseWire, {
      method: "POST",
      path: ["models", asked.model, "versions"],
      body: {
        model_versions: [
          {
            description: asked.description,
            output_info: {
              output_config: {
                concepts_mutually_exclusive: asked.mutuallyExclusive,
                closed_environment: asked.closedEnvironment,
                fail_on_missing_positive_examples: asked.failOnMissingPositives
              },
              ...(Object.keys(asked.params).length === 0 ? {} : { params: asked.params })
            }
          }
        ]
      }
    }),
    ({ model }) => toStatusOrFail(model?.model_version)
  )

/** The current status of a version. */
export const readVersion = (wire: CallRuntime, model: string, id: string): Effect.Effect<VersionStatus, CallError> =>
  Effect.flatMap(
    request(wire, SingleModelVersionResponseWire, { method: "GET", path: ["models", model, "versions", id] }),
    ({ model_version: version }) => toStatusOrFail(version)
  )

/** The newest versions of a model, newest first; at most a hundred. */
export const recentVersions = (
  wire: CallRuntime,
  model: string
): Effect.Effect<ReadonlyArray<VersionStatus>, CallError> =>
  Effect.map(
    request(wire, MultiModelVersionResponseWire, {
      method: "GET",
      path: ["models", model, "versions"],
      query: { page: 1, per_page: 100 }
    }),
    ({ model_versions: versions }) => newestFirst(versions.map(toStatus))
  )

/** Sorts versions by creation time, newest first. Keeps the service's order if any version has no creation time. */
export const newestFirst = <V extends { readonly createdAt?: string | undefined }>(
  versions: ReadonlyArray<V>
): ReadonlyArray<V> => {
  const timeOf = ({ createdAt }: V) => Date.parse(createdAt ?? "")
  return versions.some((version) => Number.isNaN(timeOf(version)))
    ? versions
    : versions.toSorted((a, b) => timeOf(b) - timeOf(a))
}
