/** Stages: the named, typed steps of a chain, and the functions that make them. */
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { StepFailed } from "../errors/errors.ts"
import { requireEffect } from "../errors/require-effect.ts"
import { Media } from "../media/media.ts"
import type { Json, PredictOptions } from "../predict/predict-options.ts"
import { copyMedium } from "../results/answer-medium.ts"
import type { InputContext, Many, Outcome } from "../results/outcome.ts"

/**
 * A typed step: takes an `A`, returns a `B`, may fail with `E`, needs the services `R`.
 *
 * `args` is plain data, so that the step can be shown, hashed and sent elsewhere.
 */
export interface Stage<in A, out B, out E = never, out R = never> {
  readonly name: string
  readonly args: Json
  readonly run: (input: A, context: InputContext) => Effect.Effect<B, E, R>
  /** Options that this stage sets for the next prediction. Such a stage passes its value on unchanged. */
  readonly options?: PredictOptions
  /** For a stage that makes several values of one: each of them is run separately, with its own outcome. */
  readonly open?: (input: A, context: InputContext) => Stream.Stream<unknown, E, R>
}

/** A typed step over a whole series: takes the outcomes of the steps before it, returns those of the next inputs. */
export interface SeriesStage<in A, out B, out E = never, out R = never> {
  readonly name: string
  readonly args: Json
  readonly series: (outcomes: Stream.Stream<Outcome<A, unknown>>) => Stream.Stream<Outcome<B, E>, never, R>
}

/** A typed step that ends a series: takes all outcomes, returns one value. */
export interface EndingStage<in A, out B, out E = never, out R = never> {
  readonly name: string
  readonly args: Json
  readonly ending: (outcomes: Stream.Stream<Outcome<A, unknown>>) => Effect.Effect<B, E, R>
}

/** A step that turns an `A` into a `B`. `name` is the name of its span. */
export const stage = <A, B, E = never, R = never>(
  name: string,
  args: Json,
  run: (input: A, context: InputContext) => Effect.Effect<B, E, R>
): Stage<A, B, E, R> => ({
  name,
  args,
  run: (input, context) => Effect.withSpan(requireEffect(name, run(input, context)), name)
})

/** A step that makes several values of one, lazily: frames of a video, crops of an image. */
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

/** The result of a step that leaves the type of the current value as it is. */
export interface Unchanged {
  readonly [unchanged]: true
}

/** A changed object with what the original has beside it: fields that were left out, and the medium of an answer. */
const asAnswer = (input: unknown, output: unknown): unknown =>
  typeof input !== "object" || input === null || typeof output !== "object" || output === null || input === output
    ? output
    : copyMedium(input, { ...input, ...output })

/** The output of a step that keeps the type of its input. */
const sameType = <A>(name: string, input: A, output: A): Effect.Effect<A> => {
  if (!(input instanceof Media)) return Effect.succeed(asAnswer(input, output) as A) // all fields of the input are there
  const kind = output instanceof Media ? output.kind : typeof output
  return kind === input.kind
    ? Effect.succeed(output)
    : Effect.die(
        new TypeError(
          `${name}: stageSame keeps the kind of its input; it changed ${input.kind} into ${kind}; use stage(..)`
        )
      )
}

/**
 * A step that returns the type that it takes, whatever that is in the chain: selected names, the model and the frame of
 * reference stay known. Fields that it leaves out of an answer are kept.
 */
export const stageSame = <A, E = never, R = never>(
  name: string,
  args: Json,
  run: (input: A, context: InputContext) => Effect.Effect<A, E, R>
): Stage<A, Unchanged, E, R> =>
  stage(name, args, (input: A, context) =>
    Effect.flatMap(requireEffect(name, run(input, context)), (output) => sameType(name, input, output))
  ) as Stage<A, never, E, R>

declare const extended: unique symbol

/** The result of a step that adds or replaces the fields `F` of the current value, and keeps the rest of its type. */
export interface Extended<out F> {
  readonly [extended]: F
}

/**
 * A step that adds or replaces fields of an answer. The rest of the answer and of its type stays: selected names, the
 * model, the medium, the frame of reference.
 *
 * @example extend("nms", {}, (answer: { readonly regions: ReadonlyArray<Region> }) => Effect.succeed({ regions: best(answer.regions) }))
 */
export const extend = <A extends object, F extends object, E = never, R = never>(
  name: string,
  args: Json,
  run: (answer: A, context: InputContext) => Effect.Effect<F, E, R>
): Stage<A, Extended<F>, E, R> =>
  stage(name, args, (answer: A, context) =>
    Effect.flatMap(requireEffect(name, run(answer, context)), (fields) =>
      answer instanceof Media
        ? Effect.die(new TypeError(`${name}: extend adds fields to an answer; for a medium use stageSame(..)`))
        : Effect.succeed(asAnswer(answer, fields))
    )
  ) as Stage<A, never, E, R>

/**
 * A step over a whole series: limits, batches, removes duplicates. It takes and returns outcomes, so that a failed input
 * stays one unless the step removes it. The steps after it, `retry` included, concern what it returns.
 *
 * @example series("limit", { n }, (outcomes: Stream.Stream<Outcome<Media, unknown>>) => Stream.take(outcomes, n))
 */
export const series = <A, B, E = never, R = never>(
  name: string,
  args: Json,
  run: (outcomes: Stream.Stream<Outcome<A, unknown>>) => Stream.Stream<Outcome<B, E>, never, R>
): SeriesStage<A, B, E, R> => ({ name, args, series: run })

/** The same for a step that returns outcomes of the type that it takes, whatever that is in the chain. */
export const seriesSame = <A, R = never>(
  name: string,
  args: Json,
  run: (outcomes: Stream.Stream<Outcome<A, unknown>>) => Stream.Stream<Outcome<A, unknown>, never, R>
): SeriesStage<A, Unchanged, never, R> => ({ name, args, series: run }) as SeriesStage<A, never, never, R>

/** A step that ends a series with one value: counts it, writes it to a file. */
export const ending = <A, B, E = never, R = never>(
  name: string,
  args: Json,
  run: (outcomes: Stream.Stream<Outcome<A, unknown>>) => Effect.Effect<B, E, R>
): EndingStage<A, B, E, R> => ({ name, args, ending: (outcomes) => requireEffect(name, run(outcomes)) })

/** A step that sets options of the next prediction and passes the medium on unchanged. */
export const option = <A, E = never>(
  name: string,
  args: Json,
  options: PredictOptions,
  check: Effect.Effect<void, E> = Effect.void
): Stage<A, Unchanged, E> => ({ name, args, options, run: () => check as Effect.Effect<never, E> })

/** Any stage of one input. */
export type AnyStage = Stage<any, any, any, any>

/** Any stage that a verb makes. */
export type AnyVerbStage = AnyStage | SeriesStage<any, any, any, any> | EndingStage<any, any, any, any>

/** Verbs turn plain arguments into stages; a plugin is mostly a record of them. */
export type Verbs = Readonly<Record<string, (...args: any) => AnyVerbStage>>
