/** The first stage: examples become labelled inputs of the service, each once, a part kept back to test with. */
import { type CallError, type Host, type Kind, type Media, readBytes, toMedia } from "@sightline/core/plugin"
import { type NewInput, resourcesOf } from "@sightline/core/resources"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Example, type Examples, ExamplesUnreadable, nameOf } from "./examples/example.ts"
import type { HeldOut, Journal, JournalUnusable } from "./journal.ts"
import type { Tally, Unusable } from "./state.ts"

/** What adding needs to know. */
export interface AddingSpec {
  readonly training: string
  readonly concepts: ReadonlyArray<string>
  readonly examples: Examples
  /** The share of each concept's examples that is kept back, 0 to below 1. */
  readonly holdout: number
  /** Ids that an earlier run of this training has added. */
  readonly alreadyAdded: ReadonlySet<string>
}

/** A test kept back, with the medium where it cannot be read again from a path or URL. */
export interface Test extends HeldOut {
  readonly medium: Media
}

/** What adding gives. */
export interface Added {
  readonly tally: Tally
  readonly tests: ReadonlyArray<Test>
  /** A hash of the inputs and their labels: the same examples give the same. */
  readonly fingerprint: string
  /** The examples' names by the ids of their inputs. */
  readonly names: ReadonlyMap<string, string>
}

interface Prepared {
  readonly id: string
  readonly name: string
  readonly medium: Media
  readonly example: Example
}

const utf8 = new TextEncoder()

const sha256 = (bytes: Uint8Array): Effect.Effect<string> =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)), // never shared memory here
    (digest) => Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")
  )

const isRemote = (medium: Media): boolean => medium.source.from === "url" && /^https?:/i.test(medium.source.url)

/** The id of an input is the hash of its bytes, or of its address: the same picture is the same input, whoever adds it. */
const identify = (medium: Media): Effect.Effect<readonly [string, Media], Unusable["problem"]> =>
  Effect.gen(function* () {
    if (medium.source.from === "url" && isRemote(medium))
      return [(yield* sha256(utf8.encode(medium.source.url))).slice(0, 32), medium] as const
    const bytes = yield* Effect.mapError(readBytes(medium), (error) => error.problem)
    const again = medium.source.from === "stream" ? medium.withBytes(bytes) : medium // a stream is read once
    return [(yield* sha256(bytes)).slice(0, 32), again] as const
  })

const toStream = (examples: Examples): Stream.Stream<Example, ExamplesUnreadable> =>
  Symbol.asyncIterator in examples
    ? Stream.fromAsyncIterable(examples, (cause) =>
        cause instanceof ExamplesUnreadable
          ? cause
          : new ExamplesUnreadable({
              source: "the given iterable",
              problem: cause instanceof Error ? cause.message : "it failed"
            })
      )
    : Stream.fromIterable(examples)

/** Keeps back every so manieth example of each concept, the same ones for the same order. */
const makeHoldout = (share: number) => {
  const seen = new Map<string, number>()
  return (concepts: ReadonlyArray<string>): boolean => {
    const concept = concepts[0] ?? ""
    const n = (seen.get(concept) ?? 0) + 1
    seen.set(concept, n)
    return Math.floor(n * share) > Math.floor((n - 1) * share)
  }
}

const sourceOf = (medium: Media): string | undefined =>
  medium.source.from === "file" ? medium.source.path : medium.source.from === "url" ? medium.source.url : undefined

interface Running {
  added: number
  known: number
  duplicates: number
  readonly unusable: Array<Unusable>
  readonly tests: Array<Test>
  /** Labels by input id; only these strings are kept, never the bytes. */
  readonly labels: Map<string, string>
  readonly names: Map<string, string>
}

const tallyOf = (running: Running): Tally => ({
  added: running.added,
  known: running.known,
  duplicates: running.duplicates,
  heldOut: running.tests.length,
  unusable: [...running.unusable]
})

const labelsOf = ({ concepts, notConcepts = [] }: Example): string =>
  JSON.stringify([concepts.toSorted(), notConcepts.toSorted()])

const toInput = ({ example, id, medium }: Prepared): NewInput => ({
  input: medium,
  id,
  concepts: example.concepts,
  notConcepts: example.notConcepts ?? []
})

/** Adds one group and notes what was added. Inputs that are there with other labels get these. */
const addGroup = (
  host: Host,
  journal: Journal,
  spec: AddingSpec,
  running: Running,
  group: ReadonlyArray<Prepared>
): Effect.Effect<void, CallError | JournalUnusable> =>
  Effect.gen(function* () {
    const { inputs } = resourcesOf(host.wire, host.prepare)
    const outcomes = yield* Stream.runCollect(inputs.add(group.map(toInput), { onTakenId: "skip" }).toStream()).pipe(
      Effect.orDie // an array does not fail to give its items
    )
    const ids: Array<string> = []
    const relabel: Array<Prepared> = []
    for (const [i, outcome] of outcomes.entries()) {
      const prepared = group[i]
      if (prepared === undefined) continue
      if (!outcome.ok) {
        if (isFatal(outcome.error)) return yield* outcome.error
        if (outcome.error._tag === "Conflict") relabel.push(prepared)
        else running.unusable.push({ name: prepared.name, problem: outcome.error.message })
        continue
      }
      ids.push(prepared.id)
      running.added++
      const has = new Set(outcome.value.labels.map(({ id, present }) => `${id} ${String(present)}`))
      const wanted = prepared.example.concepts.map((concept) => `${concept} true`)
      if (outcome.value.labels.length > 0 && !wanted.every((label) => has.has(label))) relabel.push(prepared)
    }
    if (relabel.length > 0) {
      yield* inputs.merge(
        relabel.map(({ example, id }) => ({ id, concepts: example.concepts, notConcepts: example.notConcepts ?? [] }))
      )
      for (const { id } of relabel)
        if (!ids.includes(id)) {
          ids.push(id)
          running.known++
        }
    }
    yield* journal.append(spec.training, { _tag: "added", ids })
  })

const fatal = [
  "Unauthorized",
  "Forbidden",
  "QuotaExceeded",
  "NotConfigured",
  "Unreachable",
  "ServiceUnavailable",
  "RateLimited"
] as const
type Fatal = Extract<CallError, { readonly _tag: (typeof fatal)[number] }>

/** Failures that will meet every other input too. */
const isFatal = (error: { readonly _tag: string }): error is Fatal => fatal.some((tag) => tag === error._tag)

/** Adds all examples. Memory holds one group, and an id and labels for each example. */
export const addExamples = (
  host: Host,
  journal: Journal,
  spec: AddingSpec,
  progress: (tally: Tally) => void
): Effect.Effect<Added, CallError | ExamplesUnreadable | JournalUnusable> =>
  Effect.gen(function* () {
    const running: Running = {
      added: 0,
      known: 0,
      duplicates: 0,
      unusable: [],
      tests: [],
      labels: new Map(),
      names: new Map()
    }
    const keepBack = makeHoldout(spec.holdout)
    let index = 0
    const sort = (example: Example): Effect.Effect<ReadonlyArray<Prepared>> =>
      Effect.gen(function* () {
        const name = nameOf(example, index++)
        const medium = yield* Effect.try(() => toMedia<Kind>("image", example.input)).pipe(Effect.option)
        if (medium._tag === "None") {
          running.unusable.push({ name, problem: "it is neither a path, a URL, bytes nor a medium" })
          return []
        }
        const identified = yield* Effect.result(identify(medium.value))
        if (identified._tag === "Failure") {
          running.unusable.push({ name, problem: identified.failure })
          return []
        }
        const [id, again] = identified.success
        if (running.labels.has(id)) {
          running.duplicates++
          return []
        }
        if (
          !example.concepts.some((concept) => spec.concepts.includes(concept)) &&
          (example.notConcepts ?? []).length === 0
        ) {
          running.unusable.push({ name, problem: "none of its labels is a concept of the model" })
          return []
        }
        if (example.concepts.length > 0 && keepBack(example.concepts)) {
          running.labels.set(id, "test")
          running.tests.push({ input: sourceOf(again) ?? "", name, concepts: example.concepts, medium: again })
          return []
        }
        running.labels.set(id, labelsOf(example))
        running.names.set(id, name)
        if (spec.alreadyAdded.has(id)) {
          running.known++
          return []
        }
        return [{ id, name, medium: again, example }]
      })
    yield* toStream(spec.examples).pipe(
      Stream.mapEffect(sort),
      Stream.flatMap(Stream.fromIterable),
      Stream.grouped(host.connection.limits.inputsPerAdd),
      Stream.runForEach((group) =>
        Effect.tap(addGroup(host, journal, spec, running, group), () => Effect.sync(() => progress(tallyOf(running))))
      )
    )
    progress(tallyOf(running))
    const lines = [...running.labels].map(([id, labels]) => `${id} ${labels}`).toSorted()
    return {
      tally: tallyOf(running),
      tests: running.tests,
      names: running.names,
      fingerprint: (yield* sha256(utf8.encode(lines.join("\n")))).slice(0, 16)
    }
  })
