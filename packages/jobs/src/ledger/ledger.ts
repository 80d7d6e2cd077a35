/** The ledger: jobs, their units, and one outcome for each input. All state of a job is here, and nowhere else. */
import type { Budget, Prices } from "@sightline/core"
import type * as Effect from "effect/Effect"
import type { LedgerUnavailable } from "../errors.ts"

/** What happens with inputs that were sent when their worker ended. */
export type OnMaybePaid = "report" | "resend"

/** Settings of a job that may change while it runs. */
export interface JobSettings {
  readonly onMaybePaid: OnMaybePaid
  readonly budget: Budget
  /** Most calls in a second, over all workers. */
  readonly perSecond?: number
  /** What the models of the job cost. */
  readonly prices?: Prices
  /** The price of one input at all models together, in US dollars; absent where it is not known. */
  readonly usdPerInput?: number
  /** The calls of one unit; absent where they are not known before it is run. */
  readonly callsPerUnit?: number
  /** True if the units of this job are not one call each, so that all of a unit counts as sent when it starts. */
  readonly sentAtStart: boolean
}

/**
 * `running`: it has work, or is still being listed. `done`: every input is settled. `cancelled` and `budget-spent`:
 * stopped until it is resumed.
 */
export type JobState = "running" | "done" | "cancelled" | "budget-spent"

/** A job as the ledger knows it. */
export interface JobRecord {
  readonly id: string
  /** The portable chain, as JSON. */
  readonly form: string
  /** What the inputs are, as JSON. */
  readonly source: string
  readonly state: JobState
  readonly settings: JobSettings
  /** True when all inputs are in the ledger. */
  readonly listed: boolean
  /** Where listing continues. */
  readonly cursor: string | undefined
  readonly inputs: number
  readonly units: number
  /** Units that are not finished. */
  readonly openUnits: number
  readonly settled: number
  readonly succeeded: number
  readonly maybePaid: number
  readonly poison: number
  readonly calls: number
  readonly usd: number
  /** Milliseconds since the epoch. */
  readonly createdMs: number
  readonly startedMs: number | undefined
  /** How long calls were under way or their outcomes being recorded, in milliseconds. */
  readonly workedMs: number
  readonly changedMs: number
}

/** A new job. */
export type NewJob = Pick<JobRecord, "id" | "form" | "source" | "settings">

/** Inputs that are sent together. */
export interface NewUnit {
  /** The index of the first input. */
  readonly first: number
  readonly size: number
  /** The inputs' references, as a JSON array. */
  readonly refs: string
}

/** A unit that a worker has leased. `fence` grows with every lease: a change with an old one is refused. */
export interface Lease {
  readonly job: string
  readonly unit: number
  readonly fence: number
  readonly worker: string
  readonly first: number
  readonly size: number
  readonly refs: string
  /** How often it was leased, this time included. */
  readonly claims: number
  /** What was sent by an earlier lease and not settled: every input, the input of an index, or nothing. */
  readonly sent: "all" | number | undefined
  /** The input that an earlier lease ran alone when it ended. */
  readonly trying: number | undefined
  /** Indexes that are settled. */
  readonly settled: ReadonlySet<number>
  /** The job's, when the unit was leased. */
  readonly settings: JobSettings
}

/** How an input is settled. */
export type SettledAs = "succeeded" | "failed" | "MaybePaid" | "PoisonInput" | "BudgetSpent"

/** An input's outcome. */
export interface Settlement {
  readonly index: number
  readonly as: SettledAs
  /** The outcome, as JSON. */
  readonly outcome: string
}

/** A settled input, in the order in which inputs settled. */
export interface SettledRow extends Settlement {
  /** From 1. */
  readonly seq: number
}

/** Whether a call may be made. */
export type Permission =
  | { readonly type: "granted"; readonly waitMs: number }
  /** The lease belongs to another worker by now. */
  | { readonly type: "lost" }
  /** The job does not run. */
  | { readonly type: "stopped" }
  | { readonly type: "spent"; readonly limit: keyof Budget; readonly budget: number }

/** A call that a worker wants to make. */
export interface WantedCall {
  /** What it sends. */
  readonly sends: "all" | number
  /** Its price in US dollars; 0 where it is not known. */
  readonly usd: number
  /** False for a call that continues a unit which has begun: it is made in a job that is cancelled too. */
  readonly isFirst: boolean
  /** False where inputs become `sent` before their calls, which are counted one by one. */
  readonly isCounted: boolean
}

/**
 * What becomes of a unit after some of its inputs are settled: it `ends`; it goes on, and what is `sent` stays so; or it
 * goes on, and nothing of it is under way.
 */
export type AfterSettle = "ends" | "goes on" | "rests"

/** A worker and how often it reported. */
export interface WorkerBeat {
  readonly worker: string
  readonly beat: number
}

/** A unit by its job and number. */
export interface UnitName {
  readonly job: string
  readonly unit: number
}

type Result<A> = Effect.Effect<A, LedgerUnavailable>

/** The operations of a ledger. Each changes what it changes in one transaction. */
export interface Ledger {
  readonly name: string
  /** Adds a job, or returns the one that is there. */
  readonly create: (job: NewJob) => Result<JobRecord>
  readonly get: (job: string) => Result<JobRecord | undefined>
  readonly list: Result<ReadonlyArray<JobRecord>>
  /** Ids of running jobs, the oldest first. */
  readonly running: Result<ReadonlyArray<string>>
  /**
   * Adds units after the inputs that are there; `cursor` is where listing continues after them. False if another
   * process listed meanwhile: `after` is the number of inputs before these.
   */
  readonly addUnits: (
    job: string,
    after: number,
    units: ReadonlyArray<NewUnit>,
    cursor: string | undefined
  ) => Result<boolean>
  /** Notes that all inputs are listed. */
  readonly endListing: (job: string) => Result<void>
  readonly setState: (job: string, state: JobState, settings?: JobSettings) => Result<void>
  /** Stops a running job whose budget is spent. */
  readonly stop: (job: string) => Result<void>
  /** Makes settled inputs pending again, those that were settled as one of `kinds`. Returns how many. */
  readonly reopen: (job: string, kinds: ReadonlyArray<SettledAs>) => Result<number>
  readonly join: (worker: string) => Result<void>
  /** False if other workers took this one for dead. */
  readonly beat: (worker: string) => Result<boolean>
  readonly workers: Result<ReadonlyArray<WorkerBeat>>
  /** Releases the leases of a worker, if it has not reported since. */
  readonly bury: (worker: WorkerBeat) => Result<ReadonlyArray<UnitName>>
  /** Removes a worker that ends, and releases what it still has. */
  readonly leave: (worker: string) => Result<ReadonlyArray<UnitName>>
  /** Units of a job that wait to be leased, from a number on, in order. */
  readonly ready: (job: string, from: number, most: number) => Result<ReadonlyArray<number>>
  /** Leases the next unit of a job, or the named one, for one of a worker's slots, each of which has one unit at a time. */
  readonly claim: (worker: string, slot: number, job: string, unit?: number) => Result<Lease | undefined>
  /** Leases the unit again that a slot has leased without knowing: the answer to its claim was lost. */
  readonly recover: (worker: string, slot: number) => Result<Lease | undefined>
  /** Notes which input is run alone. False if the lease is lost. */
  readonly trying: (lease: Lease, index: number) => Result<boolean>
  /** Asks for a call: if granted, its inputs are `sent` and it is counted. */
  readonly send: (lease: Lease, call: WantedCall) => Result<Permission>
  /** Records outcomes. False if the lease is lost: then nothing is recorded. */
  readonly settle: (lease: Lease, rows: ReadonlyArray<Settlement>, then: AfterSettle) => Result<boolean>
  /** Gives a unit back: its inputs that are not settled are pending. */
  readonly release: (lease: Lease) => Result<void>
  /** Settled inputs after `seq`, in the order in which they settled. */
  readonly settledAfter: (job: string, seq: number, most: number) => Result<ReadonlyArray<SettledRow>>
  /** Inputs that are sent and not settled. */
  readonly sentCount: (job: string) => Result<number>
}
