/** `kill -9` at any moment of a training: two of them here, each line of its journal and hundreds in kill.long.ts. */
import { describe, expect, it } from "vitest"
import { seeded } from "../pictures.ts"
import { killTraining, undisturbed, type Where } from "./kill.ts"

describe.each<Where>(["inside", "beside"])("a training with the service %s its process", (where) => {
  it("comes to the same when it is killed and run again", { timeout: 180_000 }, async () => {
    const expected = await undisturbed(where)
    const random = seeded(Date.now() & 0xffff)
    const killed = await killTraining(where, expected, [{ ms: random() * expected.ms * 0.9 }])
    expect(killed.length).toBeLessThanOrEqual(1)
    expect(expected.come.inputs).toHaveLength(36)
    // the last line is that it is done: nobody has heard of it yet
    expect(await killTraining(where, expected, [{ line: expected.noted.length }])).toEqual(["done"])
  })
})
