/**
 * The types of a chain: which verbs exist for its current value, and what each returns.
 * Type parameters stand in one order everywhere: `A` the current value, `E` how it fails, `R` services, `V` verbs,
 * `P` whether it can travel as JSON.
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

/** `portable`: named verbs with plain arguments only. `local`: holds a closure and stays in this program. */
export type Portability = "portable" | "local"

/** The key under which the verbs of an app list what hooks of plugins add to predictions. Types alone have it. */
declare const hookTypes: unique symbol

/** The errors and services that hooks of the plugin `Name` add to every prediction. */
export type PredictHooks<Name extends string, E, R> = {
  readonly [hookTypes]: { readonly [K in Name]: { readonly error: E; readonly services: R } }
}

type Hooked<V> = V extends { readonly [hookTypes]: infer H } ? H[keyof H] : never

type HookError<H> = H extends { readonly error: infer E } ? E : never
type HookServices<H> = H extends { readonly services: infer R } ? R : never

/** How predictions of an app with the verbs `V` may fail: the service, and hooks of plugins. */
export type PredictFailure<V> = PredictError | HookError<Hooked<V>>

/** The services that hooks of plugins need for predictions. */
export type PredictServices<V> = HookServices<Hooked<V>>

declare const names: unique symbol

/** Marks a medium whose prediction was narrowed to these concept names. */
export interface Selected<out N extends string> {
  readonly [names]: N
}

/** The current value, or each of several current values. */
export type Current<A> = A extends Many<infer X, any> ? Current<X> : A

/** `A` with the current value replaced by `B`; several values stay several, and each may now also fail with `E2`. */
export type Replace<A, B, E2> =
  A extends Many<infer X, infer E1> ? (X extends Many<any, any> ? Many<Replace<X, B, E2>, E1> : Many<B, E1 | E2>) : B

/** The failures of the whole chain after a step that may fail with `E2`: one of several fails alone. */
export type ChainError<A, E, E2> = A extends Many<any, any> ? E : E | E2

/** `A` with the current value or `B`, after the failures so far are handled: only `E2` remains. */
export type Recovered<A, B, E2> =
  A extends Many<infer X, infer E1>
    ? X extends Many<any, any>
      ? Many<Recovered<X, B, E2>, E1>
      : Many<X | B, E2>
    : A | B

/** What a run gives: with a deadline (`T` is not `never`), each of several values may fail by it. */
export type WithDeadline<A, T extends number> = [T] extends [never]
  ? A
  : A extends Many<infer X, infer E1>
    ? Many<X, E1 | TimedOut>
    : A

/** How a run fails: for one value, also by the deadline of the run if it has one. */
export type DeadlineError<A, E, T extends number> = [T] extends [never] ? E : ChainError<A, E, TimedOut>

/** A chain `C` that can run: one that needs no service, else a sentence that says which it needs. */
export type Runnable<R, C> = [R] extends [never]
  ? C
  : R extends { readonly key: infer K extends string }
    ? `the chain needs the service ${K}, which no layer gives: run it as an Effect with Effect.provide, or add a plugin with such a layer`
    : "the chain needs a service that no layer gives: run it as an Effect with Effect.provide, or add a plugin with such a layer"

/** How one value may fail: the innermost of several, or the whole chain. */
export type CurrentError<A, E> = A extends Many<infer X, infer E1> ? CurrentError<X, E1> : E

/** An array as one that may be a selection of another. */
type Wide<T> = T extends ReadonlyArray<infer X> ? ReadonlyArray<X> : T

/** `A` with the fields `F`. A field that may be a selection of what was there keeps its type, names included. */
export type Extend<A, F> = A extends { readonly [K in keyof F]: Wide<F[K]> }
  ? A
  : { readonly [K in keyof A as K extends keyof F ? never : K]: A[K] } & {
      readonly [K in keyof F]: K extends keyof A ? (A[K] extends Wide<F[K]> ? A[K] : F[K]) : F[K]
    }

/** The value after a step, still marked with the names that were selected before it. */
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

/** `A` with its innermost series ended in one value `B`. */
export type Ended<A, B> =
  A extends Many<infer X, infer E1> ? (X extends Many<any, any> ? Many<Ended<X, B>, E1> : B) : never

/** `local` when a verb was given a function, which cannot travel. */
export type PortabilityAfter<P extends Portability, Args extends ReadonlyArray<any>> =
  Extract<Args[number], (...args: any) => any> extends never ? P : "local"

/** The kind of medium that is held. */
export type KindOf<A> = A extends Media<infer K> ? K : never

/** The names that an answer's concepts may have: those selected, or else the model's own. */
export type NamesOf<A, N extends string> = A extends Selected<infer S> ? S : N

/** What a prediction gives for one held medium. */
export type AnswerOf<A, M> =
  M extends Model<infer T, any, infer N> ? Answer<T, KindOf<A>, NamesOf<A, N>> : Output<NamesOf<A, string>>

/** The name that was asked for; of an id of the platform's, any. */
export type ConceptName<S extends string> = S extends `ai_${string}` ? string : S

/** Nothing, or a sentence that says why this model cannot be used here. */
export type AcceptedBy<A, M> =
  M extends Model<any, infer K, infer N>
    ? [KindOf<A>] extends [K]
      ? KnownConcepts<A, N>
      : { readonly "this model does not accept this kind of media": KindOf<A> }
    : unknown

/** Nothing, or a sentence that says which of the names selected are not in a vocabulary that is known. */
type KnownConcepts<A, N extends string> = string extends N
  ? unknown
  : A extends Selected<infer S>
    ? string extends S
      ? unknown
      : [Exclude<S, N | `ai_${string}`>] extends [never]
        ? unknown
        : { readonly "this model does not know these concepts": Exclude<S, N> }
    : unknown

/** What can be predicted with: a typed handle, or an id or page URL, which gives the general `Output`. */
export type ModelLike = Model<any, any, any> | string

type AnswersOf<A, M extends Readonly<Record<string, ModelLike>>> = { readonly [K in keyof M]: AnswerOf<A, M[K]> }
type AllFit<A, M extends Readonly<Record<string, ModelLike>>> = { readonly [K in keyof M]: AcceptedBy<A, M[K]> }

type AllError<A, V, M extends Readonly<Record<string, ModelLike>>> =
  | PredictFailure<V>
  | PartlyAnswered<AnswersOf<Current<A>, M>>

/** The steps that exist on a chain which holds media. */
export interface PredictMethods<A, E, R, V extends Verbs, P extends Portability> {
  /**
   * Asks for these concepts only, by name, and narrows the names in the answer's type.
   *
   * One of the platform's concepts may be asked for by its id (`ai_…`), which is the same in every language. Case
   * matters. Fails when the model has none of them, and with `InvalidOption` for no name or an empty one; with a handle
   * that declares its vocabulary, a name that is not in it does not compile.
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
   * A bare id or page URL gives the general `Output`. Fails with one of `PredictError`, for each input separately.
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
   * Ends the chain. Takes one input; nothing is sent until the pieces are read.
   */
  generate<const M extends ModelLike>(
    model: M &
      AcceptedBy<Current<A>, M> &
      (A extends Many<any, any> ? { readonly "generate takes one input; this chain holds several": never } : unknown)
  ): Generation<AnswerOf<Current<A>, M>, E | PredictFailure<V>, R | PredictServices<V>>
  /**
   * Sends the current value to several models at once, reading it once: `all({ labels: models.general, faces: models.faces })`.
   *
   * The answers have the same names. Where some models answer and others do not, fails with `PartlyAnswered`, which
   * holds what was answered; where none does, as the first of them.
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

/** The names of the steps that exist on a chain which holds media. */
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

/** The input of each verb's stage, in a tuple. Depends on `V` alone, so that it is computed once for an app. */
type InputTuples<V extends Verbs> = {
  readonly [K in keyof V]: ReturnType<V[K]> extends Stage<infer I, any, any, any> ? readonly [I] : never
}

/** The same for the stages over a series: few of the verbs. */
type SeriesTuples<V extends Verbs> = {
  readonly [
    K in keyof V as ReturnType<V[K]> extends SeriesStage<any, any, any, any> | EndingStage<any, any, any, any>
      ? K
      : never
  ]: ReturnType<V[K]> extends SeriesStage<infer I, any, any, any> | EndingStage<infer I, any, any, any>
    ? readonly [I]
    : never
}

/** The verbs over a series that take its inputs; none for a chain that has one value. */
type AcceptedSeriesVerbs<A, V extends Verbs> =
  A extends Many<any, any> ? Taking<SeriesTuples<V>, readonly [Current<A>], keyof SeriesTuples<V>> : never

/** The names in `Names` whose verb takes `C`. */
type Taking<I, C, Names extends keyof I> = { readonly [K in Names]: C extends I[K] ? K : never }[Names]

/** The verbs that take any medium of a kind: computed once for an app and a kind, however many types media have. */
type KindVerbs<I, K extends Kind> = Taking<I, readonly [Media<K>], keyof I>

/** The verbs that take more than a medium of the kind, such as one with a field that another verb adds. */
type NarrowVerbs<I, K extends Kind> = {
  readonly [N in keyof I]: I[N] extends readonly [Media] ? (readonly [Media<K>] extends I[N] ? never : N) : never
}[keyof I]

/** The verbs that take something else than a medium. */
type OtherVerbs<I> = { readonly [N in keyof I]: I[N] extends readonly [Media] ? never : N }[keyof I]

/** The verbs that take `C`. Apps may have hundreds of verbs: most are decided once for an app, not for each chain. */
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
