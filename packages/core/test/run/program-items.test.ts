import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import type { Item } from "../../src/run/input-series.ts"
import { seriesItems } from "../../src/run/program-items.ts"
import { predictorOver } from "../predict/predictors.ts"
import { imageOf, many, map, one, programOf, split } from "./programs.ts"

const { predictor } = predictorOver(() => ({}))
const valuesOf = (items: Stream.Stream<Item, unknown, unknown>) =>
  Effect.map(Stream.runCollect(items as Stream.Stream<Item>), (all) =>
    [...all].map(({ exit, index }) => [index, Exit.isSuccess(exit) ? exit.value : exit._tag])
  )

describe("the items of a program", () => {
  it.effect("are those of its source", () =>
    Effect.gen(function* () {
      const { finite, items, replayable } = seriesItems(predictor, programOf(many(["a", "b"], false)))
      assert.deepStrictEqual([finite, replayable], [true, false])
      assert.deepStrictEqual(yield* valuesOf(items), [
        [0, "a"],
        [1, "b"]
      ])
      const { finite: _, ...endless } = many([]) as ReturnType<typeof many> & { readonly finite?: boolean }
      assert.isFalse(seriesItems(predictor, programOf(endless)).finite)
    })
  )
  it.effect("are what a stage makes of its one input, after the steps before", () =>
    Effect.gen(function* () {
      const program = programOf(
        one(2),
        map((n: number) => n + 1),
        split("frames", (n: number) => [n, n * 2]),
        map((n) => n)
      )
      const { finite, items, replayable } = seriesItems(predictor, program)
      assert.deepStrictEqual([finite, replayable], [false, true])
      assert.deepStrictEqual(yield* valuesOf(items), [
        [0, 3],
        [1, 6]
      ])
    })
  )
  it.effect("are its one input where nothing is made of it", () =>
    Effect.gen(function* () {
      const image = imageOf("a")
      const { finite, items } = seriesItems(predictor, programOf(one(image)))
      assert.isTrue(finite)
      assert.deepStrictEqual(yield* valuesOf(items), [[0, image]])
    })
  )
})
