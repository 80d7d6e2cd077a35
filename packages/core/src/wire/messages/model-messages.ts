// Models and their versions: what answers, what it may be told, and how its training stands.
import { ConceptWire, VisibilityWire } from "./concept-messages.ts"
import { DatasetWire } from "./dataset-messages.ts"
import { DataWire } from "./data-messages.ts"
import { EvalMetricsWire } from "./evaluation-messages.ts"
import {
  bool,
  float,
  int,
  type JsonObject,
  json,
  legacy,
  many,
  type Message,
  message,
  of,
  oneOf,
  struct,
  text,
  texts,
  time
} from "./table.ts"
import { quickModel } from "../codec/decoded-form.ts"
import { StatusWire } from "./status-messages.ts"

/** What a caller may ask of a prediction, and a maker of a model. */
export interface OutputConfigWire {
  /** Most concepts in each output, region or frame: 1 to 200; 0 or absent is 20. */
  readonly max_concepts?: number
  /** Leave out concepts below this value, 0 to 1. */
  readonly min_value?: number
  /** Only these, by id or name. */
  readonly select_concepts?: ReadonlyArray<ConceptWire>
  /** Language of the names. */
  readonly language?: string
  /** Milliseconds between sampled frames of a video: 100 to 60000, absent is 1000. */
  readonly sample_ms?: number
  /** Exactly one concept holds: values sum to 1. */
  readonly concepts_mutually_exclusive?: boolean
  /** Only the app's examples count as negatives. Gone from newer protocol definitions, still understood. */
  readonly closed_environment?: boolean
  readonly fail_on_missing_positive_examples?: boolean
  /** In seconds. */
  readonly training_timeout?: number
  readonly embed_model_version_id?: string
  readonly existing_model_id?: string
  readonly hyper_params?: JsonObject
  readonly hyper_parameters?: string
  readonly model_metadata?: JsonObject
}
export const OutputConfigWire: Message<OutputConfigWire> = /* @__PURE__ */ message("OutputConfig", () => ({
  max_concepts: int,
  min_value: float,
  select_concepts: many(() => ConceptWire),
  language: text,
  sample_ms: int,
  concepts_mutually_exclusive: bool,
  closed_environment: bool,
  fail_on_missing_positive_examples: bool,
  training_timeout: int,
  embed_model_version_id: text,
  existing_model_id: text,
  hyper_params: struct,
  hyper_parameters: text,
  model_metadata: struct
}))

// Names of an enum in order of their numbers; `-` stands for a number without a name.
const inOrder = (names: string) => oneOf(Object.fromEntries(names.split(" ").map((name, number) => [name, number])))

const fieldTypes =
  "INVALID_MODEL_TYPE_FIELD_TYPE BOOLEAN STRING NUMBER ARRAY_OF_CONCEPTS ARRAY_OF_CONCEPTS_WITH_THRESHOLD - RANGE " +
  "ENUM COLLABORATORS JSON ARRAY_OF_NUMBERS WORKFLOW_EMBED_MODELS ARRAY_OF_STRINGS RECURSIVE_ENUM PYTHON_CODE " +
  "DATASET_ID DATASET_VERSION_ID ARRAY_OF_MODEL_CONCEPTS DATASET DATASET_VERSION ENCRYPTED_STRING CHECKPOINT_MODEL " +
  "ARRAY_OF_SECRETS"
const dataTypes =
  "NOT_SET STR BYTES INT FLOAT BOOL NDARRAY JSON_DATA TEXT IMAGE CONCEPT REGION FRAME AUDIO VIDEO NAMED_FIELDS TUPLE LIST"

/** The numbers that a parameter may be. */
export interface ModelTypeRangeInfoWire {
  readonly min?: number
  readonly max?: number
  readonly step?: number
}
export const ModelTypeRangeInfoWire: Message<ModelTypeRangeInfoWire> = /* @__PURE__ */ message(
  "ModelTypeRangeInfo",
  () => ({ min: float, max: float, step: float })
)

/** A parameter a model takes. */
export interface ModelTypeFieldWire {
  readonly path?: string
  readonly field_type?: number
  readonly default_value?: unknown
  readonly description?: string
  readonly required?: boolean
  readonly name?: string
  /** The type of the value: 1 text, 2 bytes, 3 integer, 4 float, 5 boolean, 8 text, 9 image … */
  readonly type?: number
  readonly type_args?: ReadonlyArray<ModelTypeFieldWire>
  readonly iterator?: boolean
  readonly default?: string
  readonly is_param?: boolean
  readonly model_type_range_info?: ModelTypeRangeInfoWire
}
export const ModelTypeFieldWire: Message<ModelTypeFieldWire> = /* @__PURE__ */ message("ModelTypeField", () => ({
  path: text,
  field_type: inOrder(fieldTypes),
  default_value: json,
  description: text,
  required: bool,
  name: text,
  type: inOrder(dataTypes),
  type_args: many(() => ModelTypeFieldWire),
  iterator: bool,
  default: text,
  is_param: bool,
  model_type_range_info: of(() => ModelTypeRangeInfoWire)
}))

/** What a model gives and how it is told to. */
export interface OutputInfoWire {
  /** `concepts`: what the model knows. */
  readonly data?: DataWire
  readonly output_config?: OutputConfigWire
  readonly message?: string
  readonly fields_map?: JsonObject
  /** Inference parameters, those of the model itself; may hold a third party's key. */
  readonly params?: JsonObject
  readonly params_specs?: ReadonlyArray<ModelTypeFieldWire>
  /** What `model_type_id` was called until 2019: `concept`, `detect-concept`, `embed`, `color`, `cluster`, `detect`. */
  readonly type?: string
  readonly type_ext?: string
}
export const OutputInfoWire: Message<OutputInfoWire> = /* @__PURE__ */ message("OutputInfo", () => ({
  data: of(() => DataWire),
  output_config: of(() => OutputConfigWire),
  message: text,
  fields_map: struct,
  params: struct,
  params_specs: many(() => ModelTypeFieldWire),
  type: legacy(text),
  type_ext: legacy(text)
}))

/** What a model takes, and the model whose embeddings it is trained on. */
export interface InputInfoWire {
  readonly fields_map?: JsonObject
  readonly params?: JsonObject
  readonly base_embed_model?: ModelWire
}
export const InputInfoWire: Message<InputInfoWire> = /* @__PURE__ */ message("InputInfo", () => ({
  fields_map: struct,
  params: struct,
  base_embed_model: of(() => ModelWire)
}))

/** What a version is trained from. */
export interface TrainInfoWire {
  readonly params?: JsonObject
  readonly dataset?: DatasetWire
  readonly resume_from_model?: ModelWire
}
export const TrainInfoWire: Message<TrainInfoWire> = /* @__PURE__ */ message("TrainInfo", () => ({
  params: struct,
  dataset: of(() => DatasetWire),
  resume_from_model: of(() => ModelWire)
}))

/** A message that holds nothing but free parameters. */
export interface ParamsWire {
  readonly params?: JsonObject
}
export const ImportInfoWire: Message<ParamsWire> = /* @__PURE__ */ message("ImportInfo", () => ({ params: struct }))
export const EvalInfoWire: Message<ParamsWire> = /* @__PURE__ */ message("EvalInfo", () => ({ params: struct }))

/** A method of a model that takes named arguments. */
export interface MethodSignatureWire {
  readonly name?: string
  /** 1 one answer, 2 a stream of answers, 3 a stream of inputs, 4 streams both ways. */
  readonly method_type?: number
  readonly description?: string
  readonly input_fields?: ReadonlyArray<ModelTypeFieldWire>
  readonly output_fields?: ReadonlyArray<ModelTypeFieldWire>
}
export const MethodSignatureWire: Message<MethodSignatureWire> = /* @__PURE__ */ message("MethodSignature", () => ({
  name: text,
  method_type: oneOf({ UNARY_UNARY: 1, UNARY_STREAMING: 2, STREAMING_UNARY: 3, STREAMING_STREAMING: 4 }),
  description: text,
  input_fields: many(() => ModelTypeFieldWire),
  output_fields: many(() => ModelTypeFieldWire)
}))

/** One trained (or training, or failed) state of a model; `status` says which. */
export interface ModelVersionWire {
  readonly id?: string
  readonly created_at?: string
  readonly status?: StatusWire
  readonly active_concept_count?: number
  readonly total_input_count?: number
  readonly metrics?: EvalMetricsWire
  readonly completed_at?: string
  readonly modified_at?: string
  readonly description?: string
  readonly visibility?: VisibilityWire
  readonly app_id?: string
  readonly user_id?: string
  readonly metadata?: JsonObject
  readonly license?: string
  readonly output_info?: OutputInfoWire
  readonly input_info?: InputInfoWire
  readonly train_info?: TrainInfoWire
  readonly import_info?: ParamsWire
  /** Address of the log. */
  readonly train_log?: string
  readonly method_signatures?: ReadonlyArray<MethodSignatureWire>
}
export const ModelVersionWire: Message<ModelVersionWire> = /* @__PURE__ */ message("ModelVersion", () => ({
  id: text,
  created_at: time,
  status: of(() => StatusWire),
  active_concept_count: int,
  total_input_count: int,
  metrics: of(() => EvalMetricsWire),
  completed_at: time,
  modified_at: time,
  description: text,
  visibility: of(() => VisibilityWire),
  app_id: text,
  user_id: text,
  metadata: struct,
  license: text,
  output_info: of(() => OutputInfoWire),
  input_info: of(() => InputInfoWire),
  train_info: of(() => TrainInfoWire),
  import_info: of(() => ImportInfoWire),
  train_log: text,
  method_signatures: many(() => MethodSignatureWire)
}))

/** A tag with its name for people. */
export interface FullTagWire {
  readonly id?: string
  readonly name?: string
}
const FullTagWire: Message<FullTagWire> = /* @__PURE__ */ message("FullTag", () => ({ id: text, name: text }))

/** A model, and in answers the version that answered. */
export interface ModelWire {
  readonly id?: string
  /** Older than `id`, still sent. */
  readonly name?: string
  readonly display_name?: string
  readonly created_at?: string
  readonly modified_at?: string
  readonly app_id?: string
  readonly user_id?: string
  readonly model_type_id?: string
  readonly output_info?: OutputInfoWire
  readonly model_version?: ModelVersionWire
  readonly description?: string
  readonly notes?: string
  readonly metadata?: JsonObject
  readonly visibility?: VisibilityWire
  readonly toolkits?: ReadonlyArray<string>
  readonly use_cases?: ReadonlyArray<string>
  readonly languages?: ReadonlyArray<string>
  readonly check_consents?: ReadonlyArray<string>
  readonly workflow_recommended?: boolean
  readonly task?: string
  readonly is_starred?: boolean
  readonly star_count?: number
  readonly creator?: string
  readonly languages_full?: ReadonlyArray<FullTagWire>
  /** 1 the platform's, 2 open source, 3 closed source. */
  readonly license_type?: number
  /** 1 hosted by the platform, 2 a third party's. */
  readonly source?: number
}
export const ModelWire: Message<ModelWire> = /* @__PURE__ */ message(
  "Model",
  () => ({
    id: text,
    name: text,
    display_name: text,
    created_at: time,
    modified_at: time,
    app_id: text,
    user_id: text,
    model_type_id: text,
    output_info: of(() => OutputInfoWire),
    model_version: of(() => ModelVersionWire),
    description: text,
    notes: text,
    metadata: struct,
    visibility: of(() => VisibilityWire),
    toolkits: texts,
    use_cases: texts,
    languages: texts,
    check_consents: texts,
    workflow_recommended: bool,
    task: text,
    is_starred: bool,
    star_count: int,
    creator: text,
    languages_full: many(() => FullTagWire),
    license_type: inOrder("UNKNOWN_LICENSE_TYPE FIRST_PARTY OPEN_SOURCE CLOSED_SOURCE"),
    source: inOrder("UNKNOWN_SOURCE HOSTED WRAPPED")
  }),
  quickModel
)

/** A kind of model: what goes in, what comes out, whether it can be trained. */
export interface ModelTypeWire {
  readonly id?: string
  readonly title?: string
  readonly description?: string
  readonly input_fields?: ReadonlyArray<string>
  readonly output_fields?: ReadonlyArray<string>
  readonly trainable?: boolean
  readonly creatable?: boolean
  readonly model_type_fields?: ReadonlyArray<ModelTypeFieldWire>
}
export const ModelTypeWire: Message<ModelTypeWire> = /* @__PURE__ */ message("ModelType", () => ({
  id: text,
  title: text,
  description: text,
  input_fields: texts,
  output_fields: texts,
  trainable: bool,
  creatable: bool,
  model_type_fields: many(() => ModelTypeFieldWire)
}))
