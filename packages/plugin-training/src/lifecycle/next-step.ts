/** The next step of a training, as a pure function of its state. */
import { isSuccessful } from "../journal/training-record.ts"
import type { RunState } from "./run-state.ts"

/** The steps of a training. Each has a function in `steps/` with its effects. */
export type Step =
  /** Fails: nothing in the journal can continue without examples. */
  | "reject"
  /** Checks that the version of a finished training still exists. */
  | "confirm-version"
  /** Reads the held-out examples again; an earlier run has uploaded the others. */
  | "restore-examples"
  /** Uploads the examples, or finds out which ones the app has. */
  | "collect-examples"
  /** Waits until the service has processed the inputs. */
  | "process-inputs"
  /** Creates the model, or updates its concepts. */
  | "prepare-model"
  /** Skips the preparation: the version exists or was requested by an earlier run. */
  | "reuse-version"
  | "request-version"
  | "wait-for-version"
  | "evaluate-version"
  /** Reports the evaluation of an earlier run. */
  | "reuse-evaluation"
  /** Deletes a version that the policy rejected, and ends the training. */
  | "finish"
  /** The training is over; the run returns the model. */
  | "return-model"

const collectStep = ({ mode, training, versionConfirmed }: RunState): Step => {
  const { examples, version, versionRequest } = training
  const isFinished = isSuccessful(training)
  if (training.end === "discarded") return "reject"
  if (isFinished && mode.again) return "reject"
  if (isFinished && !versionConfirmed) return "confirm-version"
  // Once a version is requested, the examples that it learns from are fixed.
  const isFixed = versionRequest !== undefined || version !== undefined
  if (examples !== undefined && (isFixed || mode.resumes)) return "restore-examples"
  return mode.resumes ? "reject" : "collect-examples"
}

/**
 * The next step of a training. Pure; total: every state has one. Each step either fails or changes the state so that it is
 * not the next step again.
 */
export const nextStep = (state: RunState): Step => {
  const { evaluationReported, examples, inputsProcessed, modelPrepared, training, versionReady } = state
  const { decision, end, version } = training
  if (examples === undefined) return collectStep(state)
  // Without a tally the inputs are those of an earlier run, which has reported the rejected ones.
  if (!inputsProcessed && !(version !== undefined && examples.tally === undefined)) return "process-inputs"
  if (!modelPrepared) return version === undefined ? "prepare-model" : "reuse-version"
  if (version === undefined) return "request-version"
  if (decision === undefined) return versionReady ? "evaluate-version" : "wait-for-version"
  if (!evaluationReported) return "reuse-evaluation"
  return end === undefined ? "finish" : "return-model"
}
