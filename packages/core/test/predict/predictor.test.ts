import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { InvalidOption, PartlyAnswered } from "../../src/errors/errors.ts"
import { Media } from "../../src/media/media.ts"
import { model } from "../../src/models/model-handle.ts"
import { workflow } from "../../src/models/workflow-handle.ts"
import type { AppAnswerHook } from "../../src/predict/answer-hooks.ts"
import {
  addressOf,
  EndpointCache,
  predictAll,
  predictMany,
  predictOne,
  resolveEndpoint
} from "../../src/predict/predictor.ts"
import { prepareNow } from "../../src/predict/prepare.ts"
import type { Prediction } from "../../src/predict/prediction.ts"
import type { FakeCall } from "../../src/testing/fake-connection.ts"
import { statusBody } from "../call/runtime.ts"
import { answerConcepts, inputsOf } from "../run/answers.ts"
import { endpointOf } from "./inputs.ts"
import { predictorOver } from "./predictors.ts"

const general = model({ id: "general", task: "visual-classifier" })
const context = { index: 0, key: undefined }
const url = (name = "a", key?: string) =>
  new Media("image", { from: "url", url: `https://x.test/${name}.jpg` }, key === undefined ? {} : { key })
const well = answerConcepts({ cat: 0.5 })
const failureOf = ({ exit }: Prediction): unknown => {
  assert(Exit.isFailure(exit))
  const [reason] = exit.cause.reasons
  return reason?._tag === "Fail" ? reason.error : undefined
}
const valueOf = ({ exit }: Prediction) => {
  assert(Exit.isSuccess(exit))
  return exit.value as { readonly concepts: ReadonlyArray<{ readonly name: string }> }
}
const refuseFor = (path: string) => (call: FakeCall) =>
  call.path.includes(path) ? Response.json(statusBody(11001), { status: 401 }) : well(call)

describe("the address of a model", () => {
  it.effect("is that of its handle, of an id, or of a page's URL", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* addressOf(general), general)
      assert.deepStrictEqual(yield* addressOf("m"), { id: "m" })
      const page = yield* addressOf("https://clarifai.com/u/a/models/m/versions/v")
      assert.deepInclude(page, { id: "m", userId: "u", appId: "a", versionId: "v" })
    })
  )
  it.effect.each<[string, string]>([
    ["", "empty name"],
    ["  ", "empty name"],
    ["https://x.test/other", "model's page URL"]
  ])("is refused for %j", ([given, problem]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(addressOf(given))
      assert.instanceOf(error, InvalidOption)
      assert.strictEqual(error.option, "model")
      assert.include(error.problem, problem)
    })
  )
})

describe("the endpoints that a model alone decides", () => {
  const settings = {
    baseUrl: "",
    authorization: undefined,
    sessionToken: undefined,
    userId: undefined,
    appId: undefined,
    keyIsAppBound: true
  }
  it.effect("are made once for each model and kind, and anew for other settings", () =>
    Effect.gen(function* () {
      const cache = new EndpointCache()
      let made = 0
      const make = Effect.sync(() => endpointOf({ model: String(++made) }))
      const get = (model: string, kind: "image" | "video", from = settings) =>
        Effect.map(cache.get(from, model, kind, make), (one) => one.model)
      assert.strictEqual(yield* get("m", "image"), "1")
      assert.strictEqual(yield* get("m", "image"), "1")
      assert.strictEqual(yield* get("m", "video"), "2")
      assert.strictEqual(yield* get("n", "image"), "3")
      assert.strictEqual(yield* get("m", "image"), "1")
      assert.strictEqual(yield* get("m", "image", { ...settings }), "4")
      for (let i = 0; i < 200; i++) yield* get(`other ${i}`, "image", settings)
      assert.strictEqual(yield* get("n", "image"), String(made)) // a hundred are kept, so this one was made again
    })
  )
  it.effect("are cached without options only", () =>
    Effect.gen(function* () {
      const { predictor } = predictorOver(well)
      const of = (options: object, of: typeof general | string = general) =>
        resolveEndpoint(predictor, { model: of, options }, "image")
      assert.strictEqual(yield* of({}), yield* of({}))
      assert.notStrictEqual(yield* of({ top: 1 }), yield* of({ top: 1 }))
      assert.strictEqual((yield* of({ top: 1 })).options.top, 1)
    })
  )
  it.effect("are those of workflows for workflows", () =>
    Effect.gen(function* () {
      const { predictor } = predictorOver(well)
      const endpoint = yield* resolveEndpoint(predictor, { model: workflow({ id: "w" }), options: {} }, "image")
      assert.deepInclude(endpoint, { service: "workflow", maxInputs: 32 })
    })
  )
})

describe("predicting for one medium", () => {
  it.live("gives its answer, in a call that others of the turn share", () =>
    Effect.gen(function* () {
      const { calls, predictor } = predictorOver(well)
      const request = { model: general, options: {} }
      const all = yield* Effect.forEach(
        ["a", "b"],
        (name) => predictOne(predictor, request, url(name), context, false),
        { concurrency: 2 }
      )
      for (const prediction of all) {
        assert.strictEqual(valueOf(prediction).concepts[0]?.name, "cat")
        assert.deepInclude(prediction, { attempts: 1, requestId: "r1" })
      }
      assert.lengthOf(calls, 1)
      assert.lengthOf(inputsOf(calls[0]), 2)
    })
  )
  it.live("takes no output with another input's id", () =>
    Effect.gen(function* () {
      const { predictor } = predictorOver(() => ({
        status: { code: 10000 },
        outputs: [{ status: { code: 10000 }, input: { id: "theirs" }, data: { concepts: [] } }]
      }))
      const prediction = yield* predictOne(predictor, { model: general, options: {} }, url("a", "mine"), context, false)
      assert.deepInclude(failureOf(prediction), { _tag: "MalformedAnswer", key: "mine" })
    })
  )
  it.live("sends nothing for what cannot be prepared or has no endpoint, and says which input it was", () =>
    Effect.gen(function* () {
      const { calls, predictor } = predictorOver(well)
      const request = { model: general, options: {} }
      const noMedium = yield* predictOne(predictor, request, "text", { index: 3, key: undefined }, false)
      assert.deepInclude(failureOf(noMedium), { _tag: "InvalidOption", index: 3 })
      assert.deepInclude(noMedium, { attempts: 0, requestId: undefined })
      const noModel = yield* predictOne(
        predictor,
        { model: "", options: {} },
        url("a", "k"),
        { index: 3, key: undefined },
        false
      )
      assert.deepInclude(failureOf(noModel), { _tag: "InvalidOption", option: "model", index: 3, key: "k" })
      assert.lengthOf(calls, 0)
    })
  )
  it.live("runs the hooks on its answer", () =>
    Effect.gen(function* () {
      const answer: AppAnswerHook = {
        plugin: "p",
        filter: {},
        run: () => Effect.succeed({ concepts: [{ name: "hooked" }] })
      }
      const { predictor } = predictorOver(well, { answer: [answer] })
      const prediction = yield* predictOne(predictor, { model: general, options: {} }, url(), context, false)
      assert.strictEqual(valueOf(prediction).concepts[0]?.name, "hooked")
    })
  )
})

describe("predicting for a batch", () => {
  const inputs = (predictor: Parameters<typeof prepareNow>[0], ...names: ReadonlyArray<string>) =>
    names.flatMap((name, index) => {
      const prepared = prepareNow(predictor, url(name, name))
      return prepared === undefined ? [] : [{ prepared, context: { index, key: name } }]
    })
  it.effect("gives one prediction for each, in order", () =>
    Effect.gen(function* () {
      const { calls, predictor } = predictorOver((call) => {
        const { outputs, ...rest } = well(call) as { readonly outputs: ReadonlyArray<object> }
        return {
          ...rest,
          outputs: outputs.map((output, i) => (i === 1 ? { ...output, status: { code: 30104 } } : output))
        }
      })
      const request = { model: general, options: {} }
      const all = yield* predictMany(predictor, request, "image", inputs(predictor, "a", "b", "c"), false)
      assert.deepStrictEqual(
        all.map(({ exit }) => exit._tag),
        ["Success", "Failure", "Success"]
      )
      assert.deepInclude(failureOf(all[1] as Prediction), { _tag: "InputRejected", index: 1, key: "b" })
      assert.lengthOf(calls, 1)
    })
  )
  it.effect("runs the hooks on each answer", () =>
    Effect.gen(function* () {
      const answer: AppAnswerHook = {
        plugin: "p",
        filter: {},
        run: (_, { index }) => Effect.succeed({ concepts: [{ name: String(index) }] })
      }
      const { predictor } = predictorOver(well, { answer: [answer] })
      const all = yield* predictMany(
        predictor,
        { model: general, options: {} },
        "image",
        inputs(predictor, "a", "b"),
        false
      )
      assert.deepStrictEqual(
        all.map((one) => valueOf(one).concepts[0]?.name),
        ["0", "1"]
      )
    })
  )
  it.effect("fails each input where there is no endpoint", () =>
    Effect.gen(function* () {
      const { calls, predictor } = predictorOver(well)
      const all = yield* predictMany(predictor, { model: "", options: {} }, "image", inputs(predictor, "a", "b"), false)
      assert.deepStrictEqual(
        all.map((one) => (failureOf(one) as InvalidOption).index),
        [0, 1]
      )
      assert.lengthOf(calls, 0)
    })
  )
})

describe("predicting with several models", () => {
  const requests = { one: { model: "m1", options: {} }, two: { model: "m2", options: {} } }
  it.live("reads the medium once, and gives the answers by name as they come", () =>
    Effect.gen(function* () {
      let read = 0
      const { calls, predictor } = predictorOver(well, {
        prepare: [{ plugin: "p", filter: {}, run: (media) => Effect.sync(() => (read++, media)) }]
      })
      const seen: Array<string> = []
      const prediction = yield* predictAll(predictor, requests, url(), context, false, (name, exit) => {
        seen.push(`${name} ${exit._tag}`)
      })
      assert(Exit.isSuccess(prediction.exit))
      assert.hasAllKeys(prediction.exit.value, ["one", "two"])
      assert.sameMembers(seen, ["one Success", "two Success"])
      assert.deepInclude(prediction, { attempts: 2, requestId: "r1" })
      assert.strictEqual(read, 1)
      assert.lengthOf(calls, 2)
    })
  )
  it.live("keeps the answers of those that answered", () =>
    Effect.gen(function* () {
      const { predictor } = predictorOver(refuseFor("m2"))
      const error = failureOf(
        yield* predictAll(predictor, requests, url("a", "k"), { index: 1, key: undefined }, false, () => {})
      )
      assert.instanceOf(error, PartlyAnswered)
      assert.hasAllKeys(error.answers, ["one"])
      assert.deepInclude(error, { index: 1, key: "k" })
      assert.strictEqual(error.failures["two"]?._tag, "Unauthorized")
    })
  )
  it.live("sends nothing for what cannot be prepared", () =>
    Effect.gen(function* () {
      const { calls, predictor } = predictorOver(well)
      const prediction = yield* predictAll(predictor, requests, 7, { index: 1, key: "k" }, false, () => assert.fail())
      assert.deepInclude(failureOf(prediction), { _tag: "InvalidOption", index: 1, key: "k" })
      assert.lengthOf(calls, 0)
    })
  )
})
