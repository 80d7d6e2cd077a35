/** Whether a version was trained with mutually exclusive concepts, which decides how its scores are read. */
import { type CallError, type Host, request, type CallRuntime } from "@sightline/core/plugin"
import { SingleModelResponseWire } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import type { Journal, JournalUnusable } from "../journal/journal.ts"
import { trainingsIn } from "../journal/training-record.ts"
import { readVersion } from "../service/version-status.ts"

/** What the model reports for versions to come; false if it reports nothing. */
const readModel = (wire: CallRuntime, model: string): Effect.Effect<boolean, CallError> =>
  Effect.map(
    request(wire, SingleModelResponseWire, { method: "GET", path: ["models", model, "output_info"] }),
    ({ model: answered }) => answered?.output_info?.output_config?.concepts_mutually_exclusive ?? false
  )

/**
 * Finds it out for each version: from the service's version, else from the journal of the training that requested it, else
 * from the model, which may have been changed since.
 */
export const makeExclusivityReader = (
  { wire }: Host,
  journal: Journal,
  model: string
): Effect.Effect<(version: string) => Effect.Effect<boolean, CallError>, CallError | JournalUnusable> =>
  Effect.gen(function* () {
    const recorded = new Map(
      trainingsIn(yield* journal.read(model)).flatMap(({ request: asked, version }) =>
        asked === undefined || version === undefined ? [] : [[version, asked.settings.mutuallyExclusive] as const]
      )
    )
    const ofModel = yield* Effect.cached(readModel(wire, model))
    return (version) =>
      Effect.flatMap(readVersion(wire, model, version), ({ mutuallyExclusive }) => {
        const known = mutuallyExclusive ?? recorded.get(version)
        return known === undefined ? ofModel : Effect.succeed(known)
      })
  })
