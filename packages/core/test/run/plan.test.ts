import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Plan } from "../../src/chain/plan-type.ts"
import type { Source, Step } from "../../src/chain/chain-state.ts"
import { series } from "../../src/chain/stage.ts"
import type { Budget } from "../../src/call/spending-budget.ts"
import type { Prices } from "../../src/call/prices.ts"
import { NotConfigured } from "../../src/errors/errors.ts"
import { Media } from "../../src/media/media.ts"
import { planOf } from "../../src/run/plan.ts"
import type { Program } from "../../src/run/program.ts"
import { predictorOver } from "../predict/predictors.ts"
import { type AnyValue, imageOf, many, map, one, predict, programOf, split } from "./programs.ts"

const images = (count: number) => Array.from({ length: count }, (_, i) => imageOf(String(i)))
const plan = (
  program: Program,
  options: Parameters<typeof predictorOver>[2] = {},
  more: Parameters<typeof predictorOver>[1] = {}
) => {
  const { calls, events, predictor } = predictorOver(() => assert.fail("a plan calls nobody"), more, options)
  return Effect.map(planOf(predictor, program, []) as Effect.Effect<Plan>, (made) => {
    assert.lengthOf(calls, 0)
    assert.lengthOf(events, 0)
    return made
  })
}

describe("a plan", () => {
  it.effect("has the calls, inputs and bytes of a run, and the seconds of its rate", () =>
    Effect.gen(function* () {
      const made = yield* plan(programOf(many(images(7)), predict()), {
        limits: { inputsPerCall: { image: 3 } },
        perSecond: 2
      })
      assert.deepStrictEqual(made.steps, ["inputs", "predict(m)"])
      assert.deepStrictEqual(
        made.calls.map(({ items, model }) => [model, items]),
        [
          ["m", 3],
          ["m", 3],
          ["m", 1]
        ]
      )
      assert.strictEqual(made.items, 7)
      assert.strictEqual(
        made.bytes,
        made.calls.reduce((sum, { bytes }) => sum + bytes, 0)
      )
      assert.strictEqual(made.calls[2]?.bytes, `{"inputs":[{"data":{"image":{"url":"https://x.test/6.jpg"}}}]}`.length)
      assert.strictEqual(made.seconds, 1)
      assert.deepStrictEqual([made.notes, made.unreadable], [[], []])
    })
  )
  it.effect("has a call for each of several models", () =>
    Effect.gen(function* () {
      const made = yield* plan(programOf(many(images(2)), { type: "all", models: { a: "m", b: "n" } }))
      assert.deepStrictEqual(
        made.calls.map(({ model }) => model),
        ["m", "n"]
      )
      assert.strictEqual(made.items, 2)
    })
  )
  it.effect("of one input is one call, or the calls of what is made of it", () =>
    Effect.gen(function* () {
      assert.lengthOf((yield* plan(programOf(one(imageOf("a")), predict()))).calls, 1)
      const frames = split("frames", () => images(3))
      assert.deepStrictEqual(
        (yield* plan(programOf(one(imageOf("a")), frames, predict()), {
          limits: { inputsPerCall: { image: 2 } }
        })).calls.map(({ items }) => items),
        [2, 1]
      )
    })
  )
  it.effect("lists inputs that cannot be read", () =>
    Effect.gen(function* () {
      const missing = new Media("image", { from: "file", path: "/nowhere/a.jpg" })
      const made = yield* plan(programOf(many([imageOf("a"), missing]), predict()))
      assert.strictEqual(made.items, 1)
      assert.lengthOf(made.unreadable, 1)
      assert.strictEqual(made.unreadable[0]?.index, 1)
      assert.include(made.unreadable[0]?.problem, "/nowhere/a.jpg")
    })
  )
  it.effect("has the notes of its media, once each", () =>
    Effect.gen(function* () {
      const noted = images(3).map((media) => media.with({ notes: ["turned upright"] }))
      assert.deepStrictEqual((yield* plan(programOf(many(noted), predict()))).notes, ["turned upright"])
    })
  )
})

describe("a plan that cannot know", () => {
  it.effect.each<[string, Program, RegExp]>([
    ["a source that is read once", programOf(many(images(2), false), predict()), /read only once/],
    [
      "inputs that run alone",
      programOf(
        many(images(2)),
        map((value) => value)
      ),
      /run alone/
    ],
    ["a memory", programOf(many(images(2)), predict(), { type: "cached", capacity: 5, ttlMs: 5 }), /in memory/],
    ["predictions after an answer", programOf(many(images(2)), predict(), predict("n")), /depend on its answers/],
    [
      "values made of an answer",
      programOf(
        one(imageOf("a")),
        predict(),
        split("crops", () => []),
        predict("n")
      ),
      /depend on its answers/
    ]
  ])("says so: %s", ([, program, note]) => Effect.map(plan(program), ({ notes }) => assert.match(notes.join(), note)))
  it.effect("reads no source that can be read once", () =>
    Effect.gen(function* () {
      const source: Source = { ...many([], false), type: "many", replayable: false, open: () => Stream.die("read") }
      assert.deepInclude(yield* plan(programOf(source, predict())), { calls: [], items: 0, bytes: 0, seconds: 0 })
    })
  )
  it.effect("opens nothing that is made of an answer", () =>
    Effect.gen(function* () {
      const crops = split("crops", () => assert.fail("opened"))
      assert.lengthOf((yield* plan(programOf(one(imageOf("a")), predict(), crops, predict("n")))).calls, 1)
    })
  )
  it.effect("counts without a key, and says what a call would lack", () =>
    Effect.gen(function* () {
      const settings = Effect.fail(new NotConfigured({ setting: "pat", problem: "is missing" }))
      const made = yield* plan(programOf(many(images(2)), predict()), { connection: { settings } })
      assert.lengthOf(made.calls, 1)
      assert.deepStrictEqual(made.notes, ["nothing can be sent yet: pat: is missing"])
    })
  )
})

describe("a plan with prices and a budget", () => {
  const prices: Prices = { asOf: "2026-11-30", usdPerInput: { m: 0.25, n: 1 } }
  const twoInputs = { limits: { inputsPerCall: { image: 2 } } }
  const budget = (limits: Budget): Step => ({ type: "budget", budget: limits })
  const sizes = ({ calls }: Plan) => calls.map(({ items }) => items)

  it.effect("adds the price of each input of each call, and of none without a call", () =>
    Effect.gen(function* () {
      const made = yield* plan(programOf(many(images(5)), predict()), twoInputs, { prices })
      assert.deepStrictEqual([made.usd, made.budget], [1.25, undefined])
      const all = programOf(many(images(2)), { type: "all", models: { a: "m", b: "n" } })
      assert.strictEqual((yield* plan(all, twoInputs, { prices })).usd, 2.5)
      assert.strictEqual((yield* plan(programOf(many([]), predict()), twoInputs, { prices })).usd, 0)
    })
  )
  it.effect("knows no sum where one model has no price, whichever comes first", () =>
    Effect.gen(function* () {
      for (const models of [
        { a: "m", b: "unknown" },
        { a: "unknown", b: "m" }
      ]) {
        const made = yield* plan(programOf(many(images(5)), { type: "all", models }), twoInputs, { prices })
        assert.deepStrictEqual([made.usd, made.calls.length], [undefined, 6])
      }
    })
  )
  it.effect("leaves out the calls that the budget does not reach, and counts their inputs", () =>
    Effect.gen(function* () {
      const program = (limits: Budget) => programOf(many(images(7)), predict(), budget(limits))
      const byCalls = yield* plan(program({ calls: 3 }), twoInputs)
      assert.deepStrictEqual([sizes(byCalls), byCalls.items], [[2, 2, 2], 6])
      assert.deepStrictEqual(byCalls.budget, { calls: 3, unsent: 1 })
      const byPrice = yield* plan(program({ usd: 1.1 }), twoInputs, { prices })
      assert.deepStrictEqual([sizes(byPrice), byPrice.items, byPrice.usd], [[2, 2], 4, 1])
      assert.deepStrictEqual(byPrice.budget, { usd: 1.1, unsent: 3 })
      const enough = yield* plan(program({ calls: 9 }), twoInputs)
      assert.deepStrictEqual([sizes(enough), enough.items], [[2, 2, 2, 1], 7])
      assert.deepStrictEqual(enough.budget, { calls: 9, unsent: 0 })
    })
  )
  it.effect("makes no smaller call either, once one did not fit", () =>
    Effect.gen(function* () {
      const program = programOf(many(images(3)), predict(), budget({ usd: 0.3 }))
      const made = yield* plan(program, twoInputs, { prices })
      assert.deepStrictEqual([sizes(made), made.budget], [[], { usd: 0.3, unsent: 3 }])
    })
  )
  it.effect("says that a time may end the run earlier, and only then", () =>
    Effect.gen(function* () {
      const program = (limits: Budget) => programOf(many(images(1)), predict(), budget(limits))
      assert.deepStrictEqual((yield* plan(program({ ms: 50 }))).notes, [
        "the budget of 50 ms may end it earlier: the service's time is not known"
      ])
      assert.deepStrictEqual((yield* plan(program({ calls: 50 }))).notes, [])
    })
  )
  it.effect("fails where the budget cannot be kept", () =>
    Effect.gen(function* () {
      const program = programOf(many(images(1)), predict(), budget({ usd: 1 }))
      const error = yield* Effect.flip(plan(program))
      assert.include(Object(error).message, "the price of m")
    })
  )
  it.effect("has the budget of a chain whose inputs are not read, with nothing unsent", () =>
    Effect.gen(function* () {
      const program = programOf(many(images(2), false), predict(), budget({ calls: 1 }))
      assert.deepStrictEqual((yield* plan(program)).budget, { calls: 1, unsent: 0 })
    })
  )
})

describe("steps after a series", () => {
  const limit: Step = {
    type: "series",
    verb: "limit",
    args: [],
    stage: series("limit", {}, (all: Stream.Stream<AnyValue>) => Stream.take(all, 2))
  }

  it.effect("that predict depend on answers, and others do not", () =>
    Effect.gen(function* () {
      const note = /depend on its answers/
      const behind = yield* plan(programOf(many(images(3)), predict(), limit, predict("n")))
      assert.deepStrictEqual(
        behind.calls.map(({ model, items }) => [model, items]),
        [["m", 3]]
      )
      assert.match(behind.notes.join(), note)
      const plain = yield* plan(programOf(many(images(3)), predict(), limit))
      assert.notMatch(plain.notes.join(), note)
    })
  )
})

it.effect("steps over a whole series are run where no answer is needed", () =>
  Effect.gen(function* () {
    const limit: Step = {
      type: "series",
      verb: "limit",
      args: [],
      stage: series("limit", {}, (all: Stream.Stream<AnyValue>) => Stream.take(all, 2))
    }
    const made = yield* plan(programOf(many(images(5)), limit, predict()))
    assert.deepStrictEqual(
      made.calls.map(({ items }) => items),
      [2]
    )
  })
)

it.effect("time is that of the burst of each second", () =>
  Effect.gen(function* () {
    const of = (calls: number, perSecond: number) =>
      Effect.map(
        plan(programOf(many(images(calls)), predict()), { limits: { inputsPerCall: { image: 1 } }, perSecond }),
        ({ seconds }) => seconds
      )
    assert.deepStrictEqual([yield* of(0, 2), yield* of(2, 2), yield* of(3, 2), yield* of(5, 2)], [0, 0, 1, 2])
    assert.deepStrictEqual([yield* of(3, 0.5), yield* of(3, Infinity)], [4, 0])
  })
)
