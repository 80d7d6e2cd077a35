/**
 * The types of a chain: which verbs exist for its current value, and what each returns.
 * Type parameters stand in one order everywhere: `A` the current value, `E` how it fails, `R` services, `V` verbs,
 * `P` whether it can be serialized.
 */
import type { InvalidOption, PartlyAnswered, PredictError, TimedOut } from "../errors/errors.ts"
import type { Kind, Media } from "../media/media.ts"
import type { Model } from "../models/model-handle.ts"
import type { Workflow } from "../models/workflow-handle.ts"
import type { Answer } from "../results/answer.ts"
import type { Output } from "../results/output.ts"
import type { Generation } from "./generation.ts"
import type { Many } from "../results/outcome.ts"
import type { Pipeline } from "./pipeline.ts"
import type { EndingStage, Extended, SeriesStage, Stage, Unchanged, Verbs } from "./stage.ts"
import type { WorkflowAnswer } from "../results/workflow-answer.ts"

/** `portable`: named verbs with plain arguments only. `local`: contains a closure, so it cannot be serialized. */
export type Portability = "portable" | "local"

/** Type-level key: the errors and services that plugins' hooks add to predictions. */
declare const hookTypes: unique symbol

/** The errors and services that hooks add. */
export interface HookPart<out E, out R> {
  readonly error: E
  readonly services: R
}

/** What hooks of the plugin `Name` add to every prediction, every run and every input. */
export type PluginHooks<Name extends string, Predict, Run, Input> = {
  readonly [hookTypes]: {
    readonly [K in Name]: { readonly predict: Predict; readonly run: Run; readonly input: Input }
  }
}

/** What the hooks of an app add: a union of one part for each plugin. */
type Hooked<V, K extends "predict" | "run" | "input"> = V extends { readonly [hookTypes]: infer H }
  ? H[keyof H] extends { readonly [P in K]: infer Part }
    ? Part
    : never
  : never

type HookError<Part> = Part extends HookPart<infer E, any> ? E : never
type HookServices<Part> = Part extends HookPart<any, infer R> ? R : never

/** How predictions of an app with the verbs `V` may fail: the service, and hooks of plugins. */
export type PredictFailure<V> = PredictError | HookError<Hooked<V, "predict">>

/** The services that hooks of plugins need for predictions. */
export type PredictServices<V> = HookServices<Hooked<V, "predict">>

/** The services that hooks of plugins need for every chain. */
export type StartServices<V> = HookServices<Hooked<V, "run" | "input">>

/** The value at the start of a chain, each of several of which may fail as input hooks do. */
export type StartValue<A, V> = A extends Many<infer X, infer E> ? Many<X, E | HookError<Hooked<V, "input">>> : A

/** How a chain may fail from its start on: as its source, and as hooks around runs and inputs. */
export type StartError<A, E, V> =
  | E
  | HookError<Hooked<V, "run">>
  | (A extends Many<any, any> ? never : HookError<Hooked<V, "input">>)

/** A chain as an app with the verbs `V` starts it. */
export type StartChain<A, E, R, V extends Verbs, P extends Portability = "portable"> = Chain<
  StartValue<A, V>,
  StartError<A, E, V>,
  R | StartServices<V>,
  V,
  P
>

declare const names: unique symbol

/** Marks a medium whose prediction was narrowed to these concept names. */
export interface Selected<out N extends string> {
  readonly [names]: N
}

/** The current value, or each of several current values. */
export type Current<A> = A extends Many<infer X, any> ? Current<X> : A

/** `A` with the current value replaced by `B`. A series stays a series; each of its values may also fail with `E2`. */
export type Replace<A, B, E2> =
  A extends Many<infer X, infer E1> ? (X extends Many<any, any> ? Many<Replace<X, B, E2>, E1> : Many<B, E1 | E2>) : B

/** Error type of the whole chain after a step that may fail with `E2`. In a series, each value has `E2` itself. */
export type ChainError<A, E, E2> = A extends Many<any, any> ? E : E | E2

/** The type after error recovery: the current value or `B`. Of the error types only `E2` remains. */
export type Recovered<A, B, E2> =
  A extends Many<infer X, infer E1>
    ? X extends Many<any, any>
      ? Many<Recovered<X, B, E2>, E1>
      : Many<X | B, E2>
    : A | B

/** Result type of a run. With a deadline (`T` is not `never`), each value of a series may fail with `TimedOut`. */
export type WithDeadline<A, T extends number> = [T] extends [never]
  ? A
  : A extends Many<infer X, infer E1>
    ? Many<X, E1 | TimedOut>
    : A

/** Error type of a run. With a deadline, a chain of one value may also fail with `TimedOut`. */
export type DeadlineError<A, E, T extends number> = [T] extends [never] ? E : ChainError<A, E, TimedOut>

/** `C` if the chain needs no service, else a message that names the missing service. */
export type Runnable<R, C> = [R] extends [never]
  ? C
  : R extends { readonly key: infer K extends string }
    ? `the chain needs the service ${K}, which no layer gives: run it as an Effect with Effect.provide, or add a plugin with such a layer`
    : "the chain needs a service that no layer gives: run it as an Effect with Effect.provide, or add a plugin with such a layer"

/** Error type of one value: of the innermost series, or of the whole chain. */
export type CurrentError<A, E> = A extends Many<infer X, infer E1> ? CurrentError<X, E1> : E

/** Widens an array type, so that a subset of its elements is assignable. */
type Wide<T> = T extends ReadonlyArray<infer X> ? ReadonlyArray<X> : T

/** `A` with the fields `F`. A field that is a subset of an existing array keeps its type, with narrowed names. */
export type Extend<A, F> = A extends { readonly [K in keyof F]: Wide<F[K]> }
  ? A
  : { readonly [K in keyof A as K extends keyof F ? never : K]: A[K] } & {
      readonly [K in keyof F]: K extends keyof A ? (A[K] extends Wide<F[K]> ? A[K] : F[K]) : F[K]
    }

/** The value after a step. Concept names that were selected before it stay selected. */
export type KeepSelected<A, B> = B extends Unchanged
  ? A
  : B extends Extended<infer F>
    ? Extend<A, F>
    : A extends Selected<infer N>
      ? B extends Media
        ? B & Selected<N>
        : B extends Many<infer X, infer E>
          ? Many<X extends Media ? X & Selected<N> : X, E>
          : B
      : B

/** `A` with its innermost series reduced to one value `B`. */
export type Ended<A, B> =
  A extends Many<infer X, infer E1> ? (X extends Many<any, any> ? Many<Ended<X, B>, E1> : B) : never

/** `local` if an argument of the verb is a function, which cannot be serialized. */
export type PortabilityAfter<P extends Portability, Args extends ReadonlyArray<any>> =
  Extract<Args[number], (...args: any) => any> extends never ? P : "local"

/** The media kind of the current value. */
export type KindOf<A> = A extends Media<infer K> ? K : never

/** Concept names of an answer: the selected ones, or else all of the model's vocabulary. */
export type NamesOf<A, N extends string> = A extends Selected<infer S> ? S : N

/** Result type of a prediction for one medium. */
export type AnswerOf<A, M> =
  M extends Model<infer T, any, infer N> ? Answer<T, KindOf<A>, NamesOf<A, N>> : Output<NamesOf<A, string>>

/** The selected name. A platform id (`ai_…`) may have any name. */
export type ConceptName<S extends string> = S extends `ai_${string}` ? string : S

/** `unknown` if the model accepts the current value, else a type whose key is the error message. */
export type AcceptedBy<A, M> =
  M extends Model<any, infer K, infer N>
    ? [KindOf<A>] extends [K]
      ? KnownConcepts<A, N>
      : { readonly "this model does not accept this kind of media": KindOf<A> }
    : unknown

/** `unknown` if the declared vocabulary has all selected names, else a type with the error message and those names. */
type KnownConcepts<A, N extends string> = string extends N
  ? unknown
  : A extends Selected<infer S>
    ? string extends S
      ? unknown
      : [Exclude<S, N | `ai_${string}`>] extends [never]
        ? unknown
        : { readonly "this model does not know these concepts": Exclude<S, N> }
    : unknown

/** Identifies a model: a typed handle, or an id or page URL, whose answer is the general `Output`. */
export type ModelLike = Model<any, any, any> | string

type AnswersOf<A, M extends Readonly<Record<string, ModelLike>>> = { readonly [K in keyof M]: AnswerOf<A, M[K]> }
type AllFit<A, M extends Readonly<Record<string, ModelLike>>> = { readonly [K in keyof M]: AcceptedBy<A, M[K]> }

type AllError<A, V, M extends Readonly<Record<string, ModelLike>>> =
  | PredictFailure<V>
  | PartlyAnswered<AnswersOf<Current<A>, M>>

/** The steps of a chain whose current value is a medium. */
export interface PredictMethods<A, E, R, V extends Verbs, P extends Portability> {
  /**
   * Selects concepts by name, and narrows the names in the answer's type.
   *
   * Names are case-sensitive. A platform concept may also be selected by its id (`ai_…`), which is the same in every
   * language. The prediction fails if the model has none of the selected concepts. No name, or an empty one, is an
   * `InvalidOption`. If the handle declares its vocabulary, other names are compile errors.
   */
  concepts<const N extends ReadonlyArray<string>>(
    ...names: N
  ): Chain<
    Replace<A, Current<A> & Selected<ConceptName<N[number]>>, InvalidOption>,
    ChainError<A, E, InvalidOption>,
    R,
    V,
    P
  >
  /**
   * Sends the current value to a model; the model's task decides the type of the answer.
   *
   * A bare id or page URL gives the general `Output`. Each input may fail separately, with a `PredictError`.
   */
  predict<const M extends ModelLike>(
    model: M & AcceptedBy<Current<A>, M>
  ): Chain<
    Replace<A, AnswerOf<Current<A>, M>, PredictFailure<V>>,
    ChainError<A, E, PredictFailure<V>>,
    R | PredictServices<V>,
    V,
    P
  >
  /**
   * Sends the current value to a workflow: `.workflow(workflow({ id, nodes: { faces: models.faces } }))`.
   *
   * Gives each node's answer or failure, typed by its model; a bare id or page URL gives the general outputs.
   */
  workflow<const W extends Workflow<any> | string>(
    workflow: W
  ): Chain<
    Replace<A, WorkflowAnswer<W extends Workflow<infer Nodes> ? Nodes : {}, KindOf<Current<A>>>, PredictFailure<V>>,
    ChainError<A, E, PredictFailure<V>>,
    R | PredictServices<V>,
    V,
    P
  >
  /**
   * Streams the answer of a model in chunks: `for await (const { text } of chain.generate(models.llama3))`.
   *
   * Ends the chain. Takes one input. The request is sent when the chunks are read.
   */
  generate<const M extends ModelLike>(
    model: M &
      AcceptedBy<Current<A>, M> &
      (A extends Many<any, any> ? { readonly "generate takes one input; this chain holds several": never } : unknown)
  ): Generation<AnswerOf<Current<A>, M>, E | PredictFailure<V>, R | PredictServices<V>>
  /**
   * Sends the current value to several models at once: `all({ labels: models.general, faces: models.faces })`.
   *
   * The result has one answer under each name. The medium is read once. If only some models answer, fails with
   * `PartlyAnswered`, which contains their answers; if none does, with the error of the first model.
   */
  all<const M extends Readonly<Record<string, ModelLike>>>(
    models: M & AllFit<Current<A>, M>
  ): Chain<
    Replace<A, AnswersOf<Current<A>, M>, AllError<A, V, M>>,
    ChainError<A, E, AllError<A, V, M>>,
    R | PredictServices<V>,
    V,
    P
  >
}

/** The names of {@link PredictMethods}. */
export type PredictMethodName = keyof PredictMethods<any, any, any, any, any>

/** The next chain after a verb. */
export type AfterStage<A, E, R, V extends Verbs, P extends Portability, S> =
  S extends Stage<any, infer B, infer E2, infer R2>
    ? Chain<Replace<A, KeepSelected<Current<A>, B>, E2>, ChainError<A, E, E2>, R | R2, V, P>
    : S extends SeriesStage<any, infer B, infer E2, infer R2>
      ? Chain<Replace<A, B extends Unchanged ? Current<A> : B, E2>, E, R | R2, V, P>
      : S extends EndingStage<any, infer B, infer E2, infer R2>
        ? Chain<Ended<A, B>, E | E2, R | R2, V, P>
        : never

/** The input of each verb's stage, in a tuple. It depends only on `V`, so the compiler computes it once per app. */
type InputTuples<V extends Verbs> = {
  readonly [K in keyof V]: ReturnType<V[K]> extends Stage<infer I, any, any, any> ? readonly [I] : never
}

/** The same for verbs that process a whole series. */
type SeriesTuples<V extends Verbs> = {
  readonly [
    K in keyof V as ReturnType<V[K]> extends SeriesStage<any, any, any, any> | EndingStage<any, any, any, any>
      ? K
      : never
  ]: ReturnType<V[K]> extends SeriesStage<infer I, any, any, any> | EndingStage<infer I, any, any, any>
    ? readonly [I]
    : never
}

/** The verbs that process a whole series of `A`'s current values; none if the chain has one value. */
type AcceptedSeriesVerbs<A, V extends Verbs> =
  A extends Many<any, any> ? Taking<SeriesTuples<V>, readonly [Current<A>], keyof SeriesTuples<V>> : never

/** The verbs in `Names` that accept `C`. */
type Taking<I, C, Names extends keyof I> = { readonly [K in Names]: C extends I[K] ? K : never }[Names]

/** The verbs that accept any medium of a kind. Computed once per app and kind. */
type KindVerbs<I, K extends Kind> = Taking<I, readonly [Media<K>], keyof I>

/** The verbs that require more than a medium of the kind, such as a field that another verb adds. */
type NarrowVerbs<I, K extends Kind> = {
  readonly [N in keyof I]: I[N] extends readonly [Media] ? (readonly [Media<K>] extends I[N] ? never : N) : never
}[keyof I]

/** The verbs that accept values other than media. */
type OtherVerbs<I> = { readonly [N in keyof I]: I[N] extends readonly [Media] ? never : N }[keyof I]

/** The verbs that accept `C`. Most are decided once per app, not per chain: apps may have hundreds of verbs. */
type AcceptedVerbs<I, C> = [C] extends [Media<infer K>]
  ? KindVerbs<I, K> | Taking<I, readonly [C], NarrowVerbs<I, K>>
  : Taking<I, readonly [C], OtherVerbs<I>>

type Methods<A, E, R, V extends Verbs, P extends Portability, Names extends keyof V> = {
  readonly [K in Names]: (
    ...args: Parameters<V[K]>
  ) => AfterStage<A, E, R, V, PortabilityAfter<P, Parameters<V[K]>>, ReturnType<V[K]>>
}

/** The verbs of `V` that accept the current value, as methods. */
export type VerbMethods<A, E, R, V extends Verbs, P extends Portability> = Methods<
  A,
  E,
  R,
  V,
  P,
  AcceptedVerbs<InputTuples<V>, Current<A>> | AcceptedSeriesVerbs<A, V>
>

/** An immutable chain whose current value is an `A`: the pipeline and every step that accepts it. */
export type Chain<A, E, R, V extends Verbs, P extends Portability = "portable"> = Pipeline<A, E, R, V, P> &
  VerbMethods<A, E, R, V, P> &
  ([Current<A>] extends [Media] ? PredictMethods<A, E, R, V, P> : unknown)
