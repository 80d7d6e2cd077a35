import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { NotFound, StepFailed } from "../../src/errors/errors.ts"
import { catchThrown, nameThrown, thrownFailure } from "../../src/run/catch-thrown.ts"

const context = { index: 4, key: "k" }
const throwing = (thrown: unknown) => (): Effect.Effect<number> => {
  throw thrown
}

describe("a thrown value", () => {
  it.effect("is the failure of its input, with the step that threw it first", () =>
    Effect.gen(function* () {
      const thrown = new Error("no codec with api_key=0123456789")
      const inner = nameThrown("inner", throwing(thrown))
      const error = yield* Effect.flip(
        catchThrown(
          nameThrown("outer", () => inner),
          context
        )
      )
      assert.instanceOf(error, StepFailed)
      assert.deepInclude(error, { step: "inner", cause: thrown, index: 4, key: "k" })
      assert.include(error.problem, "no codec")
      assert.notInclude(error.problem, "0123456789")
    })
  )
  it.effect.each(["text", undefined, null, 7])("that is no object has no known step: %j", (thrown) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(catchThrown(nameThrown("step", throwing(thrown)), context))
      assert.deepInclude(error, { step: "a plugin", problem: String(thrown) })
    })
  )
  it.effect("stays a defect where nothing settles inputs one by one", () =>
    Effect.gen(function* () {
      const thrown = new Error("broken")
      const exit = yield* Effect.exit(nameThrown("step", throwing(thrown)))
      assert(Exit.isFailure(exit))
      assert.deepInclude(exit.cause.reasons[0], { _tag: "Die", defect: thrown })
    })
  )
  it("names its input where there are several, and none where that is not known", () => {
    assert.notProperty(thrownFailure("x", {}), "index")
    assert.deepInclude(thrownFailure("x", { index: 1, key: undefined }, "source"), { step: "source", index: 1 })
    assert.notProperty(thrownFailure("x", { index: 0, key: undefined, single: true }), "index")
  })
})

it.effect("values and typed failures are passed on", () =>
  Effect.gen(function* () {
    assert.strictEqual(
      yield* catchThrown(
        nameThrown("s", () => Effect.succeed(1)),
        context
      ),
      1
    )
    const error = new NotFound({})
    assert.strictEqual(
      yield* Effect.flip(
        catchThrown(
          nameThrown("s", () => Effect.fail(error)),
          context
        )
      ),
      error
    )
  })
)
