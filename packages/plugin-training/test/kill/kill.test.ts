/** `kill -9` at any moment of a training: a few moments here, a hundred in kill.long.ts. */
import { describe, expect, it } from "vitest"
import { seeded } from "../pictures.ts"
import { killTraining, undisturbed, type Where } from "./kill.ts"

describe.each<Where>(["inside", "beside"])("a training with the service %s its process", (where) => {
  it("comes to the same when it is killed and run again", { timeout: 180_000 }, async () => {
    const expected = await undisturbed(where)
    const killed = await killTraining(where, expected, 2, seeded(Date.now() & 0xffff))
    expect(killed.length).toBeLessThanOrEqual(2)
    expect(expected.come.inputs).toHaveLength(36)
  })
})
