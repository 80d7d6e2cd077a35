/** Examples that the service accepted and then could not process, such as a file that is not an image. */
import type { CallError, CallRuntime } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import type { Unusable } from "../result/example-tally.ts"
import { lookUpAll } from "./stored-inputs.ts"

/** The rejected examples, with the service's reasons. `names`: the examples' names by input id. */
export const findRejected = (
  wire: CallRuntime,
  names: ReadonlyMap<string, string>
): Effect.Effect<ReadonlyArray<Unusable>, CallError> =>
  Effect.map(lookUpAll(wire, [...names.keys()]), (inputs) =>
    inputs.flatMap(({ id, problem }) => (problem === undefined ? [] : [{ name: names.get(id) ?? id, problem }]))
  )
