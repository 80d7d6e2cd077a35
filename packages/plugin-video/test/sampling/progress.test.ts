// How far a long piece of work is.
import { assert, it } from "@effect/vitest"
import { makeProgress } from "../../src/sampling/progress.ts"

it("estimates the seconds left from the speed so far", () => {
  let now = 0
  const progress = makeProgress(10_000, () => now)
  assert.deepStrictEqual(progress(0), { frames: 1, positionMs: 0, totalMs: 10_000, secondsLeft: undefined })
  now = 2000
  assert.deepStrictEqual(progress(4000), { frames: 2, positionMs: 4000, totalMs: 10_000, secondsLeft: 3 })
})
