/** Hundreds of kills at random moments, and one after each line of the journal, half of them with the engine in the process that dies. */
import { describe, expect, it } from "vitest"
import { seeded } from "../pictures.ts"
import { killAtRandom, killTraining, undisturbed, type Where } from "./kill.ts"

const kills = Number(process.env["KILLS"] ?? 100)
const seed = Number(process.env["SEED"] ?? 1009)

describe.each<Where>(["inside", "beside"])("trainings with the service %s their process", (where) => {
  it(`come to the same after ${kills} kills`, { timeout: 3_600_000 }, async () => {
    const expected = await undisturbed(where)
    const trainings = await killAtRandom(where, expected, kills, seeded(where.length * seed))
    const counts = Map.groupBy(trainings.flat(), (state) => state)
    console.log(
      `service ${where}: ${kills} kills in ${trainings.length} trainings of ${Math.round(expected.ms)} ms:`,
      Object.fromEntries([...counts].map(([state, all]) => [state, all.length]))
    )
    expect(trainings.flat()).toHaveLength(kills)
  })

  it("come to the same after a kill behind each line of the journal", { timeout: 600_000 }, async () => {
    const expected = await undisturbed(where)
    for (const [i, tag] of expected.noted.entries())
      expect(await killTraining(where, expected, [{ line: i + 1 }])).toEqual([tag])
  })
})
