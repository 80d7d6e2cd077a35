/** Splits a chain into what it runs over: one thing, or a lazily opened series of them, and the steps for each. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { PredictOptions } from "../predict/predict-options.ts"
import type { Predictor } from "../predict/prepare.ts"
import { type Item, toItems } from "./input-series.ts"
import { optionsAfter } from "../chain/validate.ts"
import { runSteps, type InputRun } from "./interpret.ts"
import type { State, Step } from "../chain/chain-state.ts"

/** A chain over one input. */
export interface OneProgram {
  readonly type: "one"
  readonly start: Effect.Effect<unknown, unknown, unknown>
  readonly steps: ReadonlyArray<Step>
}

/** A chain over a series: inputs, or what the first spreading step makes of one input. */
export interface ManyProgram {
  readonly type: "many"
  readonly elements: Stream.Stream<Item, unknown, unknown>
  readonly steps: ReadonlyArray<Step>
  /** What was asked before the steps. */
  readonly options: PredictOptions
  /** False when the series can be opened only once. */
  readonly replayable: boolean
  /** True when its length is known. */
  readonly finite: boolean
}

const isSpread = (step: Step): step is Step & { readonly type: "stage" } =>
  step.type === "stage" && step.stage.open !== undefined

/** What a chain runs over, and how. */
export const programOf = (predictor: Predictor, { source, steps }: State): OneProgram | ManyProgram => {
  if (source.type === "many")
    return {
      type: "many",
      elements: toItems(source.open()),
      steps,
      options: {},
      replayable: source.replayable,
      finite: source.finite === true
    }
  const at = steps.findIndex(isSpread)
  const spread = steps[at]
  if (spread === undefined || !isSpread(spread)) return { type: "one", start: source.open, steps }
  const { open } = spread.stage
  const scene: InputRun = {
    predictor,
    context: { index: 0, key: undefined },
    trace: { attempts: 0, requestId: undefined }
  }
  const before = steps.slice(0, at)
  const elements = Stream.unwrap(
    Effect.map(runSteps(scene, before, source.open, {}, true), (value) =>
      toItems(open === undefined ? Stream.empty : open(value, scene.context))
    )
  )
  return {
    type: "many",
    elements,
    steps: steps.slice(at + 1),
    options: optionsAfter(before, {}),
    replayable: true,
    finite: false
  }
}

/** What a plan looks at: a series that only answers can give is not opened, since a plan asks nobody. */
export const plannedProgramOf = (predictor: Predictor, state: State): OneProgram | ManyProgram => {
  const { source, steps } = state
  const spreads = steps.findIndex(isSpread)
  const predicts = steps.findIndex((step) => step.type === "predict" || step.type === "all")
  return source.type === "one" && predicts !== -1 && predicts < spreads
    ? { type: "one", start: source.open, steps }
    : programOf(predictor, state)
}
