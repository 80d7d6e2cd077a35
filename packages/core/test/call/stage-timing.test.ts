import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import type { CallRuntime } from "../../src/call/call-runtime.ts"
import { makeCallRuntime } from "../../src/call/call-runtime.ts"
import { timeStage, timeStream, TimesStages } from "../../src/call/stage-timing.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"
import { runtimeOver } from "./runtime.ts"

const stage = { name: "video.frames", index: 3 }
const unwatched: CallRuntime = makeCallRuntime(
  fakeConnection(() => ({})),
  [],
  () => assert.fail("nobody listens"),
  false
)
const timed = <A, E>(effect: Effect.Effect<A, E>, ms: number) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust(ms)
    return yield* Effect.exit(Fiber.join(fiber))
  })

describe("a timed step", () => {
  it.effect("is an event with its plugin, its input and its time, well or not", () =>
    Effect.gen(function* () {
      const { events, runtime } = runtimeOver(() => ({}))
      const slow = Effect.sleep(250)
      yield* timed(timeStage(runtime, stage, slow), 250)
      yield* timed(timeStage(runtime, stage, Effect.andThen(slow, Effect.fail("no"))), 250)
      yield* timed(timeStage(runtime, { name: "prepare", plugin: "exif", index: 0 }, Effect.void), 0)
      yield* timed(timeStage(runtime, { name: "map", index: 0 }, Effect.void), 0)
      assert.deepStrictEqual(events, [
        { type: "stage", name: "video.frames", plugin: "video", index: 3, ms: 250 },
        { type: "stage", name: "video.frames", plugin: "video", index: 3, ms: 250 },
        { type: "stage", name: "prepare", plugin: "exif", index: 0, ms: 0 },
        { type: "stage", name: "map", plugin: undefined, index: 0, ms: 0 }
      ])
    })
  )
  it.effect("is none where nobody listens, or in a plan", () =>
    Effect.gen(function* () {
      const effect = Effect.succeed(1)
      assert.strictEqual(timeStage(unwatched, stage, effect), effect)
      const { events, runtime } = runtimeOver(() => ({}))
      assert.strictEqual(yield* Effect.provideService(timeStage(runtime, stage, effect), TimesStages, false), 1)
      assert.lengthOf(events, 0)
    })
  )
})

describe("a timed stream", () => {
  it.effect("is an event when it ends, with the time in which its items were waited for", () =>
    Effect.gen(function* () {
      const { events, runtime } = runtimeOver(() => ({}))
      const items = Stream.mapEffect(Stream.fromIterable([1, 2]), (n) => Effect.as(Effect.sleep(100), n))
      const stream = timeStream(runtime, stage, Stream.rechunk(items, 1))
      const used = Stream.runForEach(stream, () => Effect.sleep(1000))
      yield* timed(used, 10_000)
      assert.deepStrictEqual(events, [{ type: "stage", name: "video.frames", plugin: "video", index: 3, ms: 200 }])
    })
  )
  it.effect("is an event where its reader leaves or it fails", () =>
    Effect.gen(function* () {
      const { events, runtime } = runtimeOver(() => ({}))
      yield* Stream.runDrain(Stream.take(timeStream(runtime, stage, Stream.make(1, 2)), 1))
      yield* Effect.exit(Stream.runDrain(timeStream(runtime, stage, Stream.fail("no"))))
      assert.lengthOf(events, 2)
    })
  )
  it.effect("is the stream itself where nobody listens, and without an event in a plan", () =>
    Effect.gen(function* () {
      const stream = Stream.make(1)
      assert.strictEqual(timeStream(unwatched, stage, stream), stream)
      const { events, runtime } = runtimeOver(() => ({}))
      const drained = Stream.runCollect(timeStream(runtime, stage, stream))
      assert.deepStrictEqual([...(yield* Effect.provideService(drained, TimesStages, false))], [1])
      assert.lengthOf(events, 0)
    })
  )
})
