/**
 * The state of one run: the journal's record of the training, and what this run has established itself. One pure function
 * folds journal entries and observations into it.
 */
import type { TestExample } from "../evaluation/evaluate-model.ts"
import type { Entry } from "../journal/entry.ts"
import { emptyRecord, reduceRecord, type TrainingRecord } from "../journal/training-record.ts"
import type { Tally, Unusable, Untested } from "../result/example-tally.ts"

/** The examples of a training as one run knows them. */
export interface CollectedExamples {
  /** Undefined if an earlier run has uploaded them, or none were given. */
  readonly tally: Tally | undefined
  readonly tests: ReadonlyArray<TestExample>
  /** How many tests cannot be read again. */
  readonly lostTests: number
  /** Why there are no tests although some were asked for. */
  readonly untested: Untested | undefined
  readonly fingerprint: string
  /** Names of the examples by input id. */
  readonly names: ReadonlyMap<string, string>
}

/** What a run finds out and does not write into the journal, because a later run has to find it out again. */
export type Observation =
  /** The version of a training that is finished still exists. */
  | { readonly _tag: "version-confirmed" }
  | { readonly _tag: "examples-collected"; readonly examples: CollectedExamples }
  /** The same training was finished before; the run continues from its record. */
  | { readonly _tag: "training-reused"; readonly training: TrainingRecord }
  /** The service has processed the inputs and rejected these. */
  | { readonly _tag: "inputs-processed"; readonly rejected: ReadonlyArray<Unusable> }
  /** The model has the right concepts, or its version exists already. */
  | { readonly _tag: "model-prepared" }
  | { readonly _tag: "version-ready" }
  | { readonly _tag: "evaluation-reported" }

/** How the run was called. */
export interface RunMode {
  /** True for `app.training(id)`: the run must not begin a new training. */
  readonly resumes: boolean
  /** True if a new version is wanted even if the same training is finished. */
  readonly again: boolean
}

/** The state of one run. */
export interface RunState {
  readonly mode: RunMode
  /** The training that this run continues, or the one that it has begun. */
  readonly training: TrainingRecord
  readonly versionConfirmed: boolean
  readonly examples: CollectedExamples | undefined
  /** True if the training was finished before, and this run only returns its result. */
  readonly reused: boolean
  readonly inputsProcessed: boolean
  readonly modelPrepared: boolean
  readonly versionReady: boolean
  readonly evaluationReported: boolean
}

/** The state at the start of a run. `training`: what earlier runs have done. */
export const initialState = (mode: RunMode, training: TrainingRecord = emptyRecord): RunState => ({
  mode,
  training,
  versionConfirmed: false,
  examples: undefined,
  reused: false,
  inputsProcessed: false,
  modelPrepared: false,
  versionReady: false,
  evaluationReported: false
})

const withRejected = (examples: CollectedExamples | undefined, rejected: ReadonlyArray<Unusable>) =>
  examples?.tally === undefined || rejected.length === 0
    ? examples
    : { ...examples, tally: { ...examples.tally, unusable: [...examples.tally.unusable, ...rejected] } }

/** The state after a journal entry or an observation. Pure. */
export const reduce = (state: RunState, fact: Entry | Observation): RunState => {
  switch (fact._tag) {
    case "version-confirmed":
      return { ...state, versionConfirmed: true }
    case "examples-collected":
      return { ...state, examples: fact.examples }
    case "training-reused":
      return { ...state, training: fact.training, reused: true }
    case "inputs-processed":
      return { ...state, inputsProcessed: true, examples: withRejected(state.examples, fact.rejected) }
    case "model-prepared":
      return { ...state, modelPrepared: true }
    case "version-ready":
      return { ...state, versionReady: true }
    case "evaluation-reported":
      return { ...state, evaluationReported: true }
    default:
      return { ...state, training: reduceRecord(state.training, fact) }
  }
}
