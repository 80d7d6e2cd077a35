// Kills workers at random moments and counts what the service was sent.
import { clarifai, models, sightline } from "@sightline/core"
import { setTimeout as sleep } from "node:timers/promises"
import { expect } from "vitest"
import { type Job, type JobStatus, submit } from "../../src/index.ts"
import { type ExecutorName, executorOf } from "./executor-name.ts"
import { httpService } from "./http-service.ts"
import { startWorker } from "./start-worker.ts"

/** What a run is made of. */
export interface Chaos {
  readonly executor: ExecutorName
  /** How many workers are killed. */
  readonly kills: number
  readonly seed: number
  /** Called after each kill. */
  readonly afterKill?: (kill: number) => Promise<void>
}

/** Inputs of one call: few, so that many calls are under way. */
const inputsPerCall = 4
const workers = 3
const hourMs = 3_600_000

/** Numbers in 0..1 from a seed (mulberry32). */
export const randomFrom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}

/** The longest time without a settled input while a fleet works, in milliseconds. */
const standstillMs = 120_000

/** The end of a job, however slow the machine is. Fails where nothing settles for a while. */
const finished = async (job: Job): Promise<JobStatus> => {
  let settled = -1
  let sinceMs = performance.now()
  for (;;) {
    const status = await job.status()
    if (status.state !== "running") return status
    if (status.counts.settled !== settled) {
      settled = status.counts.settled
      sinceMs = performance.now()
    }
    if (performance.now() - sinceMs > standstillMs) expect.fail(`the job stands still: ${JSON.stringify(status)}`)
    await sleep(100)
  }
}

/** Runs a job under kills, and checks that every input settled once and was sent at most once. */
export const chaos = async ({ afterKill, executor: name, kills, seed }: Chaos): Promise<void> => {
  const random = randomFrom(seed)
  let killed = 0
  await using service = await httpService(() => (killed < kills ? 5 + random() * 60 : 0))
  await using executor = executorOf(name)
  const count = 200 + kills * 40
  const connection = clarifai({
    pat: "test",
    userId: "me",
    appId: "main",
    baseUrl: service.url,
    limits: { inputsPerCall: { image: inputsPerCall } }
  })
  const source = Array.from({ length: count }, (_, i) => `https://example.com/${i}.jpg`)
  const job = await submit(sightline(connection).inputs([]).predict(models.general), { source, executor })
  /** Each worker has a wall clock that is off by up to two hours, in either direction. */
  const start = () =>
    startWorker({ executor: name, url: service.url, skewMs: Math.round((random() - 0.5) * 4 * hourMs) })
  const victim = async (): Promise<void> => {
    while (killed < kills) {
      const worker = await start()
      await sleep(random() * 250)
      await worker.kill()
      killed++
      await afterKill?.(killed)
    }
  }
  await Promise.all(Array.from({ length: workers }, victim))
  // the whole fleet is dead: another one goes on
  const fleet = await Promise.all(Array.from({ length: workers }, start))
  try {
    const { outcomes, state } = await finished(job)
    expect(state).toBe("done")
    expect(outcomes.failed + outcomes.poison).toBe(0)
    expect(outcomes.succeeded + outcomes.maybePaid).toBe(count)
    // a worker has two units under way when it is killed
    expect(outcomes.maybePaid).toBeLessThanOrEqual((kills + workers) * 2 * inputsPerCall)
    const settled = new Map<number, boolean>()
    for await (const outcome of job.outcomes()) {
      expect(settled.has(outcome.index)).toBe(false)
      settled.set(outcome.index, outcome.ok)
      const times = service.sent.get(source[outcome.index] ?? "") ?? 0
      if (outcome.ok) expect(outcome.value.concepts[0]?.name).toBe(source[outcome.index])
      if (outcome.ok ? times !== 1 : times > 1) expect.fail(`input ${outcome.index} was sent ${times} times`)
    }
    expect(settled.size).toBe(count)
  } finally {
    await Promise.all(fleet.map((worker) => worker.kill()))
  }
}
