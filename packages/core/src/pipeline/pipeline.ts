/** The chain's class: frozen state, and the steps whose types depend on what is held. */
import type * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import type * as Stream from "effect/Stream"
import type { TimedOut } from "../errors.ts"
import type { Chain, Fails, Held, Portability, Put } from "./chain.ts"
import { iterate, run, type RunOptions, settle } from "./edge.ts"
import type { Many, RunResult } from "./outcome.ts"
import { explainPlan, type Plan } from "./plan.ts"
import { type PortablePipeline, toPortable } from "./portable.ts"
import type { Runtime } from "./runtime.ts"
import type { AnyStage, Verbs } from "./stage.ts"
import { describeSteps, type ModelRef, type Source, type State, type Step } from "./state.ts"

/** How a stream over many inputs runs. */
export interface StreamOptions extends RunOptions {
  /** Most calls in flight at once; 8 when absent. */
  readonly concurrency?: number
  /** False to get outcomes as they settle instead of in the order of the inputs. */
  readonly ordered?: boolean
}

/** An effect, or the value itself. */
type MaybeEffect<B, E, R> = B | Effect.Effect<B, E, R>

const inspect = Symbol.for("nodejs.util.inspect.custom")

/** An immutable chain of steps. It is an Effect: `yield*` runs it, each time anew. */
export class Pipeline<A, E, R, V extends Verbs, P extends Portability> extends Effectable.Class<A, E, R> {
  declare readonly "~sightline/verbs": V
  declare readonly "~sightline/portability": P
  readonly #state: State
  constructor(state: State) {
    super()
    this.#state = Object.freeze(state)
  }

  #with(step: Step): this {
    const make = this.constructor as new (state: State) => this // subclasses only add verbs to the prototype
    return new make({ ...this.#state, steps: [...this.#state.steps, Object.freeze(step)] })
  }

  /** The steps so far; for verbs and the run loop. */
  get "~sightline/state"(): State {
    return this.#state
  }

  /** The same chain with one more step; `this` is unchanged. */
  "~sightline/add"(step: Step): this {
    return this.#with(step)
  }

  /** Turns what is held into something else; an Effect may be given back. */
  map<B, E2 = never, R2 = never>(
    f: (value: Held<A>) => MaybeEffect<B, E2, R2>
  ): Chain<Put<A, B, E2>, Fails<A, E, E2>, R | R2, V, "local"> {
    return this.#with({ type: "map", f }) as never
  }

  /** Looks at what is held and passes it on; an Effect may be given back, and is run. */
  tap<E2 = never, R2 = never>(
    f: (value: Held<A>) => MaybeEffect<unknown, E2, R2>
  ): Chain<Put<A, Held<A>, E2>, Fails<A, E, E2>, R | R2, V, "local"> {
    return this.#with({ type: "tap", f }) as never
  }

  /** Takes the steps of `branch` for those held things that `test` is true of; the others pass unchanged. */
  when<B, E2, R2>(
    test: (value: Held<A>) => boolean,
    branch: (chain: Chain<Held<A>, never, never, V>) => Pipeline<B, E2, R2, V, Portability>
  ): Chain<Put<A, B | Held<A>, E2>, Fails<A, E, E2>, R | R2, V, "local"> {
    const make = this.constructor as new (state: State) => Chain<Held<A>, never, never, V>
    const start = new make({ ...this.#state, steps: [] })
    return this.#with({ type: "when", test, steps: branch(start)["~sightline/state"].steps }) as never
  }

  /** What to do instead for an input that failed so far: another chain, or any Effect. */
  orElse<B, E2 = never, R2 = never>(
    f: (error: A extends Many<any, infer E1> ? E1 : E) => Effect.Effect<B, E2, R2>
  ): Chain<Put<A, B | Held<A>, E2>, A extends Many<any, any> ? E : E2, R | R2, V, "local"> {
    return this.#with({ type: "orElse", f }) as never
  }

  /** Runs everything up to here again, for an input whose error says that this is safe; `times` more at most. */
  retry(options: { readonly times: number }): Chain<A, E, R, V, P> {
    return this.#with({ type: "retry", times: options.times }) as never
  }

  /** A deadline for everything up to here, for each input, in milliseconds. Fails with `TimedOut`. */
  timeout(options: { readonly ms: number }): Chain<Put<A, Held<A>, TimedOut>, Fails<A, E, TimedOut>, R, V, P> {
    return this.#with({ type: "timeout", ms: options.ms }) as never
  }

  /** Keeps answers: the same input through the same steps is answered from memory. Failures are not kept. */
  cached(options: { readonly capacity?: number; readonly ttlMs?: number } = {}): Chain<A, E, R, V, P> {
    return this.#with({ type: "cached", capacity: options.capacity ?? 1000, ttlMs: options.ttlMs ?? Infinity }) as never
  }

  override asEffect(): Effect.Effect<A, E, R> {
    return this.#runtime.execute(this.#state, {}) as Effect.Effect<A, E, R>
  }

  get #runtime(): Runtime {
    return this.#state.runtime
  }

  /** Runs the chain. Rejects with the typed error itself, or with `signal.reason`. */
  run(this: Pipeline<A, E, never, V, P>, options: RunOptions = {}): Promise<A> {
    return run(this.#runtime.execute(this.#state, options) as Effect.Effect<A, E>, options)
  }

  /** Runs the chain; typed failures come back as values, and only an abort or a defect rejects. */
  result(this: Pipeline<A, E, never, V, P>, options: RunOptions = {}): Promise<RunResult<A, E>> {
    return settle(this.#runtime.execute(this.#state, options) as Effect.Effect<A, E>, options)
  }

  /**
   * Outcomes one by one, in the order of the inputs unless `ordered` is false. Leaving the loop stops the work.
   *
   * Inputs are read only as fast as outcomes are taken.
   */
  stream(
    this: Pipeline<A, E, never, V, P>,
    options: StreamOptions = {}
  ): AsyncIterable<A extends Many<any, any> ? A[number] : A> {
    return iterate(this.#runtime.stream(this.#state, options) as Stream.Stream<never, E>, options)
  }

  /** The same as an Effect Stream. */
  toStream(options: StreamOptions = {}): Stream.Stream<A extends Many<any, any> ? A[number] : A, E, R> {
    return this.#runtime.stream(this.#state, options) as never
  }

  /** What the chain would do: calls, items in each, bytes and seconds. Reads inputs, never the network. */
  plan(this: Pipeline<A, E, never, V, P>, options: StreamOptions = {}): Promise<Plan> {
    return run(this.#runtime.plan(this.#state, options) as Effect.Effect<Plan>, options)
  }

  /** The plan as text for people. */
  async explain(this: Pipeline<A, E, never, V, P>, options: StreamOptions = {}): Promise<string> {
    return explainPlan(await this.plan(options))
  }

  /** The chain as plain data that an app with the same plugins can run; only for chains without closures. */
  toPortable(this: Pipeline<A, E, R, V, "portable">): PortablePipeline {
    return toPortable(this.#state)
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

/** The steps whose types depend on what is held, and which exist only on chains that hold media: see `Predicts`. */
const mediaSteps: Readonly<Record<string, (...args: ReadonlyArray<any>) => Step>> = {
  concepts: (...names: ReadonlyArray<string>) => ({
    type: "ask",
    verb: "concepts",
    args: names,
    patch: { concepts: names }
  }),
  predict: (model: ModelRef) => ({ type: "predict", model }),
  all: (models: Readonly<Record<string, ModelRef>>) => ({ type: "all", models })
}

/** Makes chains whose prototype carries `verbs`: one class for each app, made once. */
export const withVerbs = <V extends Verbs>(
  verbs: V
): (<A, E, R>(runtime: Runtime, source: Source) => Chain<A, E, R, V>) => {
  class Verbed extends Pipeline<any, any, any, V, Portability> {}
  const define = (name: string, step: (...args: ReadonlyArray<any>) => Step) =>
    Object.defineProperty(Verbed.prototype, name, {
      value(this: Verbed, ...args: ReadonlyArray<unknown>) {
        return this["~sightline/add"](step(...args))
      }
    })
  for (const [name, step] of Object.entries(mediaSteps)) define(name, step)
  for (const [verb, make] of Object.entries<(...args: ReadonlyArray<any>) => AnyStage>(verbs))
    define(verb, (...args) => ({ type: "stage", verb, args, stage: make(...args) }))
  return (runtime, source) => new Verbed({ runtime, source, steps: [] }) as never
}
