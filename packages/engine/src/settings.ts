/** Options of an engine, and the settings that they result in. */
import { availableParallelism } from "node:os"
import { resolve } from "node:path"
import * as Context from "effect/Context"
import { EngineOptionError } from "./errors.ts"
import { defaultEngineLimits, type EngineLimits } from "./limits.ts"

/**
 * A built-in image encoder, the name of a model in the folder of models, an ONNX encoder in a folder, a transformers.js one
 * in a folder, or one of a hub (downloads it).
 */
export type EmbedderChoice =
  | "fast"
  | "accurate"
  | (string & {})
  | { readonly onnx: string }
  | { readonly transformers: string }
  | { readonly hub: string }

/** Options of `engine()`. Nothing is opened before the first call. */
export interface EngineOptions {
  /** The folder of the index and the media. Created if it does not exist. */
  readonly directory: string
  /** The image encoder: built in, or a `visual-embedder` of `models` by its name. Versions only fit the one that they were trained with. @default "accurate" */
  readonly embedder?: EmbedderChoice
  /** A folder of pretrained models, one sub-folder each. @default `<directory>/models` */
  readonly models?: string
  /**
   * Trainings with the same seed and the same examples give the same weights, to the bit. A training's
   * `output_info.params.seed` takes precedence.
   *
   * @default 0
   */
  readonly seed?: number
  /**
   * Which URLs inputs may name. `"public"`: any host whose addresses are all public. `true`: any host, also of this machine
   * and its network. `false`: none. A list: public ones and these hosts (`host` or `host:port`).
   *
   * @default "public"
   */
  readonly allowUrls?: boolean | "public" | ReadonlyArray<string>
  /** Limits to change. @default `defaultEngineLimits` */
  readonly limits?: Partial<EngineLimits>
  /** A key that every call must carry. The SDK in this process sends it. */
  readonly key?: string
  /** The user that `me` stands for. @default "me" */
  readonly userId?: string
  /** The app of calls that name none. @default "main" */
  readonly appId?: string
  /**
   * Opens the folder beside the process that owns it, or one that cannot be written: everything may be read and predicted,
   * nothing changed.
   *
   * @default false
   */
  readonly readOnly?: boolean
  /**
   * Opens a folder that holds media but whose index was lost or is older, and adds each medium without an input as a new
   * one. Labels, metadata and models are not in the media.
   *
   * @default false
   */
  readonly rebuild?: boolean
  /** Where in its interval a video frame is taken: its middle (as the service today) or its start (as in 2017). @default "middle" */
  readonly frameTimes?: "middle" | "start"
  /** Decoding processes. @default the number of cores */
  readonly workers?: number
  /** Whether SVG, which is more a program than an image, is decoded. @default false */
  readonly allowSvg?: boolean
  /** Whether pretrained models that name a hub may download their files. @default false */
  readonly allowHub?: boolean
}

/** The settings of an engine. */
export interface SettingsValue {
  readonly directory: string
  readonly embedder: EmbedderChoice
  readonly models: string
  readonly seed: number
  readonly allowUrls: boolean | "public" | ReadonlyArray<string>
  readonly limits: EngineLimits
  readonly key: string | undefined
  readonly userId: string
  readonly appId: string
  readonly readOnly: boolean
  readonly rebuild: boolean
  readonly frameTimes: "middle" | "start"
  readonly workers: number
  readonly allowSvg: boolean
  readonly allowHub: boolean
}

/** Settings of the running engine. */
export class Settings extends Context.Service<Settings, SettingsValue>()("@sightline/engine/Settings") {}

/** Adds the defaults. Throws `EngineOptionError` for an invalid option. */
export const settle = (options: EngineOptions): SettingsValue => {
  const { directory: folder, embedder = "accurate" }: { readonly directory?: unknown; readonly embedder?: unknown } =
    options // programs in JavaScript may pass anything
  if (typeof folder !== "string" || folder === "") {
    const wrong = folder === "" ? "it is empty" : "it is not a path"
    throw new EngineOptionError({ option: "directory", details: `${wrong}; name the engine's folder` })
  }
  if (typeof embedder === "string" && !/^\w[\w.-]*$/.test(embedder)) {
    const details = `${JSON.stringify(embedder)} is no name of a model; use "accurate", "fast" or the name of an added model`
    throw new EngineOptionError({ option: "embedder", details })
  }
  const directory = resolve(folder)
  return {
    directory,
    embedder: options.embedder ?? "accurate",
    models: options.models === undefined ? resolve(directory, "models") : resolve(options.models),
    seed: options.seed ?? 0,
    allowUrls: options.allowUrls ?? "public",
    limits: { ...defaultEngineLimits, ...options.limits },
    key: options.key,
    userId: options.userId ?? "me",
    appId: options.appId ?? "main",
    readOnly: options.readOnly ?? false,
    rebuild: options.rebuild ?? false,
    frameTimes: options.frameTimes ?? "middle",
    workers: Math.max(1, Math.floor(options.workers ?? availableParallelism())),
    allowSvg: options.allowSvg ?? false,
    allowHub: options.allowHub ?? false
  }
}
