import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { RunOptions, StreamOptions } from "../../src/chain/run-options.ts"
import type { Step } from "../../src/chain/chain-state.ts"
import { ending, series } from "../../src/chain/stage.ts"
import { InvalidOption, TimedOut } from "../../src/errors/errors.ts"
import type { Outcome } from "../../src/results/outcome.ts"
import { iterate, run as runPromise, settle } from "../../src/promise.ts"
import { makeRuntime, type RuntimeParts } from "../../src/run/run.ts"
import type { Program } from "../../src/run/program.ts"
import { withTime } from "../call/runtime.ts"
import { predictorOver } from "../predict/predictors.ts"
import { answerConcepts, inputsOf } from "./answers.ts"
import { type AnyValue, imageOf, many, map, one, predict, programOf, split } from "./programs.ts"

const runtimeOf = (
  more: Partial<RuntimeParts> = {},
  options: Parameters<typeof predictorOver>[2] = {},
  hooks: Parameters<typeof predictorOver>[1] = {}
) => {
  const fake = predictorOver(answerConcepts({ cat: 0.5 }), hooks, options)
  const runtime = makeRuntime({
    promises: { run: runPromise, settle, iterate },
    plugins: {},
    predictor: fake.predictor,
    runHooks: [],
    asRun: (effect) => effect,
    streamAsRun: (stream) => stream,
    ...more
  })
  const execute = (program: Program, options: RunOptions = {}) =>
    runtime.execute(program, options) as Effect.Effect<AnyValue, AnyValue>
  const stream = (program: Program, options: StreamOptions = {}) =>
    Effect.map(
      Stream.runCollect(runtime.stream(program, options) as Stream.Stream<Outcome<AnyValue, AnyValue>, AnyValue>),
      (all) => [...all]
    )
  return { ...fake, runtime, execute, stream }
}
const images = (count: number) => Array.from({ length: count }, (_, i) => imageOf(String(i)))
const limit: Step = {
  type: "series",
  verb: "limit",
  args: [],
  stage: series("limit", {}, (all: Stream.Stream<AnyValue>) => Stream.take(all, 2))
}
const count: Step = {
  type: "ending",
  verb: "count",
  args: [],
  stage: ending("count", {}, (all: Stream.Stream<AnyValue>) => Stream.runCount(all))
}

describe("a chain over one input", () => {
  it.live("gives its value, and streams it alone", () =>
    Effect.gen(function* () {
      const { execute, stream } = runtimeOf()
      const program = programOf(
        one(imageOf("a")),
        predict(),
        map(({ concepts }) => concepts[0].name)
      )
      assert.strictEqual(yield* execute(program), "cat")
      assert.deepStrictEqual(yield* stream(program), ["cat"] as never)
    })
  )
  it.effect("ends at its deadline, with the answers so far", () =>
    Effect.gen(function* () {
      const { execute } = runtimeOf()
      const program = programOf(
        one(imageOf("a")),
        predict(),
        map(() => Effect.never)
      )
      const error: unknown = yield* Effect.flip(withTime(execute(program, { timeoutMs: 60_000 }), 500))
      assert.instanceOf(error, TimedOut)
      assert.deepInclude(error, { what: "run", timeoutMs: 60_000 })
      assert.notProperty(error, "index")
      assert.lengthOf(error.answers, 1)
    })
  )
  it.effect("is told to the hooks of its input, well or not", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const { execute } = runtimeOf(
        {},
        {},
        {
          inputHooks: [
            {
              plugin: "p",
              run: (input) => Effect.succeed((outcome) => Effect.sync(() => void seen.push(input.index, outcome.ok)))
            }
          ]
        }
      )
      yield* execute(programOf(one(1)))
      yield* Effect.exit(
        execute(
          programOf(
            one(1),
            map(() => Effect.fail("no"))
          )
        )
      )
      assert.deepStrictEqual(seen, [0, true, 0, false])
    })
  )
})

describe("a chain over several inputs", () => {
  it.effect("gives their outcomes in order, in shared calls", () =>
    Effect.gen(function* () {
      const { calls, execute } = runtimeOf({}, { limits: { inputsPerCall: { image: 2 } } })
      const outcomes = (yield* execute(programOf(many(images(5)), predict()))) as ReadonlyArray<
        Outcome<AnyValue, AnyValue>
      >
      assert.deepStrictEqual(
        outcomes.map((outcome) => outcome.ok && outcome.index),
        [0, 1, 2, 3, 4]
      )
      assert.deepStrictEqual(
        calls.map((call) => inputsOf(call).length),
        [2, 2, 1]
      )
    })
  )
  it.effect("streams them as they settle where the caller wants no order", () =>
    Effect.gen(function* () {
      const { stream } = runtimeOf()
      const slowFirst = map((n: number) => Effect.as(Effect.sleep(n === 0 ? 1000 : 10), n))
      const values = (options: StreamOptions) =>
        Effect.map(withTime(stream(programOf(many([0, 1, 2]), slowFirst), options), 100), (all) =>
          all.map((outcome) => outcome.ok && outcome.value)
        )
      assert.deepStrictEqual(yield* values({ ordered: false }), [1, 2, 0])
      assert.deepStrictEqual(yield* values({}), [0, 1, 2])
    })
  )
  it.effect("has no more calls in flight than the caller allows", () =>
    Effect.gen(function* () {
      let [running, most] = [0, 0]
      const fake = predictorOver(
        async (call) => {
          most = Math.max(most, ++running)
          await new Promise((go) => void setImmediate(go))
          running--
          return answerConcepts({ cat: 1 })(call)
        },
        {},
        { limits: { inputsPerCall: { image: 1 } } }
      )
      const { stream } = runtimeOf({ predictor: fake.predictor })
      assert.lengthOf(yield* stream(programOf(many(images(9)), predict()), { concurrency: 3 }), 9)
      assert.strictEqual(most, 3)
    })
  )
  it.effect("is cut by a step over the whole, or ended with one value", () =>
    Effect.gen(function* () {
      const { calls, execute } = runtimeOf()
      assert.lengthOf(yield* execute(programOf(many(images(5)), limit, predict())), 2)
      assert.lengthOf(inputsOf(calls[0]), 2)
      assert.strictEqual(
        yield* execute(
          programOf(
            many([1, 2, 3]),
            count,
            map((n) => n * 10)
          )
        ),
        30
      )
      assert.strictEqual(yield* execute(programOf(many([1, 2, 3]), limit, count)), 2)
    })
  )
  it.effect("that a stage makes of one input has their outcomes", () =>
    Effect.gen(function* () {
      const { execute } = runtimeOf()
      assert.lengthOf(
        yield* execute(
          programOf(
            one(3),
            split("frames", (n: number) => images(n)),
            predict()
          )
        ),
        3
      )
    })
  )
  it.effect("asks a memory for each input alone", () =>
    Effect.gen(function* () {
      const { calls, execute } = runtimeOf()
      const program = programOf(many([imageOf("a"), imageOf("a"), imageOf("b")]), predict(), {
        type: "cached",
        capacity: 9,
        ttlMs: 9
      })
      assert.lengthOf(yield* execute(program), 3)
      assert.deepStrictEqual(calls.flatMap((call) => inputsOf(call)).length, 2)
    })
  )
  it.effect("ends at its deadline with an outcome for each input", () =>
    Effect.gen(function* () {
      const { execute } = runtimeOf()
      const program = programOf(
        many([0, 1]),
        map((n) => (n === 1 ? Effect.never : n))
      )
      const outcomes = (yield* withTime(execute(program, { timeoutMs: 1000 }))) as ReadonlyArray<
        Outcome<AnyValue, AnyValue>
      >
      assert.deepStrictEqual(
        outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.error._tag)),
        [0, "TimedOut"]
      )
    })
  )
})

describe("options out of range", () => {
  it.effect.each<[string, StreamOptions]>([
    ["concurrency", { concurrency: 0 }],
    ["concurrency", { concurrency: Number.NaN }],
    ["timeoutMs", { timeoutMs: Number.NaN }]
  ])("are refused before anything is run: %s", ([option, options]) =>
    Effect.gen(function* () {
      const { execute, stream } = runtimeOf()
      const program = programOf(
        many([1]),
        map(() => assert.fail("run"))
      )
      for (const run of [execute(program, options), stream(program, options)]) {
        const error: unknown = yield* Effect.flip<unknown, unknown, never>(run)
        assert.instanceOf(error, InvalidOption)
        assert.strictEqual(error.option, option)
      }
    })
  )
  it.effect("are none at their bounds", () =>
    Effect.gen(function* () {
      const { stream } = runtimeOf()
      assert.lengthOf(yield* stream(programOf(many([1])), { concurrency: 1, timeoutMs: Infinity }), 1)
    })
  )
})

describe("a runtime", () => {
  it.effect("calls its hooks with the names of the steps", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const { execute, stream } = runtimeOf({
        runHooks: [
          {
            plugin: "p",
            run: ({ chain }) => Effect.succeed(({ ok }) => Effect.sync(() => void seen.push(`${chain} ${ok}`)))
          }
        ]
      })
      yield* execute(
        programOf(
          many([1]),
          map((n) => n)
        )
      )
      yield* stream(programOf(one(1)))
      assert.deepStrictEqual(seen, ["inputs → map true", "input true"])
    })
  )
  it.effect("plans, in numbers and as text", () =>
    Effect.gen(function* () {
      const { runtime } = runtimeOf()
      const program = programOf(many(images(3)), predict())
      assert.deepInclude(yield* runtime.plan(program, {}) as Effect.Effect<AnyValue>, { items: 3 })
      assert.match(
        yield* runtime.explain(program, {}) as Effect.Effect<string>,
        /^inputs → predict\(m\)\n1 call, 3 inputs/
      )
    })
  )
  it("prints a chain of plain data, and refuses one with a closure", () => {
    const { runtime } = runtimeOf()
    const source = { ...many([]), args: [["https://x.test/a.jpg"]], portable: true }
    assert.include(JSON.stringify(runtime.toPortable(programOf(source, predict()))), "x.test")
    assert.throws(
      () =>
        runtime.toPortable(
          programOf(
            source,
            map((n) => n)
          )
        ),
      /map/
    )
  })
})
