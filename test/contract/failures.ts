/** Failures: each is of one class that says what to do, and nothing waits for ever. */
import { file, model, models } from "@sightline/core"
import { Effect } from "effect"
import { assert } from "vitest"
import { drawPicture } from "../../packages/engine/test/support/draw-picture.ts"
import type { Case } from "./case.ts"
import { broken } from "./predictions.ts"

const picture = await drawPicture("down", 1)

interface Settled {
  readonly ok: boolean
  readonly error?: {
    readonly _tag: string
    readonly code?: number
    readonly message: string
    readonly retryable: boolean
  }
}

/** The failure of a run; its message is one line that names no key. */
const failure = (result: Settled) => {
  const { error } = result
  if (error === undefined) return assert.fail("it worked")
  assert.notMatch(error.message, /\n|contract-key/)
  return [error._tag, error.code ?? 0, error.retryable]
}

/** Failing promises and loops. */
export const failures: ReadonlyArray<Case> = [
  {
    name: "a model, version or workflow that is not there is NotFound",
    check: async ({ app }) => {
      const seen = [
        failure(await app.input(picture).predict("nobody").result()),
        failure(
          await app
            .input(picture)
            .predict(model({ id: "nobody", task: "visual-classifier" }))
            .result()
        ),
        failure(await app.input(picture).workflow("nobody").result())
      ]
      for (const [tag] of seen) assert.strictEqual(tag, "NotFound")
      return seen
    }
  },
  {
    name: "a key that is not known is Unauthorized",
    check: async ({ stranger }) => {
      const seen = failure(await stranger.input(picture).predict(models.general).result())
      assert.deepStrictEqual(seen.slice(0, 1), ["Unauthorized"])
      return seen
    }
  },
  {
    name: "bytes that are no picture are InputRejected, and a file that is not there is MediaUnreadable",
    check: async ({ app }) => {
      const rejected = failure(await app.input(broken).predict(models.general).result())
      const unreadable = failure(await app.input(file("/nowhere/a.jpg")).predict(models.general).result())
      assert.deepStrictEqual([rejected[0], unreadable[0]], ["InputRejected", "MediaUnreadable"])
      return [rejected, unreadable]
    }
  },
  {
    name: "a wrong option is told before anything is sent",
    check: async ({ watched }) => {
      let calls = 0
      const app = watched(() => calls++)
      const seen = [
        failure(await app.input(picture).top(0).predict(models.general).result()),
        failure(await app.input(picture).atLeast(2).predict(models.general).result())
      ]
      assert.strictEqual(calls, 0)
      return seen
    }
  },
  {
    name: "an Effect catches it by its tag, and run() rejects with the same error",
    check: async ({ app }) => {
      const chain = app.input(picture).predict("nobody")
      const caught = await Effect.runPromise(
        Effect.catchTag(chain, "NotFound", (error) => Effect.succeed(`caught ${error._tag}`))
      )
      const thrown: unknown = await chain.run().catch((error: unknown) => error)
      assert.propertyVal(thrown, "_tag", "NotFound")
      return caught
    }
  },
  {
    name: "a signal ends a run with its reason, a deadline with TimedOut",
    check: async ({ app }) => {
      const lot = Array.from({ length: 400 }, () => picture)
      const reason = new Error("enough")
      const controller = new AbortController()
      const running = app.inputs(lot).predict(models.general).run({ signal: controller.signal })
      setTimeout(() => controller.abort(reason), 5)
      assert.strictEqual(await running.catch((error: unknown) => error), reason)
      const late = await app
        .text("a")
        .timeout({ ms: 1 })
        .predict("letters")
        .run({ timeoutMs: 1 })
        .catch((error: unknown) => error)
      assert.propertyVal(late, "_tag", "TimedOut")
      return true
    }
  }
]
