// Types of models: their inputs, their outputs and the parameters they take.
import { bool, enumeration, float, message, repeated, string, value } from "./field.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"

/** Kind of a parameter, as an editor shows it. */
export const ModelTypeFieldType = {
  INVALID_MODEL_TYPE_FIELD_TYPE: 0,
  BOOLEAN: 1,
  STRING: 2,
  NUMBER: 3,
  ARRAY_OF_CONCEPTS: 4,
  ARRAY_OF_CONCEPTS_WITH_THRESHOLD: 5,
  RANGE: 7,
  ENUM: 8,
  COLLABORATORS: 9,
  JSON: 10,
  ARRAY_OF_NUMBERS: 11,
  WORKFLOW_EMBED_MODELS: 12,
  ARRAY_OF_STRINGS: 13,
  RECURSIVE_ENUM: 14,
  PYTHON_CODE: 15,
  DATASET_ID: 16,
  DATASET_VERSION_ID: 17,
  ARRAY_OF_MODEL_CONCEPTS: 18,
  DATASET: 19,
  DATASET_VERSION: 20,
  ENCRYPTED_STRING: 21,
  CHECKPOINT_MODEL: 22,
  ARRAY_OF_SECRETS: 23
} as const

/** Type of an argument or a result of a model's method. */
export const DataType = {
  NOT_SET: 0,
  STR: 1,
  BYTES: 2,
  INT: 3,
  FLOAT: 4,
  BOOL: 5,
  NDARRAY: 6,
  JSON_DATA: 7,
  TEXT: 8,
  IMAGE: 9,
  CONCEPT: 10,
  REGION: 11,
  FRAME: 12,
  AUDIO: 13,
  VIDEO: 14,
  NAMED_FIELDS: 15,
  TUPLE: 16,
  LIST: 17
} as const

/** Which sides of a method are streams. */
export const RunnerMethodType = {
  UNKNOWN: 0,
  UNARY_UNARY: 1,
  UNARY_STREAMING: 2,
  STREAMING_UNARY: 3,
  STREAMING_STREAMING: 4
} as const

const modelTypeRangeInfo = () => ({
  min: float(1),
  max: float(2),
  step: float(3)
})
/** Range of a numeric parameter. */
export interface ModelTypeRangeInfoWire extends Infer<typeof modelTypeRangeInfo> {}
export const ModelTypeRangeInfoWire: Message<ModelTypeRangeInfoWire> = /* @__PURE__ */ defineMessage(
  "ModelTypeRangeInfo",
  modelTypeRangeInfo
)

const modelTypeField = () => ({
  path: string(1),
  /** See {@link ModelTypeFieldType}. */
  field_type: enumeration(2, ModelTypeFieldType),
  default_value: value(3),
  description: string(4),
  required: bool(8),
  model_type_range_info: message(9, () => ModelTypeRangeInfoWire),
  name: string(10),
  /** See {@link DataType}. */
  type: enumeration(11, DataType),
  type_args: repeated(message(12, () => ModelTypeFieldWire)),
  iterator: bool(13),
  default: string(14),
  is_param: bool(15)
})
/** A parameter of a model, or an argument of a method. */
export interface ModelTypeFieldWire extends Infer<typeof modelTypeField> {}
export const ModelTypeFieldWire: Message<ModelTypeFieldWire> = /* @__PURE__ */ defineMessage(
  "ModelTypeField",
  modelTypeField
)

const modelType = () => ({
  id: string(1),
  title: string(2),
  description: string(3),
  input_fields: repeated(string(5)),
  output_fields: repeated(string(6)),
  trainable: bool(8),
  creatable: bool(9),
  model_type_fields: repeated(message(11, () => ModelTypeFieldWire))
})
/** A type of models. */
export interface ModelTypeWire extends Infer<typeof modelType> {}
export const ModelTypeWire: Message<ModelTypeWire> = /* @__PURE__ */ defineMessage("ModelType", modelType)

const methodSignature = () => ({
  name: string(1),
  /** See {@link RunnerMethodType}. */
  method_type: enumeration(2, RunnerMethodType),
  description: string(3),
  input_fields: repeated(message(4, () => ModelTypeFieldWire)),
  output_fields: repeated(message(5, () => ModelTypeFieldWire))
})
/** A method of a model, with named arguments. */
export interface MethodSignatureWire extends Infer<typeof methodSignature> {}
export const MethodSignatureWire: Message<MethodSignatureWire> = /* @__PURE__ */ defineMessage(
  "MethodSignature",
  methodSignature
)
