import { assert, it } from "@effect/vitest"
import { assertClean } from "./checks.ts"
import { soak } from "./run.ts"

it("10,000 calls leave no socket, timer or listener, and the heap flat", { timeout: 600_000 }, async () => {
  const report = await soak("calls", 10_000)
  console.log(report)
  assertClean(report)
  assert.isAtLeast(report.answered, 9500)
})

it("100,000 inputs from a generator run in flat memory", { timeout: 600_000 }, async () => {
  const report = await soak("stream", 100_000)
  console.log(report)
  assertClean(report)
  assert.strictEqual(report.calls, 782)
  assert.strictEqual(report.answered, 100_000)
  assert.isAtMost(report.peakRss, 400_000_000)
})
