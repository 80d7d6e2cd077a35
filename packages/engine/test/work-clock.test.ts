/** Work is counted, waiting is not; and whoever waits for ever ends too. */
import { spawn } from "node:child_process"
import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import { allowanceMs } from "../src/clips/allowance.ts"
import { makeWorkClock, processorMs } from "../src/work-clock.ts"

/** A process that gets `share` of the clock's time, on all processors together. */
const process_ = (share: number) => {
  const began = performance.now()
  return () => (performance.now() - began) * share
}

/** When the work of such a process is over, in seconds by the clock; undefined where it is not within five minutes. */
const overAfterS = (processor: () => number | undefined, limitMs: number): number | undefined => {
  const began = performance.now()
  let over: number | undefined
  const clock = makeWorkClock(processor, () => {
    assert.strictEqual(over, undefined)
    over = Math.round((performance.now() - began) / 1000)
  })
  clock.begin(limitMs)
  vi.advanceTimersByTime(300_000)
  clock.rest()
  return over
}

describe("the work of a process", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it("is over after its limit where the process has a processor, or many", () => {
    for (const share of [1, 2, 16]) assert.strictEqual(overAfterS(process_(share), 4000), 4)
  })

  it("takes as much longer as the process waits for its turn", () => {
    assert.strictEqual(overAfterS(process_(0.5), 4000), 8)
    assert.strictEqual(overAfterS(process_(0.1), 4000), 40)
  })

  it("that never goes on is over after fifteen times its limit by the clock", () => {
    assert.strictEqual(
      overAfterS(() => 0, 4000),
      60
    )
    assert.strictEqual(overAfterS(process_(0.001), 4000), 60)
  })

  it("is a quarter of the clock's time where the system does not tell", () => {
    assert.strictEqual(
      overAfterS(() => undefined, 4000),
      16
    )
  })

  it("is counted anew from each beginning, not at all at rest, and all of it together", () => {
    let over = 0
    const clock = makeWorkClock(process_(1), () => over++)
    for (let i = 0; i < 10; i++) {
      clock.begin(4000)
      vi.advanceTimersByTime(3000)
    }
    clock.rest()
    vi.advanceTimersByTime(100_000)
    assert.strictEqual(over, 0)
    assert.strictEqual(clock.totalMs(), 30_000)
    clock.begin(4000)
    vi.advanceTimersByTime(100_000)
    assert.strictEqual(over, 1)
    assert.isAtLeast(clock.totalMs(), 34_000)
  })
})

describe("a video", () => {
  const clip = { limitMs: 4000, sampleMs: 1000 }

  it("may take its limit and its step for each frame", () => {
    assert.strictEqual(allowanceMs({ ...clip, endMs: undefined, workedMs: 0 }), 5000)
    assert.strictEqual(allowanceMs({ ...clip, endMs: 10_000, workedMs: 50_000 }), 5000)
    assert.strictEqual(allowanceMs({ ...clip, sampleMs: 60_000, endMs: 600_000, workedMs: 600_000 }), 64_000)
  })

  it("ends though each of its frames comes in time, and does not where it decodes as fast as it plays", () => {
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

describe.skipIf(process.platform !== "linux")("processor time", () => {
  const run = async (program: string, untilMs: number): Promise<number> => {
    const child = spawn(process.execPath, ["-e", program], { stdio: "ignore" })
    try {
      // a machine may be busy: a worker gets the time that it needs, a sleeper at least as much
      for (let turn = 0; turn < 300 && (processorMs(child.pid) ?? 0) < untilMs; turn++)
        await new Promise((done) => setTimeout(done, 50))
      return processorMs(child.pid) ?? Number.NaN
    } finally {
      child.kill("SIGKILL")
    }
  }

  it("grows with the work of a process", async () => {
    assert.isAtLeast(await run("for(;;);", 1000), 1000)
  })

  it("is not told of a process that is gone or was never there", () => {
    assert.strictEqual(processorMs(undefined), undefined)
    assert.strictEqual(processorMs(2 ** 30), undefined)
  })
})
