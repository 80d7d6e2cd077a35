// Requests and responses about evaluations.
import { EvalMetricsWire } from "./evaluation-messages.ts"
import { always, bool, message, repeated, required, string, uint32 } from "./field.ts"
import { UserAppIdWire } from "./input-messages.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { EvalInfoWire } from "./model-messages.ts"
import { SearchWire } from "./search-messages.ts"
import { StatusWire } from "./status-messages.ts"

const fieldsValue = () => ({
  confusion_matrix: bool(1),
  cooccurrence_matrix: bool(2),
  label_counts: bool(3),
  binary_metrics: bool(4),
  test_set: bool(5),
  metrics_by_area: bool(6),
  metrics_by_class: bool(7)
})
/** Which parts of an evaluation a response includes; without it only the summary. */
export interface FieldsValueWire extends Infer<typeof fieldsValue> {}
export const FieldsValueWire: Message<FieldsValueWire> = /* @__PURE__ */ defineMessage("FieldsValue", fieldsValue)

const postModelVersionMetricsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  version_id: string(3),
  test_search: message(5, () => SearchWire),
  eval_info: message(10, () => EvalInfoWire)
})
/** Evaluates a version; an empty body is accepted. */
export interface PostModelVersionMetricsRequestWire extends Infer<typeof postModelVersionMetricsRequest> {}
export const PostModelVersionMetricsRequestWire: Message<PostModelVersionMetricsRequestWire> =
  /* @__PURE__ */ defineMessage("PostModelVersionMetricsRequest", postModelVersionMetricsRequest)

const getModelVersionMetricsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  version_id: string(3),
  fields: message(4, () => FieldsValueWire)
})
/** Reads the latest evaluation of a version. */
export interface GetModelVersionMetricsRequestWire extends Infer<typeof getModelVersionMetricsRequest> {}
export const GetModelVersionMetricsRequestWire: Message<GetModelVersionMetricsRequestWire> =
  /* @__PURE__ */ defineMessage("GetModelVersionMetricsRequest", getModelVersionMetricsRequest)

const postModelVersionEvaluationsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  model_version_id: string(3),
  eval_metrics: always(repeated(message(4, () => EvalMetricsWire)), [])
})
/** Evaluates a version on datasets. */
export interface PostModelVersionEvaluationsRequestWire extends Infer<typeof postModelVersionEvaluationsRequest> {}
export const PostModelVersionEvaluationsRequestWire: Message<PostModelVersionEvaluationsRequestWire> =
  /* @__PURE__ */ defineMessage("PostModelVersionEvaluationsRequest", postModelVersionEvaluationsRequest)

const listModelVersionEvaluationsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  model_version_id: string(3),
  page: uint32(4),
  per_page: uint32(5)
})
/** Lists the evaluations of a version. */
export interface ListModelVersionEvaluationsRequestWire extends Infer<typeof listModelVersionEvaluationsRequest> {}
export const ListModelVersionEvaluationsRequestWire: Message<ListModelVersionEvaluationsRequestWire> =
  /* @__PURE__ */ defineMessage("ListModelVersionEvaluationsRequest", listModelVersionEvaluationsRequest)

const getModelVersionEvaluationRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  model_version_id: string(3),
  evaluation_id: string(4),
  fields: message(5, () => FieldsValueWire)
})
/** Reads one evaluation of a version. */
export interface GetModelVersionEvaluationRequestWire extends Infer<typeof getModelVersionEvaluationRequest> {}
export const GetModelVersionEvaluationRequestWire: Message<GetModelVersionEvaluationRequestWire> =
  /* @__PURE__ */ defineMessage("GetModelVersionEvaluationRequest", getModelVersionEvaluationRequest)

const postEvaluationsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  eval_metrics: repeated(message(2, () => EvalMetricsWire))
})
/** Evaluates the versions that `eval_metrics` names. */
export interface PostEvaluationsRequestWire extends Infer<typeof postEvaluationsRequest> {}
export const PostEvaluationsRequestWire: Message<PostEvaluationsRequestWire> = /* @__PURE__ */ defineMessage(
  "PostEvaluationsRequest",
  postEvaluationsRequest
)

const listEvaluationsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  page: uint32(2),
  per_page: uint32(3),
  sort_ascending: bool(4),
  sort_by_created_at: bool(8),
  model_type_id: string(12)
})
/** Lists the evaluations of an app. */
export interface ListEvaluationsRequestWire extends Infer<typeof listEvaluationsRequest> {}
export const ListEvaluationsRequestWire: Message<ListEvaluationsRequestWire> = /* @__PURE__ */ defineMessage(
  "ListEvaluationsRequest",
  listEvaluationsRequest
)

const getEvaluationRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  evaluation_id: string(2),
  fields: message(3, () => FieldsValueWire)
})
/** Reads one evaluation of an app. */
export interface GetEvaluationRequestWire extends Infer<typeof getEvaluationRequest> {}
export const GetEvaluationRequestWire: Message<GetEvaluationRequestWire> = /* @__PURE__ */ defineMessage(
  "GetEvaluationRequest",
  getEvaluationRequest
)

const singleEvalMetricsResponse = () => ({
  status: required(message(1, () => StatusWire)),
  eval_metrics: message(2, () => EvalMetricsWire)
})
/** One evaluation. */
export interface SingleEvalMetricsResponseWire extends Infer<typeof singleEvalMetricsResponse> {}
export const SingleEvalMetricsResponseWire: Message<SingleEvalMetricsResponseWire> = /* @__PURE__ */ defineMessage(
  "SingleEvalMetricsResponse",
  singleEvalMetricsResponse
)

const multiEvalMetricsResponse = () => ({
  status: required(message(1, () => StatusWire)),
  eval_metrics: always(repeated(message(2, () => EvalMetricsWire)), [])
})
/** One page of evaluations. */
export interface MultiEvalMetricsResponseWire extends Infer<typeof multiEvalMetricsResponse> {}
export const MultiEvalMetricsResponseWire: Message<MultiEvalMetricsResponseWire> = /* @__PURE__ */ defineMessage(
  "MultiEvalMetricsResponse",
  multiEvalMetricsResponse
)
