/** The call that works on jobs. */
import { InvalidOption, run } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import type { Executor } from "../executors/executor.ts"
import { defaultExecutor } from "../executors/default-executor.ts"
import type { JobApp } from "./job-app.ts"
import { workerProgram } from "./worker.ts"

/** What {@link work} takes. */
export interface WorkOptions {
  /** The app whose connection and plugins the jobs run with. */
  readonly app: JobApp
  /**
   * Where the jobs are.
   *
   * @default the executor of this process
   */
  readonly executor?: Executor
  /**
   * Units under way at once, 1 or more. A unit is one call of up to 128 inputs.
   *
   * @default 4
   */
  readonly concurrency?: number
  /** `"idle"`: end when no job has anything left to do. Otherwise the worker waits for further jobs. */
  readonly until?: "idle"
  /**
   * After so long without a report this worker is taken for dead by the others, in milliseconds.
   *
   * @default 10000
   */
  readonly leaseMs?: number
  /** Aborting ends the worker at once: inputs that are sent become `MaybePaid`. `stop()` ends it in order. */
  readonly signal?: AbortSignal
  /** Called once for each job that this app cannot run, with a `PluginError` or an `InvalidOption`. */
  readonly onProblem?: (problem: { readonly job: string; readonly error: unknown }) => void
}

/** A worker that runs. Disposing stops it. */
export interface RunningWorker extends AsyncDisposable {
  /**
   * Resolves when it has ended. Rejects with `LedgerUnavailable`, and with `until: "idle"` also with the `PluginError`
   * or `InvalidOption` of a job that this app cannot run.
   */
  readonly finished: Promise<void>
  /** Starts no further unit, and resolves when those under way are settled. */
  readonly stop: () => Promise<void>
}

const positive = (option: string, value: number): number => {
  if (value >= 1) return value
  throw new InvalidOption({ option, problem: `is ${value}; it must be 1 or more` })
}

/**
 * Works on the jobs of an executor until it is stopped. Any number of workers may run, in any number of processes.
 *
 * @throws `InvalidOption` for a concurrency or a lease that is not 1 or more
 * @example
 * await work({ app, executor, until: "idle" }).finished
 */
export const work = ({
  app,
  concurrency = 4,
  executor = defaultExecutor,
  leaseMs = 10_000,
  onProblem = () => {},
  signal,
  until
}: WorkOptions): RunningWorker => {
  positive("concurrency", concurrency)
  positive("leaseMs", leaseMs)
  let stopping = false
  const start = async (): Promise<void> => {
    const { ledger, openFeed } = await executor["~open"]()
    const program = workerProgram({
      ledger,
      app,
      ...(openFeed === undefined ? {} : { feed: openFeed(Math.trunc(concurrency)) }),
      concurrency: Math.trunc(concurrency),
      leaseMs,
      pollMs: 1000,
      untilIdle: until === "idle",
      newId: () => `${hostname()}-${process.pid}-${randomUUID()}`,
      isStopping: () => stopping,
      onProblem: (job, error) => onProblem({ job, error })
    })
    await run(Effect.asVoid(program), signal === undefined ? {} : { signal })
  }
  const finished = start()
  finished.catch(() => {}) // callers that await `finished` still see the rejection
  const stop = async () => {
    stopping = true
    await finished.catch(() => {})
  }
  return { finished, stop, [Symbol.asyncDispose]: stop }
}
