/** Inputs that the service took and then could not use: a file that only looks like a picture, an address with nothing. */
import type { CallError, Wire } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import type { Unusable } from "../state.ts"
import { lookUp } from "./labels.ts"

/** Those of these inputs that the service could not use, with its reason; the names are for people. */
export const refusedOf = (
  wire: Wire,
  names: ReadonlyMap<string, string>
): Effect.Effect<ReadonlyArray<Unusable>, CallError> =>
  Effect.gen(function* () {
    const ids = [...names.keys()]
    const size = wire.connection.limits.inputsPerAdd
    const refused: Array<Unusable> = []
    for (let at = 0; at < ids.length; at += size)
      for (const { id, problem } of (yield* lookUp(wire, ids.slice(at, at + size))).values())
        if (problem !== undefined) refused.push({ name: names.get(id) ?? id, problem })
    return refused
  })
