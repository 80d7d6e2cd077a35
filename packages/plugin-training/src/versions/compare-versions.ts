/**
 * Folder `versions`: the versions of a model, listed, compared and deleted. This file: evaluates several versions of a model
 * on the same examples.
 */
import {
  type CallError,
  type Host,
  InvalidOption,
  type PredictError,
  resourcesOf,
  type StepFailed,
  type VersionRecord
} from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { evaluateModel, type TestExample } from "../evaluation/evaluate-model.ts"
import type { Evaluation } from "../evaluation/evaluation.ts"
import type { Tested } from "../evaluation/metrics.ts"
import { conceptFinder } from "../examples/concept-name.ts"
import { toExampleStream } from "../examples/example-stream.ts"
import type { Examples, ExamplesUnreadable } from "../examples/example.ts"
import type { Journal, JournalUnusable } from "../journal/journal.ts"
import { versionHandle } from "../result/trained-model.ts"
import { newestFirst } from "../service/version-status.ts"
import { identify, placeOf } from "../upload/identify.ts"
import { makeExclusivityReader } from "./version-exclusivity.ts"

/** A version and its evaluation. */
export interface Compared {
  readonly version: VersionRecord
  readonly evaluation: Evaluation
  /** The tests that were predicted, with their scores. */
  readonly tests: ReadonlyArray<Tested>
}

/** Options of a comparison. */
export interface CompareOptions {
  /** Ids of the versions. @default all trained versions */
  readonly versions?: ReadonlyArray<string>
  /** The concepts to evaluate. @default the model's concepts */
  readonly concepts?: ReadonlyArray<string>
  /** True: the highest score is the only prediction. @default as each version was trained */
  readonly mutuallyExclusive?: boolean
}

/** Everything that a comparison can fail with. */
export type CompareError = CallError | PredictError | StepFailed | ExamplesUnreadable | JournalUnusable

/** The trained versions of a model, newest first. */
export const trainedVersions = (
  { wire }: Host,
  model: string
): Effect.Effect<ReadonlyArray<VersionRecord>, CallError> =>
  Effect.map(Stream.runCollect(resourcesOf(wire).versions.list(model).toStream()), (all) =>
    newestFirst(all.filter(({ state }) => state === "ready"))
  )

/** Examples as tests; counts those that cannot be read. */
const readTests = (examples: Examples, concepts: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const find = conceptFinder(concepts)
    const tests: Array<TestExample> = []
    let lostTests = 0
    let index = 0
    yield* Stream.runForEach(toExampleStream(examples), (example) =>
      Effect.map(identify(example, index++), (one) => {
        if (!("id" in one) || one.medium === undefined) lostTests++
        else {
          const { example: given, id, medium, name } = one
          const shown = given.concepts.flatMap((label) => find(label) ?? [])
          tests.push({ id, name, medium, input: placeOf(medium), concepts: shown })
        }
      })
    )
    return { tests, lostTests }
  })

/** Evaluates versions of a model on the same examples, newest first. */
export const compareVersions = (
  host: Host,
  journal: Journal,
  id: string,
  examples: Examples,
  { concepts: given, mutuallyExclusive, versions }: CompareOptions
): Effect.Effect<ReadonlyArray<Compared>, CompareError> =>
  Effect.gen(function* () {
    const concepts = given ?? (yield* resourcesOf(host.wire).models.describe(id)).concepts ?? []
    const { lostTests, tests } = yield* readTests(examples, concepts)
    if (tests.length === 0)
      return yield* new InvalidOption({
        model: id,
        option: "examples",
        problem: "have no image that can be read; give examples to test with"
      })
    const chosen = (yield* trainedVersions(host, id)).filter(
      (version) => versions === undefined || versions.includes(version.id)
    )
    const isExclusive =
      mutuallyExclusive === undefined
        ? yield* makeExclusivityReader(host, journal, id)
        : () => Effect.succeed(mutuallyExclusive)
    return yield* Effect.forEach(chosen, (version) =>
      Effect.gen(function* () {
        const exclusive = yield* isExclusive(version.id)
        const model = versionHandle({ id, concepts }, version.id)
        const test = { model, concepts, mutuallyExclusive: exclusive, tests, lostTests }
        return { version, ...(yield* evaluateModel(host, test, () => {})) } satisfies Compared
      })
    )
  })
