// Door for those who speak the protocol themselves: services that answer it, fakes, recorders, other transports.
export { type Field, type Fields, type JsonObject, type Kind, type Message } from "./wire/message.ts"
export { decode, type DecodeProblem, type Decoded } from "./wire/decode.ts"
export { type Octets, type ReadJson, readJson } from "./wire/json.ts"
export { encode, float32 } from "./wire/encode.ts"
export { schemaOf } from "./wire/schema.ts"
export {
  BaseResponseWire,
  RedirectInfoWire,
  StatusWire,
  statusCode,
  statusInfo,
  statusInfos,
  type StatusClass,
  type StatusInfo
} from "./wire/status.ts"
export { ConceptWire, type KeypointEdgeWire, KeypointInfoWire, VisibilityWire } from "./wire/concept.ts"
export {
  AudioInfoWire,
  AudioWire,
  HostedUrlWire,
  ImageInfoWire,
  ImageWire,
  NdArrayWire,
  TextInfoWire,
  TextWire,
  VideoInfoWire,
  VideoWire
} from "./wire/media.ts"
export {
  ClusterWire,
  ColorWire,
  DataWire,
  EmbeddingWire,
  GeoBoxedPointWire,
  GeoLimitWire,
  GeoPointWire,
  GeoWire,
  PartWire,
  W3cColorWire,
  type LegacyConceptsWire,
  type LegacyFaceWire
} from "./wire/data.ts"
export {
  BoundingBoxWire,
  FrameInfoWire,
  FrameWire,
  MaskWire,
  PointWire,
  PolygonWire,
  RegionInfoWire,
  RegionWire,
  SpanWire,
  TimeInfoWire,
  TimeSegmentWire,
  TokenWire,
  TrackWire
} from "./wire/region.ts"
export {
  DeleteInputsRequestWire,
  InputCountWire,
  InputWire,
  InputsAddJobProgressWire,
  InputsAddJobWire,
  MultiInputResponseWire,
  PaginationWire,
  PatchInputsRequestWire,
  PostInputsRequestWire,
  SingleInputCountResponseWire,
  SingleInputResponseWire,
  SingleInputsAddJobResponseWire,
  UserAppIdWire
} from "./wire/input.ts"
export {
  MultiOutputResponseWire,
  NodepoolWire,
  OutputWire,
  PostModelOutputsRequestWire,
  RunnerSelectorWire,
  type OwnedWire,
  type RunnerWire
} from "./wire/output.ts"
export {
  EvalInfoWire,
  ImportInfoWire,
  InputInfoWire,
  MethodSignatureWire,
  ModelTypeFieldWire,
  ModelTypeRangeInfoWire,
  ModelTypeWire,
  ModelVersionWire,
  ModelWire,
  OutputConfigWire,
  OutputInfoWire,
  TrainInfoWire,
  type FullTagWire,
  type ParamsWire
} from "./wire/model.ts"
export {
  DeleteModelsRequestWire,
  ModelQueryWire,
  MultiModelResponseWire,
  MultiModelTypeResponseWire,
  MultiModelVersionResponseWire,
  PatchModelVersionsRequestWire,
  PatchModelsRequestWire,
  PostModelVersionsRequestWire,
  PostModelsRequestWire,
  PostModelsSearchesRequestWire,
  SingleModelResponseWire,
  SingleModelTypeResponseWire,
  SingleModelVersionResponseWire
} from "./wire/catalog.ts"
export {
  ConceptCountWire,
  ConceptQueryWire,
  ConceptTypeCountWire,
  MultiConceptCountResponseWire,
  MultiConceptResponseWire,
  PatchConceptsRequestWire,
  PostConceptsRequestWire,
  PostConceptsSearchesRequestWire,
  SingleConceptResponseWire
} from "./wire/vocabulary.ts"
export {
  BinaryMetricsWire,
  ConfusionMatrixEntryWire,
  ConfusionMatrixWire,
  CooccurrenceMatrixEntryWire,
  CooccurrenceMatrixWire,
  EvalMetricsWire,
  EvalTestSetEntryWire,
  LabelCountWire,
  LabelDistributionWire,
  MetricsSummaryWire,
  MultiEvalMetricsResponseWire,
  PostModelVersionEvaluationsRequestWire,
  PostModelVersionMetricsRequestWire,
  PrecisionRecallCurveWire,
  RocWire,
  SingleEvalMetricsResponseWire
} from "./wire/evaluation.ts"
export {
  DeleteWorkflowsRequestWire,
  MultiWorkflowResponseWire,
  NodeInputWire,
  PatchWorkflowsRequestWire,
  PostWorkflowResultsRequestWire,
  PostWorkflowResultsResponseWire,
  PostWorkflowsRequestWire,
  SingleWorkflowResponseWire,
  WorkflowNodeWire,
  WorkflowResultWire,
  WorkflowStateWire,
  WorkflowVersionWire,
  WorkflowWire
} from "./wire/workflow.ts"
export {
  DatasetInputWire,
  DatasetVersionWire,
  DatasetWire,
  DeleteDatasetInputsRequestWire,
  DeleteDatasetsRequestWire,
  DeleteDatasetVersionsRequestWire,
  MultiDatasetInputResponseWire,
  MultiDatasetResponseWire,
  MultiDatasetVersionResponseWire,
  PatchDatasetsRequestWire,
  PostDatasetInputsRequestWire,
  PostDatasetVersionsRequestWire,
  PostDatasetsRequestWire,
  SingleDatasetResponseWire,
  SingleDatasetVersionResponseWire
} from "./wire/dataset.ts"
export {
  AndWire,
  AnnotationWire,
  FilterWire,
  HitWire,
  MultiSearchResponseWire,
  OutputQueryWire,
  PostInputsSearchesRequestWire,
  PostSearchesRequestWire,
  QueryWire,
  RankWire,
  SearchWire
} from "./wire/search.ts"
export { makeStreamReader, StreamErrorWire, type StreamMessage, type StreamReader } from "./wire/ndjson.ts"
export { toAnswer } from "./results/answer.ts"
export { type DuplexAsk, predictBothWays } from "./transport/duplex.ts"
