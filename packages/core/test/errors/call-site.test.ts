import { assert, describe, it } from "@effect/vitest"
import { file, clarifai, sightline } from "../../src/index.ts"

const app = sightline(clarifai({ pat: "none", userId: "me", appId: "app" }))
const missing = app.input(file("no-such-file.jpg")).predict("m")

/** A function of the user's own, to be found in stacks. */
const lookAtPhoto = () => missing.run()
const settlePhoto = () => missing.result()

const framesOf = (stack: string | undefined) => (stack ?? "").split("\n").slice(1)

describe("the stack of a typed error", () => {
  it("tells the line that ran the chain, below one line of what failed", async () => {
    const error = await lookAtPhoto().then(
      () => undefined,
      (cause: unknown) => cause
    )
    assert.instanceOf(error, Error)
    assert.strictEqual(error.stack?.split("\n")[0], `MediaUnreadable: ${error.message}`)
    assert.isTrue(framesOf(error.stack).some((frame) => frame.includes("lookAtPhoto")))
    assert.isFalse(framesOf(error.stack).some((frame) => /effect[/\\](?:dist|src)/.test(frame)))
  })

  it("is the same where the failure is a value", async () => {
    const result = await settlePhoto()
    assert.isFalse(result.ok)
    if (!result.ok) assert.isTrue(framesOf(result.error.stack).some((frame) => frame.includes("settlePhoto")))
  })
})
