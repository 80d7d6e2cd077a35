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

export const ListModels = /* @__PURE__ */ defineMethod("ListModels", ListModelsRequestWire, MultiModelResponseWire, [
  "GET {app}/models",
  "GET /v2/users/{user_app_id.user_id}/models",
  "GET /v2/models"
])
export const GetModel = /* @__PURE__ */ defineMethod("GetModel", GetModelRequestWire, SingleModelResponseWire, [
  "GET {app}/models/{model_id}",
  "GET /v2/models/{model_id}"
])
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
export const PostModels = /* @__PURE__ */ defineMethod("PostModels", PostModelsRequestWire, SingleModelResponseWire, [
  "POST {app}/models",
  "POST /v2/models"
])
export const PatchModels = /* @__PURE__ */ defineMethod("PatchModels", PatchModelsRequestWire, MultiModelResponseWire, [
  "PATCH {app}/models",
  "PATCH /v2/models"
])
export const DeleteModel = /* @__PURE__ */ defineMethod("DeleteModel", DeleteModelRequestWire, BaseResponseWire, [
  "DELETE {app}/models/{model_id}",
  "DELETE /v2/models/{model_id}"
])
export const DeleteModels = /* @__PURE__ */ defineMethod("DeleteModels", DeleteModelsRequestWire, BaseResponseWire, [
  "DELETE {app}/models",
  "DELETE /v2/models"
])
export const PostModelsSearches = /* @__PURE__ */ defineMethod(
  "PostModelsSearches",
  PostModelsSearchesRequestWire,
  MultiModelResponseWire,
  ["POST {app}/models/searches", "POST /v2/models/searches"]
)
export const ListModelTypes = /* @__PURE__ */ defineMethod(
  "ListModelTypes",
  ListModelTypesRequestWire,
  MultiModelTypeResponseWire,
  ["GET {app}/models/types", "GET /v2/models/types"]
)
export const GetModelType = /* @__PURE__ */ defineMethod(
  "GetModelType",
  GetModelTypeRequestWire,
  SingleModelTypeResponseWire,
  ["GET {app}/models/types/{model_type_id}", "GET /v2/models/types/{model_type_id}"]
)
export const ListModelVersions = /* @__PURE__ */ defineMethod(
  "ListModelVersions",
  ListModelVersionsRequestWire,
  MultiModelVersionResponseWire,
  ["GET {app}/models/{model_id}/versions", "GET /v2/models/{model_id}/versions"]
)
export const GetModelVersion = /* @__PURE__ */ defineMethod(
  "GetModelVersion",
  GetModelVersionRequestWire,
  SingleModelVersionResponseWire,
  ["GET {app}/models/{model_id}/versions/{version_id}", "GET /v2/models/{model_id}/versions/{version_id}"]
)
export const PostModelVersions = /* @__PURE__ */ defineMethod(
  "PostModelVersions",
  PostModelVersionsRequestWire,
  SingleModelResponseWire,
  ["POST {app}/models/{model_id}/versions", "POST /v2/models/{model_id}/versions"]
)
export const PatchModelVersions = /* @__PURE__ */ defineMethod(
  "PatchModelVersions",
  PatchModelVersionsRequestWire,
  MultiModelVersionResponseWire,
  ["PATCH {app}/models/{model_id}/versions"]
)
export const DeleteModelVersion = /* @__PURE__ */ defineMethod(
  "DeleteModelVersion",
  DeleteModelVersionRequestWire,
  BaseResponseWire,
  ["DELETE {app}/models/{model_id}/versions/{version_id}", "DELETE /v2/models/{model_id}/versions/{version_id}"]
)
export const PostModelVersionsTrainingTimeEstimate = /* @__PURE__ */ defineMethod(
  "PostModelVersionsTrainingTimeEstimate",
  PostModelVersionsTrainingTimeEstimateRequestWire,
  MultiTrainingTimeEstimateResponseWire,
  ["POST {app}/models/{model_id}/versions/time_estimate", "POST /v2/models/{model_id}/versions/time_estimate"]
)
export const PutModelVersionExports = /* @__PURE__ */ defineMethod(
  "PutModelVersionExports",
  PutModelVersionExportsRequestWire,
  SingleModelVersionExportResponseWire,
  [
    "PUT {app}/models/{model_id}/versions/{version_id}/exports",
    "PUT /v2/models/{model_id}/versions/{version_id}/exports"
  ]
)
export const GetModelVersionExport = /* @__PURE__ */ defineMethod(
  "GetModelVersionExport",
  GetModelVersionExportRequestWire,
  SingleModelVersionExportResponseWire,
  [
    "GET {app}/models/{model_id}/versions/{version_id}/exports",
    "GET /v2/models/{model_id}/versions/{version_id}/exports"
  ]
)
export const PostModelVersionMetrics = /* @__PURE__ */ defineMethod(
  "PostModelVersionMetrics",
  PostModelVersionMetricsRequestWire,
  SingleModelVersionResponseWire,
  [
    "POST {app}/models/{model_id}/versions/{version_id}/metrics",
    "POST /v2/models/{model_id}/versions/{version_id}/metrics"
  ]
)
export const GetModelVersionMetrics = /* @__PURE__ */ defineMethod(
  "GetModelVersionMetrics",
  GetModelVersionMetricsRequestWire,
  SingleModelVersionResponseWire,
  [
    "GET {app}/models/{model_id}/versions/{version_id}/metrics",
    "GET /v2/models/{model_id}/versions/{version_id}/metrics"
  ]
)
export const PostModelVersionEvaluations = /* @__PURE__ */ defineMethod(
  "PostModelVersionEvaluations",
  PostModelVersionEvaluationsRequestWire,
  MultiEvalMetricsResponseWire,
  [
    "POST {app}/models/{model_id}/versions/{model_version_id}/evaluations",
    "POST /v2/models/{model_id}/versions/{model_version_id}/evaluations"
  ]
)
export const ListModelVersionEvaluations = /* @__PURE__ */ defineMethod(
  "ListModelVersionEvaluations",
  ListModelVersionEvaluationsRequestWire,
  MultiEvalMetricsResponseWire,
  [
    "GET {app}/models/{model_id}/versions/{model_version_id}/evaluations",
    "GET /v2/models/{model_id}/versions/{model_version_id}/evaluations"
  ]
)
export const GetModelVersionEvaluation = /* @__PURE__ */ defineMethod(
  "GetModelVersionEvaluation",
  GetModelVersionEvaluationRequestWire,
  SingleEvalMetricsResponseWire,
  [
    "GET {app}/models/{model_id}/versions/{model_version_id}/evaluations/{evaluation_id}",
    "GET /v2/models/{model_id}/versions/{model_version_id}/evaluations/{evaluation_id}"
  ]
)
export const PostEvaluations = /* @__PURE__ */ defineMethod(
  "PostEvaluations",
  PostEvaluationsRequestWire,
  MultiEvalMetricsResponseWire,
  ["POST {app}/evaluations", "POST /v2/evaluations"]
)
export const ListEvaluations = /* @__PURE__ */ defineMethod(
  "ListEvaluations",
  ListEvaluationsRequestWire,
  MultiEvalMetricsResponseWire,
  ["GET {app}/evaluations", "GET /v2/users/{user_app_id.user_id}/evaluations", "GET /v2/evaluations"]
)
export const GetEvaluation = /* @__PURE__ */ defineMethod(
  "GetEvaluation",
  GetEvaluationRequestWire,
  SingleEvalMetricsResponseWire,
  ["GET {app}/evaluations/{evaluation_id}", "GET /v2/evaluations/{evaluation_id}"]
)
