import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { createServer } from "node:http"
import { expectTypeOf } from "vitest"
import { clarifai, type Generation, model, type PredictError, sightline } from "../../src/index.ts"
import type { TextAnswer } from "../../src/results/answer.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"
import { cutsOf } from "./cuts.ts"

const llm = model({ id: "llm", task: "text-to-text" })
const pieces = ["The", " future", "", " of", " Zürich", " 🚂🚃", " 日本"]
const whole = pieces.join("")
const encoder = new TextEncoder()
const lineOf = (raw: string, code = 10000, more = {}) =>
  `${JSON.stringify({ result: { status: { code, req_id: "r" }, outputs: code === 10000 ? [{ status: { code }, data: { text: { raw } }, ...more }] : [] } })}\n`
const body = encoder.encode(pieces.map((piece) => lineOf(piece)).join(""))

const streamOf = (
  chunks: ReadonlyArray<Uint8Array>,
  end: "close" | "break" | "hang" = "close",
  onCancel = () => {}
) => {
  let at = 0
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const chunk = chunks[at++]
      if (chunk !== undefined) controller.enqueue(chunk)
      else if (end === "close") controller.close()
      else if (end === "break") controller.error(new TypeError("terminated"))
      else return new Promise(() => {})
      return undefined
    },
    cancel: onCancel
  })
}
const answerOf = (...args: Parameters<typeof streamOf>) =>
  new Response(streamOf(...args), { headers: { "content-type": "application/json" } })
const appOf = (...answers: ReadonlyArray<() => Response>) => {
  let call = 0
  const connection = fakeConnection(() => answers[Math.min(call++, answers.length - 1)]?.() ?? Response.error())
  return { app: sightline(connection), connection }
}
/** The text so far, and how it ended. */
const read = async (generation: AsyncIterable<{ readonly text: string }>) => {
  let text = ""
  try {
    for await (const piece of generation) text += piece.text
    return { text, error: undefined }
  } catch (error) {
    return { text, error: error as PredictError }
  }
}

describe("a streamed answer", () => {
  it("comes piece by piece, exact, however it is cut", async () => {
    for (const at of cutsOf(body)) {
      const { app } = appOf(() => answerOf([body.slice(0, at), body.slice(at)]))
      assert.deepStrictEqual(await read(app.text("q").generate(llm)), { text: whole, error: undefined })
    }
  })
  it("that breaks anywhere gives the exact text so far and a typed error", async () => {
    let ends = 0
    const lineEnds = pieces.map((piece) => (ends += encoder.encode(lineOf(piece)).length))
    for (const at of cutsOf(body)) {
      const { app } = appOf(() => answerOf([body.slice(0, at)], "break"))
      const { error, text } = await read(app.text("q").generate(llm))
      assert.strictEqual(text, pieces.slice(0, lineEnds.filter((end) => end <= at).length).join(""))
      assert.strictEqual(error?._tag, "MalformedAnswer")
    }
  })
  it("that ends within a line gives the exact text so far and a typed error", async () => {
    const { app } = appOf(() => answerOf([body.slice(0, body.length - 7)]))
    const { error, text } = await read(app.text("q").generate(llm))
    assert.strictEqual(text, pieces.slice(0, -1).join(""))
    assert.strictEqual(error?._tag, "MalformedAnswer")
  })
  it("asks what the chain asked, at the model's streaming address", async () => {
    const { app, connection } = appOf(() => answerOf([body]))
    const generation = app.text("why?").params({ temperature: 0.1 }).version("v1").generate(llm)
    assert.strictEqual(connection.calls.length, 0, "nothing is sent before it is read")
    assert.strictEqual(await generation.text(), whole)
    assert.strictEqual(await generation.text(), whole)
    assert.strictEqual(connection.calls.length, 2, "each reading asks anew")
    assert.strictEqual(connection.calls[0]?.path, "/v2/models/llm/versions/v1/outputs/generate")
    assert.deepStrictEqual(connection.calls[0]?.body, {
      inputs: [{ data: { text: { raw: "why?" } } }],
      model: { model_version: { output_info: { params: { temperature: 0.1 } } } }
    })
  })
  it("has the type of the model's answer, and tells tokens where they come", async () => {
    const last = encoder.encode(lineOf(".", 10000, { prompt_tokens: 9, completion_tokens: 3 }))
    const { app } = appOf(() => answerOf([body, last]))
    const generation = app.text("q").generate(llm)
    expectTypeOf(generation).toEqualTypeOf<Generation<TextAnswer, PredictError, never>>()
    const usages = []
    for await (const { usage } of generation) usages.push(usage?.completionTokens)
    assert.deepStrictEqual(usages.at(-1), 3)
    // @ts-expect-error several inputs cannot be told apart in one stream
    app.inputs(["a.txt"]).generate(llm)
    // @ts-expect-error this model does not take texts
    app.text("q").generate(model({ id: "m", task: "image-to-text" }))
  })
  it("is an Effect Stream too", async () => {
    const { app } = appOf(() => answerOf([body]))
    const texts = await Effect.runPromise(
      Stream.runCollect(Stream.map(app.text("q").generate(llm).toStream(), (p) => p.text))
    )
    assert.deepStrictEqual(texts, pieces)
  })
  it("waits for a model that is not ready, and tells of it", async () => {
    const loading = () => answerOf([encoder.encode(lineOf("", 21355))])
    const connection = fakeConnection(() => (connection.calls.length < 3 ? loading() : answerOf([body])))
    const events: Array<string> = []
    const app = sightline(connection, { onEvent: ({ type }) => events.push(type) })
    assert.strictEqual(await app.text("q").generate(llm).text(), whole)
    assert.deepStrictEqual(events, ["call", "failure", "retry", "call", "failure", "retry", "call", "answer"])
  })
  it("is not repeated once a piece has come", async () => {
    const busy = encoder.encode(lineOf("a") + lineOf("", 21354))
    const { app, connection } = appOf(() => answerOf([busy]))
    const { error, text } = await read(app.text("q").generate(llm))
    assert.deepStrictEqual([text, error?._tag, connection.calls.length], ["a", "ModelNotReady", 1])
  })
  it.each([
    [{ code: 13, message: "boom" }, "ServiceFailed"],
    [{ code: 14, message: "away" }, "ServiceUnavailable"],
    [{ grpc_code: 16, message: "who" }, "Unauthorized"]
  ])("with a late error line %j keeps what came before", async (error, tag) => {
    const { app } = appOf(() =>
      answerOf([encoder.encode(`${lineOf("a")}${lineOf("b")}${JSON.stringify({ error })}\n`)])
    )
    const ended = await read(app.text("q").generate(llm))
    assert.deepStrictEqual([ended.text, ended.error?._tag], ["ab", tag])
  })
  it("whose item failed fails as that item", async () => {
    const item = JSON.stringify({
      result: { status: { code: 10000 }, outputs: [{ status: { code: 30104, details: "no text" } }] }
    })
    const { app } = appOf(() => answerOf([encoder.encode(`${item}\n`)]))
    const { error } = await read(app.text("q").generate(llm))
    assert.deepStrictEqual([error?._tag, error?._tag === "InputRejected" && error.code], ["InputRejected", 30104])
  })
  it.each([
    [401, { status: { code: 11009, description: "API key not found" } }, "Unauthorized"],
    [404, { status: { code: 21200 } }, "NotFound"],
    [503, "<html>", "ServiceUnavailable"],
    [400, "nonsense", "MalformedAnswer"]
  ])("refused with HTTP %i is a typed error", async (status, json, tag) => {
    const { app } = appOf(() => new Response(typeof json === "string" ? json : JSON.stringify(json), { status }))
    const { error, text } = await read(app.text("q").generate(llm))
    assert.deepStrictEqual([text, error?._tag], ["", tag])
  })
  it("is closed when the loop is left, and when a signal aborts", async () => {
    let cancelled = 0
    const hanging = () => answerOf([encoder.encode(lineOf("a"))], "hang", () => cancelled++)
    const seen: Array<AbortSignal> = []
    const connection = fakeConnection(hanging)
    const app = sightline({
      ...connection,
      fetch: (input, init) => {
        const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
        if (signal) seen.push(signal)
        return connection.fetch(input, init)
      }
    })
    for await (const { text } of app.text("q").generate(llm)) {
      assert.strictEqual(text, "a")
      break
    }
    assert.isTrue(seen[0]?.aborted, "the socket is closed")
    const stop = new AbortController()
    const reading = (async () => {
      for await (const { text } of app.text("q").generate(llm).each({ signal: stop.signal })) {
        assert.strictEqual(text, "a")
        stop.abort(new Error("enough"))
      }
    })()
    const error = await reading.then(
      () => undefined,
      (thrown: unknown) => thrown
    )
    assert.strictEqual(error instanceof Error && error.message, "enough")
    assert.isTrue(seen[1]?.aborted)
  })
  it("is closed where it is asked for again, before that", async () => {
    const connection = fakeConnection(() =>
      seen.length === 1
        ? answerOf([encoder.encode(lineOf("", 11005))], "hang") // throttled
        : answerOf([encoder.encode(lineOf("a"))])
    )
    const seen: Array<AbortSignal | null | undefined> = []
    const closed: Array<boolean | undefined> = []
    const app = sightline({
      ...connection,
      fetch: (input, init) => {
        closed.push(...seen.map((signal) => signal?.aborted))
        seen.push(init?.signal)
        return connection.fetch(input, init)
      }
    })
    assert.strictEqual(await app.text("q").generate(llm).text(), "a")
    assert.deepStrictEqual(closed, [true])
  })
  it("that falls silent ends with a typed error", async () => {
    const connection = fakeConnection(() => answerOf([encoder.encode(lineOf("a"))], "hang"), {
      limits: { attemptTimeoutMs: 50 }
    })
    const { error, text } = await read(sightline(connection).text("q").generate(llm))
    assert.deepStrictEqual([text, error?._tag], ["a", "TimedOut"])
  })
  it("comes over a real socket as it is written, and breaks as it breaks", async () => {
    let cut = false
    const server = createServer((request, response) => {
      request.resume().on("end", () => {
        response.writeHead(200, { "content-type": "application/json" })
        let at = 0
        const write = () => {
          if (cut && at > 200) return response.destroy()
          if (at >= body.length) return response.end()
          response.write(body.subarray(at, (at += 13)))
          return setImmediate(write)
        }
        write()
      })
    })
    await new Promise<void>((done) => {
      server.listen(0, "127.0.0.1", done)
    })
    const address = server.address()
    const baseUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`
    const app = sightline(clarifai({ apiKey: "k", baseUrl, rate: { perSecond: Infinity } }))
    try {
      assert.strictEqual(await app.text("q").generate(llm).text(), whole)
      cut = true
      const { error, text } = await read(app.text("q").generate(llm))
      assert.isTrue(whole.startsWith(text) && text.length < whole.length)
      assert.strictEqual(error?._tag, "MalformedAnswer")
      assert.match(error?.message ?? "", /broke off .*what came before stands/)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
