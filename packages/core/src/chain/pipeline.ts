/** The chain's class: frozen state, and the steps whose types depend on the current value. */
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import type * as Stream from "effect/Stream"
import type { Budget } from "../call/spending-budget.ts"
import { type BudgetSpent, InvalidOption, type StepFailed, type TimedOut } from "../errors/errors.ts"
import type {
  Chain,
  ChainError,
  Current,
  CurrentError,
  WithDeadline,
  DeadlineError,
  HookPart,
  PluginHooks,
  Portability,
  Replace,
  Runnable,
  Recovered
} from "./chain-types.ts"
import type { FailureOf, Resolved, ServicesOf } from "./caller-function.ts"
import { Generation } from "./generation.ts"
import type { InputContext, Many, RunResult } from "../results/outcome.ts"
import type { Plan } from "./plan-type.ts"
import type { PortablePipeline } from "./to-portable.ts"
import { handleOf } from "../models/read-handle.ts"
import { isWorkflow, parseWorkflowUrl, type Workflow, workflow, type WorkflowNodes } from "../models/workflow-handle.ts"
import type { ChainRuntime, CompiledChain } from "./chain-runtime.ts"
import type { NotSupported } from "../connection/duplex.ts"
import type { LivePolicy, RunOptions, StreamOptions } from "./run-options.ts"
import type { AnyVerbStage, Verbs } from "./stage.ts"
import { optionsAfter } from "./validate.ts"
import { modelName, type ModelRef } from "../models/model-ref.ts"
import { describeSteps, type Source, type ChainState, type Step } from "./chain-state.ts"

/** `B` if no step in a branch of `when` derives several values from one, else the error message. */
type OneThing<B> =
  B extends Many<any, any> ? { readonly "a branch of when(..) cannot derive several values from one": true } : unknown

const inspect = Symbol.for("nodejs.util.inspect.custom")

/** An immutable chain of steps. It is an Effect: each `yield*` runs it again. */
export class Pipeline<A, E, R, V extends Verbs, P extends Portability> extends Effectable.Class<A, E, R> {
  declare readonly "~sightline/verbs": V
  declare readonly "~sightline/portability": P
  readonly #state: ChainState
  #compiled: CompiledChain | undefined
  constructor(state: ChainState) {
    super()
    this.#state = Object.freeze(state)
  }

  #with(step: Step): this {
    const make = this.constructor as new (state: ChainState) => this // subclasses only add verbs to the prototype
    return new make({ ...this.#state, steps: [...this.#state.steps, Object.freeze(step)] })
  }

  /** The steps of the chain; read by verbs and the run loop. */
  get "~sightline/state"(): ChainState {
    return this.#state
  }

  /** The program of the chain, compiled once. */
  get "~sightline/compiled"(): CompiledChain {
    return (this.#compiled ??= this.#state.runtime.compile(this.#state))
  }

  /** The same chain with one more step; `this` is unchanged. */
  "~sightline/add"(step: Step): this {
    return this.#with(step)
  }

  /**
   * Transforms the current value. The function returns a value, a Promise or an Effect. If it throws, that input alone
   * fails, with `StepFailed`.
   */
  map<T>(
    f: (value: Current<A>, context: InputContext) => T
  ): Chain<
    Replace<A, Resolved<T>, FailureOf<T> | StepFailed>,
    ChainError<A, E, FailureOf<T> | StepFailed>,
    R | ServicesOf<T>,
    V,
    "local"
  > {
    return this.#with({ type: "map", f }) as never
  }

  /** Observes the current value and passes it on. Promises and Effects are awaited. If it throws: `StepFailed`. */
  tap<T>(
    f: (value: Current<A>, context: InputContext) => T
  ): Chain<
    Replace<A, Current<A>, FailureOf<T> | StepFailed>,
    ChainError<A, E, FailureOf<T> | StepFailed>,
    R | ServicesOf<T>,
    V,
    "local"
  > {
    return this.#with({ type: "tap", f }) as never
  }

  /**
   * Runs the steps of `branch` for values for which `test` is true; the others pass unchanged.
   *
   * Options of a prediction (`top`, `concepts` …) in a branch apply to the predictions of that branch. Throws
   * `InvalidOption` if the branch ends with such a step, or does not extend the chain it is given.
   */
  when<B, E2, R2>(
    test: (value: Current<A>, context: InputContext) => boolean,
    branch: (chain: Chain<Current<A>, never, never, V>) => Pipeline<B, E2, R2, V, Portability> & OneThing<B>
  ): Chain<Replace<A, B | Current<A>, E2 | StepFailed>, ChainError<A, E, E2 | StepFailed>, R | R2, V, "local"> {
    const make = this.constructor as new (state: ChainState) => Chain<Current<A>, never, never, V>
    const source: Source = { type: "one", name: "when", args: [], portable: false, open: neverOpened }
    const taken = branch(new make({ ...this.#state, source, steps: [] }))["~sightline/state"]
    if (taken.source !== source) refuse("when", "needs a branch that extends the chain it is given")
    return this.#with({ type: "when", test, steps: checkedBranch(taken.steps) }) as never
  }

  /** The fallback for an input that has failed: another chain, an Effect, a Promise or a value. */
  orElse<T>(
    f: (error: CurrentError<A, E>, context: InputContext) => T
  ): Chain<
    Recovered<A, Resolved<T>, FailureOf<T> | StepFailed>,
    A extends Many<any, any> ? E : FailureOf<T> | StepFailed,
    R | ServicesOf<T>,
    V,
    "local"
  > {
    return this.#with({ type: "orElse", f }) as never
  }

  /**
   * Runs everything up to here again, for an input whose error says that this is safe (`retryable`), or for which `when`
   * returns true. A prediction that timed out may have been done and paid: `when` decides whether to pay for it twice.
   *
   * `times`: more runs at most, 0 to 100. The delay between them is that of the retry policy, and at least what the service
   * asked for. Another number fails with `InvalidOption`, and nothing is sent. What `when` throws is a `StepFailed` of that
   * input.
   *
   * @example chain.retry({ times: 2, when: (error) => error._tag === "TimedOut" || error.retryable })
   */
  retry(options: {
    readonly times: number
    readonly when?: undefined
  }): Chain<Replace<A, Current<A>, InvalidOption>, ChainError<A, E, InvalidOption>, R, V, P>
  retry(options: {
    readonly times: number
    readonly when: (error: CurrentError<A, E>, context: InputContext) => boolean
  }): Chain<
    Replace<A, Current<A>, InvalidOption | StepFailed>,
    ChainError<A, E, InvalidOption | StepFailed>,
    R,
    V,
    "local"
  >
  retry({
    times,
    when
  }: {
    readonly times: number
    readonly when?: ((error: any, context: InputContext) => boolean) | undefined
  }): any {
    return this.#with({ type: "retry", times, ...(when === undefined ? {} : { when }) })
  }

  /**
   * Sets a deadline for all steps before this one, in milliseconds, for each input separately.
   *
   * Fails with `TimedOut`, which contains earlier answers, or with `PartlyAnswered` if only some models of `all` have
   * answered. If `ms` is not a number above 0, fails with `InvalidOption` before anything is sent.
   */
  timeout(options: {
    readonly ms: number
  }): Chain<Replace<A, Current<A>, TimedOut | InvalidOption>, ChainError<A, E, TimedOut | InvalidOption>, R, V, P> {
    const { ms } = options
    return this.#with({ type: "timeout", ms }) as never
  }

  /**
   * Caches answers in memory: the same input through the same steps of this chain. Failures are not cached, and equal
   * inputs at the same time share one call.
   *
   * `capacity`: the number of answers, 1,000 by default; the least recently used is evicted. `ttlMs`: their lifetime in
   * milliseconds. Other numbers fail with `InvalidOption`.
   */
  cached(
    options: { readonly capacity?: number; readonly ttlMs?: number } = {}
  ): Chain<Replace<A, Current<A>, InvalidOption>, ChainError<A, E, InvalidOption>, R, V, P> {
    const { capacity = 1000, ttlMs = Infinity } = options
    return this.#with({ type: "cached", capacity, ttlMs }) as never
  }

  /**
   * Limits what one run of the whole chain may spend, wherever in the chain it stands: calls, US dollars, or milliseconds
   * from the first call on.
   *
   * The call that would exceed it is not made, nor is any after it. Answers that are there stay, calls under way end, and
   * inputs that are not answered fail with `BudgetSpent`: a list has an outcome for each, another source is not read
   * further. Run those inputs again with a new budget. Every attempt counts, so a repeat is a call. `usd` needs the prices
   * of all models: `sightline(connection, { prices })`. Of several budgets in one chain the lowest limits hold. A limit
   * that is not a number of 0 or more, or a price that is missing, fails with `InvalidOption`, and nothing is sent.
   *
   * @example app.inputs(urls).predict(models.general).budget({ calls: 100 })
   */
  budget(
    limits: Budget
  ): Chain<
    Replace<A, Current<A>, BudgetSpent | InvalidOption>,
    ChainError<A, E, BudgetSpent | InvalidOption>,
    R,
    V & PluginHooks<"budget", HookPart<BudgetSpent, never>, never, never>,
    P
  > {
    return this.#with({ type: "budget", budget: Object.freeze({ ...limits }) }) as never
  }

  override asEffect(): Effect.Effect<A, E, R> {
    return execute(this, {})
  }

  /** Runs the chain. Rejects with the typed error itself, or with `signal.reason`. */
  run<T extends number = never>(
    this: Runnable<R, Pipeline<A, E, R, V, P>>,
    options: RunOptions<T> = {}
  ): Promise<WithDeadline<A, T>> {
    const chain = runnable(this)
    return runtimeOf(chain).promises.run(execute(chain, options), options)
  }

  /** Runs the chain; typed failures come back as values, and only an abort or a defect rejects. */
  result<T extends number = never>(
    this: Runnable<R, Pipeline<A, E, R, V, P>>,
    options: RunOptions<T> = {}
  ): Promise<RunResult<WithDeadline<A, T>, DeadlineError<A, E, T>>> {
    const chain = runnable(this)
    return runtimeOf(chain).promises.settle(execute(chain, options), options)
  }

  /**
   * Outcomes one by one, in the order of the inputs unless `ordered` is false. Leaving the loop cancels the run.
   *
   * Backpressure: inputs are read only as fast as outcomes are consumed.
   */
  stream<T extends number = never>(
    this: Runnable<R, Pipeline<A, E, R, V, P>>,
    options: StreamOptions<T> = {}
  ): AsyncIterable<Each<WithDeadline<A, T>>> {
    const chain = runnable(this)
    return runtimeOf(chain).promises.iterate(stream(chain, options), options)
  }

  /**
   * Same as `stream()` without options: `for await (const outcome of chain)`. A loop without `await` yields the chain
   * itself once, as every Effect does for `yield*`.
   */
  [Symbol.asyncIterator](): Runnable<R, AsyncIterator<Each<A>>> {
    // loops look at no `this`: the sentence is in what they are given
    const { promises } = this.#state.runtime
    return promises.iterate(stream(this, {}))[Symbol.asyncIterator]() as Runnable<R, AsyncIterator<Each<A>>>
  }

  /** Same as `stream()`, as an Effect Stream. */
  toStream<T extends number = never, L extends LivePolicy = never>(
    options: StreamOptions<T, L> = {}
  ): Stream.Stream<Each<WithDeadline<A, T>>, DeadlineError<A, E, T> | LiveError<L>, R> {
    return stream(this, options)
  }

  /** Dry run: the calls, their items, bytes and estimated seconds. Reads inputs; sends nothing. */
  plan(this: Runnable<R, Pipeline<A, E, R, V, P>>, options: StreamOptions = {}): Promise<Plan> {
    const chain = runnable(this)
    const { plan, promises } = runtimeOf(chain)
    return promises.run(plan(chain["~sightline/compiled"], options) as Effect.Effect<Plan>, options)
  }

  /** The plan as text for people. */
  explain(this: Runnable<R, Pipeline<A, E, R, V, P>>, options: StreamOptions = {}): Promise<string> {
    const chain = runnable(this)
    const { explain, promises } = runtimeOf(chain)
    return promises.run(explain(chain["~sightline/compiled"], options) as Effect.Effect<string>, options)
  }

  /** Serializes the chain, for an app with the same plugins. Only for chains without closures. */
  toPortable(this: Pipeline<A, E, R, V, "portable">): PortablePipeline {
    return this.#state.runtime.toPortable(this["~sightline/compiled"])
  }

  override toString(): string {
    return describeSteps(this.#state)
  }
  override toJSON(): unknown {
    return { _id: "Pipeline", steps: describeSteps(this.#state) }
  }
  [inspect](): string {
    return `Pipeline(${describeSteps(this.#state)})`
  }
}

/** What a live stream alone fails with, as a whole. */
type LiveError<L extends LivePolicy> = [L] extends [never] ? never : NotSupported | InvalidOption

/** The elements of `stream`. */
type Each<A> = A extends Many<any, any> ? A[number] : A

const runtimeOf = (chain: AnyPipeline): ChainRuntime => chain["~sightline/state"].runtime

/** The chain's types determine the elements; at run time they are unknown. */
const execute = (chain: AnyPipeline, options: RunOptions) =>
  runtimeOf(chain).execute(chain["~sightline/compiled"], options) as Effect.Effect<any, any>
const stream = (chain: AnyPipeline, options: StreamOptions) =>
  runtimeOf(chain).stream(chain["~sightline/compiled"], options) as Stream.Stream<any, any>

const neverOpened = Effect.die(new Error("the start of a branch is never opened"))

/** Any chain. */
export type AnyPipeline = Pipeline<any, any, any, any, any>

/** A chain to run. Its type may be the message that names a missing service. */
export const runnable = (chain: unknown): Pipeline<unknown, unknown, never, {}, Portability> => chain as never

/** A chain that may be portable, which its type may not show; `toPortable` checks it. */
export const portableAs = (chain: AnyPipeline): Pipeline<unknown, unknown, never, {}, "portable"> => chain as never

const refuse = (option: string, problem: string): never => {
  throw new InvalidOption({ option, problem })
}

/** The steps of a branch. Throws if it leaves a series open, or has options without a prediction. */
const checkedBranch = (steps: ReadonlyArray<Step>): ReadonlyArray<Step> => {
  if (steps.some((step) => step.type === "stage" && step.stage.open !== undefined))
    refuse("when", "has a branch that makes several values of one; do that outside of when(..)")
  if (steps.some((step) => step.type === "series" || step.type === "ending"))
    refuse("when", "has a branch with a step over a whole series; put it after when(..)")
  if (steps.some(({ type }) => type === "budget"))
    refuse("when", "has a branch with a budget; a budget is the whole chain's, so put it outside of when(..)")
  const [left] = Object.keys(optionsAfter(steps, {}))
  if (left !== undefined)
    refuse("when", `has a branch that asks for ${left} of no prediction; put the prediction into the branch`)
  return steps
}

const checkedModel = (option: string, model: unknown): ModelRef =>
  (typeof model === "string" ? model : handleOf(model)) ??
  refuse(option, "needs a model: a handle made with model({ id, task }), an id or a page URL")

const checkedWorkflow = (given: unknown): Workflow => {
  const problem = "needs a workflow: a handle made with workflow({ id }), an id or a page URL"
  if (typeof given === "string") {
    if (given.trim() === "") refuse("workflow", problem)
    return /^https?:/i.test(given) ? (parseWorkflowUrl(given) ?? refuse("workflow", problem)) : workflow({ id: given })
  }
  if (!isWorkflow(given)) return refuse("workflow", problem)
  const nodes = Object.entries(given.nodes).map(([name, node]) => [name, handleOf(node) ?? refuse("workflow", problem)])
  // Each entry is a model: what is none was refused.
  return workflow({ ...given, nodes: Object.fromEntries(nodes) as WorkflowNodes })
}

/** The steps that exist only if the current value is a medium: see `PredictMethods`. */
const mediaSteps: Readonly<Record<string, (...args: ReadonlyArray<any>) => Step>> = {
  concepts: (...names: ReadonlyArray<string>) => ({
    type: "option",
    verb: "concepts",
    args: names,
    options: { concepts: names }
  }),
  predict: (model: ModelRef) => ({ type: "predict", model: checkedModel("predict", model) }),
  workflow: (given: Workflow | string) => ({ type: "predict", model: checkedWorkflow(given) }),
  all: (models: Readonly<Record<string, ModelRef>>) => {
    const named = Object.entries(Object(models) as typeof models)
    if (named.length === 0) refuse("all", "needs one or more models by name")
    return { type: "all", models: Object.fromEntries(named.map(([name, one]) => [name, checkedModel("all", one)])) }
  }
}

/** All property names of an object, inherited ones included. */
const namesOf = (object: object): ReadonlyArray<string> => {
  const parent: unknown = Object.getPrototypeOf(object)
  const own = Object.getOwnPropertyNames(object)
  return typeof parent === "object" && parent !== null ? [...own, ...namesOf(parent)] : own
}

/** Names that no verb may have: those of every chain, and `then`, which would make chains run on `await`. */
export const chainNames: ReadonlySet<string> = new Set([
  "then",
  "constructor",
  "generate",
  ...Object.keys(mediaSteps),
  ...namesOf(Pipeline.prototype)
])

/** Steps that a portable chain may name in addition to the verbs of its app. */
export const portableSteps: ReadonlySet<string> = new Set([
  ...Object.keys(mediaSteps),
  "retry",
  "timeout",
  "budget",
  "cached"
])

/** The step of a verb's stage. */
const toStep = (verb: string, args: ReadonlyArray<unknown>, stage: AnyVerbStage): Step => {
  if ("series" in stage) return { type: "series", verb, args, stage }
  return "ending" in stage ? { type: "ending", verb, args, stage } : { type: "stage", verb, args, stage }
}

/** Makes chains whose prototype carries `verbs`: one class for each app, made once. */
export const withVerbs = <V extends Verbs>(
  verbs: V
): (<A, E, R>(runtime: ChainRuntime, source: Source) => Chain<A, E, R, V>) => {
  class Verbed extends Pipeline<any, any, any, V, Portability> {}
  const define = (name: string, step: (...args: ReadonlyArray<any>) => Step) =>
    Object.defineProperty(Verbed.prototype, name, {
      value(this: Verbed, ...args: ReadonlyArray<unknown>) {
        return this["~sightline/add"](step(...args))
      }
    })
  for (const [name, step] of Object.entries(mediaSteps)) define(name, step)
  Object.defineProperty(Verbed.prototype, "generate", {
    value(this: Verbed, model: ModelRef) {
      const state = this["~sightline/state"]
      return new Generation(
        `${describeSteps(state)} → generate(${modelName(model)})`,
        state.runtime.generate(this["~sightline/compiled"], model),
        state.runtime.promises
      )
    }
  })
  for (const [verb, make] of Object.entries<(...args: ReadonlyArray<any>) => AnyVerbStage>(verbs))
    define(verb, (...args) => toStep(verb, args, make(...args)))
  return (runtime, source) => new Verbed({ runtime, source, steps: [] }) as never
}
