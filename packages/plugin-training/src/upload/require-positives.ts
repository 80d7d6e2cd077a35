/** Checks that every concept has a positive example, given or on the service; a misspelt concept has none. */
import { type CallError, resourcesOf, type CallRuntime } from "@sightline/core/plugin"
import { nearestName } from "@sightline/platform/nearest-name"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { NoPositives, NoTrainingData } from "../errors/service-errors.ts"
import { allowsMissingPositives, type TrainingSpec } from "../request/training-spec.ts"

/** A summary of the labels of some examples. */
export interface LabelSummary {
  /** Concepts that have a positive example to train with. */
  readonly positives: ReadonlySet<string>
  /** All concepts that any example shows, of the model or not. */
  readonly labels: ReadonlySet<string>
  /** True if any label, positive or negative, is a concept of the model. */
  readonly relevant: boolean
}

/** The summary of no examples. */
export const noLabels: LabelSummary = { positives: new Set(), labels: new Set(), relevant: false }

/** Adds the labels of the service's inputs; stops when all `sought` concepts are found. */
const addStoredLabels = (
  wire: CallRuntime,
  spec: TrainingSpec,
  given: LabelSummary,
  sought: ReadonlySet<string>
): Effect.Effect<LabelSummary, CallError> =>
  Effect.gen(function* () {
    const missing = new Set(sought)
    const labels = new Set(given.labels)
    let { relevant } = given
    yield* resourcesOf(wire)
      .inputs.scan({ pageSize: 1000 })
      .toStream()
      .pipe(
        Stream.runForEachWhile((input) =>
          Effect.sync(() => {
            for (const { id, present } of input.labels) {
              relevant ||= spec.concepts.includes(id)
              if (!present) continue
              labels.add(id)
              missing.delete(id)
            }
            return missing.size > 0
          })
        )
      )
    const positives = new Set([...given.positives, ...[...sought].filter((concept) => !missing.has(concept))])
    return { positives, labels, relevant }
  })

/** The most names that an error message lists. */
const maxNames = 10

const quote = (names: ReadonlyArray<string>): string => {
  const shown = names.slice(0, maxNames).map((name) => JSON.stringify(name))
  return `${shown.join(", ")}${names.length > maxNames ? ` and ${names.length - maxNames} more` : ""}`
}

const describe = (missing: ReadonlyArray<string>, labels: ReadonlyArray<string>, concepts: ReadonlyArray<string>) => {
  const unused = labels.filter((label) => !concepts.includes(label))
  const suggestions = missing.flatMap((concept) => {
    const near = nearestName(concept, unused)
    return near === undefined ? [] : [`${JSON.stringify(near)} for ${JSON.stringify(concept)}`]
  })
  const found = labels.length === 0 ? "there are no labels" : `the labels are ${quote(labels)}`
  const hint = suggestions.length === 0 ? "" : `; did you mean ${suggestions.slice(0, maxNames).join(", ")}?`
  return `nothing is labelled ${quote(missing)}; ${found}${hint}`
}

/**
 * Fails if a concept has no positive example. Searches the service only for concepts that `given` has none of. Succeeds
 * with the labels that it found.
 */
export const requirePositives = (
  wire: CallRuntime,
  spec: TrainingSpec,
  given: LabelSummary
): Effect.Effect<LabelSummary, CallError | NoPositives | NoTrainingData> =>
  Effect.gen(function* () {
    const missingIn = ({ positives }: LabelSummary) => spec.concepts.filter((concept) => !positives.has(concept))
    const sought = missingIn(given)
    if (sought.length === 0 || allowsMissingPositives(spec)) return given
    const all = yield* addStoredLabels(wire, spec, given, new Set(sought))
    const missing = missingIn(all)
    if (missing.length === 0) return all
    const labels = [...all.labels].toSorted()
    const fields = { model: spec.id, concepts: missing, labels, details: describe(missing, labels, spec.concepts) }
    return all.relevant
      ? yield* new NoPositives({ ...fields, code: 21111 })
      : yield* new NoTrainingData({ ...fields, code: 21110 })
  })
