/** The contract of plugins: plain values that add verbs, sources, members and hooks. Core's own verbs are made the same way. */
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import type { Connection } from "../connection/connection.ts"
import type { StepFailed } from "../errors/errors.ts"
import type { CallEvent } from "../call/call-info.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import type { RequestHook } from "../call/request-hook.ts"
import type { Chain } from "../chain/chain-types.ts"
import type { Many } from "../results/outcome.ts"
import type { DivideHook, PrepareHook } from "../predict/prepare-hooks.ts"
import type { Source } from "../chain/chain-state.ts"
import type { Stage, Verbs } from "../chain/stage.ts"
import type { CoreVerbs } from "../verbs/core-verbs.ts"

/** How a plugin starts a chain: with one thing, or with several. */
export interface SourceOf<out A, out E = never, out R = never> {
  readonly source: Source
  readonly "~gives"?: readonly [A, E, R]
}

/** A source of one thing. `args` is plain data where the chain should be able to travel. */
export const source = <A, E = never, R = never>(
  name: string,
  args: ReadonlyArray<unknown>,
  open: Effect.Effect<A, E, R>
): SourceOf<A, E, R> => ({ source: { type: "one", name, args, portable: true, open } })

/** A source of several things, opened anew for each run; each is handled by itself. */
export const sourceOfMany = <A, E = never, R = never>(
  name: string,
  args: ReadonlyArray<unknown>,
  open: () => Stream.Stream<A, E, R>
): SourceOf<Many<A, E | StepFailed>, never, R> => ({
  source: { type: "many", name, args, portable: true, replayable: true, open: open as () => Stream.Stream<unknown> }
})

/** A plugin's sources by name; each becomes a method of the app. */
export type Sources = Readonly<Record<string, (...args: any) => SourceOf<any, any, any>>>

/** What a plugin's members are given: the app they belong to. `V`: core's verbs and the plugin's own. */
export interface Host<V extends Verbs = CoreVerbs> {
  readonly connection: Connection
  /** The app's wire: paced, repeated where that is safe, with the hooks of all plugins. */
  readonly wire: CallRuntime
  /** The `prepare` hooks of all plugins, in order: for members that send media outside of a chain. */
  readonly prepare: PrepareHook
  /** Starts a chain from a source; it has the verbs of the whole app, of which those known here show. */
  readonly from: <A, E, R>(source: SourceOf<A, E, R>) => Chain<A, E, R, V>
}

/**
 * Hooks. Each call of a hook is independent: what it must pass on goes through what it returns.
 *
 * - `prepare`, sequential: changes each medium just before it is sent. Order: as plugins were added, each on what the
 *   one before gave. A failure fails that input alone.
 * - `divide`, first: says how a medium is sent that should not go whole, as a clip is cut into parts. Asked before
 *   `prepare`, which then does not see the medium.
 * - `request`, around: wraps each attempt of a call, of a streamed one too. Order: the plugin added first is outermost.
 *   A failure is the attempt's failure and is classified as any other.
 * - `response`, parallel observers: told of every event on the wire. They cannot change or fail anything; what they
 *   throw is dropped.
 */
export interface Hooks {
  readonly prepare?: PrepareHook
  readonly divide?: DivideHook
  readonly request?: RequestHook
  readonly response?: (event: CallEvent) => void
}

/** A plugin, as an app takes it. */
export interface Plugin<
  out Name extends string = string,
  out V extends Verbs = {},
  out S extends Sources = {},
  out M extends object = {},
  out Requires extends string = string
> {
  readonly name: Name
  /** Raised when its verbs change what they do; portable chains name it. */
  readonly version: number
  /** Names of plugins that must be added before. */
  readonly requires: ReadonlyArray<Requires>
  readonly verbs: V
  readonly sources: S
  readonly members: (host: Host<any>) => M
  readonly hooks: Hooks
  readonly layer: Layer.Layer<any, any> | undefined
}

/** Verbs whose stages no longer need what the plugin's own layer gives. */
export type Provided<V extends Verbs, Given> = [Given] extends [never]
  ? V
  : {
      readonly [K in keyof V]: (
        ...args: Parameters<V[K]>
      ) => ReturnType<V[K]> extends Stage<infer A, infer B, infer E, infer R>
        ? Stage<A, B, E, Exclude<R, Given>>
        : never
    }

/** Sources that no longer need what the plugin's own layer gives. */
export type ProvidedSources<S extends Sources, Given> = [Given] extends [never]
  ? S
  : {
      readonly [K in keyof S]: (
        ...args: Parameters<S[K]>
      ) => ReturnType<S[K]> extends SourceOf<infer A, infer E, infer R> ? SourceOf<A, E, Exclude<R, Given>> : never
    }

/** What {@link definePlugin} takes. */
export interface PluginSpec<
  Name extends string,
  V extends Verbs,
  S extends Sources,
  M extends object,
  Requires extends string,
  Given
> {
  readonly name: Name
  readonly version: number
  readonly requires?: ReadonlyArray<Requires>
  readonly verbs?: V
  readonly sources?: S
  /** What the app gets beside sources, such as `app.train(..)`. Called once for each app that the plugin is in. */
  readonly members?: (host: Host<CoreVerbs & V>) => M
  readonly hooks?: Hooks
  /** Services for its stages and sources; built once for each app, when first needed, and closed with it. */
  readonly layer?: Layer.Layer<Given, unknown>
}

/** Makes a plugin. What its `layer` gives does not show up in its users' types. */
export const definePlugin = <
  const Name extends string,
  const V extends Verbs = {},
  const S extends Sources = {},
  M extends object = {},
  const Requires extends string = never,
  Given = never
>(
  spec: PluginSpec<Name, V, S, M, Requires, Given>
): Plugin<Name, Provided<V, Given>, ProvidedSources<S, Given>, M, Requires> => ({
  name: spec.name,
  version: spec.version,
  requires: spec.requires ?? [],
  verbs: (spec.verbs ?? {}) as Provided<V, Given>, // the app provides what the layer gives
  sources: (spec.sources ?? {}) as ProvidedSources<S, Given>, // likewise
  members: spec.members ?? (() => ({}) as M), // without members, M is {}
  hooks: spec.hooks ?? {},
  layer: spec.layer
})
