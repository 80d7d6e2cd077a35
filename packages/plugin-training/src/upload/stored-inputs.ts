/** Inputs that the service has: looking them up, and correcting their labels. */
import { type CallError, request, resourcesOf, type CallRuntime } from "@sightline/core/plugin"
import { MultiInputResponseWire } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { sha256 } from "./identify.ts"
import { type Labels, labelsKey } from "./labels.ts"

/** An input of the service. */
export interface StoredInput {
  readonly id: string
  /** Concepts that it is labelled with. */
  readonly concepts: ReadonlySet<string>
  /** Why the service cannot use it; undefined if it can, or has not processed it yet. */
  readonly problem: string | undefined
}

/** Status codes of inputs that are usable: success, processed, waiting, being processed. */
const usableCodes = new Set([10000, 30000, 30001, 30003])

/** Looks up inputs by id, in one call. The result has only those that the service has. */
export const lookUp = (
  wire: CallRuntime,
  ids: ReadonlyArray<string>
): Effect.Effect<ReadonlyMap<string, StoredInput>, CallError> =>
  ids.length === 0
    ? Effect.succeed(new Map())
    : Effect.map(
        request(wire, MultiInputResponseWire, {
          method: "GET",
          path: ["inputs"],
          query: { ids, page: 1, per_page: ids.length }
        }),
        ({ inputs }) => {
          // A service that does not know the parameter `ids` returns other inputs as well.
          const requested = new Set(ids)
          return new Map(
            inputs.flatMap(({ data, id = "", status }): ReadonlyArray<readonly [string, StoredInput]> => {
              if (!requested.has(id)) return []
              const concepts = (data?.concepts ?? [])
                .filter(({ value }) => value >= 0.5)
                .map(({ id: concept = "" }) => concept)
              const problem =
                status === undefined || usableCodes.has(status.code)
                  ? undefined
                  : (status.details ?? status.description ?? `status ${status.code}`)
              return [[id, { id, concepts: new Set(concepts), problem }]]
            })
          )
        }
      )

/** Looks up any number of inputs, in calls of at most `inputsPerAdd` ids. */
export const lookUpAll = (
  wire: CallRuntime,
  ids: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<StoredInput>, CallError> =>
  Effect.gen(function* () {
    const found: Array<StoredInput> = []
    const size = wire.connection.limits.inputsPerAdd
    for (let at = 0; at < ids.length; at += size)
      found.push(...(yield* lookUp(wire, ids.slice(at, at + size))).values())
    return found
  })

const staleConcepts = (input: StoredInput, { concepts }: Labels, vocabulary: ReadonlySet<string>) =>
  [...input.concepts].filter((concept) => vocabulary.has(concept) && !concepts.includes(concept))

/** True if the labels on the service have to change. Concepts that are not in `vocabulary` do not count. */
export const needsRelabel = (input: StoredInput, labels: Labels, vocabulary: ReadonlySet<string>): boolean =>
  labels.concepts.some((concept) => !input.concepts.has(concept)) || staleConcepts(input, labels, vocabulary).length > 0

/** Replaces the labels of inputs on the service. Labels that are not in `vocabulary` stay. */
export const relabel = (
  wire: CallRuntime,
  changes: ReadonlyArray<{ readonly input: StoredInput; readonly labels: Labels }>,
  vocabulary: ReadonlySet<string>
): Effect.Effect<void, CallError> =>
  Effect.gen(function* () {
    if (changes.length === 0) return
    const { inputs } = resourcesOf(wire)
    for (const { input, labels } of changes) {
      const stale = staleConcepts(input, labels, vocabulary).filter((concept) => !labels.notConcepts.includes(concept))
      if (stale.length > 0) yield* inputs.removeConcepts(input.id, stale)
    }
    yield* inputs.merge(changes.map(({ input, labels }) => ({ id: input.id, ...labels })))
  })

/** Hexadecimal digits of a fingerprint. */
const fingerprintDigits = 16

/** A fingerprint of whatever its lines say. */
export const fingerprint = (text: string): string => sha256(text).slice(0, fingerprintDigits)

/**
 * A fingerprint of the app's inputs that are labelled with any of these concepts; it does not depend on their order.
 * Memory holds one page of inputs.
 */
export const fingerprintOfStored = (
  wire: CallRuntime,
  concepts: ReadonlyArray<string>
): Effect.Effect<string, CallError> =>
  resourcesOf(wire)
    .inputs.scan({ pageSize: 1000 })
    .toStream()
    .pipe(
      Stream.runFold(
        () => 0n,
        (sum, { id, labels }) => {
          const relevant = labels.filter((label) => concepts.includes(label.id))
          if (relevant.length === 0) return sum
          const named = (present: boolean) =>
            relevant.filter((label) => label.present === present).map((label) => label.id)
          const line = `${id} ${labelsKey({ concepts: named(true), notConcepts: named(false) })}`
          return sum ^ BigInt(`0x${fingerprint(line)}`)
        }
      ),
      Effect.map((sum) => sum.toString(16).padStart(fingerprintDigits, "0"))
    )
