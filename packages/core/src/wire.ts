// Door for those who speak the protocol themselves: services that answer it, fakes, recorders, other transports.
export { type Field, type Fields, type JsonObject, type Kind, type Message } from "./wire/messages/table.ts"
export { decode, type DecodeProblem, type Decoded } from "./wire/codec/decode-json.ts"
export { type Octets, type ReadJson, readJson } from "./wire/codec/parse-json.ts"
export { encode, float32 } from "./wire/codec/encode-json.ts"
export { schemaOf } from "./wire/codec/to-schema.ts"
export {
  BaseResponseWire,
  RedirectInfoWire,
  StatusWire,
  statusCode,
  statusInfo,
  statusInfos,
  type StatusClass,
  type StatusInfo
} from "./wire/messages/status-messages.ts"
export {
  ConceptWire,
  type KeypointEdgeWire,
  KeypointInfoWire,
  VisibilityWire
} from "./wire/messages/concept-messages.ts"
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
} from "./wire/messages/media-messages.ts"
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
} from "./wire/messages/data-messages.ts"
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
} from "./wire/messages/region-messages.ts"
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
} from "./wire/messages/input-messages.ts"
export {
  MultiOutputResponseWire,
  NodepoolWire,
  OutputWire,
  PostModelOutputsRequestWire,
  RunnerSelectorWire,
  type OwnedWire,
  type RunnerWire
} from "./wire/messages/output-messages.ts"
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
} from "./wire/messages/model-messages.ts"
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
} from "./wire/messages/model-requests.ts"
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
} from "./wire/messages/concept-requests.ts"
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
} from "./wire/messages/evaluation-messages.ts"
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
} from "./wire/messages/workflow-messages.ts"
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
} from "./wire/messages/dataset-messages.ts"
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
} from "./wire/messages/search-messages.ts"
export { makeStreamReader, StreamErrorWire, type StreamMessage, type StreamReader } from "./wire/codec/ndjson.ts"
export { toAnswer } from "./results/answer.ts"
export { type DuplexAsk, predictBothWays } from "./call/duplex-stream.ts"
