/** Stages: the named, typed steps of a chain, and the verbs that make them. */
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { StepFailed } from "../errors/errors.ts"
import type { Json, PredictOptions } from "../predict/predict-options.ts"
import { requireEffect } from "../errors/require-effect.ts"
import type { InputContext, Many } from "../results/outcome.ts"

/**
 * A typed step: takes an `A`, gives a `B`, may fail with `E`, needs the services `R`.
 *
 * `args` is plain data, so that the step can be shown, hashed and sent elsewhere.
 */
export interface Stage<in A, out B, out E = never, out R = never> {
  readonly name: string
  readonly args: Json
  readonly run: (input: A, context: InputContext) => Effect.Effect<B, E, R>
  /** Options that this stage sets for the next prediction. Such a stage passes its value on unchanged. */
  readonly options?: PredictOptions
  /** For a step that makes several things of one: they are handled one by one, each with its own outcome. */
  readonly open?: (input: A, context: InputContext) => Stream.Stream<unknown, E, R>
}

/** Names a step that turns an `A` into a `B`; the name becomes its span. */
export const stage = <A, B, E = never, R = never>(
  name: string,
  args: Json,
  run: (input: A, context: InputContext) => Effect.Effect<B, E, R>
): Stage<A, B, E, R> => ({
  name,
  args,
  run: (input, context) => Effect.withSpan(requireEffect(name, run(input, context)), name)
})

/** A step that makes several things of one, lazily: frames of a video, crops of an image. */
export const stageMany = <A, B, E = never, R = never>(
  name: string,
  args: Json,
  open: (input: A, context: InputContext) => Stream.Stream<B, E, R>
): Stage<A, Many<B, E | StepFailed>, E, R> => ({
  name,
  args,
  open,
  run: () => Effect.die(new Error(`${name} is opened by the run loop, never run as a plain step`))
})

declare const unchanged: unique symbol

/** What a step gives that leaves the type of what is held as it is. */
export interface Unchanged {
  readonly [unchanged]: true
}

/** Names a step that gives back the type it takes, whichever of `A` that is. */
export const stageSame = <A, E = never, R = never>(
  name: string,
  args: Json,
  run: (input: A, context: InputContext) => Effect.Effect<A, E, R>
): Stage<A, Unchanged, E, R> => stage(name, args, run) as Stage<A, never, E, R>

/** A step that asks something of the prediction that follows and leaves the medium as it is. */
export const option = <A, E = never>(
  name: string,
  args: Json,
  options: PredictOptions,
  check: Effect.Effect<void, E> = Effect.void
): Stage<A, Unchanged, E> => ({ name, args, options, run: () => check as Effect.Effect<never, E> })

/** Any stage; what it takes and gives is read off by inference. */
export type AnyStage = Stage<any, any, any, any>

/** Verbs turn plain arguments into stages; a plugin is mostly a record of them. */
export type Verbs = Readonly<Record<string, (...args: any) => AnyStage>>
