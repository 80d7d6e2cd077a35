import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { countingFetch } from "../../src/testing/counted-fetch.ts"

describe("countingFetch", () => {
  const original = globalThis.fetch
  const answer: typeof fetch = async () => new Response("")
  beforeEach(() => void (globalThis.fetch = answer))
  afterEach(() => void (globalThis.fetch = original))

  const ask = async (times: number) => {
    for (let i = 0; i < times; i++) await fetch("http://127.0.0.1/")
  }

  it("counts the calls of a run and restores fetch, also after a failure", async () => {
    assert.strictEqual(await countingFetch(() => ask(3)), 3)
    assert.strictEqual(globalThis.fetch, answer)
    const failed = await countingFetch(() => Promise.reject(new Error("broken"))).catch((cause: Error) => cause.message)
    assert.strictEqual(failed, "broken")
    assert.strictEqual(globalThis.fetch, answer)
  })

  it("restores fetch after runs that overlap, whichever ends last", async () => {
    for (const firstEndsFirst of [true, false]) {
      const first = Promise.withResolvers<void>()
      const second = Promise.withResolvers<void>()
      const counts = [countingFetch(() => first.promise), countingFetch(() => second.promise)]
      await ask(1)
      for (const { resolve } of firstEndsFirst ? [first, second] : [second, first]) {
        resolve()
        await new Promise((done) => setTimeout(done, 1))
      }
      assert.deepStrictEqual(await Promise.all(counts), [1, 1])
      assert.strictEqual(globalThis.fetch, answer)
    }
  })

  it("stops when its time is over, though the run never ends", async () => {
    const ended = new AbortController()
    const hanging = countingFetch(() => new Promise<never>(() => {}), ended.signal)
    assert.notStrictEqual(globalThis.fetch, answer)
    ended.abort()
    assert.strictEqual(globalThis.fetch, answer)
    assert.strictEqual(await countingFetch(() => ask(2)), 2)
    void hanging
  })

  it("leaves a fetch that was installed during the run", async () => {
    const installed: typeof fetch = async () => new Response("installed")
    await countingFetch(async () => void (globalThis.fetch = installed))
    assert.strictEqual(globalThis.fetch, installed)
  })
})
