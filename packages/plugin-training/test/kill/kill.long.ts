/** A hundred kills, half of them with the engine in the process that is killed. */
import { describe, expect, it } from "vitest"
import { seeded } from "../pictures.ts"
import { killTraining, undisturbed, type Where } from "./kill.ts"

const moments = 50

describe.each<Where>(["inside", "beside"])("trainings with the service %s their process", (where) => {
  it(`come to the same after ${moments} kills`, { timeout: 1_800_000 }, async () => {
    const random = seeded(where.length * 1009)
    const expected = await undisturbed(where)
    const killed: Array<string> = []
    let trainings = 0
    while (killed.length < moments) {
      killed.push(...(await killTraining(where, expected, Math.min(8, moments - killed.length), random)))
      trainings++
    }
    const counts = Map.groupBy(killed, (state) => state)
    console.log(
      `service ${where}: ${killed.length} kills in ${trainings} trainings of ${Math.round(expected.ms)} ms:`,
      Object.fromEntries([...counts].map(([state, all]) => [state, all.length]))
    )
    expect(killed).toHaveLength(moments)
  })
})
