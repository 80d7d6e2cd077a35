import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { firstViolation, type Plant, runSchedule } from "./schedule.ts"

it("100 schedules of kills, pauses, lost requests and wrong clocks hold", { timeout: 300_000 }, async () => {
  expect(await firstViolation(0, 100)).toBeUndefined()
})

it("a schedule is the same each time", async () => {
  const one = await runSchedule(7)
  expect(one.trace.length).toBeGreaterThan(20)
  expect((await runSchedule(7)).trace).toEqual(one.trace)
  expect((await runSchedule(8)).trace).not.toEqual(one.trace)
})

/** Forgets what a worker had sent when it ended. */
const forgetsSent: Plant = (ledger) => ({
  ...ledger,
  claim: (...args) =>
    Effect.map(ledger.claim(...args), (lease) => (lease === undefined ? undefined : { ...lease, sent: undefined }))
})

/** Grants a call to a worker whose lease another one has. */
const ignoresFence: Plant = (ledger) => ({
  ...ledger,
  send: (lease, call) =>
    Effect.map(ledger.send(lease, call), (permission) =>
      permission.type === "lost" ? { type: "granted", waitMs: 0 } : permission
    )
})

it.each([
  ["forgets what was sent", forgetsSent],
  ["grants calls to lost leases", ignoresFence]
])("a ledger that %s is found, and found again by its number", { timeout: 300_000 }, async (_, plant) => {
  const found = await firstViolation(0, 500, plant)
  expect(found?.violation).toMatch(/was sent 2 times/)
  const seed = found?.seed ?? -1
  expect((await runSchedule(seed, plant)).violation).toBe(found?.violation)
  expect((await runSchedule(seed)).violation).toBeUndefined()
})
