/** The wall clock is set back while a training runs: neither its waits nor its times depend on it. */
import { afterEach, describe, expect, it, vi } from "vitest"
import type { TrainingEvent } from "../../src/index.ts"
import { openPets } from "../support/pets.ts"

describe("a wall clock that is set back by an hour", () => {
  afterEach(() => vi.restoreAllMocks())

  it("delays no wait, and no event has a time before the last one", async () => {
    using at = openPets({ states: [21103, 21101, 21101, 21100], waiting: 2 })
    const now = Date.now.bind(Date)
    let offsetMs = 0
    vi.spyOn(Date, "now").mockImplementation(() => now() + offsetMs)
    const events: Array<TrainingEvent> = []
    const began = performance.now()
    await at.pipeline.timeout({ ms: 20_000 }).run({
      onEvent: (event) => {
        events.push(event)
        if (event.state === "processing" || event.state === "queued") offsetMs -= 3_600_000
      }
    })
    expect(offsetMs).toBeLessThan(-3_600_000)
    expect(performance.now() - began).toBeLessThan(10_000)
    const times = events.map(({ atMs }) => atMs)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(Math.min(...times)).toBeGreaterThanOrEqual(0)
    expect(times.at(-1)).toBeGreaterThan(200) // polls after 100 and 150 ms
  })
})
