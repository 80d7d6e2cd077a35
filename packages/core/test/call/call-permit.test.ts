import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Permit, permitted } from "../../src/call/call-permit.ts"
import { NotFound } from "../../src/errors/errors.ts"
import { prediction } from "./runtime.ts"

const attempt = Effect.succeed("attempted")
const tried = (of = prediction) => permitted(of, 3, attempt, (error) => `refused: ${error._tag}`)

describe("an attempt", () => {
  it.effect("is made where nobody is asked", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* tried(), "attempted")
    })
  )
  it.effect("is made where its permit allows it, which is told what it is for", () =>
    Effect.gen(function* () {
      const asked: Array<unknown> = []
      const permit = { name: "p", ask: (call: unknown) => Effect.sync(() => void asked.push(call)) }
      assert.strictEqual(yield* Effect.provideService(tried(), Permit, permit), "attempted")
      yield* Effect.provideService(tried({ ...prediction, intent: "read" }), Permit, permit)
      assert.deepStrictEqual(asked, [
        { model: "m", items: 3, predicts: true },
        { model: "m", items: 3, predicts: false }
      ])
    })
  )
  it.effect("is not made where its permit fails, with why", () =>
    Effect.gen(function* () {
      const permit = { name: "p", ask: () => Effect.fail(new NotFound({})) }
      const never = permitted(prediction, 1, Effect.die("attempted"), (error) => error._tag)
      assert.strictEqual(yield* Effect.provideService(never, Permit, permit), "NotFound")
    })
  )
})
