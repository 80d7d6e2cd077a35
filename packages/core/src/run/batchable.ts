/** The part of a chain over a series that goes in full calls. The planner and the run loop both stand on this. */
import * as Exit from "effect/Exit"
import { isWorkflow } from "../models/workflow-handle.ts"
import type { PredictOptions } from "../predict/predict-options.ts"
import type { RunDeadline } from "../call/deadline.ts"
import type { Limits } from "../connection/limits.ts"
import type { ManyProgram } from "./program.ts"
import type { BatchSettings, Batch } from "./batches.ts"
import type { Predictor, PredictRequest } from "../predict/prepare.ts"
import { placesOf } from "./interpret.ts"
import type { Step } from "../chain/chain-state.ts"
import { findInvalidStep } from "../chain/validate.ts"

/** The first prediction of a series and the steps around it; undefined where each input must be run by itself. */
export interface Batchable {
  readonly before: ReadonlyArray<Step>
  readonly requests: Readonly<Record<string, PredictRequest>>
  /** True for `all`, whose answer has the names; false for `predict`. */
  readonly named: boolean
  readonly after: ReadonlyArray<Step>
  readonly keepMedium: boolean
  /** The prediction's own step and what was asked before all steps, to take one input through it again. */
  readonly predict: Step
  readonly options: PredictOptions
  /** True when an input may have to be asked about again, by itself. */
  readonly repeats: boolean
  /** True when inputs have deadlines of their own, which run while their group is on its way. */
  readonly hasDeadlines: boolean
}

/** The name of the one model of a plain `predict`. */
export const single = "answer"

/**
 * The bulk of a series. Answers from memory concern an input by itself, so it cannot wait for a group; a plan, which
 * knows of no memory, looks at it as if there were none.
 */
export const findBatchable = (
  { options, steps }: ManyProgram,
  { planning }: { readonly planning: boolean } = { planning: false }
): Batchable | undefined => {
  const at = steps.findIndex((step) => step.type === "predict" || step.type === "all")
  const step = steps[at]
  const place = placesOf(steps, options)[at]
  if (step === undefined || place === undefined || place.depth > 0) return undefined
  if (!planning && steps.some((other) => other.type === "cached")) return undefined
  if (steps.slice(0, at).some((other) => other.type === "orElse")) return undefined
  const models = step.type === "predict" ? { [single]: step.model } : step.type === "all" ? step.models : {}
  const after = steps.slice(at + 1)
  const spreadAt = after.findIndex((other) => other.type === "stage" && other.stage.open !== undefined)
  const own = spreadAt === -1 ? after : after.slice(0, spreadAt)
  // up to a step that cannot be right, where there is one: that ends each input before it would be sent
  const wrongAt = findInvalidStep(own)?.at ?? -1
  return {
    before: steps.slice(0, wrongAt === -1 ? at : at + wrongAt + 2),
    predict: step,
    options,
    requests: Object.fromEntries(
      Object.entries(models).map(([name, model]) => [name, { model, options: place.options }])
    ),
    named: step.type === "all",
    after,
    keepMedium: place.keepMedium,
    repeats: own.some((other) => other.type === "retry"),
    hasDeadlines: own.some((other) => other.type === "timeout")
  }
}

/** Those of a group that can be sent. */
export const readyOf = (group: Batch) =>
  group.members.flatMap((member) => (Exit.isSuccess(member.ready) ? [{ member, ready: member.ready.value }] : []))

/** A workflow takes fewer inputs in one call than a model. */
const limitsOf = (limits: Limits, { requests }: Batchable): Limits => {
  if (!Object.values(requests).some(({ model }) => isWorkflow(model))) return limits
  const { audio, image, text, video } = limits.inputsPerCall
  const most = (items: number) => Math.min(items, limits.inputsPerWorkflow)
  return {
    ...limits,
    inputsPerCall: { audio: most(audio), image: most(image), text: most(text), video: most(video) }
  }
}

/** A source that can be read again is never idle: how it is cut depends on its inputs alone, so that a plan can tell. */
export const batchSettings = (
  predictor: Predictor,
  program: ManyProgram,
  bulk: Batchable,
  deadline: RunDeadline
): BatchSettings => {
  const limits = limitsOf(predictor.wire.connection.limits, bulk)
  const idleMs = program.replayable ? undefined : limits.idleMs
  return { predictor, limits, steps: bulk.before, options: program.options, deadline, idleMs }
}
