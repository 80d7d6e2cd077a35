/** The door for Promise users: named re-exports, nothing else. */
import "./errors/require-node.ts"
export { App, type AppOf, type AppOptions, type InputOptions, type InputsOptions, sightline } from "./app.ts"
export type { Connection, Fetch, Rate, Settings } from "./connection/connection.ts"
export * from "./errors/errors.ts"
export {
  type Kind,
  Media,
  type MediaFacts,
  type MediaInput,
  type MediaSource,
  textMedia,
  toMedia
} from "./media/media.ts"
export type { DownloadOptions } from "./media/download-options.ts"
export { file, type LocalFile } from "./media/local-file.ts"
export {
  type Box,
  type FrameOfReference,
  mapBox,
  mapPoint,
  type Orientation,
  type PixelBox,
  pixelsOf,
  type Point,
  type Reference,
  type Size,
  sizeIn,
  type Step as ReferenceStep
} from "./media/frame-of-reference.ts"
export { type Model, model, parseModelUrl } from "./models/model-handle.ts"
export { parseWorkflowUrl, type Workflow, workflow, type WorkflowNodes } from "./models/workflow-handle.ts"
export * as models from "./models/public-models.ts"
export type { Task } from "./models/task.ts"
export { bytesOf } from "./bytes-of.ts"
export type { Chain, Current, PredictFailure, Selected } from "./chain/chain-types.ts"
export type { LivePolicy, RunOptions, StreamOptions } from "./chain/run-options.ts"
export { Generation } from "./chain/generation.ts"
export type { CropError, CropOptions } from "./verbs/crops.ts"
export type { Many, Outcome, OutcomeFacts, RunResult } from "./results/outcome.ts"
export type { Pipeline } from "./chain/pipeline.ts"
export type { Plan, PlannedCall, PlannedHook } from "./chain/plan-type.ts"
export { explainPlan } from "./run/explain-plan.ts"
export type { WorkflowAnswer } from "./results/workflow-answer.ts"
export type { PortablePipeline } from "./chain/to-portable.ts"
export type {
  Answer,
  ClustersAnswer,
  ColorsAnswer,
  ConceptsAnswer,
  EmbeddingAnswer,
  FramesAnswer,
  ImageAnswer,
  AudioAnswer,
  MasksAnswer,
  RegionsAnswer,
  TextAnswer
} from "./results/answer.ts"
export type { Concept } from "./results/concept.ts"
export type { Cluster, Color, Embedding } from "./results/embedding.ts"
export { Mask, MaskUnreadable } from "./results/mask.ts"
export type { AudioMade, ImageMade, NdArray, VideoMade } from "./results/generated-media.ts"
export type { AnsweredBy, AnswerFacts, Output, OutputPart, Stretch, Usage } from "./results/output.ts"
export { areaOf, inFrame, type InFrame, sizeOf } from "./results/in-frame.ts"
export type { GreyPixels } from "./results/decode-png.ts"
export type { Frame, MaskedRegion, Region, Span } from "./results/region.ts"
export { clarifai, type ClarifaiOptions } from "./connection/clarifai.ts"
export type { RetryOptions } from "./connection/connection.ts"
export type { PredictOptions, Json, RunnerSelector } from "./predict/predict-options.ts"
export type { Budget } from "./call/spending-budget.ts"
export type { Prices } from "./call/prices.ts"
export type { CallInfo, CallEvent } from "./call/call-info.ts"
export type { OpenTelemetryMeter, OpenTelemetrySpan, OpenTelemetryTracer } from "./call/opentelemetry-types.ts"
export { inBody } from "./connection/embed-in-body.ts"
export { defaultLimits, type LimitOptions, type Limits, limitsAsOf } from "./connection/limits.ts"
