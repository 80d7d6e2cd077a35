// Requests and responses about datasets.
import { DatasetInputWire, DatasetVersionWire, DatasetWire } from "./dataset-messages.ts"
import { always, bool, enumeration, message, repeated, required, string, uint32 } from "./field.ts"
import { UserAppIdWire } from "./input-messages.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { SearchWire } from "./search-messages.ts"
import { StatusWire } from "./status-messages.ts"

/** What a version of a dataset was made for. */
export const DatasetVersionRequestOrigin = {
  DATASET_VERSION_REQUEST_ORIGIN_NOT_SET: 0,
  MANUAL: 1,
  TRAINING: 2,
  EVAL_GROUND_TRUTH: 3,
  EVAL_PREDICTIONS: 4
} as const

const listDatasetsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  page: uint32(2),
  per_page: uint32(3),
  additional_fields: repeated(string(5)),
  sort_ascending: bool(6),
  sort_by_created_at: bool(7),
  sort_by_modified_at: bool(9),
  sort_by_id: bool(11),
  search: string(13)
})
/** Lists datasets. */
export interface ListDatasetsRequestWire extends Infer<typeof listDatasetsRequest> {}
export const ListDatasetsRequestWire: Message<ListDatasetsRequestWire> = /* @__PURE__ */ defineMessage(
  "ListDatasetsRequest",
  listDatasetsRequest
)

const getDatasetRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  dataset_id: string(2),
  additional_fields: repeated(string(3))
})
/** Reads one dataset. */
export interface GetDatasetRequestWire extends Infer<typeof getDatasetRequest> {}
export const GetDatasetRequestWire: Message<GetDatasetRequestWire> = /* @__PURE__ */ defineMessage(
  "GetDatasetRequest",
  getDatasetRequest
)

const postDatasetsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  datasets: always(repeated(message(2, () => DatasetWire)), [])
})
/** Creates datasets. */
export interface PostDatasetsRequestWire extends Infer<typeof postDatasetsRequest> {}
export const PostDatasetsRequestWire: Message<PostDatasetsRequestWire> = /* @__PURE__ */ defineMessage(
  "PostDatasetsRequest",
  postDatasetsRequest
)

const patchDatasetsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  datasets: always(repeated(message(2, () => DatasetWire)), []),
  action: always(string(3), "")
})
/** Changes datasets; `action` is `merge`, `overwrite` or `remove`. */
export interface PatchDatasetsRequestWire extends Infer<typeof patchDatasetsRequest> {}
export const PatchDatasetsRequestWire: Message<PatchDatasetsRequestWire> = /* @__PURE__ */ defineMessage(
  "PatchDatasetsRequest",
  patchDatasetsRequest
)

const deleteDatasetsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  dataset_ids: always(repeated(string(2)), [])
})
/** Deletes datasets by id. */
export interface DeleteDatasetsRequestWire extends Infer<typeof deleteDatasetsRequest> {}
export const DeleteDatasetsRequestWire: Message<DeleteDatasetsRequestWire> = /* @__PURE__ */ defineMessage(
  "DeleteDatasetsRequest",
  deleteDatasetsRequest
)

const listDatasetInputsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  dataset_id: string(2),
  page: uint32(3),
  per_page: uint32(4)
})
/** Lists the inputs of a dataset. */
export interface ListDatasetInputsRequestWire extends Infer<typeof listDatasetInputsRequest> {}
export const ListDatasetInputsRequestWire: Message<ListDatasetInputsRequestWire> = /* @__PURE__ */ defineMessage(
  "ListDatasetInputsRequest",
  listDatasetInputsRequest
)

const postDatasetInputsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  dataset_id: string(2),
  dataset_inputs: always(repeated(message(3, () => DatasetInputWire)), []),
  search: message(4, () => SearchWire)
})
/** Adds inputs to a dataset. */
export interface PostDatasetInputsRequestWire extends Infer<typeof postDatasetInputsRequest> {}
export const PostDatasetInputsRequestWire: Message<PostDatasetInputsRequestWire> = /* @__PURE__ */ defineMessage(
  "PostDatasetInputsRequest",
  postDatasetInputsRequest
)

const deleteDatasetInputsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  dataset_id: string(2),
  input_ids: always(repeated(string(3)), [])
})
/** Removes inputs from a dataset; the app keeps them. */
export interface DeleteDatasetInputsRequestWire extends Infer<typeof deleteDatasetInputsRequest> {}
export const DeleteDatasetInputsRequestWire: Message<DeleteDatasetInputsRequestWire> = /* @__PURE__ */ defineMessage(
  "DeleteDatasetInputsRequest",
  deleteDatasetInputsRequest
)

const listDatasetVersionsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  dataset_id: string(2),
  page: uint32(3),
  per_page: uint32(4),
  request_origins: repeated(enumeration(5, DatasetVersionRequestOrigin))
})
/** Lists the versions of a dataset. */
export interface ListDatasetVersionsRequestWire extends Infer<typeof listDatasetVersionsRequest> {}
export const ListDatasetVersionsRequestWire: Message<ListDatasetVersionsRequestWire> = /* @__PURE__ */ defineMessage(
  "ListDatasetVersionsRequest",
  listDatasetVersionsRequest
)

const getDatasetVersionRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  dataset_id: string(2),
  dataset_version_id: string(3)
})
/** Reads one version of a dataset. */
export interface GetDatasetVersionRequestWire extends Infer<typeof getDatasetVersionRequest> {}
export const GetDatasetVersionRequestWire: Message<GetDatasetVersionRequestWire> = /* @__PURE__ */ defineMessage(
  "GetDatasetVersionRequest",
  getDatasetVersionRequest
)

const postDatasetVersionsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  dataset_id: string(2),
  dataset_versions: always(repeated(message(3, () => DatasetVersionWire)), [])
})
/** Creates versions of a dataset. */
export interface PostDatasetVersionsRequestWire extends Infer<typeof postDatasetVersionsRequest> {}
export const PostDatasetVersionsRequestWire: Message<PostDatasetVersionsRequestWire> = /* @__PURE__ */ defineMessage(
  "PostDatasetVersionsRequest",
  postDatasetVersionsRequest
)

const deleteDatasetVersionsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  dataset_id: string(2),
  dataset_version_ids: always(repeated(string(3)), [])
})
/** Deletes versions of a dataset. */
export interface DeleteDatasetVersionsRequestWire extends Infer<typeof deleteDatasetVersionsRequest> {}
export const DeleteDatasetVersionsRequestWire: Message<DeleteDatasetVersionsRequestWire> =
  /* @__PURE__ */ defineMessage("DeleteDatasetVersionsRequest", deleteDatasetVersionsRequest)

const singleDatasetResponse = () => ({
  status: required(message(1, () => StatusWire)),
  dataset: message(2, () => DatasetWire)
})
/** One dataset. */
export interface SingleDatasetResponseWire extends Infer<typeof singleDatasetResponse> {}
export const SingleDatasetResponseWire: Message<SingleDatasetResponseWire> = /* @__PURE__ */ defineMessage(
  "SingleDatasetResponse",
  singleDatasetResponse
)

const multiDatasetResponse = () => ({
  status: required(message(1, () => StatusWire)),
  datasets: always(repeated(message(2, () => DatasetWire)), [])
})
/** One page of datasets. */
export interface MultiDatasetResponseWire extends Infer<typeof multiDatasetResponse> {}
export const MultiDatasetResponseWire: Message<MultiDatasetResponseWire> = /* @__PURE__ */ defineMessage(
  "MultiDatasetResponse",
  multiDatasetResponse
)

const multiDatasetInputResponse = () => ({
  status: required(message(1, () => StatusWire)),
  dataset_inputs: always(repeated(message(2, () => DatasetInputWire)), [])
})
/** One page of a dataset's inputs. */
export interface MultiDatasetInputResponseWire extends Infer<typeof multiDatasetInputResponse> {}
export const MultiDatasetInputResponseWire: Message<MultiDatasetInputResponseWire> = /* @__PURE__ */ defineMessage(
  "MultiDatasetInputResponse",
  multiDatasetInputResponse
)

const singleDatasetVersionResponse = () => ({
  status: required(message(1, () => StatusWire)),
  dataset_version: message(2, () => DatasetVersionWire)
})
/** One version of a dataset. */
export interface SingleDatasetVersionResponseWire extends Infer<typeof singleDatasetVersionResponse> {}
export const SingleDatasetVersionResponseWire: Message<SingleDatasetVersionResponseWire> =
  /* @__PURE__ */ defineMessage("SingleDatasetVersionResponse", singleDatasetVersionResponse)

const multiDatasetVersionResponse = () => ({
  status: required(message(1, () => StatusWire)),
  dataset_versions: always(repeated(message(2, () => DatasetVersionWire)), [])
})
/** One page of a dataset's versions. */
export interface MultiDatasetVersionResponseWire extends Infer<typeof multiDatasetVersionResponse> {}
export const MultiDatasetVersionResponseWire: Message<MultiDatasetVersionResponseWire> = /* @__PURE__ */ defineMessage(
  "MultiDatasetVersionResponse",
  multiDatasetVersionResponse
)
