import { assert, describe, it } from "@effect/vitest"
import { memoryOver } from "./flat-memory.ts"

describe("ten thousand inputs over one live stream", () => {
  it("are answered in flat memory", { timeout: 300_000 }, async () => {
    const { calls, early, late, most, read } = await memoryOver(10_000)
    assert.deepStrictEqual([read, calls], [10_000, 1])
    assert.isAtMost(most, 8)
    assert.isBelow(late - early, 8e6)
    console.log(`memory in use after 1,000 inputs: ${early} bytes, after 10,000: ${late}`)
  })
})
