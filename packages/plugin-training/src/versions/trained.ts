/** The versions of a model: list, compare, thin out, export, import. */
import {
  type CallError,
  type Host,
  InvalidOption,
  type Listing,
  Operation,
  type PredictError,
  resourcesOf,
  type StepFailed,
  type VersionRecord
} from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Test } from "../adding/adding.ts"
import { identify, placeOf, toStream } from "../adding/identify.ts"
import { evaluateOn } from "../evaluation/on-tests.ts"
import type { Evaluation } from "../evaluation/report.ts"
import type { Examples, ExamplesUnreadable } from "../examples/example.ts"
import type { Journal, JournalUnusable } from "../journal.ts"
import { handleOf } from "../spec.ts"
import type { DownloadFailed } from "./download.ts"
import { exclusivenessOf } from "./exclusive.ts"
import { type ExportedExamples, exportExamples, type ExportFailed, type ExportOptions } from "./export-examples.ts"
import { exportHead, exportHeadTo, HeadUnusable, importHead } from "./head.ts"

/** One of several versions, and how good it is on the same tests. */
export interface Compared {
  readonly version: VersionRecord
  readonly evaluation: Evaluation
}

/** How versions are compared. */
export interface CompareOptions {
  /** Their ids; all that are trained when absent. */
  readonly versions?: ReadonlyArray<string>
  /** What is looked for; the model's own concepts when absent. */
  readonly concepts?: ReadonlyArray<string>
  /** Exactly one concept holds for each test; for each version as it was trained when absent. */
  readonly mutuallyExclusive?: boolean
}

/** Which versions stay. One that any of the rules wants stays; the newest that is trained always does. */
export interface PruneRule {
  /** The newest so many. */
  readonly newest?: number
  /** Those that do better than this on tests, as {@link Trained.compare} gives them. */
  readonly betterThan?: {
    readonly examples: Examples
    readonly accuracy?: number
    readonly macroF1?: number
    /** As in {@link CompareOptions}. */
    readonly mutuallyExclusive?: boolean
  }
  /** Those that this is true of. */
  readonly where?: (version: VersionRecord) => boolean
}

/** Everything that a comparison may fail with. */
export type CompareError = CallError | PredictError | StepFailed | ExamplesUnreadable | JournalUnusable

/** A model that was trained, with all its versions. Nothing is called until an operation is run. */
export class Trained {
  readonly #host: Host
  readonly #journal: Journal
  /** The model's id. */
  readonly id: string
  constructor(host: Host, journal: Journal, id: string) {
    this.#host = host
    this.#journal = journal
    this.id = id
  }
  get #has() {
    return resourcesOf(this.#host.wire)
  }
  /** All versions, newest first; also those that are not trained. */
  versions(): Listing<VersionRecord, CallError> {
    return this.#has.versions.list(this.id)
  }
  readonly #ready: () => Effect.Effect<ReadonlyArray<VersionRecord>, CallError> = () =>
    Effect.map(Stream.runCollect(this.versions().toStream()), (all) =>
      newestFirst(all.filter(({ state }) => state === "ready"))
    )

  /**
   * Evaluates versions on the same examples, newest first, the scores of each read as it was trained: with
   * `mutuallyExclusive()` or without. Tests that a version has learnt from flatter it: give examples that none has seen.
   */
  compare(examples: Examples, options: CompareOptions = {}): Operation<ReadonlyArray<Compared>, CompareError> {
    return new Operation(`trained.compare(${this.id})`, this.#compare(examples, options))
  }
  #compare(examples: Examples, { concepts: given, mutuallyExclusive: wanted, versions }: CompareOptions) {
    return Effect.gen({ self: this }, function* () {
      const concepts = given ?? (yield* this.#has.models.describe(this.id)).concepts ?? []
      const { lost, tests } = yield* testsOf(examples, concepts)
      if (tests.length === 0)
        return yield* new InvalidOption({
          model: this.id,
          option: "examples",
          problem: "hold no test of these concepts"
        })
      const chosen = (yield* this.#ready()).filter(({ id }) => versions === undefined || versions.includes(id))
      const exclusive =
        wanted === undefined ? yield* exclusivenessOf(this.#host, this.#journal, this.id) : () => Effect.succeed(wanted)
      return yield* Effect.forEach(chosen, (version) =>
        Effect.gen({ self: this }, function* () {
          const mutuallyExclusive = yield* exclusive(version.id)
          const model = handleOf({ id: this.id, concepts }, version.id)
          const trial = { model, concepts, mutuallyExclusive, tests, lost }
          return { version, evaluation: yield* evaluateOn(this.#host, trial, () => {}) } satisfies Compared
        })
      )
    })
  }

  /** Deletes the trained versions that no rule wants; gives them. Never the newest. */
  prune(rule: PruneRule): Operation<ReadonlyArray<VersionRecord>, CompareError> {
    return new Operation(
      `trained.prune(${this.id})`,
      Effect.gen({ self: this }, function* () {
        const { betterThan, newest, where } = rule
        if (newest === undefined && betterThan === undefined && where === undefined)
          return yield* new InvalidOption({
            model: this.id,
            option: "prune",
            problem: "has no rule: say which versions stay"
          })
        if (newest !== undefined && !(Number.isInteger(newest) && newest >= 0))
          return yield* new InvalidOption({ model: this.id, option: "newest", problem: "is not a whole number from 0" })
        const all = yield* this.#ready()
        const better = new Set<string>()
        if (betterThan !== undefined) {
          const { accuracy = -1, examples, macroF1 = -1, ...options } = betterThan
          for (const { evaluation, version } of yield* this.#compare(examples, options))
            if (evaluation.accuracy > accuracy && evaluation.macroF1 > macroF1) better.add(version.id)
        }
        const dropped = all.filter(
          (version, i) => i >= Math.max(1, newest ?? 0) && !better.has(version.id) && where?.(version) !== true
        )
        yield* Effect.forEach(dropped, ({ id }) =>
          // another process may have deleted it in the meantime
          Effect.catchTag(this.#has.versions.delete(this.id, id).asEffect(), "NotFound", () => Effect.void)
        )
        return dropped
      })
    )
  }

  /**
   * Writes the labelled images of the model's concepts into a folder, with a manifest that `manifest(..)` reads. The
   * protocol tells only what is in an input: what is not in it is written where `exclusive` says so.
   */
  exportExamples(
    directory: string,
    options: ExportOptions = {}
  ): Operation<ExportedExamples, CallError | ExportFailed> {
    return new Operation(`trained.exportExamples(${this.id})`, exportExamples(this.#host, this.id, directory, options))
  }

  /** What a version has learnt, as the bytes of an ONNX model whose metadata name its embedder; the newest when absent. */
  head(version?: string): Operation<Uint8Array, CallError | HeadUnusable | DownloadFailed> {
    return new Operation(
      `trained.head(${this.id})`,
      Effect.flatMap(this.#versionOf(version), (id) => exportHead(this.#host, this.id, id))
    )
  }

  /** The same into a file; its folder is made where it is not there. */
  exportHead(path: string, version?: string): Operation<void, CallError | HeadUnusable | DownloadFailed> {
    return new Operation(
      `trained.exportHead(${this.id})`,
      Effect.flatMap(this.#versionOf(version), (id) => exportHeadTo(this.#host, this.id, id, path))
    )
  }

  /**
   * Makes a new, trained version of an exported head: its file's path, or its bytes. The model is made where it is not
   * there, with `concepts`. Gives the version's id. Fails with `InvalidRequest` for anything but an exported head.
   */
  importHead(
    from: string | Uint8Array,
    { concepts = [] }: { readonly concepts?: ReadonlyArray<string> } = {}
  ): Operation<string, CallError | HeadUnusable> {
    return new Operation(`trained.importHead(${this.id})`, importHead(this.#host, this.id, from, concepts))
  }

  #versionOf(given: string | undefined): Effect.Effect<string, CallError | HeadUnusable> {
    if (given !== undefined) return Effect.succeed(given)
    return Effect.flatMap(this.#ready(), ([newest]) =>
      newest === undefined
        ? Effect.fail(new HeadUnusable({ model: this.id, problem: "no version is trained; train one first" }))
        : Effect.succeed(newest.id)
    )
  }
}

const timeOf = ({ createdAt }: VersionRecord): number => Date.parse(createdAt ?? "")

/** By the time they were made, where every one tells it; else in the order of the service, which promises the same. */
const newestFirst = (versions: ReadonlyArray<VersionRecord>): ReadonlyArray<VersionRecord> => {
  return versions.some((version) => Number.isNaN(timeOf(version)))
    ? versions
    : versions.toSorted((a, b) => timeOf(b) - timeOf(a))
}

/** Examples as tests; those that cannot be read are counted. */
const testsOf = (examples: Examples, concepts: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const tests: Array<Test> = []
    let lost = 0
    let index = 0
    yield* Stream.runForEach(toStream(examples), (example) =>
      Effect.map(identify(example, index++), (one) => {
        if (!("id" in one) || one.medium === undefined) lost++
        else {
          const { example: given, id, medium, name } = one
          tests.push({
            id,
            name,
            medium,
            input: placeOf(medium) ?? "",
            concepts: given.concepts.filter((c) => concepts.includes(c))
          })
        }
      })
    )
    return { tests, lost }
  })
