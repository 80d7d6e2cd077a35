import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Queue, Stream } from "effect"
import { TestClock } from "effect/testing"
import { mapConcurrent } from "../../src/streams/map-concurrent.ts"
import { plainly } from "../../src/results/plain-object.ts"

const numbers = (n: number) => Stream.fromIterable(Array.from({ length: n }, (_, i) => i))

/** Settles after some time, and counts how many are on their way. */
const slowly = (delayMs: (n: number) => number) => {
  const seen = { now: 0, most: 0, started: 0 }
  const settle = (n: number) =>
    Effect.suspend(() => {
      seen.started++
      seen.most = Math.max(seen.most, ++seen.now)
      return Effect.sleep(delayMs(n)).pipe(
        Effect.as([n, n + 0.5] as const),
        Effect.ensuring(Effect.sync(() => seen.now--))
      )
    })
  return { seen, settle }
}

/** Runs under the test clock until it ends. */
const ended = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.join(fiber)
  })

describe("groups that settle several at once", () => {
  it.effect("come in order, however long each takes, and never more at once than allowed", () =>
    Effect.gen(function* () {
      const { seen, settle } = slowly((n) => (n % 3 === 0 ? 90 : 10))
      const out = yield* ended(
        Stream.runCollect(mapConcurrent(numbers(20), settle, { concurrency: 4, unordered: false }))
      )
      assert.deepStrictEqual(out, Array.from({ length: 20 }, (_, i) => [i, i + 0.5]).flat())
      assert.deepStrictEqual({ most: seen.most, now: seen.now }, { most: 4, now: 0 })
    })
  )

  it.effect("come as they settle when asked to", () =>
    Effect.gen(function* () {
      const { seen, settle } = slowly((n) => (n === 0 ? 1000 : 10 * n))
      const out = yield* ended(
        Stream.runCollect(mapConcurrent(numbers(6), settle, { concurrency: 3, unordered: true }))
      )
      assert.deepStrictEqual(out.filter(Number.isInteger), [1, 2, 3, 4, 5, 0])
      assert.strictEqual(seen.most, 3)
    })
  )

  it.effect("are taken no further than there is room for, when nobody takes the outcomes", () =>
    Effect.gen(function* () {
      const { seen, settle } = slowly(() => 1)
      const taken = yield* Queue.unbounded<number>()
      const slow = Stream.runForEachArray(
        mapConcurrent(numbers(50), settle, { concurrency: 3, unordered: false }),
        ([first]) => Effect.andThen(Queue.offer(taken, first), Effect.sleep("1 minute"))
      )
      const fiber = yield* Effect.forkChild(slow)
      yield* TestClock.adjust("90 seconds")
      assert.strictEqual((yield* Queue.takeAll(taken)).length, 2)
      assert.isAtMost(seen.started, 5) // two were taken, three wait
      yield* Fiber.interrupt(fiber)
    })
  )

  it.effect("end with the source's failure, after all that came before it", () =>
    Effect.gen(function* () {
      const { settle } = slowly(() => 20)
      const broken = Stream.concat(numbers(3), Stream.fail("broken"))
      const got: Array<number> = []
      const exit = yield* ended(
        Effect.exit(
          Stream.runForEach(mapConcurrent(broken, settle, { concurrency: 8, unordered: false }), (n) =>
            Effect.sync(() => got.push(n))
          )
        )
      )
      assert.deepStrictEqual(got, [0, 0.5, 1, 1.5, 2, 2.5])
      assert.deepStrictEqual(exit, Exit.fail("broken"))
    })
  )

  it.effect("that die end the stream at their place", () =>
    Effect.gen(function* () {
      const settle = (n: number) => (n === 2 ? Effect.die(new Error("bug")) : Effect.succeed([n] as const))
      const got: Array<number> = []
      const exit = yield* ended(
        Effect.exit(
          Stream.runForEach(mapConcurrent(numbers(9), settle, { concurrency: 2, unordered: false }), (n) =>
            Effect.sync(() => got.push(n))
          )
        )
      )
      assert.deepStrictEqual(got, [0, 1])
      assert.isTrue(Exit.isFailure(exit))
    })
  )

  it.effect("are interrupted when the stream is left, and so is the source", () =>
    Effect.gen(function* () {
      const interrupted = yield* Queue.unbounded<string>()
      const told = (what: string) => Effect.onInterrupt(Effect.never, () => Queue.offer(interrupted, what))
      const reached = yield* Deferred.make<void>()
      const source = Stream.concat(
        numbers(3),
        Stream.fromEffect(Effect.andThen(Deferred.succeed(reached, undefined), told("source")))
      )
      const settle = (n: number) => (n === 0 ? Effect.succeed([n] as const) : told(`group ${n}`))
      const first = yield* Effect.forkChild(
        Stream.runForEach(mapConcurrent(source, settle, { concurrency: 8, unordered: false }), () =>
          Deferred.await(reached)
        )
      )
      yield* Deferred.await(reached)
      yield* Effect.yieldNow // until the source waits
      yield* Fiber.interrupt(first)
      assert.deepStrictEqual((yield* Queue.takeAll(interrupted)).toSorted(), ["group 1", "group 2", "source"])
    })
  )
})

it("plain objects of constructors are as any literal", () => {
  const Point = plainly<[x: number, y: number], { readonly x: number; readonly y: number }>(function (x, y) {
    this.x = x
    this.y = y
  })
  const point = new Point(1, 2)
  assert.deepStrictEqual(point, { x: 1, y: 2 })
  assert.strictEqual(Object.getPrototypeOf(point), Object.prototype)
  assert.strictEqual(JSON.stringify(structuredClone(point)), `{"x":1,"y":2}`)
})
