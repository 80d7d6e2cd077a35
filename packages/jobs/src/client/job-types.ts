/** Jobs as their users see them. This file: the types. */
import type { Budget, BudgetSpent, Many, Outcome } from "@sightline/core"
import type { MaybePaid, PoisonInput } from "../errors.ts"
import type { JobState, OnMaybePaid, SettledAs } from "../ledger/ledger.ts"
import type { SettledError } from "../ledger/outcome-json.ts"

/** The errors that an input of a job may have beside those of its chain. */
export type JobInputError = MaybePaid | PoisonInput | BudgetSpent | SettledError

/** The outcome of one input, with `seq`: its number in the order in which inputs settled, from 1. */
export type JobOutcome<A, E> = Outcome<A, E | JobInputError> & { readonly seq: number }

/** How a job stands. */
export interface JobStatus {
  readonly id: string
  readonly state: JobState
  /** True when all inputs are known. */
  readonly listed: boolean
  readonly inputs: number
  /** Inputs by state; together they are `inputs`. */
  readonly counts: { readonly pending: number; readonly sent: number; readonly settled: number }
  /** Settled inputs by outcome; together they are `counts.settled`. `poison` are the dead letters. */
  readonly outcomes: {
    readonly succeeded: number
    readonly failed: number
    readonly maybePaid: number
    readonly poison: number
  }
  /**
   * Calls made, and calls planned for all inputs that are listed; `planned` is undefined where it is known only when a
   * chain runs, as for videos. More are made than planned where calls are repeated, where a refused call is divided to
   * find the input at fault, and where inputs are sent again after `resume`.
   */
  readonly calls: { readonly made: number; readonly planned: number | undefined }
  /** US dollars by the job's prices: of the calls made, and of all inputs; undefined where a price is not known. */
  readonly usd: { readonly spent: number; readonly planned: number } | undefined
  /**
   * Settled inputs in a second of the time in which calls were under way; pauses of the job are left out. Undefined
   * before one is settled.
   */
  readonly perSecond: number | undefined
  /** At that rate, in seconds; undefined where it is not known, or nothing runs. */
  readonly secondsLeft: number | undefined
  readonly budget: Budget
  readonly createdAt: Date
}

/** Options of reading outcomes. */
export interface OutcomesOptions {
  /**
   * Continue after this `seq`.
   *
   * @default 0
   */
  readonly after?: number
  /**
   * False to end with those that are settled now, instead of when the job stops.
   *
   * @default true
   */
  readonly follow?: boolean
  /** Aborting ends the reading with the signal's reason. */
  readonly signal?: AbortSignal
}

/** Options of {@link Job.resume}. */
export interface ResumeOptions {
  /** The budget from now on; calls made so far count. */
  readonly budget?: Budget
  readonly onMaybePaid?: OnMaybePaid
  /** Settled inputs that are done again: those of these kinds, or every failed one. */
  readonly retry?: ReadonlyArray<Exclude<SettledAs, "succeeded">>
}

/** A job. It is the same job for everyone who opens it; this value holds its id alone. */
export interface Job<out A = unknown, out E = unknown> {
  readonly id: string
  /** How it stands. @throws `UnknownJob`, `LedgerUnavailable` */
  readonly status: () => Promise<JobStatus>
  /**
   * Outcomes in the order in which inputs settle; `index` and `key` say whose each is. By default it ends when the job
   * is done, cancelled or out of budget.
   *
   * @throws `UnknownJob`, `LedgerUnavailable`
   */
  readonly outcomes: (options?: OutcomesOptions) => AsyncIterable<JobOutcome<A, E>>
  /** Starts no further unit; calls under way are finished and kept. @throws `UnknownJob`, `LedgerUnavailable` */
  readonly cancel: () => Promise<void>
  /** Continues a job that was cancelled or ran out of budget. @throws `UnknownJob`, `InvalidOption`, `LedgerUnavailable` */
  readonly resume: (options?: ResumeOptions) => Promise<void>
  /** Resolves when the job is done, cancelled or out of budget. @throws `UnknownJob`, `LedgerUnavailable` */
  readonly finished: (options?: { readonly signal?: AbortSignal }) => Promise<JobStatus>
}

/** The value and the error of one input of a chain that gives `A`. */
export type InputOf<A, E> = A extends Many<infer X, infer E1> ? readonly [X, E1 | E] : readonly [A, E]
