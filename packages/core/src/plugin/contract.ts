/** The contract of plugins: plain values that add verbs, sources, members and hooks. Core's verbs are made the same way. */
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { CallRuntime } from "../call/call-runtime.ts"
import type { Source } from "../chain/chain-state.ts"
import type { Chain, HookPart, PluginHooks } from "../chain/chain-types.ts"
import type { EndingStage, SeriesStage, Stage, Verbs } from "../chain/stage.ts"
import type { Connection } from "../connection/connection.ts"
import type { PredictError, SourceFailed, StepFailed } from "../errors/errors.ts"
import type { PrepareHook } from "../predict/prepare-hooks.ts"
import type { InvalidInput } from "../results/invalid-input.ts"
import type { Many } from "../results/outcome.ts"
import { fromIterable } from "../run/read-inputs.ts"
import type { CoreVerbs } from "../verbs/core-verbs.ts"
import type { HookErrors, Hooks, HookServices, PredictHookKind } from "./hooks.ts"

/** The number of this contract. `use` refuses a plugin that was made for another. */
export const contract = 1

/** Identifies this copy of the package: two copies in one program do not know each other's media. */
export const copy: object = {}

/** How a plugin starts a chain: with one input, or with several. */
export interface SourceOf<out A, out E = never, out R = never> {
  readonly source: Source
  readonly "~gives"?: readonly [A, E, R]
}

/** A source of one input. `args` is plain data where the chain should be able to travel. */
export const source = <A, E = never, R = never>(
  name: string,
  args: ReadonlyArray<unknown>,
  open: Effect.Effect<A, E, R>
): SourceOf<A, E, R> => ({ source: { type: "one", name, args, portable: true, open } })

/** The inputs among the items of a source; an `InvalidInput` is an input that fails alone. */
type Inputs<A> = Exclude<A, InvalidInput>
type InvalidError<A> = A extends InvalidInput<infer E> ? E : never

/** What a source of several inputs opens: a stream, or an iterable, which is read one item at a time. */
export type Opened = Stream.Stream<any, any, any> | Iterable<unknown> | AsyncIterable<unknown>

type Items<O> =
  O extends Stream.Stream<infer A, any, any> ? A : O extends Iterable<infer A> | AsyncIterable<infer A> ? A : never
type OpenError<O> = O extends Stream.Stream<any, infer E, any> ? E : SourceFailed
type OpenServices<O> = O extends Stream.Stream<any, any, infer R> ? R : never

/** Options of {@link sourceOfMany}. */
export interface SourceOptions {
  /**
   * False for a source that can be read only once, or that is read over a network: `plan()` does not open it.
   *
   * @default true
   */
  readonly replayable?: boolean
}

/**
 * A source of several inputs, opened for each run. An item made by `invalidInput(error)` fails alone. A failure, or what
 * the code throws, ends the series with one failed input: earlier inputs stand.
 *
 * A generator keeps every item that it returned before it threw; a `Stream` keeps what it emitted, which may be fewer,
 * since it emits in chunks.
 */
export const sourceOfMany = <const O extends Opened>(
  name: string,
  args: ReadonlyArray<unknown>,
  open: () => O,
  { replayable = true }: SourceOptions = {}
): SourceOf<Many<Inputs<Items<O>>, OpenError<O> | InvalidError<Items<O>> | StepFailed>, never, OpenServices<O>> => ({
  source: {
    type: "many",
    name,
    args,
    portable: true,
    replayable,
    open: () =>
      Stream.suspend((): Stream.Stream<unknown, any, any> => {
        const opened: Opened = open()
        if (Stream.isStream(opened)) return opened as Stream.Stream<unknown, any, any>
        const items = opened as Iterable<unknown> | AsyncIterable<unknown> // what is no stream
        return fromIterable(items, (item) => item).open()
      })
  }
})

/** A plugin's sources by name; each becomes a method of the app. */
export type Sources = Readonly<Record<string, (...args: any) => SourceOf<any, any, any>>>

/** What a plugin's members are given: the app that they belong to. `V`: core's verbs, and those known to the plugin. */
export interface Host<V extends Verbs = CoreVerbs, A = unknown> {
  readonly connection: Connection
  /** The app's calls: paced, repeated where that is safe, with the hooks of all plugins. */
  readonly wire: CallRuntime
  /** The `prepare` hooks of all plugins, in order: for members that send media outside of a chain. */
  readonly prepare: PrepareHook
  /** Starts a chain from a source; it has the verbs of the whole app, of which those known here show. */
  readonly from: <T, E, R>(source: SourceOf<T, E, R>) => Chain<T, E, R, V>
  /** The sources and members of required plugins. */
  readonly app: A
}

/** What a layer of a plugin gives, and how building it may fail. */
export interface LayerTypes<out Given = never, out E = never> {
  readonly given: Given
  readonly error: E
}

/** A plugin, as an app takes it. */
export interface Plugin<
  out Name extends string = string,
  out V extends Verbs = {},
  out S extends Sources = {},
  out M extends object = {},
  out Requires extends string = string,
  out L = unknown
> {
  /** The number of the contract that it was made for. */
  readonly contract: 1
  readonly name: Name
  /** Raised when its verbs change what they do; portable chains name it. */
  readonly version: number
  /** Names of plugins that must be added before. */
  readonly requires: ReadonlyArray<Requires>
  readonly verbs: V
  readonly sources: S
  readonly members: (host: Host<any, any>) => M
  readonly hooks: Hooks
  readonly layer: Layer.Layer<any, any, any> | undefined
  /** The copy of the package that made it. */
  readonly "~copy"?: object
  /** There for types alone. */
  readonly "~layer"?: L
}

/** Any plugin. */
export type AnyPlugin = Plugin<string, any, any, any, any, any>

/** What a plugin may name as its requirement: a plugin, a function that makes one, or a name, which has no types. */
export type Requirement = string | AnyPlugin | ((...args: any) => AnyPlugin)

type PluginOf<Q> = Q extends AnyPlugin ? Q : Q extends (...args: any) => infer P ? Extract<P, AnyPlugin> : never
type NameOf<Q> = Q extends string ? Q : PluginOf<Q> extends Plugin<infer N, any, any, any, any, any> ? N : never
type Both<U> = (U extends unknown ? (u: U) => void : never) extends (u: infer I) => void ? I : {}
type VerbsOf<P> = P extends Plugin<any, infer V, any, any, any, any> ? V : never
type SourcesOf<P> = P extends Plugin<any, any, infer S, any, any, any> ? S : never
type PartsOf<Q, K extends "verbs" | "sources"> = [PluginOf<Q>] extends [never]
  ? {}
  : Both<K extends "verbs" ? VerbsOf<PluginOf<Q>> : SourcesOf<PluginOf<Q>>>
type MembersOf<Q> = [PluginOf<Q>] extends [never]
  ? {}
  : Both<PluginOf<Q> extends Plugin<any, any, any, infer M, any, any> ? M : never>
type LayerOf<Q> = PluginOf<Q> extends Plugin<any, any, any, any, any, infer L> ? L : never
type GivenBy<Q> = LayerOf<Q> extends LayerTypes<infer Given, any> ? Given : never
type LayerError<Q> = LayerOf<Q> extends LayerTypes<any, infer E> ? E : never

/** The app that a plugin with these requirements knows. */
export type RequiredApp<Q, V extends Verbs> = MembersOf<Q> & {
  readonly [K in keyof PartsOf<Q, "sources">]: PartsOf<Q, "sources">[K] extends (
    ...args: infer Args
  ) => SourceOf<infer A, infer E, infer R>
    ? (...args: Args) => Chain<A, E, R, V>
    : never
}

/** Verbs whose stages do not need what layers give, and may fail as those do. */
export type Provided<V extends Verbs, Given, E> = [Given] extends [never]
  ? V
  : {
      readonly [K in keyof V]: (...args: Parameters<V[K]>) => ProvidedStage<ReturnType<V[K]>, Given, E>
    }

type ProvidedStage<S, Given, LE> =
  S extends Stage<infer A, infer B, infer E, infer R>
    ? Stage<A, B, E | LE, Exclude<R, Given>>
    : S extends SeriesStage<infer A, infer B, infer E, infer R>
      ? SeriesStage<A, B, E | LE, Exclude<R, Given>>
      : S extends EndingStage<infer A, infer B, infer E, infer R>
        ? EndingStage<A, B, E | LE, Exclude<R, Given>>
        : never

/** Sources that do not need what layers give, and may fail as those do. */
export type ProvidedSources<S extends Sources, Given, LE> = [Given] extends [never]
  ? S
  : {
      readonly [K in keyof S]: (
        ...args: Parameters<S[K]>
      ) => ReturnType<S[K]> extends SourceOf<infer A, infer E, infer R>
        ? SourceOf<
            A extends Many<infer X, infer E1> ? Many<X, E1 | LE> : A,
            A extends Many<any, any> ? E : E | LE,
            Exclude<R, Given>
          >
        : never
    }

/** What hooks of the kinds `K` add to chains: their errors and services, less what layers give. */
type PartOf<H, K, Given, LE> = HookPart<
  Exclude<HookErrors<H, K>, PredictError> | ([HookServices<H, K> & Given] extends [never] ? never : LE),
  Exclude<HookServices<H, K>, Given>
>

/** What hooks add to the verbs of an app; nothing without hooks. */
type HooksOf<Name extends string, H, Given, LE> = [keyof H] extends [never]
  ? unknown
  : PluginHooks<Name, PartOf<H, PredictHookKind, Given, LE>, PartOf<H, "run", Given, LE>, PartOf<H, "input", Given, LE>>

/** The verbs that a plugin knows: core's, its own, and those of plugins that it requires. */
type KnownVerbs<V extends Verbs, Requires extends ReadonlyArray<Requirement>> = CoreVerbs &
  Provided<V, GivenBy<Requires[number]>, LayerError<Requires[number]>> &
  PartsOf<Requires[number], "verbs">

/** What {@link definePlugin} takes. */
export interface PluginSpec<
  Name extends string,
  V extends Verbs,
  S extends Sources,
  M extends object,
  Requires extends ReadonlyArray<Requirement>,
  Given,
  LE,
  H extends Hooks
> {
  /** The number of the contract; this version's when absent. */
  readonly contract?: 1
  readonly name: Name
  readonly version: number
  /**
   * Plugins that must be added before, as values, as the functions that make them, or by name. Of values and functions
   * the verbs, sources, members and services are known in this plugin.
   */
  readonly requires?: Requires
  readonly verbs?: V
  readonly sources?: S
  /** What the app gets beside sources, such as `app.train(..)`. Called once for each app that the plugin is in. */
  readonly members?: (host: Host<KnownVerbs<V, Requires>, RequiredApp<Requires[number], KnownVerbs<V, Requires>>>) => M
  readonly hooks?: H & Hooks
  /**
   * Services for its stages, sources and hooks; may need those of required plugins. Built when one of these first runs,
   * once for each app, and closed with it. Its failure is a typed failure of what needs it.
   */
  readonly layer?: Layer.Layer<Given, LE, NoInfer<GivenBy<Requires[number]>>>
}

/** A plugin of a specification: what its layer gives does not show up in its users' types. */
export type DefinedPlugin<
  Name extends string,
  V extends Verbs,
  S extends Sources,
  M extends object,
  Requires extends ReadonlyArray<Requirement>,
  Given,
  LE,
  H extends Hooks
> = Plugin<
  Name,
  Provided<V, Given | GivenBy<Requires[number]>, LE | LayerError<Requires[number]>> &
    HooksOf<Name, H, Given | GivenBy<Requires[number]>, LE | LayerError<Requires[number]>>,
  ProvidedSources<S, Given | GivenBy<Requires[number]>, LE | LayerError<Requires[number]>>,
  M,
  NameOf<Requires[number]>,
  LayerTypes<Given | GivenBy<Requires[number]>, LE | LayerError<Requires[number]>>
>

/** The name of a requirement. A function is called for it: making a plugin does nothing else. */
const nameOf = (requirement: Requirement): string => {
  if (typeof requirement === "string") return requirement
  return typeof requirement === "function" ? requirement().name : requirement.name
}

/**
 * Makes a plugin.
 *
 * @example definePlugin({ name: "grey", version: 1, verbs: { grey: () => stageSame("grey.draw", {}, (image: Media<"image">) => draw(image)) } })
 */
export const definePlugin = <
  const Name extends string,
  const V extends Verbs = {},
  const S extends Sources = {},
  M extends object = {},
  const Requires extends ReadonlyArray<Requirement> = [],
  Given = never,
  LE = never,
  const H extends Hooks = {}
>(
  spec: PluginSpec<Name, V, S, M, Requires, Given, LE, H>
): DefinedPlugin<Name, V, S, M, Requires, Given, LE, H> => ({
  contract: spec.contract ?? contract,
  name: spec.name,
  version: spec.version,
  requires: (spec.requires ?? []).map(nameOf) as never, // the names of these, as the type says
  verbs: (spec.verbs ?? {}) as never, // the app provides what layers give, as the type says
  sources: (spec.sources ?? {}) as never, // likewise
  members: spec.members ?? (() => ({}) as M), // without members, M is {}
  hooks: spec.hooks ?? {},
  layer: spec.layer,
  "~copy": copy
})
