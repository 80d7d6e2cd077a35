import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { noDeadline } from "../../src/call/deadline.ts"
import { TimedOut } from "../../src/errors/errors.ts"
import type { Item } from "../../src/run/input-series.ts"
import { untilDeadline } from "../../src/run/until-deadline.ts"
import { itemsOf } from "./programs.ts"

const soon = { atMs: 100, timeoutMs: 70 }
const collect = (stream: Stream.Stream<Item, unknown, unknown>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Stream.runCollect(stream as Stream.Stream<Item>))
    yield* TestClock.adjust(200)
    return [...(yield* Fiber.join(fiber))]
  })

describe("a series with a deadline", () => {
  it("is left alone without one, or where its length is known", () => {
    const items = Stream.fromIterable(itemsOf(1))
    assert.strictEqual(untilDeadline(items, noDeadline, false), items)
    assert.strictEqual(untilDeadline(items, soon, true), items)
  })
  it.effect("that ends in time has its own items alone", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* collect(untilDeadline(Stream.fromIterable(itemsOf(1, 2)), soon, false)),
        itemsOf(1, 2)
      )
    })
  )
  it.effect("whose source takes longer ends with one item that says so, behind the others", () =>
    Effect.gen(function* () {
      const stuck = Stream.concat(Stream.fromIterable(itemsOf("a", "b")), Stream.never)
      const items = yield* collect(untilDeadline(stuck, soon, false))
      assert.lengthOf(items, 3)
      const last = items[2]
      assert(last !== undefined && Exit.isFailure(last.exit))
      assert.deepInclude(last, { index: 2, key: undefined })
      const [reason] = last.exit.cause.reasons
      assert(reason?._tag === "Fail")
      assert.instanceOf(reason.error, TimedOut)
      assert.deepInclude(reason.error, { what: "run", timeoutMs: 70 })
    })
  )
})
