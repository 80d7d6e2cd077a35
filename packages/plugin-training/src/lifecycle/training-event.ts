/** The events that a training emits as it runs. */
import type { Evaluation } from "../evaluation/evaluation.ts"
import type { Tested } from "../evaluation/metrics.ts"
import type { Tally, Untested } from "../result/example-tally.ts"

/** A version's evaluation. */
export interface EvaluatedVersion {
  readonly version: string
  readonly evaluation: Evaluation
  /** The tests with their scores; absent if the evaluation is that of an earlier run. */
  readonly tests?: ReadonlyArray<Tested>
}

/** Where a training is, with the numbers of that state. A training goes through the states in this order. */
export type TrainingState =
  /** Examples are being uploaded. */
  | { readonly state: "adding"; readonly tally: Tally }
  /** No example could be held out: the version will not be tested. */
  | ({ readonly state: "untested" } & Untested)
  /** The service processes the inputs; `waiting` of them are left. */
  | { readonly state: "processing"; readonly waiting: number }
  /** The same training was finished before: its version is the result. */
  | { readonly state: "found"; readonly version: string }
  /** The model is created or updated. */
  | { readonly state: "preparing"; readonly concepts: ReadonlyArray<string> }
  /** The version waits for its training to begin. */
  | { readonly state: "queued"; readonly version: string }
  | {
      readonly state: "training"
      readonly version: string
      /** 0 to 100; absent if the service does not report it. */
      readonly percent?: number
      /** The service's estimate; absent if the service does not report it. */
      readonly secondsLeft?: number
    }
  | { readonly state: "trained"; readonly version: string }
  /** `version` is first the new one, then the previous one. */
  | { readonly state: "evaluating"; readonly version: string; readonly done: number; readonly of: number }
  | ({
      readonly state: "evaluated"
      readonly previous?: EvaluatedVersion
      /** What the service says would make a better version, where the evaluation is poor. */
      readonly advice?: string
    } & EvaluatedVersion)
  /** `version` is the one that the result points to. */
  | { readonly state: "ready"; readonly version: string; readonly promoted: boolean }

/** An event of a training: its state, its id, and the milliseconds since the run began. */
export type TrainingEvent = TrainingState & { readonly training: string; readonly atMs: number }
