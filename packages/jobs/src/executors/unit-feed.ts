/** A queue beside a ledger: it brings the names of units to workers. The ledger decides who runs one. */
import type * as Effect from "effect/Effect"

/** A unit that a queue has delivered. It may be one that is leased or settled: then it is dropped. */
export interface Delivery {
  readonly job: string
  readonly unit: number
  /** Ends the delivery: the queue drops the message. */
  readonly done: () => void
}

/** What a worker gets from a queue. */
export interface UnitFeed {
  /** Receives units of these jobs, and of no others. */
  readonly listen: (jobs: ReadonlyArray<string>) => void
  /** A delivered unit, or undefined. */
  readonly next: () => Delivery | undefined
  /** Waits until a unit is delivered, or so long. */
  readonly wait: (ms: number) => Effect.Effect<void>
  /** Called with a job that had a ready unit although its queue stayed empty: publishes what is ready again. */
  readonly refill: (job: string) => Effect.Effect<void>
  /** Gives back what no slot has taken. */
  readonly close: Effect.Effect<void>
}

/** Opens the feed of a worker that runs so many units at once. */
export type OpenFeed = (concurrency: number) => UnitFeed
