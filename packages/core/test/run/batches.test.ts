import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as fc from "fast-check"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { noDeadline } from "../../src/call/deadline.ts"
import type { LimitOptions } from "../../src/connection/limits.ts"
import { StepFailed } from "../../src/errors/errors.ts"
import { Media } from "../../src/media/media.ts"
import { workflow } from "../../src/models/workflow-handle.ts"
import { type Batch, sendable, toBatches } from "../../src/run/batches.ts"
import type { Item } from "../../src/run/input-series.ts"
import type { Batchable } from "../../src/run/program.ts"
import { predictorOver } from "../predict/predictors.ts"
import { imageOf, itemsOf, many, map, predict, programOf, step } from "./programs.ts"

const batchableOf = (...steps: Parameters<typeof programOf> extends [unknown, ...infer S] ? S : never): Batchable => {
  const { batch } = programOf(many([]), ...steps).input
  assert(batch !== undefined)
  return batch
}
const images = (count: number) => Array.from({ length: count }, (_, i) => imageOf(String(i)))
const bytes = (size: number) => new Media("image", { from: "bytes", bytes: new Uint8Array(size) })
const video = new Media("video", { from: "url", url: "https://x.test/a.mp4" })
const batches = (
  items: Stream.Stream<Item, unknown, unknown>,
  {
    batchable = batchableOf(predict()),
    deadline = noDeadline,
    limits = {},
    replayable = true
  }: {
    batchable?: Batchable
    deadline?: typeof noDeadline
    limits?: LimitOptions
    replayable?: boolean
  } = {}
) => {
  const { predictor } = predictorOver(() => ({}), {}, { limits })
  const cut = toBatches(items, { predictor, batchable, deadline, replayable }) as Stream.Stream<Batch>
  return Effect.map(Stream.runCollect(cut), (all) => [...all])
}
const cut = (values: ReadonlyArray<unknown>, options: Parameters<typeof batches>[1] = {}) =>
  batches(Stream.fromIterable(itemsOf(...values)), options)
const lengths = (all: ReadonlyArray<Batch>) => all.map(({ items }) => items.length)
const indexes = (all: ReadonlyArray<Batch>) => all.flatMap(({ items }) => items.map(({ item }) => item.index))

describe("a series is cut", () => {
  it.effect("by count, in order", () =>
    Effect.gen(function* () {
      const all = yield* cut(images(7), { limits: { inputsPerCall: { image: 3 } } })
      assert.deepStrictEqual(lengths(all), [3, 3, 1])
      assert.deepStrictEqual(indexes(all), [0, 1, 2, 3, 4, 5, 6])
      assert.deepStrictEqual(yield* cut([]), [])
    })
  )
  it.effect("by bytes, and a medium larger than a full body goes alone", () =>
    Effect.gen(function* () {
      const all = yield* cut([300, 300, 3000, 300].map(bytes), { limits: { targetBodyBytes: 1000 } })
      assert.deepStrictEqual(lengths(all), [2, 1, 1])
    })
  )
  it.effect("where the kind changes", () =>
    Effect.gen(function* () {
      const all = yield* cut([imageOf("a"), imageOf("b"), video, imageOf("c")])
      assert.deepStrictEqual(
        all.map(({ items, kind }) => [kind, items.length]),
        [
          ["image", 2],
          ["video", 1],
          ["image", 1]
        ]
      )
    })
  )
  it.effect("at fewer inputs for a workflow, and at no more than the kind's", () =>
    Effect.gen(function* () {
      const batchable = batchableOf({ type: "predict", model: workflow({ id: "w" }) })
      assert.deepStrictEqual(lengths(yield* cut(images(70), { batchable })), [32, 32, 6])
      assert.deepStrictEqual(
        lengths(yield* cut(images(5), { batchable, limits: { inputsPerCall: { image: 4 } } })),
        [4, 1]
      )
    })
  )
  it.effect("so that every input is in one batch, and every batch within the limits", () =>
    Effect.gen(function* () {
      const medium = fc.oneof(fc.nat(400).map(bytes), fc.constant(video), fc.constant("no medium"))
      const samples = fc.sample(fc.array(medium, { maxLength: 30 }), 40)
      for (const values of samples) {
        const all = yield* cut(values, { limits: { inputsPerCall: { image: 4 }, targetBodyBytes: 800 } })
        assert.deepStrictEqual(
          indexes(all),
          values.map((_, i) => i)
        )
        for (const batch of all) {
          const sent = sendable(batch)
          assert.isAtMost(sent.length, 4)
          assert.isTrue(sent.every(({ prepared }) => prepared.media.kind === batch.kind))
          if (sent.length > 1)
            assert.isAtMost(
              sent.reduce((sum, { prepared }) => sum + prepared.input.encoded.sizeBytes, 0),
              800
            )
        }
      }
    })
  )
})

describe("an input that fails before it is sent", () => {
  it.effect("stays in its place with its failure", () =>
    Effect.gen(function* () {
      const [batch] = yield* cut([imageOf("a"), "no medium", imageOf("b")])
      assert(batch !== undefined)
      assert.deepStrictEqual(
        batch.items.map(({ prepared }) => prepared._tag),
        ["Success", "Failure", "Success"]
      )
      assert.deepStrictEqual(
        sendable(batch).map(({ item }) => item.index),
        [0, 2]
      )
    })
  )
  it.effect("fails for what a step throws, with the step's name", () =>
    Effect.gen(function* () {
      const throwing = step("own.draw", () => {
        throw new Error("bug")
      })
      const [batch] = yield* cut([imageOf("a")], { batchable: batchableOf(throwing, predict()) })
      const prepared = batch?.items[0]?.prepared
      assert(prepared !== undefined && Exit.isFailure(prepared))
      const [reason] = prepared.cause.reasons
      assert(reason?._tag === "Fail")
      assert.instanceOf(reason.error, StepFailed)
      assert.deepInclude(reason.error, { step: "own.draw", index: 0 })
    })
  )
  it.effect("does not fill a batch; of many, 128 wait together", () =>
    Effect.gen(function* () {
      const failed = (count: number) => Array.from({ length: count }, () => "no medium")
      assert.deepStrictEqual(
        lengths(yield* cut([...failed(3), ...images(2), ...failed(2)], { limits: { inputsPerCall: { image: 3 } } })),
        [7]
      )
      assert.deepStrictEqual(lengths(yield* cut(failed(200))), [128, 72])
    })
  )
})

describe("the steps before the prediction", () => {
  it.effect("are run for each input, in order", () =>
    Effect.gen(function* () {
      const batchable = batchableOf(
        map((media: Media) => media.with({ name: "mapped" })),
        predict()
      )
      const all = yield* cut(images(3), { batchable })
      assert.deepStrictEqual(
        all.flatMap((batch) => sendable(batch).map(({ prepared }) => prepared.media.facts.name)),
        ["mapped", "mapped", "mapped"]
      )
    })
  )
  it.effect("are cut off by the run's deadline, for their input", () =>
    Effect.gen(function* () {
      const batchable = batchableOf(
        map((value) => (value === 1 ? Effect.never : imageOf("a"))),
        predict()
      )
      const fiber = yield* Effect.forkChild(cut([0, 1], { batchable, deadline: { atMs: 100, timeoutMs: 70 } }))
      yield* TestClock.adjust(100)
      const [batch] = yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        batch?.items.map(({ prepared }) => prepared._tag),
        ["Success", "Failure"]
      )
    })
  )
})

describe("a source that is read as it comes", () => {
  const slow = Stream.concat(
    Stream.fromIterable(itemsOf(...images(2))),
    Stream.fromEffect(
      Effect.delay(Effect.succeed({ index: 2, key: undefined, exit: Exit.succeed(imageOf("late")) }), 1000)
    )
  )
  it.effect("has its batch sent when it idles, and one that can be read again has not", () =>
    Effect.gen(function* () {
      for (const [replayable, sizes] of [
        [false, [2, 1]],
        [true, [3]]
      ] as const) {
        const fiber = yield* Effect.forkChild(batches(slow, { replayable }))
        yield* TestClock.adjust(5000)
        assert.deepStrictEqual(lengths(yield* Fiber.join(fiber)), [...sizes])
      }
    })
  )
})
