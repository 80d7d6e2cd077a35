/** Hundreds of kills at random moments, and one after each journal entry, with the engine inside and outside the killed process. */
import { describe, expect, it } from "vitest"
import { seededRandom } from "../../support/images.ts"
import { killAtRandom, killTraining, undisturbed, type Where } from "./kill-process.ts"

const kills = Number(process.env["KILLS"] ?? 100)
const seed = Number(process.env["SEED"] ?? 1009)

describe.each<Where>(["inside", "beside"])("trainings with the engine %s the killed process", (where) => {
  it(`have the same outcome after ${kills} kills`, { timeout: 3_600_000 }, async () => {
    const expected = await undisturbed(where)
    const trainings = await killAtRandom(where, expected, kills, seededRandom(where.length * seed))
    const counts = Map.groupBy(trainings.flat(), (state) => state)
    console.log(
      `engine ${where}: ${kills} kills in ${trainings.length} trainings of ${Math.round(expected.ms)} ms:`,
      Object.fromEntries([...counts].map(([state, all]) => [state, all.length]))
    )
    expect(trainings.flat()).toHaveLength(kills)
  })

  it("have the same outcome after a kill at each journal entry", { timeout: 600_000 }, async () => {
    const expected = await undisturbed(where)
    for (const [i, tag] of expected.noted.entries())
      expect(await killTraining(where, expected, [{ line: i + 1 }])).toEqual([tag])
  })
})
