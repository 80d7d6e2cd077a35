import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Media } from "../../src/media/media.ts"
import { prepareNow } from "../../src/predict/prepare.ts"
import type { Predictor } from "../../src/predict/predictor.ts"
import type { Batch, BatchItem } from "../../src/run/batches.ts"
import { itemRun } from "../../src/run/input-run.ts"
import { HookPlan } from "../../src/run/plan-hooks.ts"
import { predictorOver } from "../predict/predictors.ts"
import { imageOf } from "./programs.ts"

const { predictor } = predictorOver(() => ({}))
/** A batch of images at these positions; those of `unready` could not be prepared. */
const batchOf = (indices: ReadonlyArray<number>, unready: ReadonlyArray<number> = []): Batch => ({
  kind: "image",
  items: indices.map((index): BatchItem => {
    const media = imageOf("a")
    const item = { index, key: undefined, exit: Exit.succeed(media) }
    const prepared = prepareNow(predictor, media)
    assert(prepared !== undefined)
    return {
      item,
      run: itemRun(predictor, item),
      prepared: unready.includes(index) ? Exit.fail("unready") : Exit.succeed(prepared)
    }
  })
})
const nothing = () => Effect.void
const same = (media: Media) => Effect.succeed(media)
const runHook = { plugin: "r", run: nothing }
/** The ranges of a run's hook after batches of these positions. */
const rangesAfter = (...batches: ReadonlyArray<ReadonlyArray<number>>) => {
  const plan = new HookPlan(predictor, [runHook])
  for (const indices of batches) plan.note(batchOf(indices), true)
  return plan.hooks()[0]?.inputs
}

describe("the inputs of a planned hook", () => {
  it.each<[ReadonlyArray<ReadonlyArray<number>>, ReadonlyArray<readonly [number, number]>]>([
    [[], []],
    [[[0, 1, 2]], [[0, 2]]],
    [
      [[0, 1], [5, 6], [2]],
      [
        [0, 2],
        [5, 6]
      ]
    ],
    [
      [[5], [0]],
      [
        [0, 0],
        [5, 5]
      ]
    ],
    [
      [
        [3, 4],
        [0, 1, 2]
      ],
      [[0, 4]]
    ],
    [[[0, 1, 2], [1], [2]], [[0, 2]]],
    [
      [[0, 1, 2, 3], [9], [1]],
      [
        [0, 3],
        [9, 9]
      ]
    ],
    [[[2, 4, 3]], [[2, 4]]]
  ])("of batches at %j are ranges, in order, of which none touches another", (batches, ranges) => {
    assert.deepStrictEqual(rangesAfter(...batches), ranges)
  })
})

describe("the hooks of a plan", () => {
  const hooks = (more: Partial<Predictor>): Predictor => ({ ...predictor, ...more })
  it("are listed as they run for an input, with what they ask for", () => {
    const all = hooks({
      inputHooks: [{ plugin: "i", order: "pre", run: nothing }],
      prepare: [{ plugin: "p", filter: { kind: "image" }, run: same }],
      wire: {
        ...predictor.wire,
        hooks: [{ plugin: "q", ignoresBody: true, run: (call, next) => next(call) }]
      }
    })
    assert.deepStrictEqual(new HookPlan(all, [runHook]).hooks(), [
      { plugin: "r", hook: "run", inputs: [] },
      { plugin: "i", hook: "input", order: "pre", inputs: [] },
      { plugin: "p", hook: "prepare", filter: { kind: "image" }, inputs: [] },
      { plugin: "q", hook: "request", inputs: [] }
    ])
  })
  it("have no filter where they ask for nothing", () => {
    const [planned] = new HookPlan(hooks({ prepare: [{ plugin: "p", filter: {}, run: same }] }), []).hooks()
    assert.deepStrictEqual(planned, { plugin: "p", hook: "prepare", inputs: [] })
  })
  it("of runs and inputs are called for all inputs, those of requests for the inputs that are sent", () => {
    const all = hooks({
      inputHooks: [{ plugin: "i", run: nothing }],
      wire: {
        ...predictor.wire,
        hooks: [{ plugin: "q", ignoresBody: true, run: (call, next) => next(call) }]
      }
    })
    const inputsOf = (predicts: boolean) => {
      const plan = new HookPlan(all, [runHook])
      plan.note(batchOf([0, 1, 2], [1]), predicts)
      return plan.hooks().map(({ hook, inputs }) => [hook, inputs])
    }
    assert.deepStrictEqual<unknown>(inputsOf(true), [
      ["run", [[0, 2]]],
      ["input", [[0, 2]]],
      ["request", rangesAfter([0, 2])]
    ])
    assert.deepStrictEqual<unknown>(inputsOf(false).at(-1), ["request", []])
  })
  it.effect("that prepare media are noted when they are called, and input hooks are not called", () =>
    Effect.gen(function* () {
      const media = imageOf("a")
      const all = hooks({
        inputHooks: [{ plugin: "i", run: nothing }],
        prepare: [{ plugin: "p", filter: {}, run: same }]
      })
      const plan = new HookPlan(all, [])
      assert.lengthOf(plan.predictor.inputHooks, 0)
      assert.strictEqual(
        yield* plan.predictor.prepare[0]?.run(media, { index: 4, key: undefined }) ?? Effect.void,
        media
      )
      plan.note(batchOf([0]), true)
      assert.deepInclude(
        plan.hooks().find(({ hook }) => hook === "prepare"),
        { inputs: [[4, 4]] }
      )
    })
  )
})
