/**
 * Options that types allow and that are out of range. They end an input before anything is sent for it, wherever in the
 * chain they are: a step before them may be a prediction.
 */
import { InvalidOption } from "../errors/errors.ts"
import { mergeOptions, type PredictOptions } from "../predict/predict-options.ts"
import type { Step } from "./chain-state.ts"

const problemOf = (step: Step): string | undefined => {
  switch (step.type) {
    case "option":
      return step.verb !== "concepts" ||
        (step.args.length > 0 && step.args.every((name) => typeof name === "string" && name.trim() !== ""))
        ? undefined
        : "needs one or more names"
    case "retry": {
      const { times, when } = step
      if (when !== undefined && typeof when !== "function") return "when must be a function"
      return Number.isInteger(times) && times >= 0 && times <= 100
        ? undefined
        : `times is ${String(times)}; it must be a whole number from 0 to 100`
    }
    case "timeout":
      return Number.isFinite(step.ms) && step.ms > 0
        ? undefined
        : `ms is ${String(step.ms)}; it must be a number above 0`
    case "cached": {
      const { capacity, ttlMs } = step
      if (!Number.isInteger(capacity) || capacity < 1)
        return `capacity is ${String(capacity)}; it must be a whole number above 0`
      return typeof ttlMs === "number" && ttlMs > 0 ? undefined : `ttlMs is ${String(ttlMs)}; it must be above 0`
    }
    default:
      return undefined
  }
}

/** The error of a step whose option is out of range. */
export const invalidStep = (step: Step): InvalidOption | undefined => {
  const problem = problemOf(step)
  return problem === undefined
    ? undefined
    : new InvalidOption({ option: step.type === "option" ? step.verb : step.type, problem })
}

/** The error of the first of these steps whose option is out of range. */
export const firstInvalid = (steps: ReadonlyArray<Step>): InvalidOption | undefined => {
  for (const step of steps) {
    const error = invalidStep(step)
    if (error !== undefined) return error
  }
  return undefined
}

/** The options that the next prediction after these steps gets. A prediction uses up the options before it. */
export const optionsAfter = (steps: ReadonlyArray<Step>, first: PredictOptions): PredictOptions =>
  steps.reduce<PredictOptions>((options, step) => {
    if (step.type === "predict" || step.type === "all") return {}
    if (step.type === "option") return mergeOptions(options, step.options)
    return step.type === "stage" && step.stage.options !== undefined
      ? mergeOptions(options, step.stage.options)
      : options
  }, first)
