import { assert, describe, it } from "@effect/vitest"
import { clarifai, models, sightline, StepFailed, Unreachable } from "../../src/index.ts"
import { withInput } from "../../src/errors/input-position.ts"

const broken = clarifai({
  pat: "0123456789abcdef0123456789abcdef",
  userId: "me",
  appId: "main",
  fetch: () => Promise.reject(new TypeError("fetch failed", { cause: { code: "ECONNRESET" } }))
})

describe("an error that is told which input it concerns", () => {
  it("keeps its cause, its reason and what it was sent with", async () => {
    const outcomes = await sightline(broken)
      .inputs(["https://images.test/0.jpg", "https://images.test/1.jpg"], { key: (_, i) => `k${i}` })
      .predict(models.general)
      .run()
    outcomes.forEach((outcome, index) => {
      assert(!outcome.ok)
      assert(outcome.error._tag === "Unreachable")
      assert.instanceOf(outcome.error, Unreachable)
      const { cause, key, reason, sent } = outcome.error
      assert.instanceOf(cause, Error)
      assert.strictEqual(cause.message, "ECONNRESET")
      assert.deepStrictEqual(
        { index: outcome.error.index, key, reason, sent },
        { index, key: `k${index}`, reason: "ECONNRESET", sent: true }
      )
    })
  })

  it("keeps any cause, whatever it is, and is left as it is where it was told before", () => {
    for (const cause of [new Error("x"), "text", { code: 1 }, 0, false, null]) {
      const error = new Unreachable({ reason: "r", sent: false, cause })
      const located = withInput(error, { index: 3, key: "k" })
      assert.strictEqual(located.cause, cause)
      assert.deepStrictEqual([located.index, located.key, located.reason], [3, "k", "r"])
      assert.strictEqual(withInput(located, { index: 9, key: undefined }), located)
    }
    assert.strictEqual(new StepFailed({ step: "map", problem: "p", cause: 0 }).cause, 0)
  })
})
