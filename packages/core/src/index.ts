/** The door for Promise users: named re-exports, nothing else. */
export { App, type AppOf, type AppOptions, type InputOptions, type InputsOptions, sightline } from "./app.ts"
export type { Connection, Fetch, Rate, Settings } from "./connection.ts"
export * from "./errors.ts"
export {
  type Kind,
  Media,
  type MediaFacts,
  type MediaInput,
  type MediaSource,
  textMedia,
  toMedia
} from "./media/media.ts"
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
} from "./media/reference.ts"
export { type Model, model, parseModelUrl } from "./models/model.ts"
export { parseWorkflowUrl, type Workflow, workflow, type WorkflowNodes } from "./models/workflow.ts"
export * as models from "./models/catalog.ts"
export type { Task } from "./models/task.ts"
export { bytesOf } from "./pipeline/bytes-of.ts"
export type { Chain, Held, Selected } from "./pipeline/chain.ts"
export type { RunOptions } from "./pipeline/edge.ts"
export { Generation } from "./pipeline/generation.ts"
export type { CropOptions } from "./pipeline/crops.ts"
export type { Many, Outcome, OutcomeFacts, RunResult } from "./pipeline/outcome.ts"
export type { Pipeline, StreamOptions } from "./pipeline/pipeline.ts"
export { explainPlan, type Plan, type PlannedCall } from "./pipeline/plan.ts"
export type { WorkflowAnswer } from "./pipeline/workflow.ts"
export type { PortablePipeline } from "./pipeline/portable.ts"
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
export type { AudioMade, ImageMade, NdArray, VideoMade } from "./results/media.ts"
export type { AnsweredBy, AnswerFacts, Output, OutputPart, Stretch, Usage } from "./results/output.ts"
export { areaOf, inFrame, type InFrame, sizeOf } from "./results/in-frame.ts"
export type { GreyPixels } from "./results/png.ts"
export type { Frame, MaskedRegion, Region, Span } from "./results/region.ts"
export { clarifai, type ClarifaiOptions } from "./settings.ts"
export type { Ask, Json, RunnerSelector } from "./transport/ask.ts"
export type { CallInfo, WireEvent } from "./transport/exchange.ts"
export { inBody } from "./transport/in-body.ts"
export { defaultLimits, type LimitOptions, type Limits, limitsAsOf } from "./transport/limits.ts"
