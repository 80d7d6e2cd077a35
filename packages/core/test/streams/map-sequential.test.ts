import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { mapSequential } from "../../src/streams/map-sequential.ts"

it.effect("things are made one by one, each when it is asked for", () =>
  Effect.gen(function* () {
    const made: Array<number> = []
    const things = mapSequential(Stream.make(1, 2, 3), (n) => Effect.sync(() => (made.push(n), n * 10)))
    assert.deepStrictEqual(yield* Stream.runCollect(Stream.take(things, 2)), [10, 20])
    assert.deepStrictEqual(made, [1, 2])
  })
)

it.effect("one that fails comes after those before it, and the source's own failure after all", () =>
  Effect.gen(function* () {
    const seen: Array<number> = []
    const run = (things: Stream.Stream<number, string>) =>
      Effect.flip(Stream.runForEach(things, (n) => Effect.sync(() => seen.push(n))))
    const odd = (n: number) => (n === 3 ? Effect.fail("three") : Effect.succeed(n))
    assert.strictEqual(yield* run(mapSequential(Stream.make(1, 2, 3, 4), odd)), "three")
    const broken = Stream.concat(Stream.make(5, 6), Stream.fail("broken"))
    assert.strictEqual(yield* run(mapSequential(broken, odd)), "broken")
    assert.deepStrictEqual(seen, [1, 2, 5, 6])
  })
)
