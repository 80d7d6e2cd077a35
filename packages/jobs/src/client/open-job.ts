/** Finds the jobs of an executor. */
import type { SightlineError } from "@sightline/core"
import { run } from "@sightline/core/plugin"
import { defaultExecutor } from "../executors/default-executor.ts"
import type { Executor } from "../executors/executor.ts"
import { jobHandle, recordOf, toStatus } from "./job-handle.ts"
import type { Job, JobStatus } from "./job-types.ts"

/** Where jobs are looked for. */
export interface ExecutorOption {
  /**
   * Where the jobs are.
   *
   * @default the executor of this process
   */
  readonly executor?: Executor
}

/**
 * The job of an id. Its errors are those of core and of jobs; one of a plugin's own class is a `SettledError`.
 *
 * @throws `UnknownJob`, `LedgerUnavailable`
 * @example const job = await openJob("pets-2026", { executor: sqlite({ file: "jobs.db" }) })
 */
export const openJob = async (
  id: string,
  { executor = defaultExecutor }: ExecutorOption = {}
): Promise<Job<unknown, SightlineError>> => {
  await recordOf(executor, id)
  return jobHandle(executor, id)
}

/**
 * All jobs of an executor, the oldest first. `counts.sent` is not counted here and is 0.
 *
 * @throws `LedgerUnavailable`
 */
export const listJobs = async ({ executor = defaultExecutor }: ExecutorOption = {}): Promise<
  ReadonlyArray<JobStatus>
> => {
  const { ledger } = await executor["~open"]()
  return (await run(ledger.list)).map((record) => toStatus(record, 0))
}
