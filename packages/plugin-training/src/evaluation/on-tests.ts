/** The last stage: predicts on what was kept back, and says how good the model is. */
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
import type { Test } from "../adding/adding.ts"
import { evaluate, type Tested } from "./evaluate.ts"
import type { Evaluation } from "./report.ts"

/** What is evaluated, and on what. */
export interface Trial {
  readonly model: Model<"embedding-classifier", "image" | "video">
  readonly concepts: ReadonlyArray<string>
  readonly mutuallyExclusive: boolean
  readonly tests: ReadonlyArray<Test>
  /** Tests that are not among these because they cannot be read again. */
  readonly lost: number
}

/** As many scores as the service gives for one picture. */
const mostConcepts = 200

/** Evaluates a model on tests, in the calls of a chain. Fails only where not one test could be predicted. */
export const evaluateOn = (
  host: Host,
  { concepts, lost, model, mutuallyExclusive, tests }: Trial,
  progress: (done: number) => void
): Effect.Effect<Evaluation, PredictError | StepFailed> =>
  Effect.gen(function* () {
    const source = sourceOfMany(
      "training.tests",
      [],
      () => Stream.fromIterable(tests.map((test) => test.medium as Media<"image">)) // examples are images
    )
    const tested: Array<Tested> = []
    let failure: PredictError | StepFailed | undefined
    let done = 0
    yield* host
      .from(source)
      .top(mostConcepts)
      .predict(model)
      .toStream()
      .pipe(
        Stream.runForEach((outcome) =>
          Effect.sync(() => {
            const test = tests[outcome.index]
            progress(++done)
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
    return evaluate(concepts, tested, { mutuallyExclusive, failed: tests.length - tested.length + lost })
  })
