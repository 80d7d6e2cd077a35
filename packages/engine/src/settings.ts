/** What the user asks of an engine, and what that means once the defaults are in. */
import { availableParallelism } from "node:os"
import { resolve } from "node:path"
import * as Context from "effect/Context"
import { EngineOptionError } from "./errors.ts"
import { defaultEngineLimits, type EngineLimits } from "./limits.ts"

/** Built in, an ONNX image encoder in a folder, a transformers.js one in a folder, or one of a hub (downloads it). */
export type EmbedderChoice =
  | "fast"
  | "accurate"
  | { readonly onnx: string }
  | { readonly transformers: string }
  | { readonly hub: string }

/** Options of `engine()`. Nothing is opened before the first call. */
export interface EngineOptions {
  /** The folder that holds everything: a SQLite file and the media. Made when it is not there. */
  readonly directory: string
  /** How images become numbers; built in and `"accurate"` by default. Heads only fit the embedder they learnt with. */
  readonly embedder?: EmbedderChoice
  /** A folder of pretrained models, one sub-folder each; `<directory>/models` by default. */
  readonly models?: string
  /**
   * Trainings with the same seed and the same examples give the same weights, to the bit. 0 by default. A training's
   * own `output_info.params.seed` goes before it.
   */
  readonly seed?: number
  /**
   * Which URLs inputs may name. `"public"` (default): any host whose addresses are all public. `true`: any host, also
   * of this machine and its network. `false`: none. A list: the public ones and these hosts (`host` or `host:port`).
   */
  readonly allowUrls?: boolean | "public" | ReadonlyArray<string>
  /** Changes of single limits; the others keep their defaults. */
  readonly limits?: Partial<EngineLimits>
  /** A key that every call must carry. In this process none is needed. */
  readonly key?: string
  /** Who `me` is, in answers. */
  readonly userId?: string
  /** The app that calls without one go to. */
  readonly appId?: string
  /** Opens the folder beside the process that owns it, or one that cannot be written: everything may be read and predicted, nothing changed. @default false */
  readonly readOnly?: boolean
  /**
   * Opens a folder that holds media but whose index was lost or is older, and adds each medium without an input as a new
   * one. Labels, metadata and models are not in the media. @default false
   */
  readonly rebuild?: boolean
  /** Where in its interval a video frame is taken: its middle (the service today) or its start (as in 2017). */
  readonly frameTimes?: "middle" | "start"
  /** Decoding workers; the number of cores by default. */
  readonly workers?: number
  /** Take SVG images, drawn by the decoder. Off by default: SVG is a program. */
  readonly allowSvg?: boolean
  /** Let pretrained models that name a hub download their files. Off by default. */
  readonly allowHub?: boolean
}

/** The same, complete. */
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

/** Settings of the engine that is running. */
export class Settings extends Context.Service<Settings, SettingsValue>()("@sightline/engine/Settings") {}

/** Puts the defaults in. Throws `EngineOptionError` for what can only be a mistake of the program. */
export const settle = (options: EngineOptions): SettingsValue => {
  const { directory: folder, embedder = "accurate" }: { readonly directory?: unknown; readonly embedder?: unknown } =
    options // programs in JavaScript pass anything
  if (typeof folder !== "string" || folder === "") {
    const wrong = folder === "" ? "it is empty" : "it is no path"
    throw new EngineOptionError({ option: "directory", details: `${wrong}; name the folder to keep everything in` })
  }
  if (typeof embedder === "string" && embedder !== "fast" && embedder !== "accurate") {
    const details = `there is none named ${embedder}; take "accurate" or "fast", or name a folder: { onnx: "folder" }`
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
