/** The calls of a training that resources do not offer: asking for a version, and reading how one stands. */
import {
  type CallError,
  type Json,
  MalformedAnswer,
  type ModelVersionWire,
  MultiModelVersionResponseWire,
  request,
  SingleModelResponseWire,
  SingleModelVersionResponseWire,
  type Wire
} from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import { mayLackPositives } from "./spec.ts"

/** How a version stands. */
export interface Standing {
  readonly id: string
  readonly code: number
  readonly details: string | undefined
  readonly description: string
  readonly percent: number | undefined
  readonly secondsLeft: number | undefined
  readonly createdAt: string | undefined
  /** Whether its concepts exclude each other; undefined where the service does not tell. */
  readonly mutuallyExclusive: boolean | undefined
}

const toStanding = (version: ModelVersionWire): Standing => ({
  id: version.id ?? "",
  code: version.status?.code ?? 0,
  details: version.status?.details ?? version.status?.description,
  description: version.description ?? "",
  percent: version.status?.percent_completed,
  secondsLeft: version.status?.time_remaining,
  createdAt: version.created_at,
  mutuallyExclusive: version.output_info?.output_config?.concepts_mutually_exclusive
})

const missing = (what: string) => Effect.fail(new MalformedAnswer({ problem: `it has no ${what}` }))

/** Asks for a new version of a model, trained from the examples that the app holds. */
export const askForVersion = (
  wire: Wire,
  model: string,
  description: string,
  asked: {
    readonly mutuallyExclusive: boolean
    readonly closedEnvironment: boolean
    readonly params: Readonly<Record<string, Json>>
  }
): Effect.Effect<Standing, CallError> =>
  request(wire, SingleModelResponseWire, {
    method: "POST",
    path: ["models", model, "versions"],
    body: {
      model_versions: [
        {
          description,
          output_info: {
            output_config: {
              concepts_mutually_exclusive: asked.mutuallyExclusive,
              closed_environment: asked.closedEnvironment,
              // else it takes inputs at random for examples
              fail_on_missing_positive_examples: !mayLackPositives(asked)
            },
            ...(Object.keys(asked.params).length === 0 ? {} : { params: asked.params })
          }
        }
      ]
    }
  }).pipe(
    Effect.flatMap(({ model: answered }) =>
      answered?.model_version === undefined
        ? missing("model_version")
        : Effect.succeed(toStanding(answered.model_version))
    )
  )

/** How a version stands now. */
export const readVersion = (wire: Wire, model: string, id: string): Effect.Effect<Standing, CallError> =>
  request(wire, SingleModelVersionResponseWire, { method: "GET", path: ["models", model, "versions", id] }).pipe(
    Effect.flatMap(({ model_version: version }) =>
      version === undefined ? missing("model_version") : Effect.succeed(toStanding(version))
    )
  )

/** The newest versions of a model, newest first; a hundred at most. */
export const recentVersions = (wire: Wire, model: string): Effect.Effect<ReadonlyArray<Standing>, CallError> =>
  Effect.map(
    request(wire, MultiModelVersionResponseWire, {
      method: "GET",
      path: ["models", model, "versions"],
      query: { page: 1, per_page: 100 }
    }),
    ({ model_versions: versions }) => newestFirst(versions.map(toStanding))
  )

/** By the time they were made, where every one tells it; else in the order of the service, which promises the same. */
const newestFirst = (standings: ReadonlyArray<Standing>): ReadonlyArray<Standing> => {
  const timeOf = ({ createdAt }: Standing) => Date.parse(createdAt ?? "")
  return standings.some((standing) => Number.isNaN(timeOf(standing)))
    ? standings
    : standings.toSorted((a, b) => timeOf(b) - timeOf(a))
}
