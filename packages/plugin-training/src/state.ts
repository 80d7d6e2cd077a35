/** The states of a training, each a value, and the events that lead from one to the next. */
import type { Shortage } from "./adding/holdout.ts"
import type { Evaluation } from "./evaluation/report.ts"

/** An example that could not be used, and why. */
export interface Unusable {
  readonly name: string
  readonly problem: string
}

/** What became of the examples. */
export interface Tally {
  /** Put on the service by this run. */
  readonly added: number
  /** On the service already. */
  readonly known: number
  /** Of those on the service: with other labels there, which were put right. */
  readonly relabelled: number
  /** The same content as an earlier example: their labels were joined. */
  readonly duplicates: number
  /** Kept back to test with; never one that the service learns from. */
  readonly heldOut: number
  /** Could not be read here, contradict another example, or were refused by the service. */
  readonly unusable: ReadonlyArray<Unusable>
}

/** Why a version was not tested although a part of the examples was to be kept back. */
export interface Untested {
  /**
   * `known`: the service learns from all examples already. `few`: no concept has enough that are new. `none`: nothing
   * that was given can be a test. `lost`: the tests were bytes, which only the run that began had.
   */
  readonly reason: Shortage | "lost"
  /** The same in words, and what to do. */
  readonly problem: string
}

/** Where a training is. It goes through these in order; each may end in a typed error instead. */
export type TrainingState =
  | { readonly state: "adding"; readonly tally: Tally }
  /** A part was to be kept back, and nothing could be: the version will not be tested. */
  | ({ readonly state: "untested" } & Untested)
  /** The same training is done already: its version is taken up, and none is asked for. */
  | { readonly state: "found"; readonly version: string }
  | { readonly state: "processing"; readonly waiting: number }
  | { readonly state: "preparing"; readonly concepts: ReadonlyArray<string> }
  | { readonly state: "queued"; readonly version: string }
  | {
      readonly state: "training"
      readonly version: string
      /** 0 to 100, where the service tells. */
      readonly percent?: number
      /** What the service thinks is left, in seconds. */
      readonly secondsLeft?: number
    }
  | { readonly state: "trained"; readonly version: string }
  /** `version` is the new one, and then the one before it. */
  | { readonly state: "evaluating"; readonly version: string; readonly done: number; readonly of: number }
  | { readonly state: "evaluated"; readonly version: string; readonly evaluation: Evaluation }
  | { readonly state: "ready"; readonly version: string; readonly promoted: boolean }

/** A step of a training: the state it is now in, and the milliseconds since it began. */
export type TrainingEvent = TrainingState & { readonly training: string; readonly atMs: number }
