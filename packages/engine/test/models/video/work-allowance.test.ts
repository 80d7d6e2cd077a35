import { assert, describe, it } from "@effect/vitest"
import { allowanceMs } from "../../../src/models/video/work-allowance.ts"

describe("a video", () => {
  const clip = { limitMs: 4000, sampleMs: 1000 }

  it("may take its limit and its step for each frame", () => {
    assert.strictEqual(allowanceMs({ ...clip, endMs: undefined, workedMs: 0 }), 5000)
    assert.strictEqual(allowanceMs({ ...clip, endMs: 10_000, workedMs: 50_000 }), 5000)
    assert.strictEqual(allowanceMs({ ...clip, sampleMs: 60_000, endMs: 600_000, workedMs: 600_000 }), 64_000)
  })

  it("is ended although each frame is in time, but not if it decodes as fast as it plays", () => {
    const framesOf = (workMs: number): number => {
      const frames = 600
      for (let frame = 0; frame < frames; frame++)
        if (allowanceMs({ ...clip, endMs: frames * 1000, workedMs: frame * workMs }) < workMs) return frame
      return frames
    }
    assert.strictEqual(framesOf(1000), 600)
    assert.strictEqual(framesOf(4000), 600)
    assert.isBelow(framesOf(4900), 510)
  })
})
