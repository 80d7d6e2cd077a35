/** An app: a connection and plugins in, chains out. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { Connection } from "./connection.ts"
import type { SourceFailed } from "./errors.ts"
import { InvalidOption, PluginError } from "./errors.ts"
import type { Media } from "./media/media.ts"
import { type Kind, type MediaInput, partsMedia, textMedia, toMedia } from "./media/media.ts"
import type { Chain } from "./pipeline/chain.ts"
import { fork, run } from "./pipeline/edge.ts"
import { fromIterable } from "./pipeline/inputs.ts"
import type { Many } from "./pipeline/outcome.ts"
import { withVerbs } from "./pipeline/pipeline.ts"
import { fits } from "./pipeline/plan.ts"
import type { Host, Plugin, SourceOf, Sources } from "./pipeline/plugin.ts"
import type { PortablePipeline } from "./pipeline/portable.ts"
import { revive } from "./pipeline/revive.ts"
import { defaultConcurrency, makeRuntime } from "./pipeline/run.ts"
import type { Runtime } from "./pipeline/runtime.ts"
import type { Source } from "./pipeline/state.ts"
import type { Verbs } from "./pipeline/stage.ts"
import { type CoreVerbs, coreVerbs } from "./pipeline/verbs.ts"
import { makeDispatch } from "./transport/dispatch.ts"
import { makeWire, type Wire, type WireEvent } from "./transport/exchange.ts"
import { predictGroup } from "./transport/predict.ts"
import type { Secrets } from "./transport/target.ts"

/** Options of an app. */
export interface AppOptions {
  /** Third parties' keys by name, for `.secret(param, name)`. */
  readonly secrets?: Secrets
  /** Told of every call, answer, failure and repeat; ids and counts only. */
  readonly onEvent?: (event: WireEvent) => void
}

/** Options of one input. */
export interface InputOptions {
  /** The caller's own id for the input. */
  readonly key?: string
}

/** Options of a series of inputs. */
export interface InputsOptions<T> {
  /** The caller's own id for each input. */
  readonly key?: (item: T, index: number) => string
}

/** Names that plugins cannot take. */
type Reserved = "input" | "inputs" | "text" | "audio" | "parts" | "use" | "connection" | "fromPortable"

/** Why a plugin does not fit the app, as a type that nothing satisfies; `unknown` where it fits. */
export type PluginFits<V extends Verbs, S extends Sources, M, N extends string, P> =
  P extends Plugin<infer Name, infer W, infer T, infer O, infer Requires>
    ? (Name extends N ? { readonly "this plugin was added already": Name } : unknown) &
        ([Exclude<Requires, N>] extends [never]
          ? unknown
          : { readonly "this plugin requires another to be added first": Exclude<Requires, N> }) &
        (keyof V & keyof W extends never ? unknown : { readonly "verb already taken": keyof V & keyof W }) &
        ((keyof S | keyof M | Reserved) & (keyof T | keyof O) extends never
          ? unknown
          : { readonly "name already taken": (keyof S | keyof M | Reserved) & (keyof T | keyof O) })
    : unknown

/** A plugin's sources as methods of the app. */
export type SourceMethods<S extends Sources, V extends Verbs> = {
  readonly [K in keyof S]: (
    ...args: Parameters<S[K]>
  ) => ReturnType<S[K]> extends SourceOf<infer A, infer E, infer R> ? Chain<A, E, R, V> : never
}

/** An app with the methods that its plugins add. */
export type AppOf<V extends Verbs, S extends Sources, M extends object, N extends string> = App<V, S, M, N> &
  SourceMethods<S, V> &
  M

interface AppState {
  readonly connection: Connection
  readonly options: AppOptions
  readonly plugins: ReadonlyArray<Plugin>
}

type Added<P> = P extends Plugin<infer Name, infer W, infer T, infer O, any> ? readonly [Name, W, T, O] : never

/**
 * Where chains start. Immutable: `use` gives another app. Disposing closes what plugins opened, and the connection.
 *
 * Type parameters: the verbs of its chains, the sources and members that plugins added, and the plugins' names.
 */
export class App<V extends Verbs, S extends Sources, M extends object, N extends string> implements AsyncDisposable {
  declare readonly "~sightline/plugins": N
  readonly #state: AppState
  readonly #runtime: Runtime
  readonly #start: <A, E, R>(runtime: Runtime, source: Source) => Chain<A, E, R, V>
  readonly #scope: Scope.Closeable

  constructor(state: AppState) {
    this.#state = state
    this.#scope = Scope.makeUnsafe()
    const wire = wireOf(state)
    this.#runtime = runtimeOf(state, wire, this.#scope)
    const verbs: Verbs = Object.assign({}, coreVerbs, ...state.plugins.map((plugin) => plugin.verbs))
    this.#start = withVerbs(verbs as V) // the types of `use` say that V is the sum of these
    const host: Host = {
      connection: state.connection,
      wire,
      from: ({ source }) => this.#start(this.#runtime, source) as never // the host's chains show no verbs
    }
    for (const plugin of state.plugins) {
      for (const [name, make] of Object.entries<(...args: ReadonlyArray<never>) => SourceOf<unknown>>(plugin.sources))
        Object.defineProperty(this, name, {
          enumerable: true,
          value: (...args: ReadonlyArray<never>) => this.#start(this.#runtime, make(...args).source)
        })
      const members = plugin.members(host)
      for (const name of Object.keys(members))
        Object.defineProperty(this, name, { enumerable: true, ...Object.getOwnPropertyDescriptor(members, name) })
    }
  }

  /** Where its calls go. */
  get connection(): Connection {
    return this.#state.connection
  }

  /** An app with one more plugin. Throws `PluginError` for JavaScript callers where types would not compile. */
  use<const P extends Plugin<string, any, any, any, any>>(
    plugin: P & PluginFits<V, S, M, N, P>
  ): AppOf<V & Added<P>[1], S & Added<P>[2], M & Added<P>[3], N | Added<P>[0]> {
    check(this.#state.plugins, plugin)
    return makeApp({ ...this.#state, plugins: [...this.#state.plugins, plugin] })
  }

  /** Starts with one image, or with a medium of another kind. A string is a path unless it is a URL. */
  input<K extends Kind = "image">(
    input: Exclude<MediaInput, Media> | Media<K>,
    options: InputOptions = {}
  ): Chain<Media<K>, never, never, V> {
    return this.#one("input", [input, options], () => toMedia("image", input, options))
  }

  /**
   * Starts with several images: any iterable or async iterable, read only as fast as answers are taken.
   *
   * Gives one Outcome for each, in order. A source that breaks off fails the last one with `SourceFailed`.
   */
  inputs<T extends Exclude<MediaInput, Media> | Media>(
    inputs: Iterable<T> | AsyncIterable<T>,
    options: InputsOptions<T> = {}
  ): Chain<Many<[T] extends [Media<infer K>] ? Media<K> : Media<"image">, SourceFailed>, never, never, V> {
    const portable = Array.isArray(inputs) && options.key === undefined
    return this.#start(this.#runtime, {
      type: "many",
      name: "inputs",
      args: portable ? [inputs] : [],
      portable,
      ...fromIterable(inputs, (input, index) =>
        toMedia("image", input, options.key === undefined ? {} : { key: options.key(input, index) })
      )
    })
  }

  /** Starts with a text. */
  text(text: string, options: InputOptions = {}): Chain<Media<"text">, never, never, V> {
    return this.#one("text", [text, options], () => textMedia(text, options))
  }

  /** Starts with a sound, given in any of the ways of {@link input}. */
  audio(
    input: Exclude<MediaInput, Media> | Media<"audio">,
    options: InputOptions = {}
  ): Chain<Media<"audio">, never, never, V> {
    return this.#one("audio", [input, options], () => toMedia("audio", input, options))
  }

  /** Starts with several media that make one input, such as an image and a question about it. */
  parts<const P extends ReadonlyArray<Media>>(
    ...parts: P
  ): Chain<Media<P[number] extends Media<infer K> ? K : never>, never, never, V> {
    return this.#one("parts", parts, () => partsMedia(parts))
  }

  /** A chain from its portable form. Fails with `PluginError` where a plugin is missing or of another version. */
  fromPortable(form: PortablePipeline): Chain<unknown, unknown, never, V> {
    return revive(this, this.#runtime.plugins, form) as Chain<unknown, unknown, never, V>
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run(Scope.close(this.#scope, Exit.void))
    await this.#state.connection[Symbol.asyncDispose]()
  }

  #one<A>(name: string, args: ReadonlyArray<unknown>, make: () => unknown): Chain<A, never, never, V> {
    return this.#start(this.#runtime, {
      type: "one",
      name,
      args,
      portable: true,
      open: Effect.try({ try: make, catch: (thrown) => badInput(name, thrown) })
    })
  }
}

const badInput = (name: string, thrown: unknown) =>
  new InvalidOption({ option: name, problem: thrown instanceof Error ? thrown.message : String(thrown) })

/** For JavaScript users: what types say at compile time. */
const check = (plugins: ReadonlyArray<Plugin>, plugin: Plugin<string, any, any, any, any>): void => {
  const fail = (problem: string): never => {
    throw new PluginError({ plugin: plugin.name, problem })
  }
  if (plugins.some((other) => other.name === plugin.name)) fail("it was added already")
  for (const required of plugin.requires)
    if (!plugins.some((other) => other.name === required))
      fail(`it requires the plugin ${String(required)} to be added first`)
  const verbs = new Set([...Object.keys(coreVerbs), ...plugins.flatMap((other) => Object.keys(other.verbs))])
  for (const verb of Object.keys(plugin.verbs)) {
    if (verb === "then") fail("a verb named then would run chains by accident")
    if (verbs.has(verb)) fail(`the verb ${verb} is taken already`)
  }
  const { divide, prepare, request, response } = plugin.hooks
  for (const [name, hook] of Object.entries({ divide, prepare, request, response }))
    if (hook !== undefined && typeof hook !== "function") fail(`its ${name} hook is not a function`)
  const names = new Set([
    "input",
    "inputs",
    "text",
    "audio",
    "parts",
    "use",
    "connection",
    "fromPortable",
    ...plugins.flatMap((other) => Object.keys(other.sources))
  ])
  for (const source of Object.keys(plugin.sources)) if (names.has(source)) fail(`the name ${source} is taken already`)
}

const wireOf = ({ connection, options, plugins }: AppState): Wire => {
  const observers = [options.onEvent, ...plugins.map((plugin) => plugin.hooks.response)].filter(
    (observer) => observer !== undefined
  )
  return makeWire(
    connection,
    plugins.flatMap((plugin) => plugin.hooks.request ?? []),
    (event) => {
      for (const observer of observers)
        try {
          observer(event)
        } catch {
          // observers cannot change the outcome of a call
        }
    }
  )
}

const runtimeOf = ({ connection, options, plugins }: AppState, wire: Wire, scope: Scope.Closeable): Runtime => {
  const layers = plugins.flatMap((plugin) => plugin.layer ?? [])
  const [first, ...others] = layers
  const services =
    first === undefined
      ? undefined
      : Effect.runSync(Effect.cached(Layer.buildWithScope(Layer.mergeAll(first, ...others), scope)))
  return makeRuntime({
    plugins: Object.fromEntries(plugins.map((plugin) => [plugin.name, plugin.version])),
    services,
    predictor: {
      wire,
      secrets: options.secrets ?? {},
      prepare: plugins.flatMap((plugin) => plugin.hooks.prepare ?? []),
      divide: plugins.flatMap((plugin) => plugin.hooks.divide ?? []),
      dispatch: makeDispatch({
        fork,
        concurrency: defaultConcurrency,
        fits: (target, fill, bytes) => fits(connection.limits, target.kind, fill, bytes),
        send: (target, entries) => predictGroup(wire, target, entries)
      })
    }
  })
}

const makeApp = (state: AppState) => new App(state) as never // members and sources were defined by the constructor

/** An app over a connection, without plugins: `sightline(clarifai())`. */
export const sightline = (connection: Connection, options: AppOptions = {}): AppOf<CoreVerbs, {}, {}, never> =>
  makeApp({ connection, options, plugins: [] })
