import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import type { CallInfo } from "../../src/call/call-info.ts"
import { Permit } from "../../src/call/call-permit.ts"
import { Deadline } from "../../src/call/deadline.ts"
import { generate, messageError } from "../../src/call/server-stream.ts"
import { BudgetSpent } from "../../src/errors/errors.ts"
import { noSecrets, Secrets } from "../../src/errors/secrets.ts"
import { prediction, runtimeOver, statusBody, withTime } from "./runtime.ts"
import { spansOf } from "./watched.ts"

const encoder = new TextEncoder()
const lineOf = (raw: string, more: object = {}, code = 10000) =>
  `${JSON.stringify({ result: { status: { code, req_id: "r" }, outputs: [{ status: { code }, data: { text: { raw } }, ...more }] } })}\n`
/** An answer of these chunks, which then ends, breaks or hangs. */
const answerOf = (chunks: ReadonlyArray<string>, end: "close" | "break" | "hang" = "close", onCancel = () => {}) => {
  let at = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const chunk = chunks[at++]
        if (chunk !== undefined) return controller.enqueue(encoder.encode(chunk))
        if (end === "close") return controller.close()
        if (end === "break") return controller.error(new TypeError("terminated"))
        return new Promise<void>(() => {})
      },
      cancel: onCancel
    },
    { highWaterMark: 0 }
  )
  return new Response(body)
}
const inOrder = (answers: ReadonlyArray<() => unknown>, options: Parameters<typeof runtimeOver>[1] = {}) => {
  let nth = 0
  return runtimeOver(() => answers[Math.min(nth++, answers.length - 1)]?.(), options)
}
/** The texts of an answer and how it ended. */
const read = (runtime: ReturnType<typeof runtimeOver>["runtime"], call = prediction) =>
  Effect.suspend(() => {
    const texts: Array<string> = []
    const all = Stream.runForEach(generate(runtime, call), ({ data }) =>
      Effect.sync(() => void texts.push(data?.text?.raw ?? "?"))
    )
    return Effect.map(Effect.result(all), (ended) => ({
      texts,
      error: ended._tag === "Failure" ? ended.failure : undefined
    }))
  })

describe("a streamed answer", () => {
  it.effect("comes piece by piece, with the events of one call", () =>
    Effect.gen(function* () {
      const { calls, events, runtime } = inOrder([() => answerOf([lineOf("a"), lineOf("b") + lineOf("c")])])
      assert.deepStrictEqual(yield* read(runtime), { texts: ["a", "b", "c"], error: undefined })
      assert.lengthOf(calls, 1)
      assert.deepStrictEqual(
        events.map((event) => [event.type, "call" in event && event.call.streamed, "code" in event && event.code]),
        [
          ["call", true, false],
          ["answer", true, 10000]
        ]
      )
    })
  )
  it.effect("is read no further than it is wanted, and then its socket closes", () =>
    Effect.gen(function* () {
      let cancelled = false
      let signal: AbortSignal | null | undefined
      const answer = answerOf([lineOf("a"), lineOf("b"), lineOf("c")], "hang", () => void (cancelled = true))
      const { runtime } = runtimeOver(() => ({}), {
        connection: {
          fetch: (_, init) => {
            signal = init?.signal
            return Promise.resolve(answer)
          }
        }
      })
      const first = yield* Stream.runCollect(Stream.take(generate(runtime, prediction), 1))
      assert.lengthOf(first, 1)
      assert.isTrue(signal?.aborted)
      assert.isFalse(cancelled) // the signal closes it
    })
  )
  it.effect("that breaks off keeps the pieces before it", () =>
    Effect.gen(function* () {
      const { events, runtime } = inOrder([() => answerOf([lineOf("a")], "break")])
      const { error, texts } = yield* read(runtime)
      assert.deepStrictEqual(texts, ["a"])
      assert(error?._tag === "MalformedAnswer")
      assert.match(error.problem, /^it broke off/)
      assert.deepStrictEqual(
        events.map(({ type }) => type),
        ["call", "answer", "failure"]
      )
    })
  )
  it.effect("that ends within a message keeps the pieces before it", () =>
    Effect.gen(function* () {
      const { runtime } = inOrder([() => answerOf([lineOf("a"), `{"result":`])])
      const { error, texts } = yield* read(runtime)
      assert.deepStrictEqual(texts, ["a"])
      assert.deepInclude(error, { _tag: "MalformedAnswer", problem: "the stream ends in the middle of a message" })
    })
  )
  it.effect("with an error in the same bytes as good pieces gives those first", () =>
    Effect.gen(function* () {
      const failure = `${JSON.stringify({ error: { code: 14, message: "restarting" } })}\n`
      const { runtime } = inOrder([() => answerOf([lineOf("a") + lineOf("b") + failure + lineOf("never")])])
      const { error, texts } = yield* read(runtime)
      assert.deepStrictEqual(texts, ["a", "b"])
      assert.deepInclude(error, { _tag: "ServiceUnavailable", details: "restarting" })
    })
  )
  it.effect("without a message is malformed; one with an empty message is an answer", () =>
    Effect.gen(function* () {
      for (const chunks of [["\n"], []]) {
        const { error } = yield* read(inOrder([() => answerOf(chunks)]).runtime)
        assert.deepInclude(error, { _tag: "MalformedAnswer", problem: "it ended before its first piece", model: "m" })
      }
      const empty = `${JSON.stringify({ result: { status: { code: 10000 }, outputs: [] } })}\n`
      assert.deepStrictEqual(yield* read(inOrder([() => answerOf([empty])]).runtime), { texts: [], error: undefined })
    })
  )
})

describe("a streamed answer that is refused", () => {
  it.effect("fails with the status of its body, or its HTTP status", () =>
    Effect.gen(function* () {
      const named = yield* read(inOrder([() => Response.json(statusBody(11001), { status: 401 })]).runtime)
      assert.deepInclude(named.error, { _tag: "Unauthorized", code: 11001, requestId: "r1" })
      const page = yield* read(inOrder([() => new Response("<title>Gone</title>", { status: 404 })]).runtime)
      assert.deepInclude(page.error, { _tag: "NotFound", model: "m" })
      const bodiless = yield* read(inOrder([() => new Response(null, { status: 200 })]).runtime)
      assert.strictEqual(bodiless.error?._tag, "MalformedAnswer")
    })
  )
  it.effect("before its first piece is repeated where that is safe, and not after it", () =>
    Effect.gen(function* () {
      const busy = () => Response.json(statusBody(40031), { status: 503 })
      const { calls, events, runtime } = inOrder([
        busy,
        () => answerOf([lineOf("", {}, 40031)]),
        () => answerOf([lineOf("a")])
      ])
      assert.deepStrictEqual(yield* withTime(read(runtime)), { texts: ["a"], error: undefined })
      assert.lengthOf(calls, 3)
      assert.deepStrictEqual(
        events.flatMap((event) => (event.type === "retry" ? [event.call.attempt] : [])),
        [1, 2]
      )
      const later = inOrder([() => answerOf([lineOf("a"), lineOf("", {}, 40031)])])
      const { error, texts } = yield* withTime(read(later.runtime))
      assert.deepStrictEqual([texts, error?._tag], [["a"], "ServiceUnavailable"])
      assert.lengthOf(later.calls, 1)
    })
  )
  it.effect("waits for a model that loads longer than for other failures", () =>
    Effect.gen(function* () {
      const loading = () => Response.json(statusBody(21355), { status: 503 })
      const answers = [...Array.from({ length: 9 }, () => loading), () => answerOf([lineOf("a")])]
      const { calls, runtime } = inOrder(answers)
      assert.deepStrictEqual(yield* withTime(read(runtime), 5000), { texts: ["a"], error: undefined })
      assert.lengthOf(calls, 10)
      const stuck = inOrder([loading])
      assert.strictEqual((yield* withTime(read(stuck.runtime), 10_000)).error?._tag, "ModelNotReady")
    })
  )
  it.effect("is not sent while the service asks for a longer pause", () =>
    Effect.gen(function* () {
      const limited = () => Response.json(statusBody(11005), { status: 429, headers: { "retry-after": "3600" } })
      const { calls, runtime } = inOrder([limited])
      assert.strictEqual((yield* read(runtime)).error?._tag, "RateLimited")
      const second = yield* read(runtime)
      assert.deepInclude(second.error, {
        _tag: "RateLimited",
        details: "the service asked for a pause that is not over"
      })
      assert.lengthOf(calls, 1)
    })
  )
})

describe("the waits of a streamed answer", () => {
  const errorAfter = (runtime: ReturnType<typeof runtimeOver>["runtime"], ms: number, call = prediction) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(read(runtime, call))
      for (let i = 0; i < 20; i++) yield* Effect.promise(() => new Promise((go) => void setImmediate(go)))
      yield* TestClock.adjust(ms)
      for (let i = 0; i < 5; i++) yield* Effect.promise(() => new Promise((go) => void setImmediate(go)))
      return fiber.pollUnsafe()
    })
  it.effect("are each as long as an attempt may take", () =>
    Effect.gen(function* () {
      const { runtime } = inOrder([() => answerOf([lineOf("a")], "hang")])
      const exit = yield* errorAfter(runtime, 60_000)
      assert(exit !== undefined && Exit.isSuccess(exit))
      assert.deepStrictEqual(exit.value.texts, ["a"])
      assert.deepInclude(exit.value.error, { _tag: "TimedOut", what: "attempt", timeoutMs: 60_000, model: "m" })
      assert.isUndefined(yield* errorAfter(inOrder([() => answerOf([lineOf("a")], "hang")]).runtime, 59_999))
    })
  )
  it.effect("end with the run, or with the whole answer's own time", () =>
    Effect.gen(function* () {
      const { runtime } = inOrder([() => answerOf([lineOf("a")], "hang")], { limits: { streamTimeoutMs: 30_000 } })
      const own = yield* errorAfter(runtime, 30_000)
      assert(own !== undefined && Exit.isSuccess(own))
      assert.deepInclude(own.value.error, { _tag: "TimedOut", what: "run", timeoutMs: 30_000 })
      const of = inOrder([() => answerOf([lineOf("a")], "hang")]).runtime
      const run = yield* Effect.provideService(errorAfter(of, 5000), Deadline, { atMs: 34_000, timeoutMs: 4000 })
      assert(run !== undefined && Exit.isSuccess(run))
      assert.deepInclude(run.value.error, { _tag: "TimedOut", what: "run", timeoutMs: 4000 })
    })
  )
  it.effect("end with the reader: interruption closes the socket", () =>
    Effect.gen(function* () {
      const signals: Array<AbortSignal | null | undefined> = []
      const { runtime } = runtimeOver(() => ({}), {
        connection: {
          fetch: (_, init) => {
            signals.push(init?.signal)
            return new Promise(() => {})
          }
        }
      })
      const fiber = yield* Effect.forkChild(read(runtime))
      while (signals.length === 0) yield* Effect.promise(() => new Promise((go) => void setImmediate(go)))
      yield* Fiber.interrupt(fiber)
      assert.isTrue(signals[0]?.aborted)
    })
  )
})

describe("hooks around a streamed answer", () => {
  it.effect("may answer with text, and see that it is streamed", () =>
    Effect.gen(function* () {
      const seen: Array<CallInfo> = []
      const { calls, runtime } = runtimeOver(() => ({}), {
        hooks: [
          (call) => {
            seen.push(call)
            return Effect.succeed({
              httpStatus: 200,
              text: lineOf("cached"),
              retryAfterMs: undefined,
              location: undefined
            })
          }
        ]
      })
      assert.deepStrictEqual(yield* read(runtime), { texts: ["cached"], error: undefined })
      assert.isTrue(seen[0]?.streamed)
      assert.lengthOf(calls, 0)
    })
  )
})

describe("the error of a message", () => {
  it("is none for a good one", () => {
    const result = { status: { code: 10000 }, outputs: [{ status: { code: 10000 } }, {}] }
    assert.isUndefined(messageError({ type: "result", result }, noSecrets, prediction))
  })
  it("is that of its status, or of its first failed output", () => {
    const of = (code: number, ...outputs: ReadonlyArray<number>) =>
      messageError(
        {
          type: "result",
          result: { status: { code, req_id: "r" }, outputs: outputs.map((own) => ({ status: { code: own } })) }
        },
        noSecrets,
        prediction
      )
    assert.deepInclude(of(11001), { _tag: "Unauthorized", model: "m", requestId: "r" })
    assert.deepInclude(of(10000, 10000, 30002, 11001), { _tag: "InputRejected", requestId: "r" })
  })
  it("is that of the gateway, or says where it is malformed", () => {
    assert.strictEqual(
      messageError({ type: "error", error: { code: 16 } }, noSecrets, prediction)?._tag,
      "Unauthorized"
    )
    const at = (path: string) =>
      messageError({ type: "malformed", problem: { path, problem: "expected text" } }, noSecrets, prediction)
    assert.deepInclude(at(""), { _tag: "MalformedAnswer", problem: "expected text", model: "m" })
    assert.deepInclude(at("result.status"), { problem: "result.status: expected text" })
  })
  it("has no secret", () => {
    const error = messageError(
      { type: "error", error: { message: "third-party-key" } },
      new Secrets(["third-party-key"]),
      prediction
    )
    assert.deepInclude(error, { details: "<redacted>" })
  })
})

describe("what is known of a streamed answer besides its pieces", () => {
  it.effect("is its model and the last of its token counts, in the span of its call", () =>
    Effect.gen(function* () {
      const counted = (raw: string, completion_tokens: number) =>
        lineOf(raw, { model: { id: "answering" }, prompt_tokens: 7, completion_tokens })
      const { runtime } = inOrder([() => answerOf([counted("a", 1), counted("b", 2), lineOf("c")])])
      const [span] = yield* spansOf(read(runtime))
      assert.deepInclude(Object.fromEntries(span?.attributes ?? []), {
        "gen_ai.response.model": "answering",
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.usage.output_tokens": 2
      })
    })
  )
  it.effect("is how long it waited for its turn and for its first piece", () =>
    Effect.gen(function* () {
      const { events, runtime } = inOrder([() => answerOf([lineOf("a")])], { perSecond: 1 })
      yield* TestClock.adjust(50_000)
      yield* read(runtime)
      yield* withTime(read(runtime))
      assert.deepStrictEqual(
        events.map((event) => ("rateWaitMs" in event ? event.rateWaitMs : "ms" in event && event.ms)),
        [0, 0, 1000, 0]
      )
    })
  )
  it.effect("is the error of a connection that was not made", () =>
    Effect.gen(function* () {
      const fetch = () => Promise.reject(new TypeError("fetch failed"))
      const { runtime } = runtimeOver(() => ({}), { connection: { fetch }, limits: { maxAttempts: 1 } })
      const { error, texts } = yield* read(runtime)
      assert.deepStrictEqual(texts, [])
      assert.strictEqual(error?._tag, "Unreachable")
    })
  )
  it.effect("is why its permit was refused, and then nothing is sent", () =>
    Effect.gen(function* () {
      const { calls, runtime } = inOrder([() => answerOf([lineOf("a")])])
      const refused = new BudgetSpent({ limit: "calls", budget: 0 })
      const permit = { name: "p", ask: () => Effect.fail(refused) }
      const { error } = yield* Effect.provideService(read(runtime), Permit, permit)
      assert.strictEqual<unknown>(error, refused)
      assert.lengthOf(calls, 0)
    })
  )
})
