import { getEventListeners } from "node:events"
import { describe, expect, it } from "vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { iterate } from "../src/promise.ts"

/** Numbers without an end, from something that must be closed; each takes a turn of the event loop. */
const numbers = (log: Array<string>) =>
  Stream.unwrap(
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => log.push("open")),
        () => Effect.sync(() => log.push("close"))
      ),
      () => Stream.paginate(0, (n) => Effect.as(Effect.sleep(1), [[n], Option.some(n + 1)] as const))
    )
  )

const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length

describe("a stream with a signal", () => {
  it("is closed by an abort between two steps, and the next step tells why", async () => {
    const log: Array<string> = []
    const controller = new AbortController()
    const { signal } = controller
    const items = iterate(numbers(log), { signal })[Symbol.asyncIterator]()
    expect(await items.next()).toEqual({ done: false, value: 0 })
    controller.abort(new Error("enough"))
    await expect.poll(() => log).toEqual(["open", "close"])
    await expect(items.next()).rejects.toThrow("enough")
    expect(listeners(signal)).toBe(0)
  })

  it("ends a step under way by an abort", async () => {
    const log: Array<string> = []
    const controller = new AbortController()
    const { signal } = controller
    const never = Stream.concat(numbers(log).pipe(Stream.take(1)), Stream.never)
    const items = iterate(never, { signal })[Symbol.asyncIterator]()
    await items.next()
    const next = items.next()
    controller.abort(new Error("enough"))
    await expect(next).rejects.toThrow("enough")
    expect(log).toEqual(["open", "close"])
    expect(listeners(signal)).toBe(0)
  })

  it("opens nothing for a signal that is aborted already", async () => {
    const log: Array<string> = []
    const items = iterate(numbers(log), { signal: AbortSignal.abort(new Error("before")) })[Symbol.asyncIterator]()
    await expect(items.next()).rejects.toThrow("before")
    expect(log).toEqual([])
  })

  it("listens no more once it was left, ended or failed", async () => {
    const { signal } = new AbortController()
    const log: Array<string> = []
    for await (const number of iterate(numbers(log), { signal })) if (number === 2) break
    expect([log, listeners(signal)]).toEqual([["open", "close"], 0])
    const all = await Array.fromAsync(iterate(Stream.make(1, 2, 3), { signal }))
    expect([all, listeners(signal)]).toEqual([[1, 2, 3], 0])
    const failing = Array.fromAsync(iterate(Stream.fail(new Error("broken")), { signal }))
    await expect(failing).rejects.toThrow("broken")
    expect(listeners(signal)).toBe(0)
  })

  it("can be read by two at once, each by itself", async () => {
    const controller = new AbortController()
    const { signal } = controller
    const items = iterate(Stream.make(1, 2), { signal })
    const [one, other] = [items[Symbol.asyncIterator](), items[Symbol.asyncIterator]()]
    expect([(await one.next()).value, (await other.next()).value]).toEqual([1, 1])
    await one.return?.()
    expect((await other.next()).value).toBe(2)
    controller.abort()
    await expect(other.next()).rejects.toThrow()
  })
})
