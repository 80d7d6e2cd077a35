/** The last stage: predicts on what was kept back, and says how good the model is. */
import { type Host, type Media, type Model, type PredictError, sourceOfMany } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Test } from "./adding.ts"
import { evaluate, type Evaluation, type Tested } from "./evaluation.ts"

/** Evaluates a model on tests, in the calls of a chain. Fails only where not one test could be predicted. */
export const evaluateOn = (
  host: Host,
  model: Model<"embedding-classifier", "image" | "video">,
  concepts: ReadonlyArray<string>,
  tests: ReadonlyArray<Test>,
  progress: (done: number) => void
): Effect.Effect<Evaluation, PredictError> =>
  Effect.gen(function* () {
    const source = sourceOfMany(
      "training.tests",
      [],
      () => Stream.fromIterable(tests.map((test) => test.medium as Media<"image">)) // examples are images
    )
    const tested: Array<Tested> = []
    let failed: PredictError | undefined
    let done = 0
    yield* host
      .from(source)
      .top(200)
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
                concepts: test.concepts.filter((concept) => concepts.includes(concept)),
                scores: Object.fromEntries(outcome.value.concepts.map(({ id, score }) => [id, score]))
              })
            else failed = outcome.error
          })
        )
      )
    if (tested.length === 0 && failed !== undefined) return yield* failed
    return evaluate(concepts, tested, tests.length - tested.length)
  })
