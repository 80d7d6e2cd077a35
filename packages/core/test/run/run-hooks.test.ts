import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { AppInputHook, AppRunHook } from "../../src/run/run-hooks.ts"
import { aroundRun, aroundStream, finishInput, startInput } from "../../src/run/run-hooks.ts"
import { StepFailed } from "../../src/errors/errors.ts"
import { newInputRun } from "../../src/run/input-run.ts"
import { predictorOver } from "../predict/predictors.ts"

const hook = (run: AppRunHook["run"], plugin = "p"): AppRunHook => ({ plugin, run })
const noting = (name: string, notes: Array<string>): AppRunHook =>
  hook(
    ({ chain }) =>
      Effect.sync(() => {
        notes.push(`${name} starts ${chain}`)
        return ({ ok }) => Effect.sync(() => void notes.push(`${name} ends ${ok}`))
      }),
    name
  )
const throwing = hook(() => {
  throw new Error("broken hook")
})
const chain = () => "chain"
/** A run or a stream that begins when its hooks have started. */
const after =
  <A, E>(effect: Effect.Effect<A, E>) =>
  (started: Effect.Effect<void, unknown>) =>
    Effect.andThen(started, effect)

describe("hooks around a run", () => {
  it.effect("start in order and end in reverse, whatever the run gives", () =>
    Effect.gen(function* () {
      const notes: Array<string> = []
      const hooks = [noting("a", notes), noting("b", notes)]
      assert.strictEqual(yield* aroundRun(hooks, chain, after(Effect.succeed(1))), 1)
      assert.strictEqual(yield* Effect.flip(aroundRun(hooks, chain, after(Effect.fail("no")))), "no")
      const run = (ok: boolean) => ["a starts chain", "b starts chain", `b ends ${ok}`, `a ends ${ok}`]
      assert.deepStrictEqual(notes, [...run(true), ...run(false)])
    })
  )
  it.effect("that throw, or return no function, change nothing", () =>
    Effect.gen(function* () {
      const notes: Array<string> = []
      const silent = hook(() => Effect.void)
      const bad = hook(() =>
        Effect.succeed(() => {
          throw new Error("at the end")
        })
      )
      const hooks = [throwing, silent, bad, noting("a", notes)]
      assert.strictEqual(yield* aroundRun(hooks, chain, after(Effect.succeed(1))), 1)
      assert.deepStrictEqual(notes, ["a starts chain", "a ends true"])
    })
  )
  it.effect("that fail fail the run, and those that started before are told", () =>
    Effect.gen(function* () {
      const notes: Array<string> = []
      const failing = hook(() => Effect.fail("no database"))
      const run = aroundRun([noting("a", notes), failing, noting("b", notes)], chain, after(Effect.succeed(1)))
      assert.strictEqual(yield* Effect.flip(run), "no database")
      assert.deepStrictEqual(notes, ["a starts chain", "a ends false"])
    })
  )
  it.effect("that return no Effect fail the run, and name their plugin", () =>
    Effect.gen(function* () {
      const promising = hook((async () => {}) as unknown as AppRunHook["run"], "promising")
      const error: unknown = yield* Effect.flip(aroundRun([promising], chain, after(Effect.succeed(1))))
      assert.instanceOf(error, StepFailed)
      assert.deepInclude(error, { step: "promising: hook" })
    })
  )
  it.effect("are around a stream to its end, or to where its reader leaves", () =>
    Effect.gen(function* () {
      const notes: Array<string> = []
      const hooks = [noting("a", notes)]
      const stream = aroundStream(hooks, chain, () => Stream.make(1, 2))
      assert.deepStrictEqual(notes, [])
      assert.deepStrictEqual([...(yield* Stream.runCollect(stream))], [1, 2])
      yield* Effect.exit(Stream.runDrain(aroundStream(hooks, chain, () => Stream.fail("no"))))
      assert.deepStrictEqual(notes, ["a starts chain", "a ends true", "a starts chain", "a ends false"])
    })
  )
  it("are not there where there are none", () => {
    const [run, stream] = [Effect.succeed(1), Stream.make(1)]
    assert.strictEqual(
      aroundRun([], chain, () => run),
      run
    )
    assert.strictEqual(
      aroundStream([], chain, () => stream),
      stream
    )
  })
})

describe("hooks around an input", () => {
  it.effect("get its context, and at the end its outcome", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const seeing: AppInputHook = {
        plugin: "p",
        run: (context) => {
          seen.push(context)
          return Effect.succeed((outcome) => Effect.sync(() => void seen.push(outcome)))
        }
      }
      const run = newInputRun(predictorOver(() => ({}), { inputHooks: [seeing] }).predictor, { index: 3, key: "k" })
      assert.strictEqual(yield* startInput(run, Effect.succeed("started")), "started")
      yield* startInput(run, Effect.void)
      const outcome = { ok: true as const, value: 1, index: 3, key: "k", attempts: 0, requestId: undefined }
      assert.strictEqual(yield* finishInput(run, outcome), outcome)
      assert.deepStrictEqual(seen, [{ index: 3, key: "k" }, outcome])
    })
  )
  it("are not there where there are none", () => {
    const run = newInputRun(predictorOver(() => ({})).predictor, { index: 3, key: "k" })
    const start = Effect.void
    assert.strictEqual(startInput(run, start), start)
    assert.lengthOf(run.finishes, 0)
  })
})
