/** The engine: opened on first use, called through `fetch`, put on a socket by `serve`. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { type Connection, defaultLimits } from "@sightline/core"
import { readableConnection } from "@sightline/core/plugin"
import { VideoFrames } from "./models/video/video-frames.ts"
import { EngineClosed, type EngineError } from "./errors.ts"
import { UrlDownloads } from "./store/url-downloads.ts"
import { type FetchLike, makeFetch } from "./http/in-process.ts"
import { Jobs } from "./jobs/jobs.ts"
import type { EngineLimits } from "./limits.ts"
import { BodyBudget } from "./http/body-budget.ts"
import { Heads } from "./models/custom.ts"
import { Pretrained } from "./models/pretrained/pretrained-models.ts"
import type { Needs } from "./http/routes.ts"
import { ImageEncoder } from "./encoders/image-encoder.ts"
import { listen, type ServeOptions, type Served } from "./serving/serve.ts"
import { type FolderShare, forgetFolder, shareFolder } from "./shared-folders.ts"
import { type EngineOptions, settle, Settings, type SettingsValue } from "./settings.ts"
import { Store } from "./store/store.ts"

/** Serves an engine. What it gives has the address of gRPC where that is asked for. */
export interface Serve {
  (options: ServeOptions & { readonly grpc: true | number }): Promise<Served & { readonly grpcAddress: string }>
  (options?: ServeOptions): Promise<Served>
}

/** An embedded engine: a connection like any other. Closing it stops its work and its servers, and releases the folder. */
export interface Engine extends Connection {
  readonly name: "engine"
  /** The absolute path of its folder. */
  readonly directory: string
  /** The address of its `fetch`; nothing listens there. */
  readonly baseUrl: string
  /** Answers protocol requests in this process. Rejects with an `EngineError` if the folder cannot be opened. */
  readonly fetch: FetchLike
  /** Serves the engine on a socket: 127.0.0.1 by default; other addresses need a key. */
  readonly serve: Serve
}

/** The address of requests in this process. */
export const engineUrl = "http://sightline.engine"

/**
 * Makes an engine: the Clarifai v2 protocol on a folder, in this process. Nothing is opened before the first call. Engines
 * on one folder in one process share it, if their options are the same.
 *
 * @example engine({ directory: ".sightline" }).baseUrl // => "http://sightline.engine"
 */
export const engine = (options: EngineOptions): Engine => {
  const settings = settle(options)
  const host = openLazily(settings)
  const served = new Set<Served>()
  const close = async () => {
    await Promise.all([...served].map((server) => server.close()))
    await host.close()
  }
  const fetch = makeFetch(engineUrl, settings.key, settings.limits, host.answer)
  const serve = async (serveOptions: ServeOptions = {}): Promise<Served> => {
    await host.open()
    const server = await listen(serveOptions, settings, host.answer)
    served.add(server)
    return {
      ...server,
      close: async () => {
        served.delete(server)
        await server.close()
      }
    }
  }
  const made: Engine = {
    name: "engine",
    directory: settings.directory,
    baseUrl: engineUrl,
    settings: Effect.succeed({
      baseUrl: engineUrl,
      authorization: settings.key === undefined ? undefined : Redacted.make(`Key ${settings.key}`),
      sessionToken: undefined,
      userId: settings.userId,
      appId: settings.appId,
      keyIsAppBound: false
    }),
    headers: {},
    limits: connectionLimits(settings.limits),
    rate: { perSecond: Infinity },
    fetch,
    // Within this process each call is a message already.
    duplex: () => ({ fetch, close: () => {} }),
    // `listen` gives the address of gRPC where it is served.
    serve: serve as Serve,
    [Symbol.asyncDispose]: close
  }
  return readableConnection(made, ` in ${settings.directory}`)
}

/**
 * Media of one call within this process, where a call costs little: the first answers come early, an abort loses little,
 * and a slow machine keeps its deadlines.
 */
const inputsAtOnce = 16

/** Limits of the SDK, so that it never sends what this engine refuses. */
const connectionLimits = (limits: EngineLimits): Connection["limits"] => ({
  ...defaultLimits,
  inputsPerCall: {
    image: Math.min(inputsAtOnce, limits.inputsPerCall),
    text: Math.min(inputsAtOnce, limits.inputsPerCall),
    audio: Math.min(inputsAtOnce, limits.inputsPerCall),
    video: 1
  },
  inputsPerAdd: limits.inputsPerCall,
  inputsPerWorkflow: limits.inputsPerWorkflow,
  maxBytes: {
    image: limits.imageBytes,
    text: limits.textBytes,
    audio: limits.audioBytes,
    video: limits.videoBytes
  },
  maxVideoUrlBytes: limits.videoUrlBytes,
  maxVideoMs: limits.videoSeconds * 1000,
  maxBodyBytes: Math.min(limits.batchBytes, limits.bodyBytes),
  // A slow model on a laptop may take long.
  attemptTimeoutMs: Math.max(defaultLimits.attemptTimeoutMs, limits.modelTimeoutMs * 2)
})

/** Runs the answer to a request. Rejects with the tagged error if the engine cannot be opened. */
export type Run = <A>(answer: Effect.Effect<A, never, Needs>, access: Access) => Promise<A>

/** What differs between a server and this process. */
export interface Access {
  readonly key: string | undefined
  readonly signal?: AbortSignal
}

const layerOf = (settings: SettingsValue): Layer.Layer<Needs, EngineError> => {
  const base = Layer.succeed(Settings, settings)
  const parts = Layer.mergeAll(
    Store.layer(settings),
    UrlDownloads.layer,
    ImageEncoder.layer,
    VideoFrames.layer,
    BodyBudget.layer,
    Pretrained.layer,
    Heads.layer
  )
  return Jobs.layer.pipe(Layer.provideMerge(parts), Layer.provideMerge(base))
}

const openLazily = (settings: SettingsValue) => {
  let share: FolderShare | undefined
  let closed = false
  const current = (): FolderShare => {
    if (closed) throw new EngineClosed({ directory: settings.directory })
    share ??= shareFolder(settings, () => ManagedRuntime.make(layerOf(settings)))
    return share
  }
  const run = async <A>(effect: Effect.Effect<A, never, Needs>, signal?: AbortSignal): Promise<A> => {
    const mine = current()
    const exit = await mine.runtime.runPromiseExit(effect, signal === undefined ? {} : { signal })
    if (Exit.isSuccess(exit)) return exit.value
    if (signal?.aborted === true && Cause.hasInterruptsOnly(exit.cause)) throw signal.reason
    if (closed && Cause.hasInterrupts(exit.cause)) throw new EngineClosed({ directory: settings.directory })
    // A folder that is locked now may be free at the next call: the failure is not kept.
    if (share === mine && Cause.hasFails(exit.cause)) {
      share = undefined
      await forgetFolder(mine.runtime)
    }
    throw Cause.squash(exit.cause)
  }
  return {
    open: () => run(Effect.void),
    answer: <A>(answer: Effect.Effect<A, never, Needs>, { key, signal }: Access): Promise<A> =>
      run(Effect.provideService(answer, Settings, { ...settings, key }), signal),
    close: async () => {
      closed = true
      const mine = share
      share = undefined
      await mine?.release()
    }
  }
}
