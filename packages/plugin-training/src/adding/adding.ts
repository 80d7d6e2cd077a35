/** The first stage: examples become labelled inputs of the service, each once, a part kept back to test with. */
import { type AddError, type CallError, type Host, type Media, resourcesOf } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Example, Examples, ExamplesUnreadable } from "../examples/example.ts"
import type { HeldOut, Journal, JournalUnusable } from "../journal.ts"
import type { Tally, Unusable } from "../state.ts"
import { type Holdout, makeHoldout, type Shortage } from "./holdout.ts"
import { type Identified, identify, placeOf, sha256, toStream, type Unidentified } from "./identify.ts"
import { contradiction, differs, join, keyOf, type Labels, lookUp, relabel, type StoredInput } from "./labels.ts"
import type { Labelled } from "./positives.ts"

/** What adding needs to know. */
export interface AddingSpec {
  readonly training: string
  readonly concepts: ReadonlyArray<string>
  readonly examples: Examples
  /** The share of each concept's examples that is kept back, 0 to below 1. */
  readonly holdout: number
  /** Whether exactly one concept holds: then what has none of them is nothing to test with. */
  readonly mutuallyExclusive: boolean
}

/** A test kept back, with its medium. */
export interface Test extends HeldOut {
  readonly medium: Media
}

/** What adding gives. */
export interface Added {
  readonly tally: Tally
  readonly tests: ReadonlyArray<Test>
  /** Why there are no tests, where there should be. */
  readonly shortage: Shortage | undefined
  /** A hash of the inputs and their labels: the same examples give the same. */
  readonly fingerprint: string
  readonly labelled: Labelled
  /** The names of the examples that are on the service, by id. */
  readonly names: ReadonlyMap<string, string>
}

/** An example that was seen: never its bytes. */
interface Known {
  readonly name: string
  readonly labels: Labels
  readonly test: boolean
}

/** What is added up while examples go by. */
interface Running {
  added: number
  known: number
  relabelled: number
  duplicates: number
  readonly unusable: Array<Unusable>
  readonly tests: Array<Test>
  readonly seen: Map<string, Known>
  /** Whatever is in any example. */
  readonly labels: Set<string>
}

/** What one group of examples asks of the service. */
interface Work {
  readonly upload: Map<string, Identified>
  readonly relabel: Map<string, StoredInput>
}

const tallyOf = ({ added, duplicates, known, relabelled, tests, unusable }: Running): Tally => ({
  added,
  known,
  relabelled,
  duplicates,
  heldOut: tests.length,
  unusable: [...unusable]
})

const labelsOf = ({ concepts, notConcepts = [] }: Example): Labels => ({ concepts, notConcepts })

/** Everything that examples are sorted by. */
interface Sorter {
  readonly spec: AddingSpec
  readonly vocabulary: ReadonlySet<string>
  readonly holdout: Holdout
  readonly running: Running
}

/** A picture that came before: its labels are joined, unless the two say different things. */
const again = ({ running }: Sorter, work: Work, found: Identified, before: Known): void => {
  const labels = labelsOf(found.example)
  const concept = contradiction(before.labels, labels)
  if (concept !== undefined) {
    const problem = `it is the same picture as ${before.name}, which says otherwise of ${concept}`
    running.unusable.push({ name: found.name, problem })
    return
  }
  running.duplicates++
  const joined = join(before.labels, labels)
  if (keyOf(joined) === keyOf(before.labels)) return
  running.seen.set(found.id, { ...before, labels: joined })
  // what it says of the service is not known here, so that nothing of it is taken for stale
  if (!before.test && !work.upload.has(found.id))
    work.relabel.set(found.id, { id: found.id, present: new Set(), problem: undefined })
}

/** Decides what becomes of one example. */
const sort = (sorter: Sorter, work: Work, found: Identified | Unidentified, onService: StoredInput | undefined) => {
  const { holdout, running, spec, vocabulary } = sorter
  if (!("id" in found)) return void running.unusable.push(found)
  const { example, id, medium, name } = found
  for (const concept of example.concepts) running.labels.add(concept)
  const before = running.seen.get(id)
  if (before !== undefined) return again(sorter, work, found, before)
  const labels = labelsOf(example)
  if (![...labels.concepts, ...labels.notConcepts].some((concept) => vocabulary.has(concept)))
    return void running.unusable.push({ name, problem: "none of its labels is a concept of the model" })
  const contrary = contradiction(labels, labels)
  if (contrary !== undefined)
    return void running.unusable.push({ name, problem: `it says both that ${contrary} is in it and that it is not` })
  if (medium === undefined && onService === undefined)
    return void running.unusable.push({ name, problem: "the service has no input of this id" })
  const concepts = labels.concepts.filter((concept) => vocabulary.has(concept))
  const testable = !spec.mutuallyExclusive || concepts.length > 0
  if (medium !== undefined && testable && holdout.keep(concepts, onService === undefined)) {
    running.seen.set(id, { name, labels, test: true })
    return void running.tests.push({ id, name, concepts, medium, input: placeOf(medium) ?? "" })
  }
  running.seen.set(id, { name, labels, test: false })
  if (onService === undefined) return void work.upload.set(id, found)
  running.known++
  if (differs(onService, labels, vocabulary)) work.relabel.set(id, onService)
}

/** Failures of one input alone; any other would meet all that follow too. */
const ownFailures = ["InputRejected", "MediaUnreadable", "InvalidOption", "Conflict"] as const
type OwnFailure = Extract<AddError, { readonly _tag: (typeof ownFailures)[number] }>
const isOwn = (error: AddError): error is OwnFailure => ownFailures.some((tag) => tag === error._tag)

const upload = (
  host: Host,
  journal: Journal,
  { running, spec }: Sorter,
  work: Work
): Effect.Effect<void, CallError | JournalUnusable> =>
  Effect.gen(function* () {
    const group = [...work.upload.values()]
    if (group.length === 0) return
    // Noted before they are sent, so that a later run knows what this training has put there, however this one ends.
    yield* journal.append(spec.training, { _tag: "adding", ids: group.map(({ id }) => id) })
    const inputs = group.flatMap(({ bytes, id, medium }) =>
      medium === undefined
        ? []
        : [{ input: bytes === undefined ? medium : medium.withBytes(bytes), id, ...running.seen.get(id)?.labels }]
    )
    const outcomes = yield* resourcesOf(host.wire, host.prepare)
      .inputs.add(inputs, { onTakenId: "skip", allowDuplicateUrl: true })
      .toStream()
      .pipe(
        Stream.runCollect,
        Effect.orDie // an array does not fail to give its items
      )
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome.ok) running.added++
      else if (isOwn(outcome.error)) {
        const { id = "", name = "" } = group[i] ?? {}
        running.seen.delete(id)
        running.unusable.push({ name, problem: problemOf(outcome.error) })
      } else return yield* outcome.error
    }
  })

const problemOf = (error: OwnFailure): string => ("problem" in error ? error.problem : error.message)

/**
 * Adds all examples: looks up which the service has, puts the others there, and puts labels right.
 * Memory holds a group of them, and of each its id, its name and its labels.
 */
export const addExamples = (
  host: Host,
  journal: Journal,
  spec: AddingSpec,
  progress: (tally: Tally) => void
): Effect.Effect<Added, CallError | ExamplesUnreadable | JournalUnusable> =>
  Effect.gen(function* () {
    const { wire } = host
    const running: Running = {
      added: 0,
      known: 0,
      relabelled: 0,
      duplicates: 0,
      unusable: [],
      tests: [],
      seen: new Map(),
      labels: new Set()
    }
    progress(tallyOf(running))
    const vocabulary = new Set(spec.concepts)
    const holdout = makeHoldout(spec.holdout)
    const sorter: Sorter = { spec, vocabulary, holdout, running }
    const { failed, processing, ready, waiting } = yield* resourcesOf(wire).inputs.counts()
    const mayKnow = failed + processing + ready + waiting > 0
    let index = 0
    const addGroup = (group: ReadonlyArray<Identified | Unidentified>) =>
      Effect.gen(function* () {
        const ids = group.flatMap((found) => ("id" in found && !running.seen.has(found.id) ? [found.id] : []))
        const there = mayKnow ? yield* lookUp(wire, [...new Set(ids)]) : new Map<string, StoredInput>()
        const work: Work = { upload: new Map(), relabel: new Map() }
        for (const found of group) sort(sorter, work, found, "id" in found ? there.get(found.id) : undefined)
        yield* upload(host, journal, sorter, work)
        const changes = [...work.relabel.values()].map((input) => ({
          input,
          labels: running.seen.get(input.id)?.labels ?? { concepts: [], notConcepts: [] }
        }))
        yield* relabel(wire, changes, vocabulary)
        running.relabelled += changes.length
        progress(tallyOf(running))
      })
    yield* toStream(spec.examples).pipe(
      Stream.map((example) => [example, index++] as const),
      Stream.mapEffect(([example, at]) => identify(example, at), { concurrency: readers }),
      Stream.grouped(wire.connection.limits.inputsPerAdd),
      // the next group is read while this one is sent
      Stream.buffer({ capacity: 1 }),
      Stream.runForEach(addGroup)
    )
    progress(tallyOf(running))
    const lines = [...running.seen].map(([id, { labels, test }]) => `${id} ${test ? "test" : keyOf(labels)}`).toSorted()
    const learnt = [...running.seen.values()].filter(({ test }) => !test)
    const names = [...running.seen].flatMap(([id, { name, test }]) => (test ? [] : [[id, name] as const]))
    return {
      tally: tallyOf(running),
      tests: running.tests,
      shortage: holdout.shortage(),
      fingerprint: sha256(lines.join("\n")).slice(0, 16),
      names: new Map(names),
      labelled: {
        positives: new Set(learnt.flatMap(({ labels }) => labels.concepts)),
        labels: running.labels,
        useful: running.seen.size > 0
      }
    }
  })

/** Files that are read at once. */
const readers = 4
