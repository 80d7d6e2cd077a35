// Requests and responses about models.
import { always, bool, legacy, message, repeated, required, string, uint32 } from "./field.ts"
import { PaginationWire, UserAppIdWire } from "./input-messages.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { ModelQueryWire, ModelWire } from "./model-messages.ts"
import { ModelTypeWire } from "./model-type-messages.ts"
import { StatusWire } from "./status-messages.ts"

const listModelsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  page: uint32(2),
  per_page: uint32(3),
  additional_fields: repeated(string(19)),
  sort_ascending: bool(10),
  sort_by_name: bool(11),
  sort_by_num_inputs: bool(12),
  sort_by_modified_at: bool(13),
  sort_by_created_at: bool(24),
  sort_by_star_count: bool(25),
  model_type_id: string(6),
  trained_only: bool(7),
  input_fields: repeated(string(8)),
  output_fields: repeated(string(9)),
  featured_only: bool(16),
  toolkits: repeated(string(17)),
  use_cases: repeated(string(18)),
  languages: repeated(string(21)),
  search: string(27),
  query: string(14),
  name: string(5),
  filter_by_user_id: bool(22)
})
/** Lists models. */
export interface ListModelsRequestWire extends Infer<typeof listModelsRequest> {}
export const ListModelsRequestWire: Message<ListModelsRequestWire> = /* @__PURE__ */ defineMessage(
  "ListModelsRequest",
  listModelsRequest
)

const getModelRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  version_id: string(3),
  language: string(4),
  trained_before: bool(5),
  additional_fields: repeated(string(19))
})
/** Reads a model, or its output_info. */
export interface GetModelRequestWire extends Infer<typeof getModelRequest> {}
export const GetModelRequestWire: Message<GetModelRequestWire> = /* @__PURE__ */ defineMessage(
  "GetModelRequest",
  getModelRequest
)

const postModelsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model: message(2, () => ModelWire),
  models: repeated(message(3, () => ModelWire))
})
/** Creates models. Older clients send one, in `model`. */
export interface PostModelsRequestWire extends Infer<typeof postModelsRequest> {}
export const PostModelsRequestWire: Message<PostModelsRequestWire> = /* @__PURE__ */ defineMessage(
  "PostModelsRequest",
  postModelsRequest
)

const patchModelsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  models: always(repeated(message(2, () => ModelWire)), []),
  action: always(string(3), "merge"),
  /** What older clients send in place of `models`. */
  model: legacy(message(0, () => ModelWire))
})
/** Changes models; `action` is `merge`, `overwrite` or `remove`. */
export interface PatchModelsRequestWire extends Infer<typeof patchModelsRequest> {}
export const PatchModelsRequestWire: Message<PatchModelsRequestWire> = /* @__PURE__ */ defineMessage(
  "PatchModelsRequest",
  patchModelsRequest
)

const deleteModelRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2)
})
/** Deletes one model. */
export interface DeleteModelRequestWire extends Infer<typeof deleteModelRequest> {}
export const DeleteModelRequestWire: Message<DeleteModelRequestWire> = /* @__PURE__ */ defineMessage(
  "DeleteModelRequest",
  deleteModelRequest
)

const deleteModelsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  ids: repeated(string(2)),
  delete_all: bool(3)
})
/** Deletes models by id, or all of them. */
export interface DeleteModelsRequestWire extends Infer<typeof deleteModelsRequest> {}
export const DeleteModelsRequestWire: Message<DeleteModelsRequestWire> = /* @__PURE__ */ defineMessage(
  "DeleteModelsRequest",
  deleteModelsRequest
)

const postModelsSearchesRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_query: message(2, () => ModelQueryWire),
  pagination: message(3, () => PaginationWire)
})
/** Searches models by name and type. */
export interface PostModelsSearchesRequestWire extends Infer<typeof postModelsSearchesRequest> {}
export const PostModelsSearchesRequestWire: Message<PostModelsSearchesRequestWire> = /* @__PURE__ */ defineMessage(
  "PostModelsSearchesRequest",
  postModelsSearchesRequest
)

const singleModelResponse = () => ({
  status: required(message(1, () => StatusWire)),
  model: message(2, () => ModelWire)
})
/** One model; also the response to creating and to training one. */
export interface SingleModelResponseWire extends Infer<typeof singleModelResponse> {}
export const SingleModelResponseWire: Message<SingleModelResponseWire> = /* @__PURE__ */ defineMessage(
  "SingleModelResponse",
  singleModelResponse
)

const multiModelResponse = () => ({
  status: required(message(1, () => StatusWire)),
  models: always(repeated(message(2, () => ModelWire)), [])
})
/** One page of models. */
export interface MultiModelResponseWire extends Infer<typeof multiModelResponse> {}
export const MultiModelResponseWire: Message<MultiModelResponseWire> = /* @__PURE__ */ defineMessage(
  "MultiModelResponse",
  multiModelResponse
)

const listModelTypesRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  page: uint32(2),
  per_page: uint32(3)
})
/** Lists the types of models. */
export interface ListModelTypesRequestWire extends Infer<typeof listModelTypesRequest> {}
export const ListModelTypesRequestWire: Message<ListModelTypesRequestWire> = /* @__PURE__ */ defineMessage(
  "ListModelTypesRequest",
  listModelTypesRequest
)

const getModelTypeRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_type_id: string(2)
})
/** Reads one type of models. */
export interface GetModelTypeRequestWire extends Infer<typeof getModelTypeRequest> {}
export const GetModelTypeRequestWire: Message<GetModelTypeRequestWire> = /* @__PURE__ */ defineMessage(
  "GetModelTypeRequest",
  getModelTypeRequest
)

const singleModelTypeResponse = () => ({
  status: required(message(1, () => StatusWire)),
  model_type: message(2, () => ModelTypeWire)
})
/** One type of models. */
export interface SingleModelTypeResponseWire extends Infer<typeof singleModelTypeResponse> {}
export const SingleModelTypeResponseWire: Message<SingleModelTypeResponseWire> = /* @__PURE__ */ defineMessage(
  "SingleModelTypeResponse",
  singleModelTypeResponse
)

const multiModelTypeResponse = () => ({
  status: required(message(1, () => StatusWire)),
  model_types: always(repeated(message(2, () => ModelTypeWire)), [])
})
/** One page of types. */
export interface MultiModelTypeResponseWire extends Infer<typeof multiModelTypeResponse> {}
export const MultiModelTypeResponseWire: Message<MultiModelTypeResponseWire> = /* @__PURE__ */ defineMessage(
  "MultiModelTypeResponse",
  multiModelTypeResponse
)
