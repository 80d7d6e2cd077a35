/** Every hostile file, one by one in this process and sixteen at once over HTTP: time, memory, and nobody else waits. */
import { assert, describe, it } from "@effect/vitest"
import { hasData } from "@sightline/fixtures"
import type { FetchLike } from "../../../src/index.ts"
import { addDrawn, ask, freshEngine, trainDrawn } from "../../support/fresh-engine.ts"
import { check, hostileFiles, predictFile, type Settled, treeMemory } from "./hostile-files.ts"

const MiB = 1024 * 1024

const prepared = async () => {
  const local = freshEngine({ workers: 2 })
  await addDrawn(local.fetch, ["across", "down"], 4)
  await trainDrawn(local.fetch, "stripes", ["across", "down"])
  return local
}

/** Processor time of this thread, in milliseconds: what else the machine does has no part in it. */
const threadMs = (): number => {
  const { system, user } = process.threadCpuUsage()
  return (system + user) / 1000
}

/** Watches memory while work goes on, and the longest work of this thread between two turns of its event loop. */
const watched = async (work: () => Promise<ReadonlyArray<Settled>>) => {
  const idle = treeMemory()
  let most = idle
  let [blockedMs, last] = [0, threadMs()]
  const turns = setInterval(() => {
    const now = threadMs()
    blockedMs = Math.max(blockedMs, now - last)
    last = now
  }, 5)
  const timer = setInterval(() => {
    most = Math.max(most, treeMemory())
    last = threadMs() // looking is not counted
  }, 50)
  try {
    return { settled: await work(), addedMiB: (most - idle) / MiB, blockedMs }
  } finally {
    clearInterval(timer)
    clearInterval(turns)
  }
}

const report = (what: string, settled: ReadonlyArray<Settled>, addedMiB: number, blockedMs: number): void => {
  const slowest = settled.toSorted((a, b) => b.tookMs - a.tookMs)[0]
  console.log(
    `${what}: ${settled.length} files, slowest ${Math.round(slowest?.tookMs ?? 0)} ms (${slowest?.file.name}), +${Math.round(addedMiB)} MiB, longest turn ${Math.round(blockedMs)} ms`
  )
}

describe.skipIf(!hasData("hostile"))("every hostile file", () => {
  it("settles within 5 s and 512 MiB, one after the other", async () => {
    await using local = await prepared()
    const { addedMiB, blockedMs, settled } = await watched(async () => {
      const all: Array<Settled> = []
      for (const file of hostileFiles()) all.push(await predictFile(local.fetch, file))
      return all
    })
    report("in process", settled, addedMiB, blockedMs)
    for (const one of settled) {
      check(one)
      assert.isBelow(one.tookMs, 5000, one.file.name)
    }
    assert.isBelow(addedMiB, 512)
    assert.isBelow(blockedMs, 300)
  })

  it("settles over HTTP with sixteen at once, while others are answered", async () => {
    await using local = await prepared()
    const server = await local.serve()
    const fetchThere: FetchLike = (input, init) =>
      fetch(typeof input === "string" ? `${server.url}${input}` : input, {
        ...init,
        headers: { "content-type": "application/json" }
      })
    const waits: Array<number> = []
    const done = new AbortController()
    const others = (async () => {
      while (!done.signal.aborted) {
        const started = performance.now()
        assert.strictEqual((await ask(fetchThere, "GET /v2/models/stripes")).http, 200)
        waits.push(performance.now() - started)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    })()
    const queue = [...hostileFiles()]
    const { addedMiB, blockedMs, settled } = await watched(async () => {
      const all: Array<Settled> = []
      await Promise.all(
        Array.from({ length: 16 }, async () => {
          for (let file = queue.shift(); file !== undefined; file = queue.shift())
            all.push(await predictFile(fetchThere, file))
        })
      )
      return all
    })
    done.abort()
    await others
    report("over HTTP", settled, addedMiB, blockedMs)
    console.log(`other calls meanwhile: ${waits.length}, slowest ${Math.round(Math.max(...waits))} ms`)
    settled.forEach(check)
    assert.isBelow(addedMiB, 512)
    assert.isBelow(blockedMs, 300)
  })
})
