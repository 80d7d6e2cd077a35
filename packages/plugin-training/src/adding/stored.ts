/** What an app holds already, told apart from what it held at another time. */
import { type CallError, resourcesOf, type Wire } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { sha256 } from "./identify.ts"
import { keyOf } from "./labels.ts"

/** Digits of a hash, as those of added examples have them. */
const digits = 16

/**
 * A hash of the app's inputs that are labelled with any of these concepts, whatever order they are listed in.
 * Memory holds a page of them.
 */
export const fingerprintOfStored = (wire: Wire, concepts: ReadonlyArray<string>): Effect.Effect<string, CallError> =>
  resourcesOf(wire)
    .inputs.scan({ pageSize: 1000 })
    .toStream()
    .pipe(
      Stream.runFold(
        () => 0n,
        (sum, { id, labels }) => {
          const mine = labels.filter((label) => concepts.includes(label.id))
          if (mine.length === 0) return sum
          const named = (present: boolean) => mine.filter((label) => label.present === present).map((label) => label.id)
          const line = `${id} ${keyOf({ concepts: named(true), notConcepts: named(false) })}`
          return sum ^ BigInt(`0x${sha256(line).slice(0, digits)}`)
        }
      ),
      Effect.map((sum) => sum.toString(16).padStart(digits, "0"))
    )
