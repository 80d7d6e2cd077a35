/** An app: a connection and plugins in, chains out. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Tracer } from "effect/Tracer"
import type { Connection } from "./connection/connection.ts"
import { InvalidOption, type SourceFailed, type StepFailed } from "./errors/errors.ts"
import { type DownloadOptions, Downloads } from "./media/download-options.ts"
import type { LocalFile } from "./media/local-file.ts"
import { isNodeStream, Media, type MediaInput, partsMedia, textMedia, toMedia } from "./media/media.ts"
import type { Chain, Portability, StartChain } from "./chain/chain-types.ts"
import { fork, iterate, run, settle } from "./promise.ts"
import { composePrepare, type PrepareHook } from "./predict/prepare-hooks.ts"
import { addToApp, checkPlugin, type PluginFits } from "./plugin/compatibility.ts"
import { fromIterable } from "./run/read-inputs.ts"
import type { Many } from "./results/outcome.ts"
import { portableSteps, withVerbs } from "./chain/pipeline.ts"
import { fitsInCall } from "./predict/call-size.ts"
import { type AppHooks, appHooks, observe, requestHooks } from "./plugin/app-hooks.ts"
import type { AnyPlugin, Host, Plugin, SourceOf, Sources } from "./plugin/contract.ts"
import { type PluginServices, sourceWith, streamWithServices, verbsWith, withServices } from "./plugin/provide.ts"
import type { PortableNames } from "./chain/from-portable.ts"
import { defaultConcurrency, makeRuntime } from "./run/run.ts"
import type { ChainRuntime } from "./chain/chain-runtime.ts"
import { CurrentRun, layersAlone, mergedServices, servicesOf } from "./plugin/services.ts"
import type { Source } from "./chain/chain-state.ts"
import type { Verbs } from "./chain/stage.ts"
import { type CoreVerbs, coreVerbs } from "./verbs/core-verbs.ts"
import { makeCoalesce } from "./predict/coalesce.ts"
import type { CallEvent } from "./call/call-info.ts"
import type { Prices } from "./call/prices.ts"
import type { OpenTelemetryMeter, OpenTelemetryTracer } from "./call/opentelemetry-types.ts"
import { makeCallRuntime, type CallRuntime } from "./call/call-runtime.ts"
import { predictBatch } from "./predict/batch.ts"
import { EndpointCache } from "./predict/predictor.ts"
import type { NamedSecrets } from "./predict/endpoint.ts"

/** Options of an app. */
export interface AppOptions {
  /** Third parties' keys by name, for `.secret(param, name)`. */
  readonly secrets?: Readonly<Record<string, string | Redacted.Redacted>>
  /** Called on every request, response, error, retry and timed stage: ids and counts only. `call.id` pairs events. */
  readonly onEvent?: (event: CallEvent) => void
  /**
   * What predictions cost: `plan()` shows it, and a budget in US dollars needs it.
   *
   * @default none: every price is unknown
   */
  readonly prices?: Prices
  /** From where the media of URL inputs are downloaded, where a step such as `crops()` needs their pixels here. */
  readonly downloads?: DownloadOptions
  /**
   * Where the spans of calls go: a tracer of `@opentelemetry/api`, such as `trace.getTracer("my-service")`. They are children
   * of the span that is active where the chain is run. Users of Effect provide a Tracer instead.
   */
  readonly tracer?: OpenTelemetryTracer
  /** Where the metrics of calls go: a meter of `@opentelemetry/api`, such as `metrics.getMeter("my-service")`. */
  readonly meter?: OpenTelemetryMeter
}

/** Options of one input. */
export interface InputOptions {
  /** The caller's own name for the input: any text. Sent as its id where it can be one (128 characters, no "/"). */
  readonly key?: string
}

/** Options of a series of inputs. */
export interface InputsOptions<T> {
  /** The caller's own name for each input: any text. Sent as its id where it can be one (128 characters, no "/"). */
  readonly key?: (item: T, index: number) => string
}

/** A plugin's sources as methods of the app. */
export type SourceMethods<S extends Sources, V extends Verbs> = {
  readonly [K in keyof S]: (
    ...args: Parameters<S[K]>
  ) => ReturnType<S[K]> extends SourceOf<infer A, infer E, infer R> ? StartChain<A, E, R, V> : never
}

/** An app with the methods that its plugins add. */
export type AppOf<V extends Verbs, S extends Sources, M extends object, N extends string> = App<V, S, M, N> &
  SourceMethods<S, V> &
  M

const inspect = Symbol.for("nodejs.util.inspect.custom")

interface AppState {
  readonly connection: Connection
  readonly options: AppOptions
  readonly plugins: ReadonlyArray<AnyPlugin>
}

type Added<P> =
  P extends Plugin<infer Name, infer W, infer T, infer O, any, any>
    ? readonly [string extends Name ? never : Name, W, T, O]
    : never

/**
 * Where chains start. Immutable: `use` gives another app. Disposing closes what plugins opened, and the connection.
 *
 * Type parameters: the verbs of its chains, the sources and members that plugins added, and the plugins' names.
 */
export class App<V extends Verbs, S extends Sources, M extends object, N extends string> implements AsyncDisposable {
  declare readonly "~sightline/plugins": N
  declare readonly "~sightline/verbs": V
  readonly #state: AppState
  readonly #tracer: AppTracer | undefined
  readonly #runtime: ChainRuntime
  readonly #verbs: Verbs
  readonly #start: <A, E, R>(runtime: ChainRuntime, source: Source) => Chain<A, E, R, V>
  readonly #scope: Scope.Closeable

  constructor(state: AppState) {
    this.#state = state
    this.#scope = Scope.makeUnsafe()
    const services = servicesOf(state.plugins, this.#scope)
    const wire = makeCalls(state, services)
    const hooks = appHooks(state.plugins, (name) => services.get(name), wire)
    this.#tracer = isObserved(state.options) ? makeTracer(state.options) : undefined
    this.#runtime = runtimeOf(state, wire, hooks, mergedServices(services, layersAlone(state.plugins)), this.#tracer)
    const verbs = state.plugins.map((plugin) => verbsWith(services.get(plugin.name), plugin.verbs))
    // crops are cut by a codec that a plugin may replace
    const every = mergedServices(
      services,
      state.plugins.map(({ name }) => name)
    )
    this.#verbs = Object.assign({}, coreVerbs, verbsWith(every, { crops: coreVerbs.crops }), ...verbs)
    this.#start = withVerbs(this.#verbs as V) // the types of `use` say that V is the sum of these
    const host: Host<any, any> = {
      connection: state.connection,
      wire,
      prepare: composePrepare(hooks.prepare) as PrepareHook, // hooks have the services of their layers
      from: ({ source }) => this.#start(this.#runtime, source) as never, // the host's chains show the verbs known there
      app: this
    }
    for (const plugin of state.plugins) {
      for (const [name, make] of Object.entries<(...args: ReadonlyArray<never>) => SourceOf<unknown>>(plugin.sources))
        addToApp(this, plugin.name, name, {
          // the name it is called by is the name it travels by
          value: (...args: ReadonlyArray<never>) =>
            this.#start(this.#runtime, { ...sourceWith(services.get(plugin.name), make(...args).source), name })
        })
      const members = plugin.members(host)
      for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(members)))
        addToApp(this, plugin.name, name, property)
    }
  }

  /** Where its calls go. */
  get connection(): Connection {
    return this.#state.connection
  }

  /** An app with one more plugin. Throws `PluginError` for JavaScript callers where types would not compile. */
  use<const P>(
    plugin: PluginFits<V, S, M, N, P>
  ): AppOf<V & Added<P>[1], S & Added<P>[2], M & Added<P>[3], N | Added<P>[0]> {
    const added = plugin as AnyPlugin // what is none is refused here
    checkPlugin(this.#state.plugins, Object.keys(coreVerbs), added)
    return makeApp({ ...this.#state, plugins: [...this.#state.plugins, added] })
  }

  /**
   * Starts with one image, or with a medium of another kind. A string is an `http`, `https` or `data` address; a file on
   * this machine is `file("photo.jpg")`.
   */
  input<const I extends MediaInput | Iterable<unknown> | AsyncIterable<unknown>>(
    input: OneInput<I>,
    options: InputOptions = {}
  ): StartChain<MediaOf<I>, never, never, V, TravelsAs<I>> {
    return this.#one("input", [plainUrl(input), ...given(options)], () => oneMedium(input, options))
  }

  /**
   * Starts with several images: any iterable or async iterable, read only as fast as answers are taken.
   *
   * Gives one Outcome for each, in order. A source that breaks off fails the last one with `SourceFailed`.
   */
  inputs<I extends Iterable<MediaInput> | AsyncIterable<MediaInput>>(
    inputs: SeveralInputs<I>,
    options: InputsOptions<ItemOf<I>> = {}
  ): StartChain<Many<MediaOf<ItemOf<I>>, SourceFailed | StepFailed>, never, never, V, TravelsAs<I>> {
    const { key } = options
    if (typeof inputs !== "object" || !(Symbol.iterator in inputs || Symbol.asyncIterator in inputs))
      throw new InvalidOption({
        option: "inputs",
        problem: "must be an array or another iterable, or one image to input(..)"
      })
    const portable = Array.isArray(inputs) && key === undefined
    return this.#start(this.#runtime, {
      type: "many",
      name: "inputs",
      args: portable ? [inputs.map(plainUrl)] : [],
      portable,
      ...fromIterable<MediaInput, Media>(inputs, (input, index) =>
        // items of the iterable are what its type says
        toMedia("image", input, key === undefined ? {} : { key: key(input as ItemOf<I>, index) })
      )
    }) as never // the same chain: types alone say how it travels
  }

  /** Starts with a text, or with a file that contains one in UTF-8. */
  text<const I extends string | LocalFile>(
    text: I,
    options: InputOptions = {}
  ): StartChain<Media<"text">, never, never, V, TravelsAs<I>> {
    return this.#one("text", [text, ...given(options)], () => textMedia(text, options))
  }

  /** Starts with a sound, given in any of the ways of {@link input}. */
  audio<const I extends Exclude<MediaInput, Media> | Media<"audio">>(
    input: I,
    options: InputOptions = {}
  ): StartChain<Media<"audio">, never, never, V, TravelsAs<I>> {
    return this.#one("audio", [plainUrl(input), ...given(options)], () => toMedia("audio", input, options))
  }

  /** Starts with several media that make one input, such as an image and a question about it. */
  parts<const P extends ReadonlyArray<Media>>(
    ...parts: P
  ): StartChain<Media<P[number] extends Media<infer K> ? K : never>, never, never, V, "local"> {
    return this.#one("parts", parts, () => partsMedia(parts))
  }

  /** What a portable chain may name on this app. */
  get "~sightline/names"(): PortableNames {
    const sources = new Set<string>(["input", "inputs", "text", "audio"])
    for (const plugin of this.#state.plugins) for (const name of Object.keys(plugin.sources)) sources.add(name)
    const verbs = new Set([...portableSteps, ...Object.keys(this.#verbs)])
    return { plugins: this.#runtime.plugins, sources, verbs }
  }

  /** Where what runs chains of this app, such as a worker, puts its own spans and metrics. */
  get "~sightline/telemetry"(): AppTelemetry {
    return { tracer: this.#tracer, meter: this.#state.options.meter }
  }

  /** For consoles: `App(engine, exif, video)`. */
  [inspect](): string {
    return `App(${[this.#state.connection.name, ...this.#state.plugins.map(({ name }) => name)].join(", ")})`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run(Scope.close(this.#scope, Exit.void))
    await this.#state.connection[Symbol.asyncDispose]()
  }

  #one<A, P extends Portability>(
    name: string,
    args: ReadonlyArray<unknown>,
    make: () => Media
  ): StartChain<A, never, never, V, P> {
    // a medium is a value: made once, so that what is read of a stream is there for a second run
    let media: Media | undefined
    return this.#start(this.#runtime, {
      type: "one",
      name,
      args,
      portable: name !== "parts",
      open: Effect.try({ try: () => (media ??= make()), catch: (thrown) => badInput(name, thrown) })
    }) as never // the same chain: types alone say how it travels
  }
}

/** The inputs, or for a string, which is an iterable of its letters, a sentence. */
type SeveralInputs<I> = I extends string ? "inputs(..) takes several media; give one to input(..)" : I
/** The input, or for an array and other iterables a sentence. */
type OneInput<I> =
  IsAny<I> extends true ? I : I extends MediaInput ? I : "input(..) takes one medium; give several to inputs(..)"
type IsAny<I> = 0 extends 1 & I ? true : false
/** The medium that an input makes; an image for the items of an empty list, whose type is `never`. */
type MediaOf<I> =
  IsAny<I> extends true
    ? Media<"image">
    : [I] extends [never]
      ? Media<"image">
      : I extends Media<infer K>
        ? Media<K>
        : Media<"image">
/** A chain is both: an Effect alone can be iterated too. */
type ItemOf<I> = I extends AsyncIterable<infer T> ? T : I extends Iterable<infer T> ? T : never
/** Addresses are plain data and travel; bytes and whatever else must be opened do not. */
type TravelsAs<I> =
  IsAny<I> extends true ? "local" : I extends string | URL | ReadonlyArray<string | URL> ? "portable" : "local"

/** A file on this machine does not travel, so it stays what it is. */
const plainUrl = (input: unknown): unknown => (input instanceof URL && input.protocol !== "file:" ? input.href : input)

const given = (options: InputOptions): ReadonlyArray<InputOptions> => (options.key === undefined ? [] : [options])

/** The medium of one input. An array, a set or a generator is several, which types say and JavaScript does not. */
const oneMedium = (input: unknown, options: InputOptions): Media => {
  const isSeries =
    typeof input === "object" && input !== null && !(input instanceof Media) && !ArrayBuffer.isView(input)
  const isStream = isSeries && ("getReader" in input || isNodeStream(input))
  if (isSeries && !isStream && (Symbol.iterator in input || Symbol.asyncIterator in input))
    throw new TypeError(`is given an ${Array.isArray(input) ? "array" : "iterable"}; give several media to inputs(..)`)
  return toMedia("image", input as MediaInput, options) // anything else is refused there
}

const badInput = (name: string, thrown: unknown) =>
  new InvalidOption({ option: name, problem: thrown instanceof Error ? thrown.message : String(thrown) })

const redactedSecrets = (secrets: NonNullable<AppOptions["secrets"]>): NamedSecrets =>
  Object.fromEntries(
    Object.entries(secrets).map(([name, secret]) => [name, typeof secret === "string" ? Redacted.make(secret) : secret])
  )

/** What each run has beside the services of plugins. */
const runContext = ({ downloads = {} }: AppOptions) => Context.add(Context.make(CurrentRun, {}), Downloads, downloads)

const isObserved = ({ meter, tracer }: AppOptions): boolean => meter !== undefined || tracer !== undefined

const loadTracer = async (options: AppOptions) => (await import("./call/opentelemetry.ts")).toTracer(options)

type AppTracer = Effect.Effect<Tracer>

/** Where an app's spans and metrics go; undefined where they go nowhere. */
export interface AppTelemetry {
  readonly tracer: AppTracer | undefined
  readonly meter: OpenTelemetryMeter | undefined
}

/** The tracer of all runs of an app: loaded, and its instruments made, with the first of them. */
const makeTracer = (options: AppOptions): AppTracer => {
  let tracer: ReturnType<typeof loadTracer> | undefined
  return Effect.promise(() => (tracer ??= loadTracer(options)))
}

type ServicesByName = ReadonlyMap<string, PluginServices>

const makeCalls = ({ connection, options, plugins }: AppState, services: ServicesByName): CallRuntime => {
  const emit = observe(
    options.onEvent,
    plugins,
    (name) => services.get(name),
    (effect) => void fork(Effect.asVoid(Effect.exit(effect)) as Effect.Effect<void>, Context.empty()) // layers gave its services
  )
  const hooks = requestHooks(plugins, (name) => services.get(name))
  return makeCallRuntime(connection, hooks, emit ?? (() => {}), emit !== undefined)
}

const runtimeOf = (
  { connection, options, plugins }: AppState,
  wire: CallRuntime,
  hooks: AppHooks,
  services: PluginServices,
  tracer: AppTracer | undefined
): ChainRuntime => {
  return makeRuntime({
    promises: { run, settle, iterate },
    plugins: Object.fromEntries(plugins.map((plugin) => [plugin.name, plugin.version])),
    runHooks: hooks.run,
    asRun: (effect) => {
      const run = Effect.suspend(() => Effect.provideContext(withServices(services, effect), runContext(options)))
      return tracer === undefined
        ? run
        : Effect.flatMap(tracer, (observer) => Effect.provideService(run, Tracer, observer))
    },
    streamAsRun: (stream) => {
      const run = Stream.suspend(() => Stream.provideContext(streamWithServices(services, stream), runContext(options)))
      return tracer === undefined
        ? run
        : Stream.unwrap(Effect.map(tracer, (observer) => Stream.provideService(run, Tracer, observer)))
    },
    predictor: {
      wire,
      secrets: redactedSecrets(options.secrets ?? {}),
      prices: options.prices,
      prepare: hooks.prepare,
      divide: hooks.divide,
      answer: hooks.answer,
      inputHooks: hooks.input,
      endpoints: new EndpointCache(),
      coalesce: makeCoalesce({
        fork,
        concurrency: defaultConcurrency,
        fits: (endpoint, fill, bytes) =>
          fill.items < endpoint.maxInputs && fitsInCall(connection.limits, endpoint.kind, fill, bytes),
        send: (endpoint, inputs) => predictBatch(wire, endpoint, inputs)
      })
    }
  })
}

const makeApp = (state: AppState) => new App(state) as never // members and sources were defined by the constructor

const isConnection = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "settings" in value && "fetch" in value

const connectionOptions = ["apiKey", "pat", "sessionToken", "baseUrl", "userId", "appId", "fetch", "ky"]

/** Why a value is not a connection, with what to write instead. */
const connectionProblem = (value: unknown): string => {
  if (typeof value === "function") return "is given a function; call it, as in sightline(clarifai())"
  return typeof value === "object" && value !== null && connectionOptions.some((name) => name in value)
    ? "is given options of a connection; wrap them: sightline(clarifai({ pat }))"
    : "needs a connection, such as sightline(clarifai({ pat }))"
}

/**
 * An app over a connection, without plugins: `sightline(clarifai())`.
 *
 * @throws `InvalidOption` for anything that is not a connection
 */
export const sightline = (connection: Connection, options: AppOptions = {}): AppOf<CoreVerbs, {}, {}, never> => {
  if (!isConnection(connection))
    throw new InvalidOption({
      option: "sightline",
      problem: connectionProblem(connection)
    })
  return makeApp({ connection, options, plugins: [] })
}
