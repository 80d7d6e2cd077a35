/** What is said of examples: comparing and joining labels, and putting them right on the service. */
import { type CallError, MultiInputResponseWire, request, resourcesOf, type Wire } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"

/** What is in an input, and what is not. */
export interface Labels {
  readonly concepts: ReadonlyArray<string>
  readonly notConcepts: ReadonlyArray<string>
}

/** An input of the service with the concepts that it says are in it. */
export interface StoredInput {
  readonly id: string
  readonly present: ReadonlySet<string>
  /** Why the service cannot use it; undefined where it can, or has not looked yet. */
  readonly problem: string | undefined
}

/** The inputs of these ids that the service has. */
export const lookUp = (
  wire: Wire,
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
          // A service that does not know `ids` gives others: these are not what was asked for.
          const asked = new Set(ids)
          const found = inputs.flatMap(({ data, id = "", status }): ReadonlyArray<readonly [string, StoredInput]> => {
            if (!asked.has(id)) return []
            const failed = status !== undefined && !usable.has(status.code)
            const positives = (data?.concepts ?? [])
              .filter(({ value }) => value >= 0.5)
              .map(({ id: concept = "" }) => concept)
            return [
              [
                id,
                {
                  id,
                  present: new Set(positives),
                  problem: failed ? (status.details ?? status.description ?? `state ${status.code}`) : undefined
                }
              ]
            ]
          })
          return new Map(found)
        }
      )

/** Processed, waiting, being processed. */
const usable = new Set([10000, 30000, 30001, 30003])

/** A concept of which two sets of labels say different things; undefined where they can be joined. */
export const contradiction = (a: Labels, b: Labels): string | undefined =>
  a.concepts.find((concept) => b.notConcepts.includes(concept)) ??
  a.notConcepts.find((concept) => b.concepts.includes(concept))

const union = (a: ReadonlyArray<string>, b: ReadonlyArray<string>) => [...new Set([...a, ...b])]

/** What both say. */
export const join = (a: Labels, b: Labels): Labels => ({
  concepts: union(a.concepts, b.concepts),
  notConcepts: union(a.notConcepts, b.notConcepts)
})

/** One text for the same labels in any order. */
export const keyOf = ({ concepts, notConcepts }: Labels): string =>
  JSON.stringify([concepts.toSorted(), notConcepts.toSorted()])

/** Whether the service says something else of an input than the labels do; of concepts not in `vocabulary` it may. */
export const differs = (input: StoredInput, labels: Labels, vocabulary: ReadonlySet<string>): boolean =>
  labels.concepts.some((concept) => !input.present.has(concept)) || staleOf(input, labels, vocabulary).length > 0

const staleOf = ({ present }: StoredInput, { concepts }: Labels, vocabulary: ReadonlySet<string>) =>
  [...present].filter((concept) => vocabulary.has(concept) && !concepts.includes(concept))

/** Makes the service say of inputs what their labels say; what it says of concepts not in `vocabulary` stays. */
export const relabel = (
  wire: Wire,
  changes: ReadonlyArray<{ readonly input: StoredInput; readonly labels: Labels }>,
  vocabulary: ReadonlySet<string>
): Effect.Effect<void, CallError> =>
  Effect.gen(function* () {
    if (changes.length === 0) return
    const { inputs } = resourcesOf(wire)
    for (const { input, labels } of changes) {
      const stale = staleOf(input, labels, vocabulary).filter((concept) => !labels.notConcepts.includes(concept))
      if (stale.length > 0) yield* inputs.removeConcepts(input.id, stale)
    }
    yield* inputs.merge(changes.map(({ input, labels }) => ({ id: input.id, ...labels })))
  })
