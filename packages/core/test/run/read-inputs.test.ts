import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { SourceFailed } from "../../src/errors/errors.ts"
import { InvalidInput } from "../../src/results/invalid-input.ts"
import { fromIterable } from "../../src/run/read-inputs.ts"

import type { AnyValue } from "./programs.ts"

const same = (value: unknown) => value
const collect = (inputs: unknown, toMedia: (input: AnyValue, index: number) => unknown = same) =>
  Effect.map(Stream.runCollect(fromIterable(inputs as Iterable<unknown>, toMedia).open()), (all) => [...all])
const counting = (length: number, make: (index: number) => unknown = same) => {
  const state = { taken: 0, returned: false }
  const iterable = {
    [Symbol.iterator]: () => ({
      next: () =>
        state.taken < length
          ? { done: false as const, value: make(state.taken++) }
          : { done: true as const, value: undefined },
      return: () => {
        state.returned = true
        return { done: true as const, value: undefined }
      }
    })
  }
  return { iterable, state }
}

describe("the inputs of an iterable", () => {
  it.effect("are all of them, in order, with their positions", () =>
    Effect.gen(function* () {
      const numbers = Array.from({ length: 300 }, (_, i) => i)
      assert.deepStrictEqual(
        yield* collect(numbers, (n, index) => n * 1000 + index),
        numbers.map((n) => n * 1001)
      )
      assert.deepStrictEqual(yield* collect([]), [])
      assert.deepStrictEqual(yield* collect(new Set(["a", "b"])), ["a", "b"])
      const urls = numbers.map((n) => `https://x.test/${n}`)
      assert.deepStrictEqual(yield* collect(urls), urls)
    })
  )
  it("can be read again where they are no iterator, and are finite where they are an array", () => {
    const of = (inputs: Iterable<unknown> | AsyncIterable<unknown>) => {
      const { finite, replayable } = fromIterable(inputs, same)
      return { finite, replayable }
    }
    assert.deepStrictEqual(of([1]), { finite: true, replayable: true })
    assert.deepStrictEqual(of(new Set([1])), { finite: false, replayable: true })
    assert.deepStrictEqual(of([1].values()), { finite: false, replayable: false })
    assert.deepStrictEqual(of((async function* () {})()), { finite: false, replayable: false })
    assert.deepStrictEqual(of(Object.assign([1], { next: 1 })), { finite: true, replayable: true })
  })
  it.effect("are taken a few at a time, addresses as many as fill a call, and the source is closed", () =>
    Effect.gen(function* () {
      const first = (inputs: Iterable<unknown>) => Stream.runCollect(Stream.take(fromIterable(inputs, same).open(), 1))
      const bytes = counting(1000)
      yield* first(bytes.iterable)
      assert.deepStrictEqual(bytes.state, { taken: 8, returned: true })
      const urls = counting(1000, (i) => `https://x.test/${i}`)
      yield* first(urls.iterable)
      assert.deepStrictEqual(urls.state, { taken: 128, returned: true })
      const mixed = counting(1000, (i) => (i === 2 ? "data:," : `https://x.test/${i}`))
      yield* first(mixed.iterable)
      assert.strictEqual(mixed.state.taken, 8)
      const read = counting(3)
      assert.deepStrictEqual(yield* collect(read.iterable), [0, 1, 2])
      assert.isFalse(read.state.returned)
    })
  )
  it.effect("that cannot be made into media are so one by one", () =>
    Effect.gen(function* () {
      const [first, second, third] = yield* collect([1, 2, 3], (n) => {
        if (n === 2) throw new TypeError("is a number")
        return n
      })
      assert.deepStrictEqual([first, third], [1, 3])
      assert.instanceOf(second, InvalidInput)
      assert.deepInclude(second.error, { option: "inputs", problem: "is a number", index: 1 })
    })
  )
  it.effect("of an async source come as they are there", () =>
    Effect.gen(function* () {
      const values = async function* () {
        yield "a"
        yield "b"
      }
      assert.deepStrictEqual(yield* collect(values(), (value: string, index) => value + index), ["a0", "b1"])
    })
  )
  it.effect("that are none say what is needed", () =>
    Effect.gen(function* () {
      for (const none of ["https://x.test/a.jpg", 7, null, undefined, {}]) {
        const [item] = yield* collect(none)
        assert.instanceOf(item, InvalidInput)
        assert.deepInclude(item.error, {
          option: "inputs",
          index: 0,
          problem: "needs an array, an iterable or an async iterable"
        })
      }
    })
  )
})

describe("a source that breaks", () => {
  it.effect("fails after the inputs that came before", () =>
    Effect.gen(function* () {
      const cause = new Error("disk gone")
      const broken = counting(1000, (i) => {
        if (i === 11) throw cause
        return i
      })
      const seen: Array<unknown> = []
      const stream = fromIterable(broken.iterable, same).open()
      const error = yield* Effect.flip(Stream.runForEach(stream, (value) => Effect.sync(() => void seen.push(value))))
      assert.instanceOf(error, SourceFailed)
      assert.deepInclude(error, { problem: "disk gone", cause })
      assert.lengthOf(seen, 11)
      assert.isFalse(broken.state.returned)
    })
  )
  it.effect("at once fails at once, and an async one too", () =>
    Effect.gen(function* () {
      const broken = counting(5, () => {
        throw new Error("no")
      })
      assert.strictEqual((yield* Effect.flip(collect(broken.iterable))).problem, "no")
      const values = async function* () {
        yield 1
        throw new Error("later")
      }
      assert.strictEqual((yield* Effect.flip(collect(values()))).problem, "later")
    })
  )
})
