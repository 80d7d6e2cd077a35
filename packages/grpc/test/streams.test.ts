import { assert, describe, it } from "@effect/vitest"
import { Server, ServerCredentials, type ServerDuplexStream, status } from "@grpc/grpc-js"
import { clarifai, model } from "@sightline/core"
import { decodeBinary, encodeBinary } from "@sightline/core/protobuf"
import { MultiOutputResponseWire, type OutputWire, PostModelOutputsRequestWire } from "@sightline/core/wire"
import { grpc, streamPredictions, type StreamPredictionsOptions } from "../src/index.ts"

type Call = ServerDuplexStream<Uint8Array, Uint8Array>
const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes)

/** A service whose answer to each request message is `answer`; undefined answers nothing. */
const serve = async (behave: (call: Call) => void) => {
  const server = new Server({ "grpc.max_receive_message_length": -1 })
  server.register("/clarifai.api.V2/StreamModelOutputs", behave, asBuffer, (bytes: Buffer) => bytes, "bidi")
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error)
    )
  })
  return { address: `127.0.0.1:${port}`, [Symbol.dispose]: () => server.forceShutdown() }
}

const inputOf = (bytes: Uint8Array) => {
  const decoded = decodeBinary(PostModelOutputsRequestWire, bytes)
  assert.isTrue(decoded.ok)
  return decoded.ok ? decoded.value.inputs[0] : undefined
}
const outputOf = (bytes: Uint8Array): OutputWire => {
  const input = inputOf(bytes)
  return {
    status: { code: 10000 },
    input: { id: input?.id ?? "" },
    data: { text: { raw: (input?.data?.text?.raw ?? "").toUpperCase() } }
  }
}
const responseOf = (...outputs: ReadonlyArray<OutputWire>) =>
  encodeBinary(MultiOutputResponseWire, { status: { code: 10000 }, outputs })

const echo = (call: Call) => {
  call.on("data", (bytes: Uint8Array) => call.write(responseOf(outputOf(bytes))))
  call.on("end", () => call.end())
}

const llm = model({ id: "llm", task: "text-to-text" })
const collect = async (
  address: string,
  inputs: Iterable<string> | AsyncIterable<string>,
  options?: StreamPredictionsOptions
) => {
  await using connection = grpc({ address, userId: "u", appId: "a" })
  const seen: Array<readonly [number, string]> = []
  let thrown: unknown
  async function* texts() {
    for await (const raw of inputs) yield Buffer.from(raw)
  }
  try {
    for await (const outcome of streamPredictions(connection, llm, texts(), options))
      seen.push([outcome.index, outcome.ok ? outcome.value.text : outcome.error._tag])
  } catch (error) {
    thrown = error
  }
  return { seen, thrown }
}
const tagOf = (thrown: unknown): string => (thrown as { readonly _tag: string })._tag

describe("predictions over a stream in both directions", () => {
  it("are the outcomes of the inputs, in their order", async () => {
    using service = await serve(echo)
    const { seen, thrown } = await collect(service.address, ["a", "b", "c"])
    assert.isUndefined(thrown)
    assert.deepStrictEqual(seen, [
      [0, "A"],
      [1, "B"],
      [2, "C"]
    ])
  })
  it("come before the next input is sent", async () => {
    using service = await serve(echo)
    await using connection = grpc({ address: service.address, userId: "u", appId: "a" })
    const events: Array<string> = []
    let answered = () => {}
    async function* inputs() {
      events.push("first")
      yield Buffer.from("a")
      await new Promise<void>((resolve) => {
        answered = resolve
      })
      events.push("second")
      yield Buffer.from("b")
    }
    for await (const { index } of streamPredictions(connection, llm, inputs())) {
      events.push(`outcome ${index}`)
      answered()
    }
    assert.deepStrictEqual(events, ["first", "outcome 0", "second", "outcome 1"])
  })
  it("of ten thousand inputs stay within the concurrency and flat memory", async () => {
    let open = 0
    let most = 0
    using service = await serve((call) => {
      call.on("data", (bytes: Uint8Array) => {
        most = Math.max(most, ++open)
        setImmediate(() => {
          open--
          call.write(responseOf(outputOf(bytes)))
        })
      })
      call.on("end", () => setTimeout(() => call.end(), 50))
    })
    function* many() {
      for (let i = 0; i < 10_000; i++) yield `t${i}`
    }
    const before = process.memoryUsage().heapUsed
    const { seen, thrown } = await collect(service.address, many(), { concurrency: 8 })
    assert.isUndefined(thrown)
    assert.strictEqual(seen.length, 10_000)
    assert.isAtMost(most, 8)
    assert.isTrue(seen.every(([index, text], at) => index === at && text === `T${at}`))
    assert.isBelow(process.memoryUsage().heapUsed - before, 100e6)
  }, 120_000)
  it("are matched by the ids of their inputs, as they come or in order", async () => {
    const backwards = (call: Call) => {
      const held: Array<Uint8Array> = []
      call.on("data", (bytes: Uint8Array) => held.push(bytes))
      call.on("end", () => {
        for (const bytes of held.toReversed()) call.write(responseOf(outputOf(bytes)))
        call.end()
      })
    }
    using service = await serve(backwards)
    const inOrder = await collect(service.address, ["a", "b", "c"])
    assert.deepStrictEqual(
      inOrder.seen.map(([index]) => index),
      [0, 1, 2]
    )
    const asTheyCome = await collect(service.address, ["a", "b", "c"], { ordered: false })
    assert.deepStrictEqual(asTheyCome.seen, [
      [2, "C"],
      [1, "B"],
      [0, "A"]
    ])
  })
  it("never take an output with another input's id, and those without an id in order", async () => {
    const answering = (idOf: (raw: string) => string) => (call: Call) => {
      call.on("data", (bytes: Uint8Array) => {
        const output = outputOf(bytes)
        call.write(
          responseOf({ ...output, input: { id: idOf(output.data?.text?.raw ?? "") || (output.input?.id ?? "") } })
        )
      })
      call.on("end", () => call.end())
    }
    using foreign = await serve(answering((raw) => (raw === "B" ? "x" : "")))
    assert.deepStrictEqual((await collect(foreign.address, ["a", "b", "c"], { ordered: false })).seen, [
      [0, "A"],
      [2, "C"],
      [1, "MalformedAnswer"]
    ])
    using silent = await serve((call) => {
      call.on("data", (bytes: Uint8Array) => call.write(responseOf({ ...outputOf(bytes), input: { id: "" } })))
      call.on("end", () => call.end())
    })
    assert.deepStrictEqual((await collect(silent.address, ["a", "b"])).seen, [
      [0, "A"],
      [1, "B"]
    ])
  })
  it("that are cut give every outcome so far, and then a typed error", async () => {
    for (const answers of [0, 1, 2, 3]) {
      let count = 0
      using service = await serve((call) => {
        call.on("data", (bytes: Uint8Array) => {
          if (count++ < answers) call.write(responseOf(outputOf(bytes)))
          if (count > answers || count === 4)
            setTimeout(() => call.emit("error", { code: status.UNAVAILABLE, details: "going away" }), 30)
        })
      })
      const { seen, thrown } = await collect(service.address, ["a", "b", "c", "d"])
      assert.deepStrictEqual(
        seen.map(([, text]) => text),
        ["A", "B", "C", "D"].slice(0, answers)
      )
      assert.strictEqual(tagOf(thrown), "ServiceUnavailable", String(thrown))
    }
  })
  it("that end early leave the rest as failed outcomes", async () => {
    using service = await serve((call) => {
      call.once("data", (bytes: Uint8Array) => {
        call.write(responseOf(outputOf(bytes)))
        call.end()
      })
    })
    const { seen, thrown } = await collect(service.address, ["a", "b"])
    assert.isUndefined(thrown)
    assert.deepStrictEqual(seen[0], [0, "A"])
    assert.deepStrictEqual(seen.slice(1), seen.length === 1 ? [] : [[1, "MalformedAnswer"]])
  })
  it("that are silent end in time, however long the source is quiet", async () => {
    using service = await serve(() => {})
    await using connection = grpc({
      address: service.address,
      userId: "u",
      appId: "a",
      limits: { attemptTimeoutMs: 200 }
    })
    let thrown: unknown
    try {
      for await (const _ of streamPredictions(connection, llm, [Buffer.from("a")])) assert.fail("an outcome of silence")
    } catch (error) {
      thrown = error
    }
    assert.strictEqual(tagOf(thrown), "TimedOut")
  })
  it("that send garbage end with a typed error", async () => {
    using service = await serve((call) => call.once("data", () => call.write(Uint8Array.of(7, 7, 7))))
    const { thrown } = await collect(service.address, ["a"])
    assert.strictEqual(tagOf(thrown), "MalformedAnswer")
  })
  it("close the call when the loop is left, or the signal aborts", async () => {
    for (const way of ["leave", "abort"] as const) {
      let cancelled = () => {}
      const closed = new Promise<void>((resolve) => {
        cancelled = resolve
      })
      using service = await serve((call) => {
        echo(call)
        call.on("cancelled", cancelled)
      })
      await using connection = grpc({ address: service.address, userId: "u", appId: "a" })
      const controller = new AbortController()
      const endless = (async function* () {
        for (let i = 0; ; i++) yield Buffer.from(`t${i}`)
      })()
      try {
        for await (const _ of streamPredictions(connection, llm, endless, { signal: controller.signal })) {
          if (way === "leave") break
          controller.abort(new Error("enough"))
        }
      } catch (thrown) {
        assert.strictEqual(way, "abort")
        assert.strictEqual((thrown as Error).message, "enough")
      }
      await closed
    }
  })
  it("are refused before an input is read where the connection has no such streams", async () => {
    let read = 0
    const inputs = (function* () {
      read++
      yield Buffer.from("a")
    })()
    let thrown: unknown
    try {
      for await (const _ of streamPredictions(clarifai({ apiKey: "k" }), llm, inputs)) assert.fail("an outcome")
    } catch (error) {
      thrown = error
    }
    assert.strictEqual(tagOf(thrown), "NotSupported")
    assert.strictEqual(read, 0)
  })
})
