/** The state of a chain: a source and steps, all frozen. Runs, plans and the portable form are compiled from it. */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { Budget } from "../call/spending-budget.ts"
import { modelName, type ModelOrWorkflow, type ModelRef } from "../models/model-ref.ts"
import { isWorkflow } from "../models/workflow-handle.ts"
import type { PredictOptions } from "../predict/predict-options.ts"
import type { ChainRuntime } from "./chain-runtime.ts"
import type { InputContext } from "../results/outcome.ts"
import type { AnyStage, EndingStage, SeriesStage } from "./stage.ts"

/** How a chain starts. `name` and `args` are its portable form when `portable` is true. */
export type Source = {
  readonly name: string
  readonly args: ReadonlyArray<unknown>
  readonly portable: boolean
} & (
  | { readonly type: "one"; readonly open: Effect.Effect<unknown, any, any> }
  | {
      readonly type: "many"
      /** Opens the inputs; called again for each run. */
      readonly open: () => Stream.Stream<unknown, any, any>
      /** False for a one-shot iterator, which a plan must not use up. */
      readonly replayable: boolean
      /** True where the length is known: then every input has an outcome, even after a deadline. */
      readonly finite?: boolean
    }
)

/** One step of a chain. */
export type Step =
  | { readonly type: "stage"; readonly verb: string; readonly args: ReadonlyArray<unknown>; readonly stage: AnyStage }
  | {
      readonly type: "series"
      readonly verb: string
      readonly args: ReadonlyArray<unknown>
      readonly stage: SeriesStage<any, any, any, any>
    }
  | {
      readonly type: "ending"
      readonly verb: string
      readonly args: ReadonlyArray<unknown>
      readonly stage: EndingStage<any, any, any, any>
    }
  | {
      readonly type: "option"
      readonly verb: string
      readonly args: ReadonlyArray<unknown>
      readonly options: PredictOptions
    }
  | { readonly type: "predict"; readonly model: ModelOrWorkflow }
  | { readonly type: "all"; readonly models: Readonly<Record<string, ModelRef>> }
  | { readonly type: "map"; readonly f: (value: any, context: InputContext) => unknown }
  | { readonly type: "tap"; readonly f: (value: any, context: InputContext) => unknown }
  | {
      readonly type: "when"
      readonly test: (value: any, context: InputContext) => unknown
      readonly steps: ReadonlyArray<Step>
    }
  | { readonly type: "orElse"; readonly f: (error: any, context: InputContext) => unknown }
  | { readonly type: "retry"; readonly times: number; readonly when?: (error: any, context: InputContext) => unknown }
  | { readonly type: "timeout"; readonly ms: number }
  | { readonly type: "budget"; readonly budget: Budget }
  | { readonly type: "cached"; readonly capacity: number; readonly ttlMs: number }

/** The state of a chain. */
export interface ChainState {
  readonly runtime: ChainRuntime
  readonly source: Source
  readonly steps: ReadonlyArray<Step>
}

const nameStep = (step: Step): string => {
  switch (step.type) {
    case "stage":
    case "series":
    case "ending":
    case "option":
      return step.verb
    case "predict":
      return `${isWorkflow(step.model) ? "workflow" : "predict"}(${modelName(step.model)})`
    case "all":
      return `all(${Object.values(step.models).map(modelName).join(", ")})`
    default:
      return step.type
  }
}

/** The names of a chain's source and steps, without arguments: `input → concepts → predict(general)`. */
export const describeSteps = ({ source, steps }: Pick<ChainState, "source" | "steps">): string =>
  [source.name, ...steps.map(nameStep)].join(" → ")
