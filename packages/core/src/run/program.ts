/**
 * Compiles a chain once into a program: its steps with everything that they need resolved, cut where several values are
 * made of one and where a prediction can be sent for many inputs in one call. Runs, plans and the portable form read it.
 */
import type { ChainState, Source, Step } from "../chain/chain-state.ts"
import type { CompiledChain } from "../chain/chain-runtime.ts"
import type { AnyStage, EndingStage, SeriesStage } from "../chain/stage.ts"
import { invalidStep } from "../chain/validate.ts"
import type { InvalidOption } from "../errors/errors.ts"
import { mergeOptions, type PredictOptions } from "../predict/predict-options.ts"
import type { NamedRequests } from "../predict/predictor.ts"
import type { InputContext } from "../results/outcome.ts"

type Closure = (value: any, context: InputContext) => unknown

/** A prediction with its options, or several by name. */
export interface PredictOperation {
  readonly type: "predict"
  readonly requests: NamedRequests
  /** True for `all`, whose answer has the names; false for `predict`, whose one request is named {@link single}. */
  readonly named: boolean
  /** True when a later step may read the pixels that the answer is about. */
  readonly keepMedium: boolean
}

/** The cached step: its settings, and the key of its memory. */
export type CachedStep = Step & { readonly type: "cached" }

/** One compiled step. */
export type Operation =
  | PredictOperation
  | { readonly type: "stage"; readonly stage: AnyStage }
  /** Validates an option verb's arguments; the value stays as it is. */
  | { readonly type: "check"; readonly stage: AnyStage }
  | { readonly type: "map" | "tap" | "orElse"; readonly f: Closure }
  | { readonly type: "when"; readonly test: Closure; readonly branch: Block }
  | { readonly type: "retry"; readonly times: number; readonly when?: Closure }
  | { readonly type: "timeout"; readonly ms: number }
  /** Answers from memory, else runs these operations. */
  | { readonly type: "cached"; readonly step: CachedStep; readonly operations: ReadonlyArray<Operation> }
  /** Fails the input for an option that is out of range. */
  | { readonly type: "fail"; readonly error: InvalidOption }

/** Operations of one input, up to the end of the chain or to a stage that makes several values. */
export interface Block {
  readonly operations: ReadonlyArray<Operation>
  /** The options after them that no prediction used. */
  readonly options: PredictOptions
  /** A stage that makes several values of the result, and the program of their series. */
  readonly expand: { readonly stage: AnyStage; readonly series: SeriesProgram } | undefined
}

/** The program of a series: what is run for each input, next what takes all of their outcomes. */
export interface SeriesProgram {
  readonly input: InputProgram
  readonly next:
    | { readonly type: "series"; readonly stage: SeriesStage<any, any, any, any>; readonly series: SeriesProgram }
    | { readonly type: "ending"; readonly stage: EndingStage<any, any, any, any>; readonly block: Block }
    | undefined
}

/** A block cut at its first prediction, which many inputs can share a call for. */
export interface Batchable {
  readonly before: ReadonlyArray<Operation>
  /** Absent where an option is out of range: each input fails before it would be sent. */
  readonly predict: PredictOperation | undefined
  readonly after: Block
  /** True when one input may have to be predicted again, alone. */
  readonly repeats: boolean
  /** True when inputs have deadlines, which run while their call is on its way. */
  readonly hasDeadlines: boolean
}

/** What is run for each input of a series, or for the one input of a chain. */
export interface InputProgram {
  readonly block: Block
  /** Undefined where each input runs alone. Steps that read a memory are left out of it: a plan knows no memory. */
  readonly batch: Batchable | undefined
  /** True when an answer may come from memory, which decides for each input alone whether it is sent. */
  readonly isCached: boolean
}

/** A compiled chain. */
export interface Program extends CompiledChain {
  readonly source: Source
  readonly steps: ReadonlyArray<Step>
  /** True for a chain with `.budget(..)`. */
  readonly hasBudget: boolean
  /** For one input that a stage makes a series of: that stage, and what is run before it. */
  readonly opening: { readonly input: InputProgram; readonly stage: AnyStage } | undefined
  /** What is run for the one input, or for each input of the series. */
  readonly input: InputProgram
  /** The program of a chain over several inputs. */
  readonly series: SeriesProgram | undefined
}

/** The name of the only request of a plain `predict`. */
export const single = "answer"

type ManyStep = Step & { readonly type: "stage" }

const makesMany = (step: Step | undefined): step is ManyStep => step?.type === "stage" && step.stage.open !== undefined

const mayReadMedium = (step: Step): boolean =>
  step.type === "when" || (step.type === "stage" && step.stage.options === undefined)

/** The operation of one step. Steps of options alone have none: their options are part of the prediction's request. */
const toOperation = (step: Step, options: PredictOptions, keepMedium: boolean): Operation | undefined => {
  switch (step.type) {
    case "option":
    case "budget":
      return undefined
    case "stage":
      return { type: step.stage.options === undefined ? "stage" : "check", stage: step.stage }
    case "predict":
      return { type: "predict", requests: { [single]: { model: step.model, options } }, named: false, keepMedium }
    case "all": {
      const requests = Object.entries(step.models).map(([name, model]) => [name, { model, options }])
      return { type: "predict", requests: Object.fromEntries(requests) as NamedRequests, named: true, keepMedium }
    }
    case "when":
      return { type: "when", test: step.test, branch: compileBlock(step.steps, options, keepMedium) }
    case "cached":
      return { type: "cached", step, operations: [] }
    case "series":
    case "ending":
      return undefined // cut before, where the series is
    default:
      return step
  }
}

const optionsOf = (step: Step): PredictOptions | undefined =>
  step.type === "option" ? step.options : step.type === "stage" ? step.stage.options : undefined

/** Steps of which none makes several values. `keepMedium`: a step after them may read the medium. */
const compileSteps = (steps: ReadonlyArray<Step>, first: PredictOptions, keepMedium: boolean) => {
  let operations: ReadonlyArray<Operation> = []
  let options = first
  let invalid: InvalidOption | undefined
  for (const [i, step] of steps.entries()) {
    const error = invalidStep(step)
    invalid ??= error
    const operation = toOperation(step, options, keepMedium || steps.slice(i + 1).some(mayReadMedium))
    // an option that is out of range ends the input before anything is sent for it: no step before it is run
    if (error !== undefined && invalid !== undefined) operations = [{ type: "fail", error: invalid }]
    else if (operation?.type === "cached") operations = [{ ...operation, operations }]
    else if (operation !== undefined) operations = [...operations, operation]
    const set = optionsOf(step)
    if (operation?.type === "predict") options = {}
    else if (set !== undefined) options = mergeOptions(options, set)
  }
  return { operations, options }
}

const compileBlock = (steps: ReadonlyArray<Step>, first: PredictOptions, keepMedium = false): Block => {
  const at = steps.findIndex(makesMany)
  const many = steps[at]
  if (!makesMany(many)) return { ...compileSteps(steps, first, keepMedium), expand: undefined }
  const { operations, options } = compileSteps(steps.slice(0, at), first, true)
  const series = compileSeries(steps.slice(at + 1), options, keepMedium)
  return { operations, options, expand: { stage: many.stage, series } }
}

/** The block cut at its first prediction; undefined where there is none, or where it is made up for by an `orElse`. */
const findBatchable = (block: Block): Batchable | undefined => {
  const [first] = block.operations
  const at = first?.type === "fail" ? 0 : block.operations.findIndex(({ type }) => type === "predict")
  const operation = block.operations[at]
  if (operation === undefined) return undefined
  const predict = operation.type === "predict" ? operation : undefined
  const before = block.operations.slice(0, predict === undefined ? at + 1 : at)
  if (before.some(({ type }) => type === "orElse")) return undefined
  const after = { ...block, operations: block.operations.slice(at + 1) }
  return {
    before,
    predict,
    after,
    repeats: after.operations.some(({ type }) => type === "retry"),
    hasDeadlines: after.operations.some(({ type }) => type === "timeout")
  }
}

const readsMemory = (step: Step): boolean => step.type === "cached" && invalidStep(step) === undefined

const compileInput = (steps: ReadonlyArray<Step>, first: PredictOptions, keepMedium = false): InputProgram => {
  const block = compileBlock(steps, first, keepMedium)
  const isCached = steps.some(readsMemory)
  const uncached = isCached
    ? compileBlock(
        steps.filter((step) => !readsMemory(step)),
        first,
        keepMedium
      )
    : block
  return { block, batch: findBatchable(uncached), isCached }
}

/** The steps of a series, cut at the first step that takes all of its outcomes. Options end there. */
const compileSeries = (steps: ReadonlyArray<Step>, first: PredictOptions, keepMedium = false): SeriesProgram => {
  const at = steps.findIndex(({ type }) => type === "series" || type === "ending")
  const step = steps[at]
  const many = steps.findIndex(makesMany)
  if (step === undefined || (many !== -1 && many < at))
    return { input: compileInput(steps, first, keepMedium), next: undefined }
  const rest = steps.slice(at + 1)
  const input = compileInput(steps.slice(0, at), first, keepMedium || rest.some(mayReadMedium))
  const { options } = input.block
  if (step.type === "series")
    return { input, next: { type: "series", stage: step.stage, series: compileSeries(rest, options, keepMedium) } }
  if (step.type === "ending")
    return { input, next: { type: "ending", stage: step.stage, block: compileBlock(rest, {}, keepMedium) } }
  return { input, next: undefined } // found by its type above
}

/** Compiles a chain. Never fails: an option that is out of range becomes an operation that fails. */
export const compile = ({ source, steps }: Pick<ChainState, "source" | "steps">): Program => {
  const at = source.type === "one" ? steps.findIndex(makesMany) : -1
  const hasBudget = steps.some(({ type }) => type === "budget")
  const many = steps[at]
  if (source.type === "one" && !makesMany(many))
    return { source, steps, hasBudget, opening: undefined, input: compileInput(steps, {}), series: undefined }
  // a stage that makes several values of an answer may read its medium
  const before = makesMany(many) ? compileInput(steps.slice(0, at), {}, true) : undefined
  const series = compileSeries(steps.slice(at + 1), before?.block.options ?? {})
  return {
    source,
    steps,
    hasBudget,
    opening: before === undefined || !makesMany(many) ? undefined : { input: before, stage: many.stage },
    input: series.input,
    series
  }
}
