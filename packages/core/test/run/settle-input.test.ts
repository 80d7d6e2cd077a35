import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { noDeadline } from "../../src/call/deadline.ts"
import { NotFound, StepFailed, TimedOut } from "../../src/errors/errors.ts"
import type { Outcome } from "../../src/results/outcome.ts"
import { newInputRun } from "../../src/run/input-run.ts"
import { settle, settleBefore, toOutcome } from "../../src/run/settle-input.ts"
import { predictorOver } from "../predict/predictors.ts"

const { predictor } = predictorOver(() => ({}))
const runOf = () => Object.assign(newInputRun(predictor, { index: 2, key: "k" }), { attempts: 3, requestId: "r" })
const facts = { index: 2, key: "k", attempts: 3, requestId: "r" }

describe("the outcome of an input", () => {
  it("is its value or its failure, with its position, key and calls", () => {
    assert.deepEqual({ ...toOutcome(runOf(), Exit.succeed(1)) }, { ok: true, value: 1, ...facts })
    const error = new NotFound({})
    assert.deepStrictEqual(toOutcome(runOf(), Exit.fail(error)), { ok: false, error, ...facts })
  })
  it("is a plain object", () => {
    assert.strictEqual(Object.getPrototypeOf(toOutcome(runOf(), Exit.succeed(1))), Object.prototype)
    assert.deepStrictEqual(JSON.parse(JSON.stringify(toOutcome(runOf(), Exit.succeed(1)))), {
      ok: true,
      value: 1,
      ...facts
    })
  })
  it.effect("is a failure where a plugin throws", () =>
    Effect.gen(function* () {
      const outcome = yield* settle(runOf(), Effect.die(new Error("bug")))
      assert(!outcome.ok)
      assert.instanceOf(outcome.error, StepFailed)
      assert.deepInclude(outcome.error, { problem: "bug", index: 2, key: "k" })
    })
  )
  it.effect("is told to the hooks of the input", () =>
    Effect.gen(function* () {
      const seen: Array<Outcome<unknown, unknown>> = []
      const run = runOf()
      run.finishes.push((outcome) => Effect.sync(() => void seen.push(outcome)))
      const outcome = yield* settle(run, Effect.succeed(1))
      assert.deepStrictEqual(seen, [outcome])
    })
  )
})

describe("an input of a run with a deadline", () => {
  it.effect("fails when it comes, with the answers so far", () =>
    Effect.gen(function* () {
      const run = runOf()
      const work = Effect.suspend(() => {
        run.partial?.record(Exit.succeed("early"))
        return Effect.never
      })
      const fiber = yield* Effect.forkChild(settleBefore(run, { atMs: 100, timeoutMs: 70 }, work))
      yield* TestClock.adjust(100)
      const outcome = (yield* Fiber.join(fiber)) as Outcome<unknown, unknown>
      assert(!outcome.ok)
      assert.instanceOf(outcome.error, TimedOut)
      assert.deepInclude(outcome.error, { what: "run", timeoutMs: 70, index: 2 })
      assert.deepStrictEqual(outcome.error.answers, ["early"])
    })
  )
  it.effect("is settled as any other in time, and keeps no answers without one", () =>
    Effect.gen(function* () {
      const run = runOf()
      assert.deepInclude(yield* settleBefore(run, noDeadline, Effect.succeed(1)), { ok: true, value: 1 })
      assert.isUndefined(run.partial)
      assert.deepInclude(yield* settleBefore(run, { atMs: 100, timeoutMs: 70 }, Effect.succeed(1)), {
        ok: true,
        value: 1
      })
    })
  )
})
