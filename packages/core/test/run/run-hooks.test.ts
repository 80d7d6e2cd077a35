import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { InputHook, RunHook } from "../../src/run/run-hooks.ts"
import { aroundRun, aroundStream, finishInput, startInput } from "../../src/run/run-hooks.ts"
import { newInputRun } from "../../src/run/input-run.ts"
import { predictorOver } from "../predict/predictors.ts"

const noting =
  (name: string, notes: Array<string>): RunHook =>
  ({ chain }) =>
    Effect.sync(() => {
      notes.push(`${name} starts ${chain}`)
      return ({ ok }) => Effect.sync(() => void notes.push(`${name} ends ${ok}`))
    })
const throwing: RunHook = () => {
  throw new Error("broken hook")
}

describe("hooks around a run", () => {
  it.effect("start in order and end in reverse, whatever the run gives", () =>
    Effect.gen(function* () {
      const notes: Array<string> = []
      const hooks = [noting("a", notes), noting("b", notes)]
      assert.strictEqual(yield* aroundRun(hooks, "chain", Effect.succeed(1)), 1)
      assert.strictEqual(yield* Effect.flip(aroundRun(hooks, "chain", Effect.fail("no"))), "no")
      const run = (ok: boolean) => ["a starts chain", "b starts chain", `b ends ${ok}`, `a ends ${ok}`]
      assert.deepStrictEqual(notes, [...run(true), ...run(false)])
    })
  )
  it.effect("that throw, or return no function or no Effect, change nothing", () =>
    Effect.gen(function* () {
      const notes: Array<string> = []
      const silent: RunHook = () => Effect.void
      const promising = (async () => {}) as unknown as RunHook
      const bad: RunHook = () =>
        Effect.succeed(() => {
          throw new Error("at the end")
        })
      const hooks = [throwing, silent, promising, bad, noting("a", notes)]
      assert.strictEqual(yield* aroundRun(hooks, "chain", Effect.succeed(1)), 1)
      assert.deepStrictEqual(notes, ["a starts chain", "a ends true"])
    })
  )
  it.effect("are around a stream to its end, or to where its reader leaves", () =>
    Effect.gen(function* () {
      const notes: Array<string> = []
      const hooks = [noting("a", notes)]
      const stream = aroundStream(hooks, "chain", Stream.make(1, 2))
      assert.deepStrictEqual(notes, [])
      assert.deepStrictEqual([...(yield* Stream.runCollect(stream))], [1, 2])
      yield* Effect.exit(Stream.runDrain(aroundStream(hooks, "chain", Stream.fail("no"))))
      assert.deepStrictEqual(notes, ["a starts chain", "a ends true", "a starts chain", "a ends false"])
    })
  )
  it("are not there where there are none", () => {
    const [run, stream] = [Effect.succeed(1), Stream.make(1)]
    assert.strictEqual(aroundRun([], "chain", run), run)
    assert.strictEqual(aroundStream([], "chain", stream), stream)
  })
})

describe("hooks around an input", () => {
  it.effect("get its context, and at the end its outcome", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const hook: InputHook = (context) => {
        seen.push(context)
        return Effect.succeed((outcome) => Effect.sync(() => void seen.push(outcome)))
      }
      const run = newInputRun(predictorOver(() => ({}), { inputHooks: [hook] }).predictor, { index: 3, key: "k" })
      yield* startInput(run)
      const outcome = { ok: true as const, value: 1, index: 3, key: "k", attempts: 0, requestId: undefined }
      assert.strictEqual(yield* finishInput(run, outcome), outcome)
      assert.deepStrictEqual(seen, [{ index: 3, key: "k" }, outcome])
    })
  )
  it.effect("are not there where there are none", () =>
    Effect.gen(function* () {
      const run = newInputRun(predictorOver(() => ({})).predictor, { index: 3, key: "k" })
      yield* startInput(run)
      assert.lengthOf(run.finishes, 0)
    })
  )
})
