import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import type { CallResponse } from "../../src/call/call.ts"
import { toCallSettings } from "../../src/call/call-runtime.ts"
import { type CallProgress, observeCall, observeStream, spanName } from "../../src/call/telemetry.ts"
import { type CallError, NotFound } from "../../src/errors/errors.ts"
import { prediction } from "./runtime.ts"
import { spansOf } from "./watched.ts"

const settings = toCallSettings({
  baseUrl: "https://x.test",
  authorization: undefined,
  sessionToken: undefined,
  userId: undefined,
  appId: undefined,
  keyIsAppBound: true
})
const progress = (): CallProgress => ({ settings, attempts: 1 })
const response = (outputs: unknown, more: Partial<CallResponse> = {}): CallResponse => ({
  status: { code: 10000, req_id: "r1" },
  json: { outputs },
  httpStatus: 200,
  retryAfterMs: undefined,
  attempts: 1,
  ...more
})
/** The only span of an effect: its name, how it ended and its attributes. */
const spanOf = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.map(spansOf(effect), (spans) => {
    const [span, ...others] = spans
    assert(span !== undefined && others.length === 0 && span.status._tag === "Ended")
    return { name: span.name, kind: span.kind, attributes: Object.fromEntries(span.attributes), status: span.status }
  })
const call = (answer: Effect.Effect<CallResponse, CallError>, of = progress()) => observeCall(prediction, 3, of, answer)

describe("the name of a span", () => {
  it("is the model's for a prediction, and else the method and the path", () => {
    assert.strictEqual(spanName(prediction), "predict m")
    const { model: _, ...other } = prediction
    assert.strictEqual(spanName(other), "POST /v2/models/m/outputs")
  })
})

describe("the span of a call", () => {
  it.effect("has what was sent and what was answered, and no answer", () =>
    Effect.gen(function* () {
      const outputs = [
        null,
        { prompt_tokens: 2, model: "text" },
        { prompt_tokens: 3, completion_tokens: 7, model: { id: "answering" } },
        { completion_tokens: 1, model: { id: "other" } }
      ]
      const span = yield* spanOf(call(Effect.succeed(response(outputs))))
      assert.deepInclude(span, { name: "predict m", kind: "client" })
      assert.deepStrictEqual(span.attributes, {
        "http.request.method": "POST",
        "sightline.items": 3,
        "http.request.body.size": 13,
        "gen_ai.operation.name": "predict",
        "gen_ai.provider.name": "clarifai",
        "gen_ai.request.model": "m",
        "server.address": "x.test",
        "server.port": 443,
        "http.response.status_code": 200,
        "sightline.status": 10000,
        "gen_ai.response.id": "r1",
        "gen_ai.response.model": "answering",
        "gen_ai.usage.input_tokens": 5,
        "gen_ai.usage.output_tokens": 8
      })
      assert(span.status._tag === "Ended" && span.status.exit._tag === "Success")
      assert.isUndefined(span.status.exit.value)
    })
  )
  it.effect.each<[string, unknown]>([
    ["no list", { 0: { prompt_tokens: 1 } }],
    ["an empty list", []],
    ["models without names", [{ model: { id: "" }, prompt_tokens: "1" }]]
  ])("has no usage where there is none: %s", ([, outputs]) =>
    Effect.map(spanOf(call(Effect.succeed(response(outputs)))), ({ attributes }) => {
      assert.notProperty(attributes, "gen_ai.response.model")
      assert.notProperty(attributes, "gen_ai.usage.input_tokens")
      assert.notProperty(attributes, "gen_ai.usage.output_tokens")
    })
  )
  it.effect("has its repeats", () =>
    Effect.gen(function* () {
      const { attributes } = yield* spanOf(call(Effect.succeed(response([], { attempts: 3 }))))
      assert.strictEqual(attributes["http.request.resend_count"], 2)
      const failed = yield* spanOf(call(Effect.fail(new NotFound({})), { settings, attempts: 2 }))
      assert.strictEqual(failed.attributes["http.request.resend_count"], 1)
    })
  )
  it.effect("says how the call failed: a status, an error, an interruption", () =>
    Effect.gen(function* () {
      const refused = yield* spanOf(call(Effect.succeed(response([], { status: { code: 11102 } }))))
      assert.strictEqual(refused.attributes["error.type"], "11102")
      const failed = yield* spanOf(call(Effect.fail(new NotFound({}))))
      assert.strictEqual(failed.attributes["error.type"], "NotFound")
      assert(failed.status._tag === "Ended" && failed.status.exit._tag === "Failure")
      assert.strictEqual((yield* spanOf(call(Effect.interrupt))).attributes["error.type"], "interrupted")
      assert.strictEqual((yield* spanOf(call(Effect.die("broken")))).attributes["error.type"], "interrupted")
    })
  )
  it.effect("without settings or a model has what is known", () =>
    Effect.gen(function* () {
      const { model: _, ...other } = prediction
      const none: CallProgress = { settings: undefined, attempts: 0 }
      const { attributes } = yield* spanOf(
        observeCall({ ...other, body: undefined }, 0, none, Effect.fail(new NotFound({})))
      )
      assert.deepStrictEqual(attributes, {
        "http.request.method": "POST",
        "sightline.items": 0,
        "http.request.body.size": 0,
        "error.type": "NotFound"
      })
    })
  )
})

describe("the span of a streamed answer", () => {
  const opening = Effect.as(Effect.sleep(250), {
    pieces: Stream.fromEffect(Effect.as(Effect.sleep(500), 1)),
    response: () => response([{ completion_tokens: 4 }])
  })
  const inTime = <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(effect)
      yield* TestClock.adjust(10_000)
      return yield* Fiber.join(fiber)
    })
  it.effect("is measured to its first piece and to its end", () =>
    Effect.gen(function* () {
      const { attributes, name, status } = yield* inTime(
        spanOf(Stream.runDrain(observeStream(prediction, progress(), opening)))
      )
      assert.strictEqual(name, "predict m")
      assert.deepInclude(attributes, {
        "gen_ai.request.stream": true,
        "sightline.items": 1,
        "gen_ai.response.time_to_first_chunk": 0.25,
        "gen_ai.usage.output_tokens": 4
      })
      assert(status._tag === "Ended")
      assert.strictEqual(status.endTime - status.startTime, 750_000_000n)
    })
  )
  it.effect("that never opened has no answer", () =>
    Effect.gen(function* () {
      const { attributes } = yield* spanOf(
        Stream.runDrain(observeStream(prediction, progress(), Effect.fail(new NotFound({}))))
      )
      assert.strictEqual(attributes["error.type"], "NotFound")
      assert.notProperty(attributes, "http.response.status_code")
      assert.notProperty(attributes, "gen_ai.response.time_to_first_chunk")
    })
  )
})
