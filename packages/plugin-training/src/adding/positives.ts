/** Whether each concept has an example, among those that are given or on the service: a misspelt one has none. */
import { type CallError, resourcesOf, type Wire } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { NoPositives, NoTrainingData } from "../errors.ts"
import { mayLackPositives, type Spec } from "../spec.ts"
import { nearest } from "./nearest.ts"

/** What examples are labelled with. */
export interface Labelled {
  /** Concepts of which one that is learnt from is an example. */
  readonly positives: ReadonlySet<string>
  /** What is in any of the examples, of the model's concepts or not. */
  readonly labels: ReadonlySet<string>
  /** Whether any says something of one of the model's concepts. */
  readonly useful: boolean
}

/** Nothing that is labelled. */
export const unlabelled: Labelled = { positives: new Set(), labels: new Set(), useful: false }

/** Adds what the inputs of the service are labelled with, as far as it takes to find examples of these concepts. */
const withStored = (
  wire: Wire,
  spec: Spec,
  given: Labelled,
  sought: ReadonlySet<string>
): Effect.Effect<Labelled, CallError> =>
  Effect.gen(function* () {
    const missing = new Set(sought)
    const labels = new Set(given.labels)
    let { useful } = given
    yield* resourcesOf(wire)
      .inputs.scan({ pageSize: 1000 })
      .toStream()
      .pipe(
        Stream.runForEachWhile((input) =>
          Effect.sync(() => {
            for (const { id, present } of input.labels) {
              useful ||= spec.concepts.includes(id)
              if (!present) continue
              labels.add(id)
              missing.delete(id)
            }
            return missing.size > 0
          })
        )
      )
    const positives = new Set([...given.positives, ...[...sought].filter((concept) => !missing.has(concept))])
    return { positives, labels, useful }
  })

/** Names that are told at most. */
const mostNames = 10

const quoted = (names: ReadonlyArray<string>): string => {
  const shown = names.slice(0, mostNames).map((name) => JSON.stringify(name))
  return `${shown.join(", ")}${names.length > mostNames ? ` and ${names.length - mostNames} more` : ""}`
}

/** What is missing, in words. */
const describe = (missing: ReadonlyArray<string>, labels: ReadonlyArray<string>, concepts: ReadonlyArray<string>) => {
  const free = labels.filter((label) => !concepts.includes(label))
  const meant = missing.flatMap((concept) => {
    const near = nearest(concept, free)
    return near === undefined ? [] : [`${JSON.stringify(near)} for ${JSON.stringify(concept)}`]
  })
  const there = labels.length === 0 ? "there are no labels" : `the labels are ${quoted(labels)}`
  const hint = meant.length === 0 ? "" : `; did you mean ${meant.slice(0, mostNames).join(", ")}?`
  return `nothing is labelled ${quoted(missing)}; ${there}${hint}`
}

/**
 * Fails where a concept has no example, with the labels there are. Looks on the service only for those of which none
 * is given. Gives what it has found.
 */
export const requirePositives = (
  wire: Wire,
  spec: Spec,
  given: Labelled
): Effect.Effect<Labelled, CallError | NoPositives | NoTrainingData> =>
  Effect.gen(function* () {
    const lackingIn = ({ positives }: Labelled) => spec.concepts.filter((concept) => !positives.has(concept))
    const sought = lackingIn(given)
    if (sought.length === 0 || mayLackPositives(spec)) return given
    const all = yield* withStored(wire, spec, given, new Set(sought))
    const missing = lackingIn(all)
    if (missing.length === 0) return all
    const labels = [...all.labels].toSorted()
    const lack = { model: spec.id, concepts: missing, labels, details: describe(missing, labels, spec.concepts) }
    return yield* all.useful ? new NoPositives({ ...lack, code: 21111 }) : new NoTrainingData({ ...lack, code: 21110 })
  })
