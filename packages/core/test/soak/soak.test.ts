import { assert, it } from "@effect/vitest"
import { assertClean } from "./checks.ts"
import { soak } from "./run.ts"

it("hundreds of calls, some of which fail, leave nothing behind", { timeout: 120_000 }, async () => {
  const report = await soak("calls", 320)
  assertClean(report)
  assert.isAtLeast(report.answered, 300)
})

it("10,000 predictions asked for at once make 79 calls", { timeout: 120_000 }, async () => {
  const report = await soak("merged", 10_000)
  assertClean(report)
  assert.strictEqual(report.calls, 79)
  assert.strictEqual(report.answered, 10_000)
})

it("10,000 inputs from a generator run in flat memory", { timeout: 120_000 }, async () => {
  const report = await soak("stream", 10_000)
  assertClean(report)
  assert.strictEqual(report.calls, 79)
  assert.strictEqual(report.answered, 10_000)
})
