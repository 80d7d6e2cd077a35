import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import { NotFound, PartlyAnswered, type PredictError, RateLimited, Unauthorized } from "../../src/errors/errors.ts"
import { noSecrets } from "../../src/errors/secrets.ts"
import { Media } from "../../src/media/media.ts"
import { model } from "../../src/models/model-handle.ts"
import { workflow } from "../../src/models/workflow-handle.ts"
import type { InputResult } from "../../src/predict/batch.ts"
import { combineAnswers, toPrediction } from "../../src/predict/prediction.ts"
import { mediumOf } from "../../src/results/answer-medium.ts"

const media = new Media("image", { from: "url", url: "https://x.test/a.jpg" })
const context = { index: 3, key: "k" }
const good: InputResult = {
  ok: true,
  output: { data: { concepts: [{ id: "ai_1", name: "cat", value: 0.5 }] } },
  attempts: 2,
  requestId: "r1"
}
const concepts = model({ id: "m", task: "visual-classifier" })

/** The error that an exit failed with. */
const failureOf = (exit: Exit.Exit<unknown, PredictError | PartlyAnswered>) => {
  assert(Exit.isFailure(exit))
  const [reason] = exit.cause.reasons
  assert(reason?._tag === "Fail")
  return reason.error
}
const valueOf = (exit: Exit.Exit<unknown, unknown>): object => {
  assert(Exit.isSuccess(exit) && typeof exit.value === "object" && exit.value !== null)
  return exit.value
}

describe("a prediction", () => {
  it("has the answer of the model's task, and what it took", () => {
    const prediction = toPrediction(concepts, media, good, context, true, noSecrets)
    assert.deepInclude(prediction, { attempts: 2, requestId: "r1" })
    assert.deepNestedInclude(valueOf(prediction.exit), { "concepts[0].name": "cat", "concepts[0].score": 0.5 })
  })
  it("remembers its medium only where a later step may read it", () => {
    assert.strictEqual(mediumOf(valueOf(toPrediction(concepts, media, good, context, true, noSecrets).exit)), media)
    const held = new Media("image", { from: "bytes", bytes: Uint8Array.of(1) })
    assert.strictEqual(mediumOf(valueOf(toPrediction(concepts, held, good, context, true, noSecrets).exit)), held)
    assert.isUndefined(mediumOf(valueOf(toPrediction(concepts, held, good, context, false, noSecrets).exit)))
  })
  it("that failed says which input failed", () => {
    const failed: InputResult = { ok: false, error: new NotFound({ model: "m" }), attempts: 1, requestId: undefined }
    const prediction = toPrediction("m", media, failed, context, false, noSecrets)
    assert.deepInclude(failureOf(prediction.exit), { _tag: "NotFound", index: 3, key: "k", model: "m" })
    assert.deepInclude(prediction, { attempts: 1, requestId: undefined })
  })
  it("of an output that does not fit the task is malformed", () => {
    const segmenter = model({ id: "s", task: "visual-segmenter" })
    const wrong: InputResult = { ...good, output: { data: { regions: [{ id: "r", region_info: {} }] } } }
    const error = failureOf(toPrediction(segmenter, media, wrong, context, false, noSecrets).exit)
    assert(error._tag === "MalformedAnswer")
    assert.deepInclude(error, { model: "s", index: 3, key: "k" })
    assert.match(error.problem, /^data\.regions\[0\].*: expected a value/)
  })
  it("of a workflow has the answers of its nodes, and the failures of those that failed", () => {
    const flow = workflow({ id: "w" })
    const output = {
      outputs: [
        { status: { code: 10000 }, model: { id: "one" }, data: { concepts: [{ name: "cat", value: 1 }] } },
        { status: { code: 21200 }, model: { id: "two" } }
      ]
    } as InputResult extends { readonly output: infer O } ? O : never
    const prediction = toPrediction(flow, media, { ...good, output }, context, true, noSecrets)
    const text = JSON.stringify(valueOf(prediction.exit))
    assert.include(text, "cat")
    assert.include(text, "21200")
  })
})

describe("the answers of several models", () => {
  const names = ["a", "b"]
  const failed = (error: PredictError) => Exit.fail(error)
  it("are one answer by name where all answered", () => {
    assert.deepStrictEqual(valueOf(combineAnswers(names, [Exit.succeed(1), Exit.succeed(2)], context)), { a: 1, b: 2 })
  })
  it("are a failure that keeps the answers where some failed", () => {
    const limited = new RateLimited({})
    const error = failureOf(combineAnswers(names, [Exit.succeed(1), failed(limited)], context))
    assert.instanceOf(error, PartlyAnswered)
    assert.deepStrictEqual(error.answers, { a: 1 })
    assert.deepStrictEqual(error.failures, { b: limited })
    assert.deepInclude(error, { index: 3, key: "k" })
  })
  it("are the first failure where all failed", () => {
    const [first, second] = [new Unauthorized({}), new RateLimited({})]
    assert.strictEqual(failureOf(combineAnswers(names, [failed(first), failed(second)], context)), first)
  })
  it("are an interruption or a defect where one model had one", () => {
    const died = Exit.die("broken")
    assert.strictEqual(combineAnswers(names, [Exit.succeed(1), died], context), died)
    const stopped = combineAnswers(names, [Exit.interrupt(), Exit.succeed(1)], context)
    assert.isTrue(Exit.isFailure(stopped) && Cause.hasInterruptsOnly(stopped.cause))
  })
  it("are those that there are", () => {
    assert.deepStrictEqual(valueOf(combineAnswers(names, [Exit.succeed(1)], context)), { a: 1 })
  })
})
