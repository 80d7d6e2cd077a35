/** The embedded engine of Sightline: the Clarifai v2 protocol on your own machine. */
export { engine, engineUrl, type Engine } from "./engine.ts"
export {
  EncoderProblem,
  EngineClosed,
  type EngineError,
  EngineFolderError,
  EngineFolderLocked,
  EngineOptionError,
  MissingPackage,
  ServeError
} from "./errors.ts"
export type { FetchLike } from "./http/in-process.ts"
export { defaultEngineLimits, type EngineLimits } from "./limits.ts"
export type { Served, ServeOptions } from "./http/serve.ts"
export type { EmbedderChoice, EngineOptions } from "./settings.ts"
