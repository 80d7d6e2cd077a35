/** `kill -9` at any moment of a training: a few moments here, all of its journal and hundreds in kill.long.ts. */
import { describe, expect, it } from "vitest"
import { seeded } from "../pictures.ts"
import { killTraining, undisturbed, type Where } from "./kill.ts"

describe.each<Where>(["inside", "beside"])("a training with the service %s its process", (where) => {
  it("comes to the same when it is killed and run again", { timeout: 180_000 }, async () => {
    const expected = await undisturbed(where)
    const random = seeded(Date.now() & 0xffff)
    const moments = Array.from({ length: 2 }, () => ({ ms: random() * expected.ms * 0.9 }))
    expect((await killTraining(where, expected, moments)).length).toBeLessThanOrEqual(2)
    expect(expected.come.inputs).toHaveLength(36)
    // the last line is that it is done: nobody has heard of it yet
    expect(await killTraining(where, expected, [{ line: expected.noted.length }])).toEqual(["done"])
  })
})
