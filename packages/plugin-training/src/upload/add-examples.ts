/** Uploads examples as labelled inputs, each once, and holds some out to test with. */
import { type AddError, type CallError, type Host, resourcesOf } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { TestExample } from "../evaluation/evaluate-model.ts"
import { toExampleStream } from "../examples/example-stream.ts"
import type { Example, Examples, ExamplesUnreadable } from "../examples/example.ts"
import type { Shortage } from "../journal/entry.ts"
import type { JournalUnusable } from "../journal/journal.ts"
import type { TrainingSpec } from "../request/training-spec.ts"
import type { Tally, Unusable } from "../result/example-tally.ts"
import { type Holdout, makeHoldout } from "./holdout.ts"
import { type Identified, identify, placeOf, type Unidentified } from "./identify.ts"
import { contradiction, type Labels, labelsKey, mergeLabels } from "./labels.ts"
import type { LabelSummary } from "./require-positives.ts"
import { fingerprint, lookUp, needsRelabel, relabel, type StoredInput } from "./stored-inputs.ts"

/** What {@link addExamples} is given. */
export interface Upload extends Pick<TrainingSpec, "concepts" | "holdout" | "mutuallyExclusive"> {
  readonly examples: Examples
  /** Called with the ids of new inputs before they are sent. */
  readonly onUpload: (ids: ReadonlyArray<string>) => Effect.Effect<void, JournalUnusable>
  /** Called before the first and after each group of examples. */
  readonly onProgress: (tally: Tally) => void
}

/** What {@link addExamples} has done. */
export interface Uploaded {
  readonly tally: Tally
  readonly tests: ReadonlyArray<TestExample>
  /** Why there are no tests although some were asked for. */
  readonly shortage: Shortage | undefined
  /** A hash of the inputs and their labels: equal for the same examples. */
  readonly fingerprint: string
  readonly labels: LabelSummary
  /** Names of the examples that are on the service, by input id. */
  readonly names: ReadonlyMap<string, string>
}

/** An example that was seen, without its bytes. */
interface Seen {
  readonly name: string
  readonly labels: Labels
  readonly isTest: boolean
}

/** The state of an upload: counters, and every example by id. Mutable, because there can be millions. */
interface Progress {
  added: number
  known: number
  relabelled: number
  duplicates: number
  readonly unusable: Array<Unusable>
  readonly tests: Array<TestExample>
  readonly seen: Map<string, Seen>
  /** All concepts that any example shows. */
  readonly labels: Set<string>
}

/** What one group of examples requires of the service. */
interface GroupWork {
  readonly upload: Map<string, Identified>
  readonly relabel: Map<string, StoredInput>
}

const tallyOf = ({ added, duplicates, known, relabelled, tests, unusable }: Progress): Tally => ({
  added,
  known,
  relabelled,
  duplicates,
  heldOut: tests.length,
  unusable: [...unusable]
})

const labelsOf = ({ concepts, notConcepts = [] }: Example): Labels => ({ concepts, notConcepts })

interface Sorter extends Pick<TrainingSpec, "mutuallyExclusive"> {
  readonly vocabulary: ReadonlySet<string>
  readonly holdout: Holdout
  readonly progress: Progress
}

/** Merges the labels of an image that came before; reports a contradiction. */
const mergeDuplicate = ({ progress }: Sorter, work: GroupWork, found: Identified, before: Seen): void => {
  const labels = labelsOf(found.example)
  const concept = contradiction(before.labels, labels)
  if (concept !== undefined) {
    const problem = `it is the same image as ${before.name}, which contradicts it on ${concept}`
    progress.unusable.push({ name: found.name, problem })
    return
  }
  progress.duplicates++
  const merged = mergeLabels(before.labels, labels)
  if (labelsKey(merged) === labelsKey(before.labels)) return
  progress.seen.set(found.id, { ...before, labels: merged })
  // Its labels on the service are not known here. An empty set keeps all of them.
  if (!before.isTest && !work.upload.has(found.id))
    work.relabel.set(found.id, { id: found.id, concepts: new Set(), problem: undefined })
}

/** Why an example cannot be used; undefined if it can. */
const problemOf = ({ vocabulary }: Sorter, { example, medium }: Identified, stored: StoredInput | undefined) => {
  const labels = labelsOf(example)
  if (![...labels.concepts, ...labels.notConcepts].some((concept) => vocabulary.has(concept)))
    return "none of its labels is a concept of the model"
  const contradicted = contradiction(labels, labels)
  if (contradicted !== undefined) return `it is labelled both with ${contradicted} and without it`
  if (medium === undefined && stored === undefined) return "the service has no input of this id"
  return undefined
}

/** Decides what happens to one example. `stored`: the input of its id on the service. */
const sort = (
  sorter: Sorter,
  work: GroupWork,
  found: Identified | Unidentified,
  stored: StoredInput | undefined
): void => {
  const { holdout, mutuallyExclusive, progress, vocabulary } = sorter
  if (!("id" in found)) return void progress.unusable.push(found)
  const { example, id, medium, name } = found
  for (const concept of example.concepts) progress.labels.add(concept)
  const before = progress.seen.get(id)
  if (before !== undefined) return mergeDuplicate(sorter, work, found, before)
  const problem = problemOf(sorter, found, stored)
  if (problem !== undefined) return void progress.unusable.push({ name, problem })
  const labels = labelsOf(example)
  const concepts = labels.concepts.filter((concept) => vocabulary.has(concept))
  // With mutually exclusive concepts, an example of none of them cannot be a test.
  const isTestable = medium !== undefined && (!mutuallyExclusive || concepts.length > 0)
  if (isTestable && holdout.keep(concepts, stored === undefined)) {
    progress.seen.set(id, { name, labels, isTest: true })
    return void progress.tests.push({ id, name, concepts, medium, input: placeOf(medium) })
  }
  progress.seen.set(id, { name, labels, isTest: false })
  if (stored === undefined) return void work.upload.set(id, found)
  progress.known++
  if (needsRelabel(stored, labels, vocabulary)) work.relabel.set(id, stored)
}

/** Errors that concern one input alone. Any other error would meet the following inputs too, and ends the upload. */
const inputErrors = ["InputRejected", "MediaUnreadable", "InvalidOption", "Conflict"] as const
type InputError = Extract<AddError, { readonly _tag: (typeof inputErrors)[number] }>
const isInputError = (error: AddError): error is InputError => inputErrors.some((tag) => tag === error._tag)

const uploadGroup = (
  host: Host,
  progress: Progress,
  group: ReadonlyArray<Identified>,
  onUpload: Upload["onUpload"]
): Effect.Effect<void, CallError | JournalUnusable> =>
  Effect.gen(function* () {
    if (group.length === 0) return
    // Before they are sent, so that a later run knows what this one has uploaded, however it ends.
    yield* onUpload(group.map(({ id }) => id))
    const inputs = group.flatMap(({ bytes, id, medium }) =>
      medium === undefined
        ? []
        : [{ input: bytes === undefined ? medium : medium.withBytes(bytes), id, ...progress.seen.get(id)?.labels }]
    )
    const outcomes = yield* resourcesOf(host.wire, host.prepare)
      .inputs.add(inputs, { onTakenId: "skip", allowDuplicateUrl: true })
      .toStream()
      .pipe(
        Stream.runCollect,
        Effect.orDie // reading an array does not fail
      )
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome.ok) progress.added++
      else if (isInputError(outcome.error)) {
        const { id = "", name = "" } = group[i] ?? {}
        const { error } = outcome
        progress.seen.delete(id)
        progress.unusable.push({ name, problem: "problem" in error ? error.problem : error.message })
      } else return yield* outcome.error
    }
  })

const summarize = ({ labels, seen }: Progress): LabelSummary => {
  const positives = [...seen.values()].flatMap((one) => (one.isTest ? [] : one.labels.concepts))
  return { positives: new Set(positives), labels, relevant: seen.size > 0 }
}

const fingerprintOf = ({ seen }: Progress): string => {
  const lines = [...seen].map(([id, { isTest, labels }]) => `${id} ${isTest ? "test" : labelsKey(labels)}`)
  return fingerprint(lines.toSorted().join("\n"))
}

/** How many files are read at once. */
const readers = 4

/**
 * Uploads all examples: looks up which ones the service has, uploads the others, and corrects labels. Memory holds the
 * bytes of one group, and the id, name and labels of each example.
 */
export const addExamples = (
  host: Host,
  { concepts, examples, holdout: share, mutuallyExclusive, onProgress, onUpload }: Upload
): Effect.Effect<Uploaded, CallError | ExamplesUnreadable | JournalUnusable> =>
  Effect.gen(function* () {
    const { wire } = host
    const progress: Progress = {
      added: 0,
      known: 0,
      relabelled: 0,
      duplicates: 0,
      unusable: [],
      tests: [],
      seen: new Map(),
      labels: new Set()
    }
    onProgress(tallyOf(progress))
    const vocabulary = new Set(concepts)
    const holdout = makeHoldout(share)
    const sorter: Sorter = { mutuallyExclusive, vocabulary, holdout, progress }
    const { failed, processing, ready, waiting } = yield* resourcesOf(wire).inputs.counts()
    const isEmpty = failed + processing + ready + waiting === 0
    const addGroup = (group: ReadonlyArray<Identified | Unidentified>) =>
      Effect.gen(function* () {
        const ids = group.flatMap((found) => ("id" in found && !progress.seen.has(found.id) ? [found.id] : []))
        const stored = isEmpty ? new Map<string, StoredInput>() : yield* lookUp(wire, [...new Set(ids)])
        const work: GroupWork = { upload: new Map(), relabel: new Map() }
        for (const found of group) sort(sorter, work, found, "id" in found ? stored.get(found.id) : undefined)
        yield* uploadGroup(host, progress, [...work.upload.values()], onUpload)
        const changes = [...work.relabel.values()].map((input) => ({
          input,
          labels: progress.seen.get(input.id)?.labels ?? { concepts: [], notConcepts: [] }
        }))
        yield* relabel(wire, changes, vocabulary)
        progress.relabelled += changes.length
        onProgress(tallyOf(progress))
      })
    let index = 0
    yield* toExampleStream(examples).pipe(
      Stream.map((example) => [example, index++] as const),
      Stream.mapEffect(([example, at]) => identify(example, at), { concurrency: readers }),
      Stream.grouped(wire.connection.limits.inputsPerAdd),
      // The next group is read while this one is sent.
      Stream.buffer({ capacity: 1 }),
      Stream.runForEach(addGroup)
    )
    onProgress(tallyOf(progress))
    return {
      tally: tallyOf(progress),
      tests: progress.tests,
      shortage: holdout.shortage(),
      fingerprint: fingerprintOf(progress),
      labels: summarize(progress),
      names: new Map([...progress.seen].flatMap(([id, { isTest, name }]) => (isTest ? [] : [[id, name]])))
    }
  })
