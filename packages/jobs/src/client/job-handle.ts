/** A job by its id: reads and changes the ledger. */
import type { PortablePipeline } from "@sightline/core"
import { run } from "@sightline/core/plugin"
import { setTimeout as sleep } from "node:timers/promises"
import { UnknownJob } from "../errors.ts"
import type { Executor } from "../executors/executor.ts"
import type { JobRecord, Ledger, SettledRow } from "../ledger/ledger.ts"
import { decodeOutcome } from "../ledger/outcome-json.ts"
import { checkBudget } from "./job-budget.ts"
import type { Job, JobOutcome, JobStatus, OutcomesOptions, ResumeOptions } from "./job-types.ts"

/** Outcomes read at once. */
const pageRows = 500
const firstPauseMs = 20
const longestPauseMs = 1000

const ledgerOf = async (executor: Executor): Promise<Ledger> => (await executor["~open"]()).ledger

/** The record of a job. Rejects with `UnknownJob`. */
export const recordOf = async (executor: Executor, id: string): Promise<JobRecord> => {
  const record = await run((await ledgerOf(executor)).get(id))
  if (record === undefined) throw new UnknownJob({ job: id })
  return record
}

/** Counts and rates of a job. */
export const toStatus = (record: JobRecord, sent: number): JobStatus => {
  const { inputs, maybePaid, poison, settings, settled, succeeded, units } = record
  const { callsPerUnit, usdPerInput } = settings
  const seconds = record.workedMs / 1000
  const perSecond = settled > 0 && seconds > 0 ? settled / seconds : undefined
  const left = inputs - settled
  return {
    id: record.id,
    state: record.state,
    listed: record.listed,
    inputs,
    counts: { pending: left - sent, sent, settled },
    outcomes: { succeeded, failed: settled - succeeded - maybePaid - poison, maybePaid, poison },
    calls: { made: record.calls, planned: callsPerUnit === undefined ? undefined : units * callsPerUnit },
    usd: usdPerInput === undefined ? undefined : { spent: record.usd, planned: inputs * usdPerInput },
    perSecond,
    secondsLeft: perSecond === undefined || record.state !== "running" ? undefined : left / perSecond,
    budget: settings.budget,
    createdAt: new Date(record.createdMs)
  }
}

const withSent = async (executor: Executor, record: JobRecord): Promise<JobStatus> =>
  toStatus(record, await run((await ledgerOf(executor)).sentCount(record.id)))

const statusOf = async (executor: Executor, id: string): Promise<JobStatus> =>
  await withSent(executor, await recordOf(executor, id))

/** JSON has no `undefined`: an outcome has all its fields. */
const toOutcome = ({ outcome, seq }: SettledRow): JobOutcome<unknown, unknown> => {
  const decoded = decodeOutcome(outcome)
  const { key, requestId } = decoded
  return { ...decoded, key, requestId, seq }
}

async function* readOutcomes(
  executor: Executor,
  id: string,
  { after = 0, follow = true, signal }: OutcomesOptions
): AsyncGenerator<JobOutcome<unknown, unknown>> {
  const ledger = await ledgerOf(executor)
  let seq = after
  let pauseMs = firstPauseMs
  for (;;) {
    signal?.throwIfAborted()
    // read before the rows: what settles in between is in the rows, and the next round sees the end
    const { state } = await recordOf(executor, id)
    const rows = await run(ledger.settledAfter(id, seq, pageRows))
    for (const row of rows) {
      signal?.throwIfAborted()
      seq = row.seq
      yield toOutcome(row)
    }
    if (rows.length > 0) {
      pauseMs = firstPauseMs
      continue
    }
    if (!follow || state !== "running") return
    await pause(pauseMs, signal)
    pauseMs = Math.min(longestPauseMs, pauseMs * 2)
  }
}

const pause = async (ms: number, signal: AbortSignal | undefined): Promise<void> => {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {
    throw signal?.reason
  })
}

const resumeJob = async (executor: Executor, id: string, options: ResumeOptions): Promise<void> => {
  const { form, settings } = await recordOf(executor, id)
  const ledger = await ledgerOf(executor)
  const { budget = settings.budget, onMaybePaid = settings.onMaybePaid, retry = [] } = options
  checkBudget(budget, settings.prices, JSON.parse(form) as PortablePipeline) // as `submit` wrote it
  // inputs of the old budget are pending with the new one
  await run(ledger.reopen(id, [...new Set([...retry, "BudgetSpent" as const])]))
  await run(ledger.setState(id, "running", { ...settings, budget, onMaybePaid }))
}

/** The job of an id, which need not exist. */
export const jobHandle = <A, E>(executor: Executor, id: string): Job<A, E> => {
  const handle: Job = {
    id,
    status: () => statusOf(executor, id),
    outcomes: (options = {}) => readOutcomes(executor, id, options),
    cancel: async () => {
      const { state } = await recordOf(executor, id)
      if (state === "done") return
      await run((await ledgerOf(executor)).setState(id, "cancelled"))
    },
    resume: (options = {}) => resumeJob(executor, id, options),
    finished: async ({ signal } = {}) => {
      for (let ms = firstPauseMs; ; ms = Math.min(longestPauseMs, ms * 2)) {
        signal?.throwIfAborted()
        const record = await recordOf(executor, id)
        const status = toStatus(record, 0)
        if (status.state !== "running") return await withSent(executor, record) // which is counted at the end alone
        // half of the time that is left, so that the end is seen soon after it
        await pause(Math.max(firstPauseMs, Math.min(ms, (status.secondsLeft ?? Infinity) * 500)), signal)
      }
    }
  }
  return handle as Job<A, E> // outcomes are what the chain gave
}
