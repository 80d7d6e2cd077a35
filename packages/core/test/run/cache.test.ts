import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { Media, partsMedia, textMedia } from "../../src/media/media.ts"
import { withCache } from "../../src/run/cache.ts"
import type { CachedStep } from "../../src/run/program.ts"
import { imageOf } from "./programs.ts"

/** A memory whose runs are counted: each gives its number. */
const memory = (options: { capacity?: number; ttlMs?: number } = {}) => {
  const step: CachedStep = { type: "cached", capacity: 10, ttlMs: 1000, ...options }
  let runs = 0
  return { ask: (value: unknown) => withCache(step, value, () => Effect.sync(() => ++runs)), step }
}
const bytes = (...of: ReadonlyArray<number>) => new Media("image", { from: "bytes", bytes: Uint8Array.from(of) })

describe("an answer in memory", () => {
  it.effect.each<[string, () => unknown, () => unknown]>([
    ["the same address", () => imageOf("a"), () => imageOf("b")],
    ["the same bytes", () => bytes(1, 2), () => bytes(1, 3)],
    ["the same text", () => textMedia("a"), () => textMedia("b")],
    ["the same parts", () => partsMedia([bytes(1), bytes(2)]), () => partsMedia([bytes(1), bytes(3)])],
    ["the same kind", () => imageOf("a"), () => new Media("video", { from: "url", url: "https://x.test/a.jpg" })],
    ["the same key", () => imageOf("a", "k"), () => imageOf("a", "l")],
    ["the same time", () => imageOf("a").with({ timeMs: 1 }), () => imageOf("a").with({ timeMs: 2 })]
  ])("is that of an input with %s", ([, same, other]) =>
    Effect.gen(function* () {
      const { ask } = memory()
      assert.strictEqual(yield* ask(same()), 1)
      assert.strictEqual(yield* ask(same()), 1)
      assert.strictEqual(yield* ask(other()), 2)
    })
  )
  it.effect("is none for what cannot be compared", () =>
    Effect.gen(function* () {
      const { ask } = memory()
      for (const value of [1, "text", { concepts: [] }]) assert.notStrictEqual(yield* ask(value), yield* ask(value))
      const unreadable = new Media("image", { from: "file", path: "/nowhere/at-all.jpg" })
      assert.notStrictEqual(yield* ask(unreadable), yield* ask(unreadable))
      const parts = partsMedia([bytes(1), unreadable])
      assert.notStrictEqual(yield* ask(parts), yield* ask(parts))
    })
  )
  it.effect("expires", () =>
    Effect.gen(function* () {
      const { ask } = memory()
      yield* ask(imageOf("a"))
      yield* TestClock.adjust(999)
      assert.strictEqual(yield* ask(imageOf("a")), 1)
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* ask(imageOf("a")), 2)
    })
  )
  it.effect("makes room for others when it was used least recently", () =>
    Effect.gen(function* () {
      const { ask } = memory({ capacity: 2 })
      const [a, b, c] = ["a", "b", "c"].map((name) => ask(imageOf(name))) as [
        Effect.Effect<number>,
        Effect.Effect<number>,
        Effect.Effect<number>
      ]
      assert.deepStrictEqual([yield* a, yield* b, yield* a, yield* c], [1, 2, 1, 3])
      assert.deepStrictEqual([yield* a, yield* b], [1, 4])
    })
  )
  it.effect("belongs to its step", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* memory().ask(imageOf("a")), 1)
      assert.strictEqual(yield* memory().ask(imageOf("a")), 1)
      const { ask, step } = memory()
      yield* ask(imageOf("a"))
      assert.strictEqual(yield* withCache({ ...step }, imageOf("a"), () => Effect.succeed("other")), "other")
    })
  )
})

describe("equal inputs at the same time", () => {
  it.effect("share one run", () =>
    Effect.gen(function* () {
      const { step } = memory()
      const gate = yield* Deferred.make<void>()
      let runs = 0
      const ask = withCache(step, imageOf("a"), () =>
        Effect.andThen(
          Deferred.await(gate),
          Effect.sync(() => ++runs)
        )
      )
      const fibers = [yield* Effect.forkChild(ask), yield* Effect.forkChild(ask), yield* Effect.forkChild(ask)]
      yield* TestClock.adjust(1)
      yield* Deferred.succeed(gate, undefined)
      for (const fiber of fibers) assert.strictEqual(yield* Fiber.join(fiber), 1)
    })
  )
  it.effect("of which the first fails run again, one at a time", () =>
    Effect.gen(function* () {
      const { step } = memory()
      let runs = 0
      const ask = withCache(step, imageOf("a"), () =>
        Effect.andThen(
          Effect.sleep(10),
          Effect.suspend(() => (++runs === 1 ? Effect.fail("no") : Effect.succeed(runs)))
        )
      )
      const fibers = [
        yield* Effect.forkChild(Effect.exit(ask)),
        yield* Effect.forkChild(ask),
        yield* Effect.forkChild(ask)
      ] as const
      yield* TestClock.adjust(100)
      assert.strictEqual((yield* Fiber.join(fibers[0]))._tag, "Failure")
      assert.deepStrictEqual([yield* Fiber.join(fibers[1]), yield* Fiber.join(fibers[2])], [2, 2])
    })
  )
  it.effect("of which the first is interrupted do not wait for it", () =>
    Effect.gen(function* () {
      const { step } = memory()
      let runs = 0
      const ask = withCache(step, imageOf("a"), () => (++runs === 1 ? Effect.never : Effect.succeed(runs)))
      const first = yield* Effect.forkChild(ask)
      const second = yield* Effect.forkChild(ask)
      yield* TestClock.adjust(1)
      yield* Fiber.interrupt(first)
      assert.strictEqual(yield* Fiber.join(second), 2)
    })
  )
})
