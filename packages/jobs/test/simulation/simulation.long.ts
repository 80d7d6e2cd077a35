import { expect, it } from "vitest"
import { firstViolation } from "./schedule.ts"

const hoursMs = 4 * 3_600_000

it("100,000 schedules of kills, pauses, lost requests and wrong clocks hold", { timeout: hoursMs }, async () => {
  expect(await firstViolation(1_000_000, 100_000)).toBeUndefined()
})
