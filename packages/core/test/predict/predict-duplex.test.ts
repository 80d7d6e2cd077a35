import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { expectTypeOf } from "vitest"
import { type CallError, type Connection, clarifai, type InvalidOption } from "../../src/index.ts"
import { type DuplexCall, makeCallRuntime, NotSupported } from "../../src/effect.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"
import { type InputWire, predictBothWays } from "../../src/wire.ts"
import { encode } from "../../src/wire/codec/encode-json.ts"
import { PostModelOutputsRequestWire } from "../../src/wire/messages/output-messages.ts"
import { fromProtoJson, meaning, meaningThroughGenerated, protoType } from "../wire/protocol.ts"

const wireOver = (connection: Connection) => makeCallRuntime(connection, [], () => {})
const inputs = (...texts: ReadonlyArray<string>): Stream.Stream<InputWire> =>
  Stream.fromIterable(texts.map((raw, i) => ({ id: `i${i}`, data: { text: { raw } } })))

/** A transport that can do it: answers each message as it comes, unless its text says otherwise. */
const speaking = (seen: Array<PostModelOutputsRequestWire>, calls: Array<DuplexCall> = []): Connection => ({
  ...fakeConnection(() => Response.error()),
  duplex: (call) => {
    calls.push(call)
    return Stream.map(call.requests, (request) => {
      seen.push(request)
      const [input] = request.inputs
      const raw = input?.data?.text?.raw ?? ""
      if (raw === "busy") return { status: { code: 21354, description: "busy" }, outputs: [] }
      if (raw === "junk") return { outputs: [] }
      return {
        status: { code: 10000 },
        outputs: [{ status: { code: 10000 }, input, data: { text: { raw: raw.toUpperCase() } } }]
      }
    })
  }
})
const model = { id: "llm", userId: "u", appId: "a", versionId: "v" }

describe("streaming both ways", () => {
  it.effect("is refused by name where the connection lacks it, and no input is read", () =>
    Effect.gen(function* () {
      let read = 0
      const counted = Stream.tap(inputs("a"), () => Effect.sync(() => read++))
      for (const connection of [fakeConnection(() => ({})), clarifai({ apiKey: "k" })]) {
        const error = yield* Effect.flip(
          Stream.runDrain(predictBothWays(wireOver(connection), { model, kind: "text", inputs: counted }))
        )
        assert.instanceOf(error, NotSupported)
        assert.strictEqual(error.message.split(":")[0], connection.name)
        assert.isFalse(error.retryable)
      }
      assert.strictEqual(read, 0)
    })
  )
  it.effect("gives each output as it comes, and reads inputs only as they are wanted", () =>
    Effect.gen(function* () {
      const seen: Array<PostModelOutputsRequestWire> = []
      let made = 0
      const endless = Stream.map(Stream.rechunk(Stream.range(0, 1e9), 1), (i): InputWire => {
        made++
        return { id: `i${i}`, data: { text: { raw: `t${i}` } } }
      })
      const outputs = predictBothWays(wireOver(speaking(seen)), { model, kind: "text", inputs: endless })
      expectTypeOf(outputs).toExtend<Stream.Stream<unknown, CallError | InvalidOption | NotSupported>>()
      const first = yield* Stream.runCollect(Stream.take(outputs, 3))
      assert.deepStrictEqual(
        first.map(({ data, input }) => [input?.id, data?.text?.raw]),
        [
          ["i0", "T0"],
          ["i1", "T1"],
          ["i2", "T2"]
        ]
      )
      assert.isBelow(made, 10)
    })
  )
  it.effect("says all that was asked in each message, as the official definition has it", () =>
    Effect.gen(function* () {
      const seen: Array<PostModelOutputsRequestWire> = []
      const calls: Array<DuplexCall> = []
      const asked = {
        model,
        kind: "text" as const,
        options: { params: { temperature: 0 }, secrets: { api_key: "mine" }, runner: { deployment: { id: "d" } } },
        secrets: { mine: Redacted.make("third-party") },
        inputs: inputs("a", "b")
      }
      yield* Stream.runDrain(predictBothWays(wireOver(speaking(seen, calls)), asked))
      assert.deepStrictEqual([calls[0]?.path, calls[0]?.model], ["/v2/models/outputs/stream", "llm"])
      assert.deepStrictEqual(
        seen,
        ["a", "b"].map((raw, i) => ({
          user_app_id: { user_id: "u", app_id: "a" },
          model_id: "llm",
          version_id: "v",
          inputs: [{ id: `i${i}`, data: { text: { raw } } }],
          model: { model_version: { output_info: { params: { temperature: 0, api_key: "third-party" } } } },
          runner_selector: { deployment: { id: "d" } }
        }))
      )
      const type = protoType("PostModelOutputsRequest")
      for (const request of seen) {
        const json = encode(PostModelOutputsRequestWire, request)
        fromProtoJson(type, json)
        assert.deepStrictEqual(meaningThroughGenerated(type, json), meaning(type, json))
      }
    })
  )
  it.effect.each(["busy", "junk"] as const)("that goes wrong (%s) keeps what came before", (word) =>
    Effect.gen(function* () {
      const got: Array<string | undefined> = []
      const outputs = predictBothWays(wireOver(speaking([])), { model, kind: "text", inputs: inputs("a", word, "b") })
      const error = yield* Effect.flip(
        Stream.runForEach(outputs, ({ data }) => Effect.sync(() => got.push(data?.text?.raw)))
      )
      assert.deepStrictEqual([got, error._tag], [["A"], word === "busy" ? "ModelNotReady" : "MalformedAnswer"])
    })
  )
})
