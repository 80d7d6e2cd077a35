// What holds for every executor. Each executor's test file runs this suite with its own.
import { models, sightline } from "@sightline/core"
import { definePlugin, option } from "@sightline/core/plugin"
import { describe, expect, it } from "vitest"
import { type Executor, type JobOutcome, listJobs, openJob, submit, work } from "../../src/index.ts"
import { addresses, countingService, type CountingService } from "../service/counting-service.ts"

/** An executor for one test, empty. */
export type MakeExecutor = () => Promise<Executor>

const chainOf = ({ connection }: CountingService) => sightline(connection).inputs([]).predict(models.general)

const collect = async <T>(items: AsyncIterable<T>): Promise<ReadonlyArray<T>> => {
  const all: Array<T> = []
  for await (const item of items) all.push(item)
  return all
}

const nameOf = (outcome: JobOutcome<{ readonly concepts: ReadonlyArray<{ readonly name: string }> }, unknown>) =>
  outcome.ok ? outcome.value.concepts[0]?.name : undefined

const errorOf = (outcome: JobOutcome<unknown, { readonly _tag: string }>) => (outcome.ok ? undefined : outcome.error)

/** The suite. */
export const conformance = (name: string, make: MakeExecutor): void => {
  describe(name, () => {
    it("settles every input once, with its index and key, in the order of the units", async () => {
      await using executor = await make()
      const service = countingService()
      const source = addresses(300).map((url, i) => ({ url, key: `photo ${i}` }))
      const job = await submit(chainOf(service), { source, executor })
      await work({ app: sightline(service.connection), executor, concurrency: 1, until: "idle" }).finished
      const outcomes = await collect(job.outcomes())
      expect(outcomes.map(({ index }) => index)).toEqual(source.map((_, i) => i))
      expect(outcomes.map(({ seq }) => seq)).toEqual(source.map((_, i) => i + 1))
      expect(outcomes.map(({ key }) => key)).toEqual(source.map(({ key }) => key))
      expect(outcomes.map(nameOf)).toEqual(source.map(({ url }) => url))
      expect([...service.sent.values()].every((times) => times === 1)).toBe(true)
      const status = await job.status()
      expect(status).toMatchObject({
        state: "done",
        inputs: 300,
        counts: { pending: 0, sent: 0, settled: 300 },
        outcomes: { succeeded: 300, failed: 0, maybePaid: 0, poison: 0 },
        calls: { made: 3, planned: 3 }
      })
    })

    it("reads outcomes after a number, again and later", async () => {
      await using executor = await make()
      const service = countingService()
      const job = await submit(chainOf(service), { source: addresses(200), executor })
      expect(await collect(job.outcomes({ follow: false }))).toEqual([])
      await work({ app: sightline(service.connection), executor, until: "idle" }).finished
      const all = await collect(job.outcomes())
      const again = await collect((await openJob(job.id, { executor })).outcomes({ after: 150 }))
      expect(again).toEqual(all.slice(150))
    })

    it("gives outcomes while the job runs", async () => {
      await using executor = await make()
      const service = countingService()
      const job = await submit(chainOf(service), { source: addresses(400), executor })
      const read = collect(job.outcomes())
      await using worker = work({ app: sightline(service.connection), executor })
      expect((await read).length).toBe(400)
      await worker.stop()
    })

    it("is one job for equal submissions, and refuses another one of the same id", async () => {
      await using executor = await make()
      const service = countingService()
      const source = addresses(10)
      const one = await submit(chainOf(service), { source, executor })
      const two = await submit(chainOf(service), { source, executor })
      expect(two.id).toBe(one.id)
      expect((await one.status()).inputs).toBe(10)
      await submit(chainOf(service), { source, executor, id: "mine" })
      await expect(submit(chainOf(service), { source: addresses(11), executor, id: "mine" })).rejects.toMatchObject({
        _tag: "JobConflict",
        job: "mine"
      })
      expect((await listJobs({ executor })).map(({ id }) => id).toSorted()).toEqual([one.id, "mine"].toSorted())
      await expect(openJob("other", { executor })).rejects.toMatchObject({ _tag: "UnknownJob", job: "other" })
    })

    it("fails one bad input in a thousand alone", async () => {
      await using executor = await make()
      const bad = addresses(1000)[421]
      const service = countingService({ behave: (url) => (url === bad ? "refuse" : "answer") })
      const job = await submit(chainOf(service), { source: addresses(1000), executor })
      await work({ app: sightline(service.connection), executor, until: "idle" }).finished
      const failed = (await collect(job.outcomes())).filter(({ ok }) => !ok)
      expect(failed.map(({ index }) => index)).toEqual([421])
      expect(errorOf(failed[0] as never)).toMatchObject({ _tag: "InputRejected", code: 30002, index: 421 })
      expect((await job.status()).outcomes).toEqual({ succeeded: 999, failed: 1, maybePaid: 0, poison: 0 })
    })

    it("does failed inputs again when asked, and no others", async () => {
      await using executor = await make()
      let broken = true
      const service = countingService({ behave: (url) => (broken && url.endsWith("/7.jpg") ? "refuse" : "answer") })
      const job = await submit(chainOf(service), { source: addresses(20), executor })
      const app = sightline(service.connection)
      await work({ app, executor, until: "idle" }).finished
      broken = false
      await job.resume({ retry: ["failed"] })
      expect((await job.status()).state).toBe("running")
      await work({ app, executor, until: "idle" }).finished
      expect((await job.status()).outcomes).toEqual({ succeeded: 20, failed: 0, maybePaid: 0, poison: 0 })
      expect(service.sent.get("https://example.com/7.jpg")).toBeGreaterThan(1)
      expect(service.sent.get("https://example.com/8.jpg")).toBe(1)
    })

    it("stops at a cancel, keeps what is settled, and goes on at a resume", async () => {
      await using executor = await make()
      let calls = 0
      const service = countingService({
        before: async () => {
          if (++calls === 2) await job.cancel()
        }
      })
      const job = await submit(chainOf(service), { source: addresses(1000), executor })
      const app = sightline(service.connection)
      await work({ app, executor, concurrency: 1, until: "idle" }).finished
      expect(await job.status()).toMatchObject({ state: "cancelled", counts: { settled: 256, sent: 0, pending: 744 } })
      await job.resume()
      await work({ app, executor, until: "idle" }).finished
      expect(await job.status()).toMatchObject({ state: "done", outcomes: { succeeded: 1000 } })
      expect([...service.sent.values()].every((times) => times === 1)).toBe(true)
    })

    it("makes no call beyond its budget, and goes on with a larger one", async () => {
      await using executor = await make()
      const service = countingService()
      const job = await submit(chainOf(service), { source: addresses(1000), executor, budget: { calls: 3 } })
      const app = sightline(service.connection)
      await work({ app, executor, until: "idle" }).finished
      expect(service.connection.calls.length).toBe(3)
      expect(await job.status()).toMatchObject({
        state: "budget-spent",
        counts: { settled: 384, sent: 0, pending: 616 }
      })
      expect((await job.finished()).state).toBe("budget-spent")
      await job.resume({ budget: { calls: 8 } })
      await work({ app, executor, until: "idle" }).finished
      expect(await job.status()).toMatchObject({ state: "done", outcomes: { succeeded: 1000 } })
      expect(service.connection.calls.length).toBe(8)
    })

    it("counts US dollars by the given prices", async () => {
      await using executor = await make()
      const service = countingService()
      const prices = { asOf: "2026-11-30", usdPerInput: { "general-image-recognition": 0.01 } }
      const options = { source: addresses(400), executor, budget: { usd: 2.6 } }
      await expect(submit(chainOf(service), options)).rejects.toMatchObject({
        _tag: "InvalidOption",
        option: "budget"
      })
      const job = await submit(chainOf(service), { ...options, prices })
      await work({ app: sightline(service.connection), executor, concurrency: 1, until: "idle" }).finished
      const { state, usd } = await job.status()
      expect(state).toBe("budget-spent")
      expect(usd?.spent).toBeCloseTo(2.56, 9)
      expect(usd?.planned).toBeCloseTo(4, 9)
    })

    it("takes the chain's own budget and the app's prices, and counts each call at its own model's price", async () => {
      await using executor = await make()
      const service = countingService()
      const usdPerInput = { "general-image-recognition": 0.01, [models.color.id]: 0.001 }
      const app = sightline(service.connection, { prices: { asOf: "2026-11-30", usdPerInput } })
      const chain = (usd: number) =>
        app.inputs([]).all({ a: models.general, b: models.color }).budget({ usd }).budget({ calls: 50 })
      const job = await submit(chain(2), { source: addresses(384), executor })
      expect((await submit(chain(3), { source: addresses(384), executor })).id).toBe(job.id)
      await work({ app, executor, concurrency: 1, until: "idle" }).finished
      const { budget, state, usd } = await job.status()
      expect([state, budget]).toEqual(["budget-spent", { calls: 50, usd: 2 }])
      expect(usd?.spent).toBeLessThanOrEqual(2)
      expect(usd?.planned).toBeCloseTo(384 * 0.011, 9)
      await expect(job.resume({ budget: { usd: -1 } })).rejects.toMatchObject({ _tag: "InvalidOption" })
      await job.resume({ budget: {} })
      await work({ app, executor, until: "idle" }).finished
      expect((await job.status()).state).toBe("done")
    })

    it("knows no US dollars without prices, and refuses a budget in them when it is resumed too", async () => {
      await using executor = await make()
      const job = await submit(chainOf(countingService()), { source: addresses(3), executor })
      expect((await job.status()).usd).toBeUndefined()
      await expect(job.resume({ budget: { usd: 1 } })).rejects.toMatchObject({
        _tag: "InvalidOption",
        problem: expect.stringContaining("needs the price of general-image-recognition")
      })
    })

    it("refuses a job whose plugins this app does not have, before anything is sent", async () => {
      await using executor = await make()
      const service = countingService()
      const plugin = (version: number) =>
        definePlugin({ name: "mark", version, verbs: { mark: () => option("mark", [], {}) } })
      const app = sightline(service.connection).use(plugin(1))
      const job = await submit(app.inputs([]).predict(models.general), { source: addresses(5), executor })
      const problems: Array<string> = []
      const onProblem = ({ job }: { readonly job: string }) => problems.push(job)
      for (const other of [sightline(service.connection), sightline(service.connection).use(plugin(2))])
        await expect(work({ app: other, executor, until: "idle", onProblem }).finished).rejects.toMatchObject({
          _tag: "PluginError",
          plugin: "mark"
        })
      expect(problems).toEqual([job.id, job.id])
      expect(service.connection.calls.length).toBe(0)
      await work({ app, executor, until: "idle" }).finished
      expect((await job.status()).outcomes.succeeded).toBe(5)
    })

    it("ends what is under way when it is stopped, and starts nothing more", async () => {
      await using executor = await make()
      let arrived = () => {}
      const first = new Promise<void>((resolve) => (arrived = resolve))
      let answer = () => {}
      const held = new Promise<void>((resolve) => (answer = resolve))
      const service = countingService({
        before: async () => {
          arrived()
          await held
        }
      })
      const job = await submit(chainOf(service), { source: addresses(1000), executor })
      const worker = work({ app: sightline(service.connection), executor, concurrency: 1 })
      await first
      expect((await job.status()).counts).toEqual({ pending: 872, sent: 128, settled: 0 })
      const stopped = worker.stop()
      answer()
      await stopped
      expect((await job.status()).counts).toEqual({ pending: 872, sent: 0, settled: 128 })
      expect(service.connection.calls.length).toBe(1)
    })

    it("reports inputs as MaybePaid when their worker ends before the answer, and sends them again when asked", async () => {
      await using executor = await make()
      let arrived = () => {}
      const first = new Promise<void>((resolve) => (arrived = resolve))
      let isBroken = true
      const service = countingService({
        before: async () => {
          arrived()
          if (isBroken) await new Promise(() => {})
        }
      })
      const app = sightline(service.connection)
      const job = await submit(chainOf(service), { source: addresses(130), executor })
      const abort = new AbortController()
      const worker = work({ app, executor, concurrency: 1, signal: abort.signal })
      await first
      abort.abort(new Error("killed"))
      await expect(worker.finished).rejects.toThrow("killed")
      isBroken = false
      await work({ app, executor, until: "idle" }).finished
      const outcomes = await collect(job.outcomes())
      const maybe = outcomes.filter((outcome) => errorOf(outcome)?._tag === "MaybePaid")
      expect(maybe.map(({ index }) => index)).toEqual(Array.from({ length: 128 }, (_, i) => i))
      expect(await job.status()).toMatchObject({ state: "done", outcomes: { succeeded: 2, maybePaid: 128 } })
      expect([...service.sent.values()].every((times) => times === 1)).toBe(true)
      await job.resume({ retry: ["MaybePaid"] })
      await work({ app, executor, until: "idle" }).finished
      expect((await job.status()).outcomes).toEqual({ succeeded: 130, failed: 0, maybePaid: 0, poison: 0 })
    })

    it("keeps the pace of a job over all workers", async () => {
      await using executor = await make()
      const times: Array<number> = []
      const service = countingService({ before: async () => void times.push(performance.now()) })
      const job = await submit(chainOf(service), { source: addresses(128 * 4), executor, perSecond: 10 })
      const app = sightline(service.connection)
      const workers = [1, 2].map(() => work({ app, executor, until: "idle" }))
      await Promise.all(workers.map(({ finished }) => finished))
      expect((await job.status()).outcomes.succeeded).toBe(512)
      // at 10 in a second the fourth call is at least 300 ms after the first; timers may be a little early
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(280)
    })
  })
}
