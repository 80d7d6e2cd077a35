import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { NotFound, StepFailed } from "../../src/errors/errors.ts"
import { Media } from "../../src/media/media.ts"
import { type AppAnswerHook, applyAnswerHooks } from "../../src/predict/answer-hooks.ts"
import type { Prediction } from "../../src/predict/prediction.ts"
import { mediumOf, rememberMedium } from "../../src/results/answer-medium.ts"

const media = new Media("image", { from: "url", url: "https://x.test/a.jpg" })
const context = { index: 2, key: "k" }
const predictionOf = (exit: Prediction["exit"]): Prediction => ({ exit, attempts: 3, requestId: "r" })
const adding = (plugin: string, filter: AppAnswerHook["filter"] = {}): AppAnswerHook => ({
  plugin,
  filter,
  run: (answer: { readonly by?: string }, { model, index }) =>
    Effect.succeed({ ...answer, by: `${answer.by ?? ""}${plugin}:${model}:${index} ` })
})
const apply = (hooks: ReadonlyArray<AppAnswerHook>, prediction: Prediction) =>
  applyAnswerHooks(hooks, prediction, "m", media, context)
const failureOf = ({ exit }: Prediction): unknown => {
  assert(Exit.isFailure(exit))
  const [reason] = exit.cause.reasons
  return reason?._tag === "Fail" ? reason.error : undefined
}

describe("answer hooks", () => {
  it.effect("see each the answer of the one before, with what it is about", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const looking: AppAnswerHook = {
        plugin: "l",
        filter: {},
        run: (answer: object, about) => Effect.sync(() => (seen.push(about), answer))
      }
      const prediction = predictionOf(Exit.succeed({ concepts: [] }))
      const after = yield* apply([adding("a"), looking, adding("b")], prediction)
      assert.deepStrictEqual(after, predictionOf(Exit.succeed({ concepts: [], by: "a:m:2 b:m:2 " })))
      assert.deepStrictEqual(seen, [{ index: 2, key: "k", model: "m", media }])
    })
  )
  it.effect("are left out where they do not match the medium", () =>
    Effect.gen(function* () {
      const prediction = predictionOf(Exit.succeed({}))
      assert.strictEqual(yield* apply([adding("v", { kind: "video" })], prediction), prediction)
      const both = yield* apply([adding("v", { kind: "video" }), adding("i", { kind: "image" })], prediction)
      assert.deepStrictEqual(both.exit, Exit.succeed({ by: "i:m:2 " }))
    })
  )
  it.effect("leave a failed prediction as it is", () =>
    Effect.gen(function* () {
      const failed = predictionOf(Exit.fail(new NotFound({})))
      assert.strictEqual(yield* apply([adding("a")], failed), failed)
    })
  )
  it.effect("leave an answer about its medium", () =>
    Effect.gen(function* () {
      const answer = rememberMedium({}, media, true)
      const { exit } = yield* apply([adding("a")], predictionOf(Exit.succeed(answer)))
      assert(Exit.isSuccess(exit) && typeof exit.value === "object" && exit.value !== null)
      assert.strictEqual(mediumOf(exit.value), media)
    })
  )
  it.effect("that fail or throw fail this input alone", () =>
    Effect.gen(function* () {
      const own = new Error("mine")
      const failing: AppAnswerHook = { plugin: "f", filter: {}, run: () => Effect.fail(own) }
      const failed = yield* apply([failing, adding("never")], predictionOf(Exit.succeed({})))
      assert.strictEqual(failureOf(failed), own)
      assert.strictEqual(failed.attempts, 3)
      const throwing: AppAnswerHook = {
        plugin: "t",
        filter: {},
        run: () => {
          throw own
        }
      }
      const error = failureOf(yield* apply([throwing], predictionOf(Exit.succeed({}))))
      assert.instanceOf(error, StepFailed)
      assert.deepInclude(error, { step: "t: answer", problem: "mine", index: 2, key: "k", cause: own })
    })
  )
  it.effect("that return no Effect say which plugin it was", () =>
    Effect.gen(function* () {
      const promising = { plugin: "p", filter: {}, run: async () => ({}) } as unknown as AppAnswerHook
      const error = failureOf(yield* apply([promising], predictionOf(Exit.succeed({}))))
      assert.instanceOf(error, StepFailed)
      assert.match(error.problem, /p: answer.*Effect/)
    })
  )
})
