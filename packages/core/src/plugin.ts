/** The door for plugin authors: everything a plugin may import. */
import "./errors/require-node.ts"
export type { AppOf } from "./app.ts"
export { type Connection, readableConnection } from "./connection/connection.ts"
export * from "./errors/errors.ts"
export { redactUrl, scrub } from "./errors/redact.ts"
export { noSecrets, Secrets } from "./errors/secrets.ts"
export { type EncodedPicture, ImageCodec, type Picture } from "./media/image-codec.ts"
export { Files } from "./media/file-system.ts"
export { file, LocalFile } from "./media/local-file.ts"
export { type Kind, Media, type MediaFacts, type MediaInput, toMedia } from "./media/media.ts"
export { readBytes } from "./media/read-bytes.ts"
export * from "./media/frame-of-reference.ts"
export { Urls } from "./media/download.ts"
export { kindOfType, sniff } from "./media/sniff.ts"
export { type Model, model } from "./models/model-handle.ts"
export type { Task } from "./models/task.ts"
export type { Chain, HookPart, PluginHooks, Portability, PredictFailure, StartChain } from "./chain/chain-types.ts"
export { iterate, run, settle, type RunOptions } from "./promise.ts"
export { mediumOf, referenceOf, rememberMedium } from "./results/answer-medium.ts"
export type { InputContext, Many, Outcome, RunResult } from "./results/outcome.ts"
export {
  type AnyPlugin,
  definePlugin,
  type DefinedPlugin,
  type Host,
  type LayerTypes,
  type Plugin,
  type PluginSpec,
  type Provided,
  type ProvidedSources,
  source,
  sourceOfMany,
  type SourceOf,
  type Sources
} from "./plugin/contract.ts"
export type { DivideHook, MediaFilter, PrepareHook } from "./predict/prepare-hooks.ts"
export type { AnswerContext, Hook, HookOrder, Hooks, MediaHook, RunContext } from "./plugin/hooks.ts"
export type {
  Answer,
  AudioAnswer,
  ClustersAnswer,
  ColorsAnswer,
  ConceptsAnswer,
  EmbeddingAnswer,
  FramesAnswer,
  ImageAnswer,
  MasksAnswer,
  RegionsAnswer,
  TextAnswer
} from "./results/answer.ts"
export type { Concept } from "./results/concept.ts"
export type { Output } from "./results/output.ts"
export type { WorkflowAnswer } from "./results/workflow-answer.ts"
export { InvalidInput, invalidInput } from "./results/invalid-input.ts"
export type { CoreVerbs } from "./verbs/core-verbs.ts"
export type { CropError } from "./verbs/crops.ts"
export {
  type AnyStage,
  ending,
  type EndingStage,
  extend,
  type Extended,
  option,
  stageSame,
  stageMany,
  series,
  seriesSame,
  type SeriesStage,
  type Stage,
  stage,
  type Unchanged,
  type Verbs
} from "./chain/stage.ts"
export type { AddError, NewInput } from "./resources/add-inputs.ts"
export { request } from "./resources/resource-call.ts"
export { type Listing, Operation } from "./resources/operation.ts"
export { resourcesOf } from "./resources/resources-plugin.ts"
export type { InputRecord, VersionRecord } from "./resources/records.ts"
export type { Json, PredictOptions } from "./predict/predict-options.ts"
export type { CallInfo, CallEvent } from "./call/call-info.ts"
export type { CallRuntime } from "./call/call-runtime.ts"
export { type CallResponse, expectSuccess } from "./call/call.ts"
export type { CallRequest, NextRequest, RequestChanges, RequestHook } from "./call/request-hook.ts"
export type { SplitRequest, DividedCall, Division } from "./predict/split-media.ts"
export { type Limits, makeLimits, type LimitOptions } from "./connection/limits.ts"
export { type Frame, type Region } from "./results/region.ts"
export { readableError, sightlineError } from "./errors/readable-error.ts"
export { appPath } from "./predict/endpoint.ts"
export { toPath } from "./connection/path-segment.ts"
export type { Call, RawResponse } from "./call/attempt.ts"
