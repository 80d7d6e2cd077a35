// Models and their versions, with the options of predictions and trainings.
import { ConceptWire, VisibilityWire } from "./concept-messages.ts"
import { DataWire } from "./data-messages.ts"
import { DatasetWire } from "./dataset-messages.ts"
import { EvalMetricsWire } from "./evaluation-messages.ts"
import {
  bool,
  boolValue,
  enumeration,
  explicit,
  float,
  int32,
  int64,
  legacy,
  message,
  repeated,
  string,
  struct,
  timestamp,
  uint32
} from "./field.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { MethodSignatureWire, ModelTypeFieldWire } from "./model-type-messages.ts"
import { StatusWire } from "./status-messages.ts"

/** License of a model. */
export const LicenseType = { UNKNOWN_LICENSE_TYPE: 0, FIRST_PARTY: 1, OPEN_SOURCE: 2, CLOSED_SOURCE: 3 } as const

/** Who runs a model. */
export const ModelSource = { UNKNOWN_SOURCE: 0, HOSTED: 1, WRAPPED: 2 } as const

const outputConfig = () => ({
  /** Exactly one concept applies: values sum to 1. */
  concepts_mutually_exclusive: explicit(bool(1)),
  existing_model_id: string(3),
  /** Language of the names. */
  language: string(4),
  hyper_parameters: string(5),
  /** Most concepts of an output, region or frame: 1 to 200; 0 and absent mean 20. */
  max_concepts: explicit(uint32(6)),
  /** Concepts below this value are left out, 0 to 1. */
  min_value: explicit(float(7)),
  /** Only these, by id or name. */
  select_concepts: repeated(message(8, () => ConceptWire)),
  /** In seconds. */
  training_timeout: uint32(9),
  /** Milliseconds between sampled frames of a video: 100 to 60000; absent means 1000. */
  sample_ms: uint32(10),
  hyper_params: struct(13),
  embed_model_version_id: string(14),
  fail_on_missing_positive_examples: bool(15),
  model_metadata: struct(17),
  /** Only the app's own examples are negatives. Removed from newer protocol definitions, still accepted. */
  closed_environment: explicit(bool(2))
})
/** Options of a prediction or of a training. */
export interface OutputConfigWire extends Infer<typeof outputConfig> {}
export const OutputConfigWire: Message<OutputConfigWire> = /* @__PURE__ */ defineMessage("OutputConfig", outputConfig)

const outputInfo = () => ({
  /** `concepts`: the labels that the model predicts. */
  data: message(1, () => DataWire),
  output_config: message(2, () => OutputConfigWire),
  message: string(3),
  fields_map: struct(6),
  /** Inference parameters of this model; may hold a third party's key. */
  params: struct(7),
  params_specs: repeated(message(8, () => ModelTypeFieldWire)),
  /** Name of the model type until 2019: `concept`, `detect-concept`, `embed`, `color`, `cluster`, `detect`. */
  type: legacy(string(4)),
  type_ext: legacy(string(5))
})
/** Outputs of a model: its concepts, its parameters and their values. */
export interface OutputInfoWire extends Infer<typeof outputInfo> {}
export const OutputInfoWire: Message<OutputInfoWire> = /* @__PURE__ */ defineMessage("OutputInfo", outputInfo)

const inputInfo = () => ({
  fields_map: struct(1),
  params: struct(2),
  base_embed_model: message(3, () => ModelWire)
})
/** Inputs of a model, and the embedding model that it is trained on. */
export interface InputInfoWire extends Infer<typeof inputInfo> {}
export const InputInfoWire: Message<InputInfoWire> = /* @__PURE__ */ defineMessage("InputInfo", inputInfo)

const trainInfo = () => ({
  params: struct(1),
  dataset: message(2, () => DatasetWire),
  resume_from_model: message(3, () => ModelWire)
})
/** Parameters and data of a training. */
export interface TrainInfoWire extends Infer<typeof trainInfo> {}
export const TrainInfoWire: Message<TrainInfoWire> = /* @__PURE__ */ defineMessage("TrainInfo", trainInfo)

const importInfo = () => ({
  params: struct(1)
})
/** Parameters of an import. */
export interface ImportInfoWire extends Infer<typeof importInfo> {}
export const ImportInfoWire: Message<ImportInfoWire> = /* @__PURE__ */ defineMessage("ImportInfo", importInfo)

const evalInfo = () => ({
  params: struct(1)
})
/** Parameters of an evaluation. */
export interface EvalInfoWire extends Infer<typeof evalInfo> {}
export const EvalInfoWire: Message<EvalInfoWire> = /* @__PURE__ */ defineMessage("EvalInfo", evalInfo)

const pretrainedModelConfig = () => ({
  input_fields_map: struct(3),
  output_fields_map: struct(4),
  model_zip_url: string(6),
  local_dev: bool(8)
})
/** Files that a version is made from. */
export interface PretrainedModelConfigWire extends Infer<typeof pretrainedModelConfig> {}
export const PretrainedModelConfigWire: Message<PretrainedModelConfigWire> = /* @__PURE__ */ defineMessage(
  "PretrainedModelConfig",
  pretrainedModelConfig
)

const modelVersion = () => ({
  id: string(1),
  created_at: timestamp(2),
  status: message(3, () => StatusWire),
  active_concept_count: uint32(4),
  metrics: message(5, () => EvalMetricsWire),
  total_input_count: uint32(6),
  pretrained_model_config: message(7, () => PretrainedModelConfigWire),
  completed_at: timestamp(10),
  description: string(11),
  visibility: message(12, () => VisibilityWire),
  app_id: string(13),
  user_id: string(14),
  modified_at: timestamp(15),
  metadata: struct(16),
  license: string(17),
  output_info: message(19, () => OutputInfoWire),
  input_info: message(20, () => InputInfoWire),
  train_info: message(21, () => TrainInfoWire),
  import_info: message(22, () => ImportInfoWire),
  /** URL of the log. */
  train_log: string(23),
  method_signatures: repeated(message(26, () => MethodSignatureWire))
})
/** One training of a model; `status` is its state. */
export interface ModelVersionWire extends Infer<typeof modelVersion> {}
export const ModelVersionWire: Message<ModelVersionWire> = /* @__PURE__ */ defineMessage("ModelVersion", modelVersion)

const fullTag = () => ({
  name: string(1),
  id: string(2)
})
/** A tag with its display name. */
export interface FullTagWire extends Infer<typeof fullTag> {}
export const FullTagWire: Message<FullTagWire> = /* @__PURE__ */ defineMessage("FullTag", fullTag)

const model = () => ({
  id: string(1),
  /** Older than `id`, still sent. */
  name: string(2),
  created_at: timestamp(3),
  modified_at: timestamp(19),
  app_id: explicit(string(4)),
  output_info: message(5, () => OutputInfoWire),
  model_version: message(6, () => ModelVersionWire),
  display_name: string(7),
  user_id: string(9),
  model_type_id: string(14),
  task: string(26),
  visibility: message(15, () => VisibilityWire),
  description: string(16),
  metadata: struct(17),
  notes: string(18),
  // The service writes these lists also where they are empty, as recorded responses of 2023 and 2024 show.
  // The service writes these lists also where they are empty, as recorded responses of 2023 and 2024 show.
  toolkits: explicit(repeated(string(20))),
  use_cases: explicit(repeated(string(21))),
  languages: explicit(repeated(string(25))),
  languages_full: explicit(repeated(message(31, () => FullTagWire))),
  check_consents: explicit(repeated(string(32))),
  is_starred: bool(22),
  star_count: int32(23),
  workflow_recommended: boolValue(29),
  /** See {@link LicenseType}. */
  license_type: enumeration(35, LicenseType),
  /** See {@link ModelSource}. */
  source: enumeration(36, ModelSource),
  creator: string(37)
})
/** A model; in predictions, with the version that answered. */
export interface ModelWire extends Infer<typeof model> {}
export const ModelWire: Message<ModelWire> = /* @__PURE__ */ defineMessage("Model", model)

const modelQuery = () => ({
  /** `*` matches any text. */
  name: string(1),
  model_type_id: string(3),
  /** What the first clients called `model_type_id`. */
  type: legacy(string(0))
})
/** Which models a search returns. */
export interface ModelQueryWire extends Infer<typeof modelQuery> {}
export const ModelQueryWire: Message<ModelQueryWire> = /* @__PURE__ */ defineMessage("ModelQuery", modelQuery)

const modelVersionExport = () => ({
  status: message(1, () => StatusWire),
  url: string(2),
  /** In bytes. */
  size: int64(3)
})
/** A trained version as a file. */
export interface ModelVersionExportWire extends Infer<typeof modelVersionExport> {}
export const ModelVersionExportWire: Message<ModelVersionExportWire> = /* @__PURE__ */ defineMessage(
  "ModelVersionExport",
  modelVersionExport
)
