/** Whether a version was trained with concepts that exclude each other: how its scores are to be read. */
import { type CallError, type Host, request, SingleModelResponseWire, type Wire } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import { type Journal, type JournalUnusable, trainingsOf, versionIn } from "../journal.ts"
import { readVersion } from "../service.ts"

/** Whether a model says so of what it is trained to; false where it says nothing. */
const ofModel = (wire: Wire, model: string): Effect.Effect<boolean, CallError> =>
  Effect.map(
    request(wire, SingleModelResponseWire, { method: "GET", path: ["models", model, "output_info"] }),
    ({ model: answered }) => answered?.output_info?.output_config?.concepts_mutually_exclusive ?? false
  )

/**
 * Reads it version by version: as the service tells of the version, else as the journal does of the training that asked
 * for it, else as the model says now, which may have been changed since.
 */
export const exclusivenessOf = (
  { wire }: Host,
  journal: Journal,
  model: string
): Effect.Effect<(version: string) => Effect.Effect<boolean, CallError>, CallError | JournalUnusable> =>
  Effect.gen(function* () {
    const noted = new Map(
      trainingsOf(yield* journal.read(model)).flatMap((steps) => {
        const [begun] = steps
        const version = versionIn(steps)
        return begun?._tag === "started" && version !== undefined
          ? [[version, begun.settings.mutuallyExclusive] as const]
          : []
      })
    )
    const now = yield* Effect.cached(ofModel(wire, model))
    return (version) =>
      Effect.flatMap(readVersion(wire, model, version), ({ mutuallyExclusive }) => {
        const known = mutuallyExclusive ?? noted.get(version)
        return known === undefined ? now : Effect.succeed(known)
      })
  })
