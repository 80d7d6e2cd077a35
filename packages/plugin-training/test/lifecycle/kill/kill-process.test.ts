/** `kill -9` at any moment of a training: two kills here, hundreds in kill-process.long.ts. */
import { describe, expect, it } from "vitest"
import { seededRandom } from "../../support/images.ts"
import { killTraining, undisturbed, type Where } from "./kill-process.ts"

describe.each<Where>(["inside", "beside"])("a training with the engine %s the killed process", (where) => {
  it("has the same outcome when it is killed and run again", { timeout: 180_000 }, async () => {
    const expected = await undisturbed(where)
    const random = seededRandom(Date.now() & 0xffff)
    const killed = await killTraining(where, expected, [{ ms: random() * expected.ms * 0.9 }])
    expect(killed.length).toBeLessThanOrEqual(1)
    expect(expected.outcome.inputs).toHaveLength(36)
    // Killed after the last entry and before the call has returned.
    expect(await killTraining(where, expected, [{ line: expected.noted.length }])).toEqual(["done"])
  })
})
