import { assert, describe, it } from "@effect/vitest"
import { status } from "@grpc/grpc-js"
import { type CallEvent, sightline } from "@sightline/core"
import { memoryOver } from "./flat-memory.ts"
import { type Call, collect, echo, llm, outputOf, over, responseOf, serve, tell, text } from "./fake-service.ts"

/** Answers so many messages of the first call, and then does `cut`; later calls are answered in full. */
const cutAfter = (answers: number, cut: (call: Call) => void) => {
  let calls = 0
  return (call: Call) => {
    if (calls++ > 0) return echo(call)
    let count = 0
    call.on("data", (bytes: Uint8Array) => {
      if (count++ < answers) call.write(responseOf(outputOf(bytes)))
      else if (count === answers + 1) setTimeout(() => cut(call), 30)
    })
    call.on("end", () => {})
  }
}

describe("a live stream over gRPC", () => {
  it("gives the outcomes of its inputs in their order, over one call", async () => {
    let calls = 0
    using service = await serve((call) => {
      calls++
      echo(call)
    })
    assert.deepStrictEqual(await collect(service.address, ["a", "b", "c"]), [
      [0, "A"],
      [1, "B"],
      [2, "C"]
    ])
    assert.strictEqual(calls, 1)
  })
  it("gives an outcome before the next input is sent", async () => {
    using service = await serve(echo)
    await using connection = over(service.address)
    const events: Array<string> = []
    let answered = () => {}
    async function* inputs() {
      events.push("first")
      yield text("a")
      await new Promise<void>((resolve) => {
        answered = resolve
      })
      events.push("second")
      yield text("b")
    }
    for await (const { index } of sightline(connection).inputs(inputs()).predict(llm).stream({ live: "wait" })) {
      events.push(`outcome ${index}`)
      answered()
    }
    assert.deepStrictEqual(events, ["first", "outcome 0", "second", "outcome 1"])
  })
  it("keeps within its concurrency and flat memory; the long tests do so with ten thousand inputs", async () => {
    const { calls, early, late, most, read } = await memoryOver(300)
    assert.deepStrictEqual([read, calls], [300, 1])
    assert.isAtMost(most, 8)
    assert.isBelow(late - early, 8e6)
  })
  it("keeps the keys of inputs, also those that are equal", async () => {
    const ids: Array<string> = []
    using service = await serve((call) => {
      call.on("data", (bytes: Uint8Array) => {
        const output = outputOf(bytes)
        ids.push(output.input?.id ?? "")
        setTimeout(() => call.write(responseOf(output)), 20)
      })
      call.on("end", () => call.end())
    })
    await using connection = over(service.address)
    const inputs = [text("a").with({ key: "same" }), text("b").with({ key: "same" }), text("c")]
    const outcomes = await Array.fromAsync(sightline(connection).inputs(inputs).predict(llm).stream({ live: "wait" }))
    assert.deepStrictEqual(
      outcomes.map((outcome) => [outcome.key, ...tell(outcome)]),
      [
        ["same", 0, "A"],
        ["same", 1, "B"],
        [undefined, 2, "C"]
      ]
    )
    assert.strictEqual(new Set(ids).size, 3)
    assert.include(ids, "same")
  })
  it("matches answers by the ids of their inputs, as they come or in order", async () => {
    const backwards = (call: Call) => {
      const held: Array<Uint8Array> = []
      call.on("data", (bytes: Uint8Array) => {
        if (held.push(bytes) < 3) return
        for (const one of held.toReversed()) call.write(responseOf(outputOf(one)))
      })
      call.on("end", () => call.end())
    }
    using service = await serve(backwards)
    const inOrder = await collect(service.address, ["a", "b", "c"])
    assert.deepStrictEqual(
      inOrder.map(([index]) => index),
      [0, 1, 2]
    )
    const asTheyCome = await collect(service.address, ["a", "b", "c"], { ordered: false })
    assert.deepStrictEqual(
      asTheyCome.toSorted(([a], [b]) => a - b),
      inOrder
    )
  })
  it("never takes an answer with another input's id, and takes those without an id in order", async () => {
    const answering = (idOf: (raw: string, id: string) => string) => (call: Call) => {
      let count = 0
      call.on("data", (bytes: Uint8Array) => {
        const output = outputOf(bytes)
        call.write(responseOf({ ...output, input: { id: idOf(output.data?.text?.raw ?? "", output.input?.id ?? "") } }))
        if (++count === 3) setTimeout(() => call.end(), 30)
      })
    }
    using foreign = await serve(answering((raw, id) => (raw === "B" ? "x" : id)))
    assert.deepStrictEqual(await collect(foreign.address, ["a", "b", "c"]), [
      [0, "A"],
      [1, "MalformedAnswer"],
      [2, "C"]
    ])
    using silent = await serve(answering(() => ""))
    assert.deepStrictEqual(await collect(silent.address, ["a", "b", "c"]), [
      [0, "A"],
      [1, "B"],
      [2, "C"]
    ])
  })
  it("fails one input for its own status alone", async () => {
    using service = await serve((call) => {
      call.on("data", (bytes: Uint8Array) => {
        const output = outputOf(bytes)
        const bad = output.data?.text?.raw === "B"
        call.write(responseOf(bad ? { ...output, status: { code: 30002, description: "bad input" } } : output))
      })
      call.on("end", () => call.end())
    })
    const seen = await collect(service.address, ["a", "b", "c"])
    assert.deepStrictEqual(seen[0], [0, "A"])
    assert.strictEqual(seen[1]?.[1], "InputRejected")
    assert.deepStrictEqual(seen[2], [2, "C"])
  })
  it("cut at each message boundary gives every outcome so far, a typed rest, and goes on with a new call", async () => {
    const inputs = ["a", "b", "c", "d", "e"]
    for (const answers of [0, 1, 2, 3])
      for (const [how, cut] of [
        ["status", (call: Call) => void call.emit("error", { code: status.UNAVAILABLE, details: "going away" })],
        ["end", (call: Call) => void call.end()],
        ["destroy", (call: Call) => void call.emit("error", { code: status.INTERNAL, details: "it broke" })]
      ] as const) {
        using service = await serve(cutAfter(answers, cut))
        let [sent, wake] = [0, () => {}]
        async function* three() {
          for (const raw of inputs) {
            // one more than is answered is on its way when the stream is cut; the rest comes afterwards
            if (sent++ === answers + 1)
              await new Promise<void>((resolve) => {
                wake = resolve
              })
            yield text(raw)
          }
        }
        await using connection = over(service.address)
        const seen: Array<readonly [number, string]> = []
        for await (const outcome of sightline(connection).inputs(three()).predict(llm).stream({ live: "wait" })) {
          seen.push(tell(outcome))
          if (!outcome.ok) wake()
        }
        const typed = { status: answers === 0 ? "ServiceUnavailable" : "Unreachable", end: "MalformedAnswer" }
        const failure = how === "destroy" ? "ServiceFailed" : typed[how]
        assert.deepStrictEqual(
          seen,
          inputs.map((raw, at) => [at, at === answers ? failure : raw.toUpperCase()] as const),
          `${how} after ${answers}`
        )
      }
  })
  it("does not repeat inputs that a broken stream leaves open, though it repeats those that were refused", async () => {
    let calls = 0
    const seen: Array<string> = []
    using service = await serve((call) => {
      const first = calls++ === 0
      call.on("data", (bytes: Uint8Array) => {
        seen.push(outputOf(bytes).data?.text?.raw ?? "")
        if (!first) call.write(responseOf(outputOf(bytes)))
        else if (seen.length === 1) call.write(responseOf(outputOf(bytes)))
        else call.emit("error", { code: status.UNAVAILABLE, details: "going away" })
      })
      call.on("end", () => call.end())
    })
    await using connection = over(service.address, { limits: { maxAttempts: 3 } })
    const events: Array<CallEvent> = []
    const app = sightline(connection, { onEvent: (event) => events.push(event) })
    const chain = app.inputs([text("a"), text("b"), text("c")]).predict(llm)
    const outcomes = await Array.fromAsync(chain.stream({ live: "wait", concurrency: 1 }))
    assert.deepStrictEqual(outcomes.map(tell), [
      [0, "A"],
      [1, "Unreachable"],
      [2, "C"]
    ])
    assert.deepStrictEqual(seen, ["A", "B", "C"])
    assert.notInclude(
      events.map(({ type }) => type),
      "retry"
    )
  })
  it("that is silent ends in time for each input, and is not used again", async () => {
    let calls = 0
    using service = await serve((call) => void (calls++ === 0 ? call.on("data", () => {}) : echo(call)))
    await using connection = over(service.address, { limits: { attemptTimeoutMs: 300, maxAttempts: 1 } })
    const chain = sightline(connection)
      .inputs([text("a"), text("b")])
      .predict(llm)
    const outcomes = await Array.fromAsync(chain.stream({ live: "wait", concurrency: 1 }))
    assert.deepStrictEqual(outcomes.map(tell), [
      [0, "TimedOut"],
      [1, "B"]
    ])
  })
  it("that sends garbage fails the inputs on their way, typed", async () => {
    using service = await serve((call) => void call.once("data", () => call.write(Uint8Array.of(7, 7, 7))))
    assert.deepStrictEqual(await collect(service.address, ["a"]), [[0, "MalformedAnswer"]])
  })
  it("closes its call when the loop is left, or the signal aborts; half-closes it at its end", async () => {
    for (const way of ["leave", "abort", "end"] as const) {
      const closed = Promise.withResolvers<string>()
      using service = await serve((call) => {
        echo(call)
        call.on("cancelled", () => closed.resolve("cancelled"))
        call.on("end", () => closed.resolve("half-closed"))
      })
      await using connection = over(service.address)
      const controller = new AbortController()
      const most = way === "end" ? 3 : Infinity
      const inputs = (async function* () {
        for (let i = 0; i < most; i++) yield text(`t${i}`)
      })()
      const { signal } = controller
      try {
        for await (const _ of sightline(connection).inputs(inputs).predict(llm).stream({ live: "wait", signal })) {
          if (way === "leave") break
          if (way === "abort") controller.abort(new Error("enough"))
        }
      } catch (thrown) {
        assert.strictEqual(way, "abort")
        assert.propertyVal(thrown, "message", "enough")
      }
      const ended = await closed.promise
      if (way === "end") assert.strictEqual(ended, "half-closed")
    }
  })
  it("takes a medium for each model of `all`, each over a call of its own", async () => {
    let calls = 0
    using service = await serve((call) => {
      calls++
      echo(call)
    })
    await using connection = over(service.address)
    const other = { ...llm, id: "other" }
    const chain = sightline(connection)
      .inputs([text("a"), text("b")])
      .all({ one: llm, two: other })
    const outcomes = await Array.fromAsync(chain.stream({ live: "wait" }))
    assert.deepStrictEqual(
      outcomes.map((outcome) => outcome.ok && [outcome.value.one.text, outcome.value.two.text]),
      [
        ["A", "A"],
        ["B", "B"]
      ]
    )
    assert.strictEqual(calls, 2)
  })
})
