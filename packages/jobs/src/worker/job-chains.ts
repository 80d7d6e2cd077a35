/** The jobs that a worker can run: their chains, checked once against its app. */
import type { PortablePipeline } from "@sightline/core"
import * as Effect from "effect/Effect"
import type { LedgerUnavailable } from "../errors.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { JobApp } from "./job-app.ts"
import { checkChain } from "./unit-chain.ts"

/** The jobs of a worker. */
export interface JobChains {
  /** The chain of a job, or undefined for one that this app cannot run. */
  readonly get: (job: string) => Effect.Effect<PortablePipeline | undefined, LedgerUnavailable>
  /** Why jobs cannot be run: `PluginError` or `InvalidOption`, by job. */
  readonly problems: ReadonlyMap<string, unknown>
}

/** Reads each job's chain once, when it is first met. `onProblem` is called once for a job that the app cannot run. */
export const jobChains = (ledger: Ledger, app: JobApp, onProblem: (job: string, error: unknown) => void): JobChains => {
  const known = new Map<string, PortablePipeline>()
  const problems = new Map<string, unknown>()
  return {
    problems,
    get: (job) =>
      Effect.suspend(() => {
        const chain = known.get(job)
        if (chain !== undefined || problems.has(job)) return Effect.succeed(chain)
        return Effect.map(ledger.get(job), (record) => {
          if (record === undefined || problems.has(job)) return undefined // another slot may have found it meanwhile
          const form = JSON.parse(record.form) as PortablePipeline // checked next
          try {
            checkChain(app, form)
          } catch (error) {
            problems.set(job, error)
            onProblem(job, error)
            return undefined
          }
          known.set(job, form)
          return form
        })
      })
  }
}
