/** Predicts the held-out examples with a model and evaluates the answers. */
import {
  type Host,
  type Media,
  type Model,
  type PredictError,
  sourceOfMany,
  type StepFailed
} from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Evaluation } from "./evaluation.ts"
import { evaluate, type Tested } from "./metrics.ts"

/** An example to test a model with. */
export interface TestExample {
  readonly id: string
  readonly name: string
  /** Its path or address; empty where it cannot be read again. */
  readonly input: string
  /** The model's concepts that it shows. */
  readonly concepts: ReadonlyArray<string>
  readonly medium: Media
}

/** A model and the examples to test it with. */
export interface ModelTest {
  readonly model: Model<"embedding-classifier", "image" | "video">
  readonly concepts: ReadonlyArray<string>
  readonly mutuallyExclusive: boolean
  readonly tests: ReadonlyArray<TestExample>
  /** How many tests are missing from `tests` because they cannot be read again. */
  readonly lostTests: number
}

/** The most scores that the service returns for one input. */
const maxConcepts = 200

/** A model's evaluation, and the tests that it comes from. */
export interface TestedModel {
  readonly evaluation: Evaluation
  /** Tests that were predicted, with their scores. */
  readonly tests: ReadonlyArray<Tested>
}

/** Evaluates a model, in batched calls. Fails only if not a single test could be predicted. */
export const evaluateModel = (
  host: Host,
  { concepts, lostTests, model, mutuallyExclusive, tests }: ModelTest,
  onProgress: (predicted: number) => void
): Effect.Effect<TestedModel, PredictError | StepFailed> =>
  Effect.gen(function* () {
    const source = sourceOfMany(
      "training.tests",
      [],
      () => Stream.fromIterable(tests.map((test) => test.medium as Media<"image">)) // examples are images
    )
    const tested: Array<Tested> = []
    let failure: PredictError | StepFailed | undefined
    let predicted = 0
    yield* host
      .from(source)
      .top(maxConcepts)
      .predict(model)
      .toStream()
      .pipe(
        Stream.runForEach((outcome) =>
          Effect.sync(() => {
            const test = tests[outcome.index]
            onProgress(++predicted)
            if (test === undefined) return
            if (outcome.ok)
              tested.push({
                name: test.name,
                ...(test.input === "" ? {} : { input: test.input }),
                concepts: test.concepts,
                scores: Object.fromEntries(outcome.value.concepts.map(({ id, score }) => [id, score]))
              })
            else failure = outcome.error
          })
        )
      )
    if (tested.length === 0 && failure !== undefined) return yield* failure
    const failed = tests.length - tested.length + lostTests
    return { evaluation: evaluate(concepts, tested, { mutuallyExclusive, failed }), tests: tested }
  })
