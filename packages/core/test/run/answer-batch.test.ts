import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import type { Step } from "../../src/chain/chain-state.ts"
import { noDeadline, type RunDeadline } from "../../src/call/deadline.ts"
import { PartlyAnswered, TimedOut } from "../../src/errors/errors.ts"
import type { Outcome } from "../../src/results/outcome.ts"
import { answerBatch } from "../../src/run/answer-batch.ts"
import type { Batch, BatchItem } from "../../src/run/batches.ts"
import { itemRun } from "../../src/run/input-run.ts"
import { type AppInputHook, startInput } from "../../src/run/run-hooks.ts"
import { prepareNow } from "../../src/predict/prepare.ts"
import { statusBody, withTime } from "../call/runtime.ts"
import { predictorOver } from "../predict/predictors.ts"
import { answerConcepts, inputsOf } from "./answers.ts"
import { type AnyValue, imageOf, itemsOf, many, map, predict, programOf, split } from "./programs.ts"

const well = answerConcepts({ cat: 0.5 })
type Answer = Parameters<typeof predictorOver>[0]
/** The outcomes of a batch of images; a name that begins with `!` failed before it was sent. */
const answer = (
  service: Answer,
  names: ReadonlyArray<string>,
  steps: ReadonlyArray<Step>,
  deadline: RunDeadline = noDeadline,
  inputHooks: ReadonlyArray<AppInputHook> = []
) => {
  const fake = predictorOver(service, { inputHooks })
  const { batch: batchable } = programOf(many([]), ...steps).input
  assert(batchable !== undefined)
  const batch: Batch = {
    kind: "image",
    items: itemsOf(...names.map((name) => imageOf(name, name))).map((item): BatchItem => {
      assert(Exit.isSuccess(item.exit))
      const prepared = prepareNow(fake.predictor, item.exit.value)
      assert(prepared !== undefined)
      return {
        item,
        run: itemRun(fake.predictor, item),
        prepared: names[item.index]?.startsWith("!") === true ? Exit.fail("unready") : Exit.succeed(prepared)
      }
    })
  }
  const started = Effect.forEach(batch.items, ({ item, run }) => startInput(run, item.exit))
  // no step of these suites needs a service
  const outcomes = Effect.andThen(started, answerBatch(fake.predictor, batchable, deadline, batch)) as Effect.Effect<
    ReadonlyArray<Outcome<AnyValue, AnyValue>>
  >
  return { ...fake, outcomes }
}
const summary = (outcomes: ReadonlyArray<Outcome<AnyValue, AnyValue>>) =>
  outcomes.map((outcome) => [
    outcome.key,
    outcome.ok ? (outcome.value.concepts?.[0]?.name ?? outcome.value) : (outcome.error?._tag ?? outcome.error),
    outcome.attempts
  ])

describe("a batch", () => {
  it.effect("has an outcome for each input, in order, those that were not sent included", () =>
    Effect.gen(function* () {
      const { calls, outcomes } = answer(well, ["a", "!b", "c"], [predict()])
      assert.deepStrictEqual(summary(yield* outcomes), [
        ["a", "cat", 1],
        ["!b", "unready", 0],
        ["c", "cat", 1]
      ])
      assert.deepStrictEqual(
        inputsOf(calls[0]).map(({ id }) => id),
        ["a", "c"]
      )
    })
  )
  it.effect("of which nothing is ready sends nothing", () =>
    Effect.gen(function* () {
      const { calls, outcomes } = answer(well, ["!a"], [predict()])
      assert.deepStrictEqual(summary(yield* outcomes), [["!a", "unready", 0]])
      assert.lengthOf(calls, 0)
    })
  )
  it.effect("has the steps after the prediction run for each input", () =>
    Effect.gen(function* () {
      const { outcomes } = answer(well, ["a", "!b", "c"], [predict(), map(({ concepts }) => concepts.length)])
      assert.deepStrictEqual(summary(yield* outcomes), [
        ["a", 1, 1],
        ["!b", "unready", 0],
        ["c", 1, 1]
      ])
    })
  )
  it.effect("is sent to each of several models, once each", () =>
    Effect.gen(function* () {
      const service: Answer = (call) =>
        call.path.includes("/n/") ? Response.json(statusBody(11001), { status: 401 }) : well(call)
      const { calls, outcomes } = answer(service, ["a", "b"], [{ type: "all", models: { one: "m", two: "n" } }])
      const all = yield* outcomes
      assert.lengthOf(calls, 2)
      for (const outcome of all) {
        assert(!outcome.ok)
        assert.instanceOf(outcome.error, PartlyAnswered)
        assert.deepStrictEqual(Object.keys(outcome.error.answers), ["one"])
        assert.strictEqual(outcome.attempts, 2)
      }
    })
  )
  it.effect("is sent to several models at once", () =>
    Effect.gen(function* () {
      const both = Promise.withResolvers<void>()
      let calls = 0
      const service: Answer = async (call) => {
        if (++calls === 2) both.resolve()
        await both.promise
        return well(call)
      }
      const { outcomes } = answer(service, ["a", "!b"], [{ type: "all", models: { one: "m", two: "n" } }])
      const [first, second] = yield* outcomes
      assert.deepStrictEqual(first?.ok && Object.keys(first.value as object), ["one", "two"])
      assert.deepStrictEqual(second?.ok === false && second.error, "unready")
    })
  )
  it.effect("has the steps after the prediction run for several inputs at once", () =>
    Effect.gen(function* () {
      let waiting = 0
      const both = yield* Deferred.make<void>()
      const meet = map(() => (++waiting === 2 ? Effect.as(Deferred.succeed(both, undefined), 1) : Deferred.await(both)))
      const { outcomes } = answer(well, ["a", "b"], [predict(), meet])
      assert.isTrue((yield* outcomes).every(({ ok }) => ok))
    })
  )
  it.effect("has several values made of an answer", () =>
    Effect.gen(function* () {
      const steps = [predict(), split("letters", ({ concepts }) => [...concepts[0].name])]
      const { outcomes } = answer(well, ["a"], steps)
      const [first] = yield* outcomes
      assert.deepStrictEqual(
        first?.ok === true && (first.value as ReadonlyArray<Outcome<string, never>>).map((one) => one.ok && one.value),
        ["c", "a", "t"]
      )
    })
  )
  it.effect.each<{ readonly steps: ReadonlyArray<Step> }>([
    { steps: [predict()] },
    { steps: [predict(), map(() => "done")] }
  ])("ends the hooks of each input with its outcome, once", ({ steps }) =>
    Effect.gen(function* () {
      const ends: Array<unknown> = []
      // one input has no hook that waits for its end
      const hook: AppInputHook = {
        plugin: "p",
        run: ({ key }) =>
          key === "c" ? Effect.void : Effect.succeed((outcome) => Effect.sync(() => void ends.push([key, outcome.ok])))
      }
      const { outcomes } = answer(well, ["a", "!b", "c"], steps, noDeadline, [hook])
      assert.deepStrictEqual(
        (yield* outcomes).map(({ ok }) => ok),
        [true, false, true]
      )
      assert.sameDeepMembers(ends, [
        ["a", true],
        ["!b", false]
      ])
    })
  )
})

describe("an input that is run again", () => {
  it.effect("is predicted again, alone", () =>
    Effect.gen(function* () {
      let thrown = false
      const steps = [
        predict(),
        map(() => {
          if (thrown) return "done"
          thrown = true
          return Effect.fail({ _tag: "Odd", retryable: true })
        }),
        { type: "retry", times: 1 } satisfies Step
      ]
      const { calls, outcomes } = answer(well, ["a", "b"], steps)
      const all = yield* withTime(outcomes)
      assert.deepStrictEqual(
        all.map((outcome) => outcome.ok && outcome.value),
        ["done", "done"]
      )
      assert.deepStrictEqual(
        calls.map((call) => inputsOf(call).length),
        [2, 1]
      )
      assert.strictEqual(
        all.reduce((sum, { attempts }) => sum + attempts, 0),
        3
      )
    })
  )
})

describe("a deadline", () => {
  it.effect("of the run cuts off the steps after the prediction, whose answer is kept", () =>
    Effect.gen(function* () {
      const { outcomes } = answer(well, ["a"], [predict(), map(() => Effect.never)], { atMs: 5000, timeoutMs: 5000 })
      const [outcome] = yield* withTime(outcomes)
      assert(outcome?.ok === false)
      assert.instanceOf(outcome.error, TimedOut)
      assert.deepInclude(outcome.error, { what: "run", key: "a" })
      assert.deepNestedInclude(outcome.error.answers[0], { "concepts[0].name": "cat" })
    })
  )
  it.effect("of one input runs while its call is on its way", () =>
    Effect.gen(function* () {
      const { outcomes } = answer(() => new Promise(() => {}), ["a", "b"], [predict(), { type: "timeout", ms: 1000 }])
      const fiber = yield* Effect.forkChild(outcomes)
      yield* TestClock.adjust(1000)
      for (const outcome of yield* Fiber.join(fiber)) {
        assert(!outcome.ok)
        assert.deepInclude(outcome.error, { _tag: "TimedOut", what: "input", timeoutMs: 1000, key: outcome.key })
      }
    })
  )
  it.effect("keeps the answers of several models by their names", () =>
    Effect.gen(function* () {
      const steps = [{ type: "all", models: { one: "m", two: "n" } } satisfies Step, map(() => Effect.never)]
      const { outcomes } = answer(well, ["a"], steps, { atMs: 5000, timeoutMs: 5000 })
      const [outcome] = yield* withTime(outcomes)
      assert(outcome?.ok === false)
      assert.instanceOf(outcome.error, TimedOut)
      assert.deepStrictEqual(Object.keys(outcome.error.answers[0] as object), ["one", "two"])
    })
  )
  it.effect("that is not reached changes nothing: each input has its own answer", () =>
    Effect.gen(function* () {
      const steps = [predict(), { type: "timeout", ms: 1000 } satisfies Step]
      const { outcomes } = answer(well, ["a", "!b", "c"], steps)
      assert.deepStrictEqual(summary(yield* outcomes), [
        ["a", "cat", 1],
        ["!b", "unready", 0],
        ["c", "cat", 1]
      ])
    })
  )
})
