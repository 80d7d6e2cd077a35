import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { vi } from "vitest"
import type * as module from "../../src/call/event-loop-turn.ts"

const { setTimeout } = globalThis
const milliseconds = (ms: number) => new Promise<void>((go) => void setTimeout(go, ms))
const refuse = () => {
  throw new Error("no timers while a module is loaded")
}

/** The module as it is loaded among these globals. */
const loadAmong = async (globals: Readonly<Record<string, unknown>>): Promise<typeof module> => {
  vi.resetModules()
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
  return import("../../src/call/event-loop-turn.ts").finally(() => vi.unstubAllGlobals())
}

describe.each<[string, Readonly<Record<string, unknown>>]>([
  ["Node", {}],
  ["browsers, which have no setImmediate", { setImmediate: undefined, clearImmediate: undefined }]
])("the end of a turn of the event loop in %s", (_, globals) => {
  it("comes once, after everything that is due in the turn", async () => {
    const { afterThisTurn } = await loadAmong(globals)
    const order: Array<string> = []
    afterThisTurn(() => order.push("end"))
    queueMicrotask(() => order.push("microtask"))
    await Promise.resolve().then(() => Promise.resolve().then(() => order.push("promises")))
    assert.deepStrictEqual(order, ["microtask", "promises"])
    await milliseconds(20)
    assert.deepStrictEqual(order, ["microtask", "promises", "end"])
  })
  it("does not come where it was cancelled", async () => {
    const { afterThisTurn } = await loadAmong(globals)
    const came: Array<string> = []
    const cancel = afterThisTurn(() => came.push("cancelled"))
    afterThisTurn(() => came.push("kept"))
    cancel()
    await milliseconds(20)
    assert.deepStrictEqual(came, ["kept"])
  })
  it("comes where tests have replaced the timers since", async () => {
    const { afterThisTurn, turnScheduler } = await loadAmong(globals)
    for (const name of ["setImmediate", "setTimeout", "clearImmediate", "clearTimeout"]) vi.stubGlobal(name, refuse)
    let came = 0
    try {
      afterThisTurn(() => came++)
      afterThisTurn(() => came++)()
      const fiber = Effect.runFork(
        Effect.andThen(
          Effect.yieldNow,
          Effect.sync(() => came++)
        ),
        {
          scheduler: turnScheduler
        }
      )
      await milliseconds(20)
      assert.isDefined(fiber.pollUnsafe())
    } finally {
      vi.unstubAllGlobals()
    }
    assert.strictEqual(came, 2)
  })
  it("lets fibers go on that yield", async () => {
    const { turnScheduler } = await loadAmong(globals)
    const order: Array<string> = []
    const yielding = Effect.andThen(
      Effect.yieldNow,
      Effect.sync(() => order.push("fiber"))
    )
    const done = Effect.runPromise(yielding, { scheduler: turnScheduler })
    await Promise.resolve()
    order.push("turn")
    await done
    assert.deepStrictEqual(order, ["turn", "fiber"])
  })
})

it("in Node, the end of a turn comes before timers, also those that are due", async () => {
  const { afterThisTurn } = await loadAmong({})
  const order: Array<string> = []
  await milliseconds(1)
  setTimeout(() => order.push("timer"), 0)
  afterThisTurn(() => order.push("end"))
  await milliseconds(20)
  assert.deepStrictEqual(order, ["end", "timer"])
})

describe("where timers are refused, as workers do while a module is loaded", () => {
  const noTimers = { setImmediate: undefined, clearImmediate: undefined, setTimeout: refuse }
  it("there is no end of a turn to wait for", async () => {
    const { afterThisTurn } = await loadAmong(noTimers)
    assert.throws(() => afterThisTurn(() => {}), "no timers")
  })
  it("fibers that yield go on in a microtask", async () => {
    const { turnScheduler } = await loadAmong(noTimers)
    assert.strictEqual(
      await Effect.runPromise(Effect.as(Effect.yieldNow, "done"), { scheduler: turnScheduler }),
      "done"
    )
  })
  it("a task is done once, also where the scheduler does not wait for the microtask", async () => {
    const { turnScheduler } = await loadAmong(noTimers)
    const dispatcher = turnScheduler.makeDispatcher()
    const done: Array<string> = []
    dispatcher.scheduleTask(() => done.push("first"), 0)
    dispatcher.flush()
    assert.deepStrictEqual(done, ["first"])
    queueMicrotask(() => done.push("another microtask"))
    dispatcher.scheduleTask(() => done.push("second"), 0)
    await milliseconds(20)
    assert.deepStrictEqual(done, ["first", "another microtask", "second"])
  })
})
