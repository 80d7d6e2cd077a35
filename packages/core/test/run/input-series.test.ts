import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { InvalidOption, SourceFailed, StepFailed } from "../../src/errors/errors.ts"
import { InvalidInput } from "../../src/results/invalid-input.ts"
import { type Item, outcomeItems, toItems } from "../../src/run/input-series.ts"
import { imageOf } from "./programs.ts"

const collect = (items: Stream.Stream<Item, never, unknown>) =>
  Effect.map(Stream.runCollect(items as Stream.Stream<Item>), (all) => [...all])
const errorOf = (item: Item | undefined): unknown => {
  assert(item !== undefined && Exit.isFailure(item.exit))
  const [reason] = item.exit.cause.reasons
  return reason?._tag === "Fail" ? reason.error : reason
}

describe("the items of a series", () => {
  it.effect("have their positions and keys, in each reading anew", () =>
    Effect.gen(function* () {
      const items = toItems(Stream.make(imageOf("a", "k"), imageOf("b"), 7), "inputs")
      for (let reading = 0; reading < 2; reading++)
        assert.deepStrictEqual(
          (yield* collect(items)).map(({ index, key }) => [index, key]),
          [
            [0, "k"],
            [1, undefined],
            [2, undefined]
          ]
        )
    })
  )
  it.effect("of which one cannot be made have its failure in its place", () =>
    Effect.gen(function* () {
      const error = new InvalidOption({ option: "inputs", problem: "is a number", index: 1 })
      const items = yield* collect(toItems(Stream.make(1, new InvalidInput(error), 3), "inputs"))
      assert.strictEqual(errorOf(items[1]), error)
      assert.deepStrictEqual(
        items.map(({ index }) => index),
        [0, 1, 2]
      )
    })
  )
  it.effect("end with the failure of their source, and earlier ones stand", () =>
    Effect.gen(function* () {
      const broken = new SourceFailed({ problem: "gone", cause: undefined })
      const items = yield* collect(toItems(Stream.concat(Stream.make(1, 2), Stream.fail(broken)), "inputs"))
      assert.lengthOf(items, 3)
      assert.deepInclude(items[2], { index: 2, key: undefined })
      assert.strictEqual(errorOf(items[2]), broken)
    })
  )
  it.effect("end with what their source throws, as its failure", () =>
    Effect.gen(function* () {
      const items = yield* collect(toItems(Stream.concat(Stream.make(1), Stream.die(new Error("bug"))), "frames"))
      const error = errorOf(items[1])
      assert.instanceOf(error, StepFailed)
      assert.deepInclude(error, { step: "frames", problem: "bug", index: 1 })
    })
  )
  it.effect("are interrupted with their source", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(collect(toItems(Stream.fromEffect(Effect.interrupt), "inputs")))
      assert.isTrue(Exit.isFailure(exit))
    })
  )
})

describe("the items after a step over a series", () => {
  const outcome = (index: number, value: unknown) => ({
    ok: true as const,
    value,
    index,
    key: `k${index}`,
    attempts: 2,
    requestId: "r"
  })
  it.effect("keep the positions, keys and calls of its outcomes", () =>
    Effect.gen(function* () {
      const failed = { ok: false as const, error: "no", index: 5, key: undefined, attempts: 1, requestId: undefined }
      const items = yield* collect(outcomeItems(Stream.make(outcome(7, "a"), failed), "limit"))
      assert.deepStrictEqual(items[0], {
        index: 7,
        key: "k7",
        exit: Exit.succeed("a"),
        before: { attempts: 2, requestId: "r" }
      })
      assert.strictEqual(errorOf(items[1]), "no")
      assert.deepInclude(items[1], { index: 5, before: { attempts: 1, requestId: undefined } })
    })
  )
  it.effect("end with what it throws, behind the last position", () =>
    Effect.gen(function* () {
      const broken = Stream.concat(Stream.make(outcome(7, "a"), outcome(2, "b")), Stream.die(new Error("bug")))
      const items = yield* collect(outcomeItems(broken, "limit"))
      assert.strictEqual(items[2]?.index, 8)
      assert.deepInclude(errorOf(items[2]), { step: "limit", index: 8 })
      const failing = yield* collect(outcomeItems(Stream.fail("typed"), "limit"))
      assert.deepInclude(failing[0], { index: 0, key: undefined })
      assert.strictEqual(errorOf(failing[0]), "typed")
    })
  )
})
