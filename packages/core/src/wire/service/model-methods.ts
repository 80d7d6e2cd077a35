// Methods of the service `clarifai.api.V2`. Models, their versions and evaluations.
import {
  GetEvaluationRequestWire,
  GetModelVersionEvaluationRequestWire,
  GetModelVersionMetricsRequestWire,
  ListEvaluationsRequestWire,
  ListModelVersionEvaluationsRequestWire,
  MultiEvalMetricsResponseWire,
  PostEvaluationsRequestWire,
  PostModelVersionEvaluationsRequestWire,
  PostModelVersionMetricsRequestWire,
  SingleEvalMetricsResponseWire
} from "../messages/evaluation-requests.ts"
import {
  DeleteModelRequestWire,
  DeleteModelsRequestWire,
  GetModelRequestWire,
  GetModelTypeRequestWire,
  ListModelTypesRequestWire,
  ListModelsRequestWire,
  MultiModelResponseWire,
  MultiModelTypeResponseWire,
  PatchModelsRequestWire,
  PostModelsRequestWire,
  PostModelsSearchesRequestWire,
  SingleModelResponseWire,
  SingleModelTypeResponseWire
} from "../messages/model-requests.ts"
import { BaseResponseWire } from "../messages/status-messages.ts"
import {
  DeleteModelVersionRequestWire,
  GetModelVersionExportRequestWire,
  GetModelVersionRequestWire,
  ListModelVersionsRequestWire,
  MultiModelVersionResponseWire,
  MultiTrainingTimeEstimateResponseWire,
  PatchModelVersionsRequestWire,
  PostModelVersionsRequestWire,
  PostModelVersionsTrainingTimeEstimateRequestWire,
  PutModelVersionExportsRequestWire,
  SingleModelVersionExportResponseWire,
  SingleModelVersionResponseWire
} from "../messages/version-requests.ts"
import { defineMethod } from "./rpc-method.ts"

/** Lists models. Takes a `ListModelsRequest` and answers with a `MultiModelResponse`. */
export const ListModels = /* @__PURE__ */ defineMethod("ListModels", ListModelsRequestWire, MultiModelResponseWire, [
  "GET {app}/models",
  "GET /v2/users/{user_app_id.user_id}/models",
  "GET /v2/models"
])
/** Reads a model, or its output_info. Takes a `GetModelRequest` and answers with a `SingleModelResponse`. */
export const GetModel = /* @__PURE__ */ defineMethod("GetModel", GetModelRequestWire, SingleModelResponseWire, [
  "GET {app}/models/{model_id}",
  "GET /v2/models/{model_id}"
])
/** Reads a model, or its output_info. Takes a `GetModelRequest` and answers with a `SingleModelResponse`. */
export const GetModelOutputInfo = /* @__PURE__ */ defineMethod(
  "GetModelOutputInfo",
  GetModelRequestWire,
  SingleModelResponseWire,
  [
    "GET {app}/models/{model_id}/output_info",
    "GET /v2/models/{model_id}/output_info",
    "GET {app}/models/{model_id}/versions/{version_id}/output_info",
    "GET /v2/models/{model_id}/versions/{version_id}/output_info"
  ]
)
/** Creates models. Takes a `PostModelsRequest` and answers with a `SingleModelResponse`. */
export const PostModels = /* @__PURE__ */ defineMethod("PostModels", PostModelsRequestWire, SingleModelResponseWire, [
  "POST {app}/models",
  "POST /v2/models"
])
/** Changes models; `action` is `merge`, `overwrite` or `remove`. Takes a `PatchModelsRequest` and answers with a `MultiModelResponse`. */
export const PatchModels = /* @__PURE__ */ defineMethod("PatchModels", PatchModelsRequestWire, MultiModelResponseWire, [
  "PATCH {app}/models",
  "PATCH /v2/models"
])
/** Deletes one model. Takes a `DeleteModelRequest` and answers with a `BaseResponse`. */
export const DeleteModel = /* @__PURE__ */ defineMethod("DeleteModel", DeleteModelRequestWire, BaseResponseWire, [
  "DELETE {app}/models/{model_id}",
  "DELETE /v2/models/{model_id}"
])
/** Deletes models by id, or all of them. Takes a `DeleteModelsRequest` and answers with a `BaseResponse`. */
export const DeleteModels = /* @__PURE__ */ defineMethod("DeleteModels", DeleteModelsRequestWire, BaseResponseWire, [
  "DELETE {app}/models",
  "DELETE /v2/models"
])
/** Searches models by name and type. Takes a `PostModelsSearchesRequest` and answers with a `MultiModelResponse`. */
export const PostModelsSearches = /* @__PURE__ */ defineMethod(
  "PostModelsSearches",
  PostModelsSearchesRequestWire,
  MultiModelResponseWire,
  ["POST {app}/models/searches", "POST /v2/models/searches"]
)
/** Lists the types of models. Takes a `ListModelTypesRequest` and answers with a `MultiModelTypeResponse`. */
export const ListModelTypes = /* @__PURE__ */ defineMethod(
  "ListModelTypes",
  ListModelTypesRequestWire,
  MultiModelTypeResponseWire,
  ["GET {app}/models/types", "GET /v2/models/types"]
)
/** Reads one type of models. Takes a `GetModelTypeRequest` and answers with a `SingleModelTypeResponse`. */
export const GetModelType = /* @__PURE__ */ defineMethod(
  "GetModelType",
  GetModelTypeRequestWire,
  SingleModelTypeResponseWire,
  ["GET {app}/models/types/{model_type_id}", "GET /v2/models/types/{model_type_id}"]
)
/** Lists the versions of a model, newest first. Takes a `ListModelVersionsRequest` and answers with a `MultiModelVersionResponse`. */
export const ListModelVersions = /* @__PURE__ */ defineMethod(
  "ListModelVersions",
  ListModelVersionsRequestWire,
  MultiModelVersionResponseWire,
  ["GET {app}/models/{model_id}/versions", "GET /v2/models/{model_id}/versions"]
)
/** Reads one version. Takes a `GetModelVersionRequest` and answers with a `SingleModelVersionResponse`. */
export const GetModelVersion = /* @__PURE__ */ defineMethod(
  "GetModelVersion",
  GetModelVersionRequestWire,
  SingleModelVersionResponseWire,
  ["GET {app}/models/{model_id}/versions/{version_id}", "GET /v2/models/{model_id}/versions/{version_id}"]
)
/** Trains a model on the examples of the app. Takes a `PostModelVersionsRequest` and answers with a `SingleModelResponse`. */
export const PostModelVersions = /* @__PURE__ */ defineMethod(
  "PostModelVersions",
  PostModelVersionsRequestWire,
  SingleModelResponseWire,
  ["POST {app}/models/{model_id}/versions", "POST /v2/models/{model_id}/versions"]
)
/** Changes versions; `action` is `merge`, `overwrite` or `remove`. Takes a `PatchModelVersionsRequest` and answers with a `MultiModelVersionResponse`. */
export const PatchModelVersions = /* @__PURE__ */ defineMethod(
  "PatchModelVersions",
  PatchModelVersionsRequestWire,
  MultiModelVersionResponseWire,
  ["PATCH {app}/models/{model_id}/versions"]
)
/** Deletes one version and stops its training. Takes a `DeleteModelVersionRequest` and answers with a `BaseResponse`. */
export const DeleteModelVersion = /* @__PURE__ */ defineMethod(
  "DeleteModelVersion",
  DeleteModelVersionRequestWire,
  BaseResponseWire,
  ["DELETE {app}/models/{model_id}/versions/{version_id}", "DELETE /v2/models/{model_id}/versions/{version_id}"]
)
/** Estimates the time of a training. Takes a `PostModelVersionsTrainingTimeEstimateRequest` and answers with a `MultiTrainingTimeEstimateResponse`. */
export const PostModelVersionsTrainingTimeEstimate = /* @__PURE__ */ defineMethod(
  "PostModelVersionsTrainingTimeEstimate",
  PostModelVersionsTrainingTimeEstimateRequestWire,
  MultiTrainingTimeEstimateResponseWire,
  ["POST {app}/models/{model_id}/versions/time_estimate", "POST /v2/models/{model_id}/versions/time_estimate"]
)
/** Exports a version. Takes a `PutModelVersionExportsRequest` and answers with a `SingleModelVersionExportResponse`. */
export const PutModelVersionExports = /* @__PURE__ */ defineMethod(
  "PutModelVersionExports",
  PutModelVersionExportsRequestWire,
  SingleModelVersionExportResponseWire,
  [
    "PUT {app}/models/{model_id}/versions/{version_id}/exports",
    "PUT /v2/models/{model_id}/versions/{version_id}/exports"
  ]
)
/** Reads the state of an export. Takes a `GetModelVersionExportRequest` and answers with a `SingleModelVersionExportResponse`. */
export const GetModelVersionExport = /* @__PURE__ */ defineMethod(
  "GetModelVersionExport",
  GetModelVersionExportRequestWire,
  SingleModelVersionExportResponseWire,
  [
    "GET {app}/models/{model_id}/versions/{version_id}/exports",
    "GET /v2/models/{model_id}/versions/{version_id}/exports"
  ]
)
/** Evaluates a version; an empty body is accepted. Takes a `PostModelVersionMetricsRequest` and answers with a `SingleModelVersionResponse`. */
export const PostModelVersionMetrics = /* @__PURE__ */ defineMethod(
  "PostModelVersionMetrics",
  PostModelVersionMetricsRequestWire,
  SingleModelVersionResponseWire,
  [
    "POST {app}/models/{model_id}/versions/{version_id}/metrics",
    "POST /v2/models/{model_id}/versions/{version_id}/metrics"
  ]
)
/** Reads the latest evaluation of a version. Takes a `GetModelVersionMetricsRequest` and answers with a `SingleModelVersionResponse`. */
export const GetModelVersionMetrics = /* @__PURE__ */ defineMethod(
  "GetModelVersionMetrics",
  GetModelVersionMetricsRequestWire,
  SingleModelVersionResponseWire,
  [
    "GET {app}/models/{model_id}/versions/{version_id}/metrics",
    "GET /v2/models/{model_id}/versions/{version_id}/metrics"
  ]
)
/** Evaluates a version on datasets. Takes a `PostModelVersionEvaluationsRequest` and answers with a `MultiEvalMetricsResponse`. */
export const PostModelVersionEvaluations = /* @__PURE__ */ defineMethod(
  "PostModelVersionEvaluations",
  PostModelVersionEvaluationsRequestWire,
  MultiEvalMetricsResponseWire,
  [
    "POST {app}/models/{model_id}/versions/{model_version_id}/evaluations",
    "POST /v2/models/{model_id}/versions/{model_version_id}/evaluations"
  ]
)
/** Lists the evaluations of a version. Takes a `ListModelVersionEvaluationsRequest` and answers with a `MultiEvalMetricsResponse`. */
export const ListModelVersionEvaluations = /* @__PURE__ */ defineMethod(
  "ListModelVersionEvaluations",
  ListModelVersionEvaluationsRequestWire,
  MultiEvalMetricsResponseWire,
  [
    "GET {app}/models/{model_id}/versions/{model_version_id}/evaluations",
    "GET /v2/models/{model_id}/versions/{model_version_id}/evaluations"
  ]
)
/** Reads one evaluation of a version. Takes a `GetModelVersionEvaluationRequest` and answers with a `SingleEvalMetricsResponse`. */
export const GetModelVersionEvaluation = /* @__PURE__ */ defineMethod(
  "GetModelVersionEvaluation",
  GetModelVersionEvaluationRequestWire,
  SingleEvalMetricsResponseWire,
  [
    "GET {app}/models/{model_id}/versions/{model_version_id}/evaluations/{evaluation_id}",
    "GET /v2/models/{model_id}/versions/{model_version_id}/evaluations/{evaluation_id}"
  ]
)
/** Evaluates the versions that `eval_metrics` names. Takes a `PostEvaluationsRequest` and answers with a `MultiEvalMetricsResponse`. */
export const PostEvaluations = /* @__PURE__ */ defineMethod(
  "PostEvaluations",
  PostEvaluationsRequestWire,
  MultiEvalMetricsResponseWire,
  ["POST {app}/evaluations", "POST /v2/evaluations"]
)
/** Lists the evaluations of an app. Takes a `ListEvaluationsRequest` and answers with a `MultiEvalMetricsResponse`. */
export const ListEvaluations = /* @__PURE__ */ defineMethod(
  "ListEvaluations",
  ListEvaluationsRequestWire,
  MultiEvalMetricsResponseWire,
  ["GET {app}/evaluations", "GET /v2/users/{user_app_id.user_id}/evaluations", "GET /v2/evaluations"]
)
/** Reads one evaluation of an app. Takes a `GetEvaluationRequest` and answers with a `SingleEvalMetricsResponse`. */
export const GetEvaluation = /* @__PURE__ */ defineMethod(
  "GetEvaluation",
  GetEvaluationRequestWire,
  SingleEvalMetricsResponseWire,
  ["GET {app}/evaluations/{evaluation_id}", "GET /v2/evaluations/{evaluation_id}"]
)
