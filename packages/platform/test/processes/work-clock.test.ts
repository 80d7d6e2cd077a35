/** Work is counted, waiting is not, and a process that waits for ever is ended. */
import { spawn } from "node:child_process"
import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import { makeWorkClock, processorMs } from "../../src/processes/work-clock.ts"

/** A process that uses `share` of elapsed time, on all processors together. */
const process_ = (share: number) => {
  const began = performance.now()
  return () => (performance.now() - began) * share
}

/** After how many seconds the work of such a process is over; undefined if not within five minutes. */
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

  it("takes longer if the process waits for a processor", () => {
    assert.strictEqual(overAfterS(process_(0.5), 4000), 8)
    assert.strictEqual(overAfterS(process_(0.1), 4000), 40)
  })

  it("that makes no progress is over after fifteen times its limit of elapsed time", () => {
    assert.strictEqual(
      overAfterS(() => 0, 4000),
      60
    )
    assert.strictEqual(overAfterS(process_(0.001), 4000), 60)
  })

  it("is a quarter of elapsed time where the system does not report it", () => {
    assert.strictEqual(
      overAfterS(() => undefined, 4000),
      16
    )
  })

  it("is counted from each start, not at rest, and in total", () => {
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

describe.skipIf(process.platform !== "linux")("processor time", () => {
  const run = async (program: string, untilMs: number): Promise<number> => {
    const child = spawn(process.execPath, ["-e", program], { stdio: "ignore" })
    try {
      // The machine may be busy: wait until the process has had its share.
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

  it("is unknown for a process that does not exist", () => {
    assert.strictEqual(processorMs(undefined), undefined)
    assert.strictEqual(processorMs(2 ** 30), undefined)
  })
})
