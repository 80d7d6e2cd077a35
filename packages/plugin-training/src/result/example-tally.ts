/** The result of a training. This file: what became of the examples. */
import type { Shortage } from "../journal/entry.ts"

/** An example that cannot be used. */
export interface Unusable {
  readonly name: string
  readonly problem: string
}

/** What became of the examples. */
export interface Tally {
  /** Uploaded by this run. */
  readonly added: number
  /** On the service already. */
  readonly known: number
  /** Of those on the service: had other labels there, which were replaced. */
  readonly relabelled: number
  /** Had the same content as an earlier example; their labels were merged. */
  readonly duplicates: number
  /** Held out to test the model; the service never learns from them. */
  readonly heldOut: number
  /** Cannot be read, contradict another example, or were rejected by the service. */
  readonly unusable: ReadonlyArray<Unusable>
}

/** Why a version was not tested although `holdout(..)` asked for it. */
export interface Untested {
  /**
   * `known`: the service learns from all examples already. `few`: no concept has enough new examples. `none`: no example
   * can be a test. `lost`: the tests were bytes or addresses with a query, which only the run that held them out had.
   */
  readonly reason: Shortage | "lost"
  /** The reason in words, and what to do. */
  readonly problem: string
}
