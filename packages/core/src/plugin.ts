/** The door for plugin authors: everything a plugin may import. */
export type { AppOf } from "./app.ts"
export { type Connection, readableConnection } from "./connection.ts"
export * from "./errors.ts"
export { type EncodedPicture, ImageCodec, type Picture } from "./media/codec.ts"
export { Files } from "./media/files.ts"
export { type Kind, Media, type MediaFacts, type MediaInput, toMedia } from "./media/media.ts"
export { readBytes } from "./media/read.ts"
export * from "./media/reference.ts"
export { Urls } from "./media/remote.ts"
export { kindOfType, sniff } from "./media/sniff.ts"
export { type Model, model } from "./models/model.ts"
export type { Task } from "./models/task.ts"
export type { Chain, Portability } from "./pipeline/chain.ts"
export { iterate, run, settle, type RunOptions } from "./pipeline/edge.ts"
export { mediumOf, referenceOf, rememberMedium } from "./pipeline/medium.ts"
export type { Many, Outcome, RunResult } from "./pipeline/outcome.ts"
export {
  definePlugin,
  type Hooks,
  type Host,
  type Plugin,
  type PluginSpec,
  source,
  sourceOfMany,
  type SourceOf,
  type Sources
} from "./pipeline/plugin.ts"
export type { DivideHook, PrepareHook } from "./pipeline/predict.ts"
export {
  type AnyStage,
  ask,
  type AskPatch,
  keep,
  spread,
  type Stage,
  stage,
  type StageContext,
  type Unchanged,
  type Verbs
} from "./pipeline/stage.ts"
export type { AddError, NewInput } from "./resources/adding.ts"
export { request } from "./resources/call.ts"
export { type Listing, Operation } from "./resources/operation.ts"
export { resourcesOf } from "./resources/plugin.ts"
export type { InputRecord, VersionRecord } from "./resources/records.ts"
export type { Json } from "./transport/ask.ts"
export {
  type Answered,
  type CallInfo,
  expectSuccess,
  type RequestHook,
  type Wire,
  type WireEvent
} from "./transport/exchange.ts"
export type { AskedOfWhole, DividedCall, Division } from "./transport/divide.ts"
export { type Limits, makeLimits, type LimitOptions } from "./transport/limits.ts"
export { MultiInputResponseWire } from "./wire/input.ts"
export type { ModelVersionWire } from "./wire/model.ts"
export {
  MultiModelVersionResponseWire,
  SingleModelResponseWire,
  SingleModelVersionResponseWire
} from "./wire/catalog.ts"
export type { OutputWire } from "./wire/output.ts"
export type { FrameWire } from "./wire/region.ts"
export { type Frame, type Region } from "./results/region.ts"
export { readableError } from "./readable-error.ts"
export { appPath } from "./transport/target.ts"
export type { Call } from "./transport/send.ts"
