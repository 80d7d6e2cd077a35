import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expectTypeOf } from "vitest"
import { definePlugin, stageSame } from "../../src/plugin.ts"
import { NotSupported } from "../../src/effect.ts"
import {
  type CallEvent,
  clarifai,
  type InvalidOption,
  type LivePolicy,
  Media,
  model,
  sightline,
  type StreamOptions,
  type TimedOut
} from "../../src/index.ts"
import { type FakeCall, fakeConnection } from "../../src/testing.ts"

const status = { code: 10000 }
const llm = model({ id: "llm", userId: "u", appId: "a", task: "text-to-text" })
const textOf = ({ body }: FakeCall) =>
  (
    body as { readonly inputs: ReadonlyArray<{ readonly data: { readonly text: { readonly raw: string } } }> }
  ).inputs.map(({ data }) => data.text.raw)
const answered = (call: FakeCall) => ({
  status,
  outputs: textOf(call).map((raw) => ({ status, data: { text: { raw: raw.toUpperCase() } } }))
})
const text = (raw: string) => new Media("text", { from: "text", text: raw })
const tick = () => new Promise<void>((resolve) => setImmediate(resolve))
const ticks = async (count: number) => {
  for (let i = 0; i < count; i++) await tick()
}

/** A source that gives texts when it is told to, whoever reads. */
const camera = () => {
  const pending: Array<Media<"text">> = []
  let given = 0
  let ended = false
  let wake = () => {}
  async function* frames() {
    for (;;) {
      const next = pending.shift()
      if (next !== undefined) yield next
      else if (ended) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }
  return {
    frames: frames(),
    give: async (count: number) => {
      for (let i = 0; i < count; i++) pending.push(text(`t${given++}`))
      wake()
      await ticks(20 * count + 20)
    },
    end: () => {
      ended = true
      wake()
    }
  }
}

/** A service that answers when it is told to. */
const slowly = () => {
  const open: Array<() => void> = []
  const seen: Array<string> = []
  return {
    seen,
    answer: async (call: FakeCall) => {
      seen.push(...textOf(call))
      await new Promise<void>((resolve) => open.push(resolve))
      return answered(call)
    },
    release: async () => {
      for (const go of open.splice(0)) go()
      await ticks(30)
    }
  }
}

/** Six inputs, of which five come while the first is on its way; one at a time. */
const sixOf = async (live: LivePolicy) => {
  const service = slowly()
  const source = camera()
  const events: Array<CallEvent> = []
  const app = sightline(fakeConnection(service.answer), { onEvent: (event) => events.push(event) })
  const seen: Array<number> = []
  const read = async () => {
    for await (const outcome of app.inputs(source.frames).predict(llm).stream({ live, concurrency: 1 })) {
      assert.isTrue(outcome.ok && outcome.value.text === `T${outcome.index}`)
      seen.push(outcome.index)
    }
  }
  const reading = read()
  await source.give(1)
  await source.give(5)
  source.end()
  for (let i = 0; i < 8; i++) await service.release()
  await reading
  const drops = events.flatMap((event) => (event.type === "drop" ? [[event.index, event.dropped]] : []))
  assert.deepStrictEqual(
    service.seen,
    seen.map((index) => `t${index}`)
  )
  return { seen, drops }
}

describe("a live stream", () => {
  it("is refused by name where the connection has none, and no input is read", async () => {
    let read = 0
    const inputs = (function* () {
      read++
      yield text("a")
    })()
    const chain = sightline(clarifai({ apiKey: "k" }))
      .inputs(inputs)
      .predict(llm)
    const live = chain.toStream({ live: "wait" })
    const error = await Effect.runPromise(Effect.flip(Stream.runDrain(live)))
    assert.instanceOf(error, NotSupported)
    assert.match(error.message, /^clarifai: .* is not supported/)
    assert.strictEqual(read, 0)
    expectTypeOf(live).toExtend<Stream.Stream<unknown, NotSupported | InvalidOption>>()
    expectTypeOf(chain.toStream()).toExtend<Stream.Stream<unknown>>()
    expectTypeOf(chain.toStream({ live: "wait", timeoutMs: 5 })).toExtend<
      Stream.Stream<unknown, NotSupported | InvalidOption | TimedOut>
    >()
  })
  it("refuses a policy that does not exist, and sizes that are no whole numbers from 1", async () => {
    const wrong: ReadonlyArray<unknown> = [
      "fastest",
      null,
      {},
      { buffer: 0 },
      { dropOldest: 1.5 },
      { dropNewest: Infinity }
    ]
    for (const live of wrong) {
      const connection = fakeConnection(answered)
      const options = { live } as StreamOptions
      const stream = sightline(connection)
        .inputs([text("a")])
        .predict(llm)
        .toStream(options)
      const error = await Effect.runPromise(Effect.flip(Stream.runDrain(stream)))
      assert.propertyVal(error, "_tag", "InvalidOption")
      assert.strictEqual(connection.calls.length, 0)
    }
  })
  it("sends each input by itself, and gives its outcome before the next is there", async () => {
    const connection = fakeConnection(answered)
    const log: Array<string> = []
    let go = () => {}
    async function* inputs() {
      for (const raw of ["a", "b", "c"]) {
        log.push(raw)
        yield text(raw)
        await new Promise<void>((resolve) => {
          go = resolve
        })
      }
    }
    for await (const outcome of sightline(connection).inputs(inputs()).predict(llm).stream({ live: "wait" })) {
      log.push(outcome.ok ? outcome.value.text : outcome.error._tag)
      go()
    }
    assert.deepStrictEqual(log, ["a", "A", "b", "B", "c", "C"])
    assert.deepStrictEqual(connection.calls.map(textOf), [["a"], ["b"], ["c"]])
  })
  it("keeps at most `concurrency` inputs on their way, and reads no further", async () => {
    const service = slowly()
    const source = camera()
    const reading = Array.fromAsync(
      sightline(fakeConnection(service.answer))
        .inputs(source.frames)
        .predict(llm)
        .stream({ live: "wait", concurrency: 3 })
    )
    await source.give(5)
    source.end()
    assert.deepStrictEqual(service.seen, ["t0", "t1", "t2"])
    for (let i = 0; i < 4; i++) await service.release()
    assert.deepStrictEqual(
      (await reading).map(({ index }) => index),
      [0, 1, 2, 3, 4]
    )
  })
  it("waits, buffers or drops inputs as its policy says; each that is dropped is an event", async () => {
    const all = [0, 1, 2, 3, 4, 5]
    assert.deepStrictEqual(await sixOf("wait"), { seen: all, drops: [] })
    assert.deepStrictEqual(await sixOf({ buffer: 2 }), { seen: all, drops: [] })
    const counted = (...dropped: ReadonlyArray<number>) => dropped.map((index, at) => [index, at + 1])
    // the first waits for its answer, and the second for its turn: neither waits in the buffer
    assert.deepStrictEqual(await sixOf("newest"), { seen: [0, 5], drops: counted(1, 2, 3, 4) })
    assert.deepStrictEqual(await sixOf({ dropOldest: 2 }), { seen: [0, 4, 5], drops: counted(1, 2, 3) })
    assert.deepStrictEqual(await sixOf({ dropNewest: 2 }), { seen: [0, 1, 2], drops: counted(3, 4, 5) })
  })
  it("ends with what the source throws, after all that came before, whatever is dropped", async () => {
    async function* broken() {
      yield text("a")
      throw new Error("no film")
    }
    const policies: ReadonlyArray<LivePolicy> = ["wait", "newest", { dropNewest: 1 }, { buffer: 3 }]
    for (const live of policies) {
      const outcomes = await Array.fromAsync(
        sightline(fakeConnection(answered)).inputs(broken()).predict(llm).stream({ live })
      )
      assert.deepStrictEqual(
        outcomes.map((outcome) => (outcome.ok ? outcome.value.text : outcome.error._tag)),
        ["A", "SourceFailed"]
      )
    }
  })
  it("has the steps, hooks, repeats and events of any other run", async () => {
    const hooked: Array<string> = []
    const plugin = definePlugin({
      name: "notes",
      version: 1,
      verbs: {
        shout: () =>
          stageSame("notes.shout", {}, (media: Media<"text">) =>
            Effect.succeed(media.source.from === "text" ? text(`${media.source.text}!`) : media)
          )
      },
      hooks: {
        request: (call, next) =>
          Effect.tap(next(call), () => Effect.sync(() => hooked.push(`${call.items} attempt ${call.attempt}`)))
      }
    })
    let refusals = 1
    const connection = fakeConnection((call) =>
      refusals-- > 0 ? { status: { code: 11005, description: "slow down" } } : answered(call)
    )
    const events: Array<string> = []
    const app = sightline(connection, { onEvent: ({ type }) => events.push(type) }).use(plugin)
    const chain = app
      .inputs([text("a"), text("b")])
      .shout()
      .predict(llm)
      .map(({ text: raw }) => `${raw}?`)
    const outcomes = await Array.fromAsync(chain.stream({ live: "wait", concurrency: 1 }))
    assert.deepStrictEqual(
      outcomes.map((outcome) => (outcome.ok ? [outcome.value, outcome.attempts] : outcome.error._tag)),
      [
        ["A!?", 2],
        ["B!?", 1]
      ]
    )
    assert.deepStrictEqual(hooked, ["1 attempt 1", "1 attempt 2", "1 attempt 1"])
    assert.deepStrictEqual(
      events.filter((type) => type !== "stage"),
      ["call", "answer", "retry", "call", "answer", "call", "answer"]
    )
  })
  it("gives outcomes as they come, where asked", async () => {
    let first = () => {}
    const held = new Promise<void>((resolve) => {
      first = resolve
    })
    const connection = fakeConnection(async (call) => {
      if (textOf(call)[0] === "a") await held
      return answered(call)
    })
    const seen: Array<number> = []
    const chain = sightline(connection)
      .inputs([text("a"), text("b")])
      .predict(llm)
    for await (const { index } of chain.stream({ live: "wait", ordered: false })) {
      seen.push(index)
      first()
    }
    assert.deepStrictEqual(seen, [1, 0])
  })
  it("closes its streams when it ends, when its loop is left, and when it is aborted", async () => {
    let closed = 0
    const { fetch, ...connection } = fakeConnection(answered)
    const counting = { ...connection, fetch, duplex: () => ({ fetch, close: () => void closed++ }) }
    const endless = async function* () {
      for (let i = 0; ; i++) yield text(`t${i}`)
    }
    const app = sightline(counting)
    await Array.fromAsync(
      app
        .inputs([text("a")])
        .predict(llm)
        .stream({ live: "wait" })
    )
    assert.strictEqual(closed, 1)
    for await (const _ of app.inputs(endless()).predict(llm).stream({ live: "newest" })) break
    assert.strictEqual(closed, 2)
    const controller = new AbortController()
    const aborted = async () => {
      const { signal } = controller
      for await (const _ of app.inputs(endless()).predict(llm).stream({ live: "newest", signal }))
        controller.abort(new Error("enough"))
    }
    const thrown: unknown = await aborted().catch((error: unknown) => error)
    assert.propertyVal(thrown, "message", "enough")
    assert.strictEqual(closed, 3)
  })
})
