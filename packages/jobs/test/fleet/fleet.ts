// Limits of a job that hold for all workers together, each a process.
import { clarifai, models, sightline } from "@sightline/core"
import { setTimeout as sleep } from "node:timers/promises"
import { expect } from "vitest"
import { submit } from "../../src/index.ts"
import { type ExecutorName, executorOf } from "../chaos/executor-name.ts"
import { httpService } from "../chaos/http-service.ts"
import { startWorker } from "../chaos/start-worker.ts"

const perSecond = 4
const calls = 12
const inputsPerCall = 4

/** Runs three workers on a job with a pace and a budget, and checks what the service saw of both. */
export const fleet = async (name: ExecutorName): Promise<void> => {
  await using service = await httpService(() => 30)
  await using executor = executorOf(name)
  const limits = { inputsPerCall: { image: inputsPerCall } }
  const connection = clarifai({ pat: "test", userId: "me", appId: "main", baseUrl: service.url, limits })
  const source = Array.from({ length: 100 }, (_, i) => `https://example.com/${i}.jpg`)
  const job = await submit(sightline(connection).inputs([]).predict(models.general), {
    source,
    executor,
    perSecond,
    budget: { calls }
  })
  const workers = await Promise.all([1, 2, 3].map(() => startWorker({ executor: name, url: service.url, skewMs: 0 })))
  try {
    expect((await job.finished({ signal: AbortSignal.timeout(120_000) })).state).toBe("budget-spent")
    for (let i = 0; i < 300 && (await job.status()).counts.sent > 0; i++) await sleep(100)
    expect(service.arrivedMs.length).toBe(calls)
    expect((await job.status()).counts).toEqual({ pending: 52, sent: 0, settled: calls * inputsPerCall })
    await job.resume({ budget: { calls: 25 } })
    expect((await job.finished({ signal: AbortSignal.timeout(120_000) })).outcomes.succeeded).toBe(100)
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()))
  }
  expect(service.arrivedMs.length).toBe(25)
  // no call is early, and on a busy machine the first may be late. A pace of each process would take 750 ms.
  const lastMs = service.arrivedMs[calls - 1] ?? 0
  expect(lastMs - (service.arrivedMs[0] ?? 0)).toBeGreaterThan((calls - 1) * (1000 / perSecond) - 1200)
}
