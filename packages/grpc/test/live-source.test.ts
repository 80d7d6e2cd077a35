import { assert, describe, it } from "@effect/vitest"
import { buffer, dropNewest, dropOldest, newestOnly, wait, type LivePolicy } from "../src/index.ts"
import { readLive } from "../src/live-source.ts"

const tick = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A source that gives its numbers when it is told to, whoever reads. */
const camera = () => {
  const pending: Array<number> = []
  let given = 0
  let wake = () => {}
  let ended = false
  async function* frames() {
    for (;;) {
      const next = pending.shift()
      if (next !== undefined) yield next
      else if (ended) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }
  return {
    frames: frames(),
    give: async (count: number) => {
      for (let i = 0; i < count; i++) pending.push(given++)
      wake()
      for (let i = 0; i < 4 * count + 4; i++) await tick()
    },
    end: () => {
      ended = true
      wake()
    }
  }
}

const run = async (policy: LivePolicy) => {
  const source = camera()
  const dropped: Array<number> = []
  const seen: Array<number> = []
  const reader = readLive(source.frames, policy, (index) => dropped.push(index))
  const first = reader.next()
  await source.give(1)
  seen.push((await first).value?.index ?? -1)
  await source.give(5) // nobody reads meanwhile
  source.end()
  for await (const { index, value } of reader) {
    assert.strictEqual(index, value)
    seen.push(index)
  }
  return { seen, dropped }
}

describe("a source that does not wait", () => {
  it("waits all the same, by default", async () => {
    assert.deepStrictEqual(await run(wait), { seen: [0, 1, 2, 3, 4, 5], dropped: [] })
  })
  it("is buffered up to a size, and then waits", async () => {
    assert.deepStrictEqual(await run(buffer(2)), { seen: [0, 1, 2, 3, 4, 5], dropped: [] })
  })
  it("loses the oldest", async () => {
    assert.deepStrictEqual(await run(newestOnly), { seen: [0, 5], dropped: [1, 2, 3, 4] })
    assert.deepStrictEqual(await run(dropOldest(2)), { seen: [0, 4, 5], dropped: [1, 2, 3] })
  })
  it("loses the newest", async () => {
    assert.deepStrictEqual(await run(dropNewest(2)), { seen: [0, 1, 2], dropped: [3, 4, 5] })
  })
  it("passes on what it throws, after what came before", async () => {
    async function* broken() {
      yield 1
      throw new Error("no film")
    }
    for (const policy of [wait, buffer(3), newestOnly]) {
      const seen: Array<number> = []
      let thrown: unknown
      try {
        for await (const { value } of readLive(broken(), policy, () => {})) seen.push(value)
      } catch (error) {
        thrown = error
      }
      assert.deepStrictEqual(seen, [1])
      assert.strictEqual((thrown as Error).message, "no film")
    }
  })
  it("refuses sizes that are no whole numbers from 1", () => {
    for (const size of [0, -1, 1.5, Number.NaN, Infinity])
      for (const make of [buffer, dropOldest, dropNewest]) assert.throws(() => make(size), RangeError)
  })
})
