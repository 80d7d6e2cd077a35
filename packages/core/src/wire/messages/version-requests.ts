// Requests and responses about the versions of a model: training, reading, exporting.
import { always, bool, duration, message, repeated, required, string, uint32, uint64 } from "./field.ts"
import { UserAppIdWire } from "./input-messages.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { EvalInfoWire, ModelVersionExportWire, ModelVersionWire } from "./model-messages.ts"
import { StatusWire } from "./status-messages.ts"

const listModelVersionsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  page: uint32(3),
  per_page: uint32(4),
  concept_ids: repeated(string(5)),
  trained_only: bool(6),
  sort_ascending: bool(7),
  sort_by_status_code: bool(8),
  sort_by_num_inputs: bool(9),
  sort_by_description: bool(10),
  sort_by_created_at: bool(11)
})
/** Lists the versions of a model, newest first. */
export interface ListModelVersionsRequestWire extends Infer<typeof listModelVersionsRequest> {}
export const ListModelVersionsRequestWire: Message<ListModelVersionsRequestWire> = /* @__PURE__ */ defineMessage(
  "ListModelVersionsRequest",
  listModelVersionsRequest
)

const getModelVersionRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  version_id: string(3)
})
/** Reads one version. */
export interface GetModelVersionRequestWire extends Infer<typeof getModelVersionRequest> {}
export const GetModelVersionRequestWire: Message<GetModelVersionRequestWire> = /* @__PURE__ */ defineMessage(
  "GetModelVersionRequest",
  getModelVersionRequest
)

const postModelVersionsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  model_versions: repeated(message(3, () => ModelVersionWire)),
  description: string(8),
  eval_info: message(10, () => EvalInfoWire),
  do_migration: bool(11)
})
/** Trains a model on the examples of the app. An empty body is accepted. */
export interface PostModelVersionsRequestWire extends Infer<typeof postModelVersionsRequest> {}
export const PostModelVersionsRequestWire: Message<PostModelVersionsRequestWire> = /* @__PURE__ */ defineMessage(
  "PostModelVersionsRequest",
  postModelVersionsRequest
)

const patchModelVersionsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  model_versions: always(repeated(message(3, () => ModelVersionWire)), []),
  action: always(string(4), "merge")
})
/** Changes versions; `action` is `merge`, `overwrite` or `remove`. */
export interface PatchModelVersionsRequestWire extends Infer<typeof patchModelVersionsRequest> {}
export const PatchModelVersionsRequestWire: Message<PatchModelVersionsRequestWire> = /* @__PURE__ */ defineMessage(
  "PatchModelVersionsRequest",
  patchModelVersionsRequest
)

const deleteModelVersionRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(3),
  version_id: string(4)
})
/** Deletes one version and stops its training. */
export interface DeleteModelVersionRequestWire extends Infer<typeof deleteModelVersionRequest> {}
export const DeleteModelVersionRequestWire: Message<DeleteModelVersionRequestWire> = /* @__PURE__ */ defineMessage(
  "DeleteModelVersionRequest",
  deleteModelVersionRequest
)

const postModelVersionsTrainingTimeEstimateRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  model_versions: repeated(message(3, () => ModelVersionWire)),
  estimated_input_count: uint64(4)
})
/** Estimates the time of a training. */
export interface PostModelVersionsTrainingTimeEstimateRequestWire extends Infer<
  typeof postModelVersionsTrainingTimeEstimateRequest
> {}
export const PostModelVersionsTrainingTimeEstimateRequestWire: Message<PostModelVersionsTrainingTimeEstimateRequestWire> =
  /* @__PURE__ */ defineMessage(
    "PostModelVersionsTrainingTimeEstimateRequest",
    postModelVersionsTrainingTimeEstimateRequest
  )

const multiTrainingTimeEstimateResponse = () => ({
  status: required(message(1, () => StatusWire)),
  /** Such as `12s`. */
  training_time_estimates: always(repeated(duration(2)), [])
})
/** One time for each version. */
export interface MultiTrainingTimeEstimateResponseWire extends Infer<typeof multiTrainingTimeEstimateResponse> {}
export const MultiTrainingTimeEstimateResponseWire: Message<MultiTrainingTimeEstimateResponseWire> =
  /* @__PURE__ */ defineMessage("MultiTrainingTimeEstimateResponse", multiTrainingTimeEstimateResponse)

const putModelVersionExportsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  version_id: string(3)
})
/** Exports a version. */
export interface PutModelVersionExportsRequestWire extends Infer<typeof putModelVersionExportsRequest> {}
export const PutModelVersionExportsRequestWire: Message<PutModelVersionExportsRequestWire> =
  /* @__PURE__ */ defineMessage("PutModelVersionExportsRequest", putModelVersionExportsRequest)

const getModelVersionExportRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  version_id: string(3)
})
/** Reads the state of an export. */
export interface GetModelVersionExportRequestWire extends Infer<typeof getModelVersionExportRequest> {}
export const GetModelVersionExportRequestWire: Message<GetModelVersionExportRequestWire> =
  /* @__PURE__ */ defineMessage("GetModelVersionExportRequest", getModelVersionExportRequest)

const singleModelVersionResponse = () => ({
  status: required(message(1, () => StatusWire)),
  model_version: message(2, () => ModelVersionWire)
})
/** One version; also the response to starting an evaluation. */
export interface SingleModelVersionResponseWire extends Infer<typeof singleModelVersionResponse> {}
export const SingleModelVersionResponseWire: Message<SingleModelVersionResponseWire> = /* @__PURE__ */ defineMessage(
  "SingleModelVersionResponse",
  singleModelVersionResponse
)

const multiModelVersionResponse = () => ({
  status: required(message(1, () => StatusWire)),
  model_versions: always(repeated(message(2, () => ModelVersionWire)), [])
})
/** One page of versions, newest first. */
export interface MultiModelVersionResponseWire extends Infer<typeof multiModelVersionResponse> {}
export const MultiModelVersionResponseWire: Message<MultiModelVersionResponseWire> = /* @__PURE__ */ defineMessage(
  "MultiModelVersionResponse",
  multiModelVersionResponse
)

const singleModelVersionExportResponse = () => ({
  status: required(message(1, () => StatusWire)),
  export: message(2, () => ModelVersionExportWire)
})
/** State of an export. */
export interface SingleModelVersionExportResponseWire extends Infer<typeof singleModelVersionExportResponse> {}
export const SingleModelVersionExportResponseWire: Message<SingleModelVersionExportResponseWire> =
  /* @__PURE__ */ defineMessage("SingleModelVersionExportResponse", singleModelVersionExportResponse)
