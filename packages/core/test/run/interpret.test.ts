import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import type { Step } from "../../src/chain/chain-state.ts"
import { ending, series } from "../../src/chain/stage.ts"
import { InvalidOption, StepFailed, TimedOut } from "../../src/errors/errors.ts"
import type { Outcome } from "../../src/results/outcome.ts"
import { newInputRun } from "../../src/run/input-run.ts"
import { openStage, runBlock } from "../../src/run/interpret.ts"
import { withTime } from "../call/runtime.ts"
import { predictorOver } from "../predict/predictors.ts"
import { answerConcepts, inputsOf } from "./answers.ts"
import { type AnyValue, imageOf, many, map, one, predict, programOf, split, step } from "./programs.ts"

const context = { index: 4, key: "k" }
/** Runs steps for one value, as a part of a series. */
const run = (value: unknown, ...steps: ReadonlyArray<Step>) => {
  const fake = predictorOver(answerConcepts({ cat: 0.5 }))
  const input = newInputRun(fake.predictor, context)
  const { block } = programOf(many([]), ...steps).input
  // no step of these suites needs a service
  const result = runBlock(input, block, Effect.succeed(value)) as Effect.Effect<AnyValue, AnyValue>
  return { ...fake, input, result }
}
const resultOf = (value: unknown, ...steps: ReadonlyArray<Step>) => run(value, ...steps).result

describe("the steps of a program", () => {
  it.effect("are run in order, each on the result of the one before", () =>
    Effect.gen(function* () {
      const tapped: Array<unknown> = []
      const tap: Step = { type: "tap", f: (value, about) => void tapped.push([value, about]) }
      assert.strictEqual(
        yield* resultOf(
          1,
          map((n) => n + 1),
          step("x", (n: number) => n * 10),
          tap
        ),
        20
      )
      assert.deepStrictEqual(tapped, [[20, context]])
    })
  )
  it.effect("fail the input with what their functions throw", () =>
    Effect.gen(function* () {
      const throwing = map(() => {
        throw new Error("bug")
      })
      const error: unknown = yield* Effect.flip(resultOf(1, throwing))
      assert.instanceOf(error, StepFailed)
      assert.deepInclude(error, { step: "map", index: 4, key: "k" })
    })
  )
  it.effect("of a branch are run where its test is true, and only then", () =>
    Effect.gen(function* () {
      const when: Step = { type: "when", test: (n) => n > 1, steps: [map((n) => n * 100)] }
      assert.deepStrictEqual([yield* resultOf(1, when), yield* resultOf(2, when)], [1, 200])
      const truthy: Step = { type: "when", test: () => "yes", steps: [map(() => "never")] }
      assert.strictEqual(yield* resultOf(1, truthy), 1)
    })
  )
  it.effect("make up for a failure", () =>
    Effect.gen(function* () {
      const orElse: Step = { type: "orElse", f: (error) => `instead of ${error}` }
      assert.strictEqual(
        yield* resultOf(
          1,
          map(() => Effect.fail("no")),
          orElse
        ),
        "instead of no"
      )
      assert.strictEqual(yield* resultOf(1, orElse), 1)
    })
  )
  it.effect("are run again where they may be", () =>
    Effect.gen(function* () {
      let runs = 0
      const failing = map(() => (++runs < 3 ? Effect.fail({ retryable: true }) : runs))
      assert.strictEqual(yield* withTime(resultOf(1, failing, { type: "retry", times: 2 })), 3)
    })
  )
  it.effect("end at their deadline, with the answers so far", () =>
    Effect.gen(function* () {
      const { result } = run(
        imageOf("a"),
        predict(),
        map(() => Effect.never),
        { type: "timeout", ms: 60_000 }
      )
      const error: unknown = yield* Effect.flip(withTime(result, 500))
      assert.instanceOf(error, TimedOut)
      assert.deepInclude(error, { what: "input", timeoutMs: 60_000, index: 4 })
      assert.lengthOf(error.answers, 1)
    })
  )
  it.effect("are run once for equal inputs with a memory", () =>
    Effect.gen(function* () {
      let runs = 0
      const program = programOf(
        many([]),
        map(() => ++runs),
        { type: "cached", capacity: 5, ttlMs: 1000 }
      )
      const { predictor } = predictorOver(() => ({}))
      const ask = () => runBlock(newInputRun(predictor, context), program.input.block, Effect.succeed(imageOf("a")))
      assert.deepStrictEqual([yield* ask(), yield* ask()], [1, 1])
    })
  )
  it.effect("are not run where an option is out of range", () =>
    Effect.gen(function* () {
      const error: unknown = yield* Effect.flip(
        resultOf(
          1,
          map(() => assert.fail("run")),
          { type: "retry", times: -1 }
        )
      )
      assert.instanceOf(error, InvalidOption)
    })
  )
})

describe("a prediction", () => {
  it.live("is made for the input, whose calls are counted", () =>
    Effect.gen(function* () {
      const { calls, input, result } = run(imageOf("a"), predict())
      assert.strictEqual((yield* result).concepts[0].name, "cat")
      assert.deepInclude(input, { attempts: 1, requestId: "r1" })
      assert.lengthOf(calls, 1)
    })
  )
  it.live("of several models has their answers by name", () =>
    Effect.gen(function* () {
      const { input, result } = run(imageOf("a"), { type: "all", models: { one: "m", two: "n" } })
      assert.hasAllKeys(yield* result, ["one", "two"])
      assert.strictEqual(input.attempts, 2)
    })
  )
})

describe("a stage that makes several values", () => {
  const frames = split("frames", (n: number) => Array.from({ length: n }, (_, i) => i))
  const valuesOf = (outcomes: ReadonlyArray<Outcome<unknown, unknown>>) =>
    outcomes.map((outcome) => (outcome.ok ? outcome.value : "failed"))
  it.effect("has the steps after it run for each, with an outcome for each in order", () =>
    Effect.gen(function* () {
      const odd = map((n: number) => (n === 1 ? Effect.fail("no") : n * 10))
      const outcomes = (yield* resultOf(3, frames, odd)) as ReadonlyArray<Outcome<unknown, unknown>>
      assert.deepStrictEqual(valuesOf(outcomes), [0, "failed", 20])
      assert.deepStrictEqual(
        outcomes.map(({ index }) => index),
        [0, 1, 2]
      )
      assert.lengthOf((yield* resultOf(100, frames)) as ReadonlyArray<unknown>, 100)
    })
  )
  it.live("shares calls between the values", () =>
    Effect.gen(function* () {
      const { calls, result } = run(
        3,
        split("frames", (n: number) => Array.from({ length: n }, (_, i) => imageOf(String(i)))),
        predict()
      )
      assert.lengthOf(yield* result, 3)
      assert.deepStrictEqual(
        calls.map((call) => inputsOf(call).length),
        [3]
      )
    })
  )
  it.effect("passes their outcomes to steps over the whole, and to what ends them", () =>
    Effect.gen(function* () {
      const limit: Step = {
        type: "series",
        verb: "limit",
        args: [],
        stage: series("limit", {}, (all: Stream.Stream<Outcome<unknown, unknown>>) => Stream.take(all, 2))
      }
      const count: Step = {
        type: "ending",
        verb: "count",
        args: [],
        stage: ending("count", {}, (all: Stream.Stream<AnyValue>) => Stream.runCount(all))
      }
      assert.deepStrictEqual(
        valuesOf(
          yield* resultOf(
            5,
            frames,
            limit,
            map((n) => n + 1)
          )
        ),
        [1, 2]
      )
      assert.strictEqual(
        yield* resultOf(
          5,
          frames,
          limit,
          count,
          map((n) => `${n} of them`)
        ),
        "2 of them"
      )
    })
  )
  it.effect("that throws fails its input", () =>
    Effect.gen(function* () {
      const throwing = split("frames", () => {
        throw new Error("bug")
      })
      const exit = yield* Effect.exit(resultOf(1, throwing))
      assert.strictEqual(exit._tag, "Failure")
    })
  )
  it.effect("without values is opened empty", () =>
    Effect.gen(function* () {
      const { predictor } = predictorOver(() => ({}))
      const plain = { name: "plain", args: {}, run: () => Effect.void }
      const opened = yield* openStage(plain, 1, newInputRun(predictor, context))
      assert.deepStrictEqual([...(yield* Stream.runCollect(opened as Stream.Stream<unknown>))], [])
    })
  )
})

it.effect("a run that is interrupted stops its step", () =>
  Effect.gen(function* () {
    const state = { stopped: false }
    const { result } = run(
      1,
      map(() => Effect.onInterrupt(Effect.never, () => Effect.sync(() => void (state.stopped = true))))
    )
    const fiber = yield* Effect.forkChild(result)
    yield* TestClock.adjust(1)
    yield* Fiber.interrupt(fiber)
    assert.isTrue(state.stopped)
    assert.isDefined(one(1))
  })
)
