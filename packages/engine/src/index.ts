/** The embedded engine of Sightline: the Clarifai v2 protocol on your own machine. */
export { engine, engineUrl, type Engine, type Serve } from "./engine.ts"
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
export type { GraphPort } from "./onnx/graph-session.ts"
export type { FetchLike } from "./http/in-process.ts"
export type { CatalogueEntry, ModelPurpose, ModelSource } from "./added-models/catalogue-entry.ts"
export {
  type AddedModel,
  type AddModelOptions,
  type LocalModels,
  localModels,
  type LocalModelsOptions,
  type ModelOffer
} from "./added-models/local-models.ts"
export { ModelNotAdded, type NotAddedReason } from "./added-models/model-not-added.ts"
export { inspectModel, type ModelInspection } from "./models/pretrained/inspect-model.ts"
export { defaultEngineLimits, type EngineLimits } from "./limits.ts"
export type { Served, ServeOptions, TlsOptions } from "./serving/serve.ts"
export type { EmbedderChoice, EngineOptions } from "./settings.ts"
