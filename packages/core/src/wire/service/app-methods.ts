// Methods of the service `clarifai.api.V2`. Apps, workflows, datasets and status numbers.
import {
  GetAppRequestWire,
  ListAppsRequestWire,
  MultiAppResponseWire,
  PostAppsRequestWire,
  SingleAppResponseWire
} from "../messages/app-messages.ts"
import {
  DeleteDatasetInputsRequestWire,
  DeleteDatasetVersionsRequestWire,
  DeleteDatasetsRequestWire,
  GetDatasetRequestWire,
  GetDatasetVersionRequestWire,
  ListDatasetInputsRequestWire,
  ListDatasetVersionsRequestWire,
  ListDatasetsRequestWire,
  MultiDatasetInputResponseWire,
  MultiDatasetResponseWire,
  MultiDatasetVersionResponseWire,
  PatchDatasetsRequestWire,
  PostDatasetInputsRequestWire,
  PostDatasetVersionsRequestWire,
  PostDatasetsRequestWire,
  SingleDatasetResponseWire,
  SingleDatasetVersionResponseWire
} from "../messages/dataset-requests.ts"
import {
  BaseResponseWire,
  GetStatusCodeRequestWire,
  ListStatusCodesRequestWire,
  MultiStatusCodeResponseWire,
  SingleStatusCodeResponseWire
} from "../messages/status-messages.ts"
import {
  DeleteWorkflowRequestWire,
  DeleteWorkflowsRequestWire,
  GetWorkflowRequestWire,
  ListWorkflowsRequestWire,
  MultiWorkflowResponseWire,
  PatchWorkflowsRequestWire,
  PostWorkflowsRequestWire,
  SingleWorkflowResponseWire
} from "../messages/workflow-requests.ts"
import { defineMethod } from "./rpc-method.ts"

/** Reads one app. Takes a `GetAppRequest` and answers with a `SingleAppResponse`. */
export const GetApp = /* @__PURE__ */ defineMethod("GetApp", GetAppRequestWire, SingleAppResponseWire, [
  "GET {app}",
  "GET /v2/app"
])
/** Lists the apps of a user. Takes a `ListAppsRequest` and answers with a `MultiAppResponse`. */
export const ListApps = /* @__PURE__ */ defineMethod("ListApps", ListAppsRequestWire, MultiAppResponseWire, [
  "GET /v2/users/{user_app_id.user_id}/apps",
  "GET /v2/apps"
])
/** Creates apps. Takes a `PostAppsRequest` and answers with a `MultiAppResponse`. */
export const PostApps = /* @__PURE__ */ defineMethod("PostApps", PostAppsRequestWire, MultiAppResponseWire, [
  "POST /v2/users/{user_app_id.user_id}/apps"
])
/** Lists workflows. Takes a `ListWorkflowsRequest` and answers with a `MultiWorkflowResponse`. */
export const ListWorkflows = /* @__PURE__ */ defineMethod(
  "ListWorkflows",
  ListWorkflowsRequestWire,
  MultiWorkflowResponseWire,
  ["GET {app}/workflows", "GET /v2/users/{user_app_id.user_id}/workflows", "GET /v2/workflows"]
)
/** Reads one workflow. Takes a `GetWorkflowRequest` and answers with a `SingleWorkflowResponse`. */
export const GetWorkflow = /* @__PURE__ */ defineMethod(
  "GetWorkflow",
  GetWorkflowRequestWire,
  SingleWorkflowResponseWire,
  ["GET {app}/workflows/{workflow_id}", "GET /v2/workflows/{workflow_id}"]
)
/** Creates workflows. Takes a `PostWorkflowsRequest` and answers with a `MultiWorkflowResponse`. */
export const PostWorkflows = /* @__PURE__ */ defineMethod(
  "PostWorkflows",
  PostWorkflowsRequestWire,
  MultiWorkflowResponseWire,
  ["POST {app}/workflows", "POST /v2/workflows"]
)
/** Changes workflows; `action` is `merge`, `overwrite` or `remove`. Takes a `PatchWorkflowsRequest` and answers with a `MultiWorkflowResponse`. */
export const PatchWorkflows = /* @__PURE__ */ defineMethod(
  "PatchWorkflows",
  PatchWorkflowsRequestWire,
  MultiWorkflowResponseWire,
  ["PATCH {app}/workflows", "PATCH /v2/workflows"]
)
/** Deletes one workflow. Takes a `DeleteWorkflowRequest` and answers with a `BaseResponse`. */
export const DeleteWorkflow = /* @__PURE__ */ defineMethod(
  "DeleteWorkflow",
  DeleteWorkflowRequestWire,
  BaseResponseWire,
  ["DELETE {app}/workflows/{workflow_id}", "DELETE /v2/workflows/{workflow_id}"]
)
/** Deletes workflows by id, or all of them. Takes a `DeleteWorkflowsRequest` and answers with a `BaseResponse`. */
export const DeleteWorkflows = /* @__PURE__ */ defineMethod(
  "DeleteWorkflows",
  DeleteWorkflowsRequestWire,
  BaseResponseWire,
  ["DELETE {app}/workflows", "DELETE /v2/workflows"]
)
/** Lists datasets. Takes a `ListDatasetsRequest` and answers with a `MultiDatasetResponse`. */
export const ListDatasets = /* @__PURE__ */ defineMethod(
  "ListDatasets",
  ListDatasetsRequestWire,
  MultiDatasetResponseWire,
  ["GET {app}/datasets", "GET /v2/users/{user_app_id.user_id}/datasets", "GET /v2/datasets"]
)
/** Reads one dataset. Takes a `GetDatasetRequest` and answers with a `SingleDatasetResponse`. */
export const GetDataset = /* @__PURE__ */ defineMethod("GetDataset", GetDatasetRequestWire, SingleDatasetResponseWire, [
  "GET {app}/datasets/{dataset_id}",
  "GET /v2/datasets/{dataset_id}"
])
/** Creates datasets. Takes a `PostDatasetsRequest` and answers with a `MultiDatasetResponse`. */
export const PostDatasets = /* @__PURE__ */ defineMethod(
  "PostDatasets",
  PostDatasetsRequestWire,
  MultiDatasetResponseWire,
  ["POST {app}/datasets", "POST /v2/datasets"]
)
/** Changes datasets; `action` is `merge`, `overwrite` or `remove`. Takes a `PatchDatasetsRequest` and answers with a `MultiDatasetResponse`. */
export const PatchDatasets = /* @__PURE__ */ defineMethod(
  "PatchDatasets",
  PatchDatasetsRequestWire,
  MultiDatasetResponseWire,
  ["PATCH {app}/datasets", "PATCH /v2/datasets"]
)
/** Deletes datasets by id. Takes a `DeleteDatasetsRequest` and answers with a `BaseResponse`. */
export const DeleteDatasets = /* @__PURE__ */ defineMethod(
  "DeleteDatasets",
  DeleteDatasetsRequestWire,
  BaseResponseWire,
  ["DELETE {app}/datasets", "DELETE /v2/datasets"]
)
/** Lists the inputs of a dataset. Takes a `ListDatasetInputsRequest` and answers with a `MultiDatasetInputResponse`. */
export const ListDatasetInputs = /* @__PURE__ */ defineMethod(
  "ListDatasetInputs",
  ListDatasetInputsRequestWire,
  MultiDatasetInputResponseWire,
  ["GET {app}/datasets/{dataset_id}/inputs", "GET /v2/datasets/{dataset_id}/inputs"]
)
/** Adds inputs to a dataset. Takes a `PostDatasetInputsRequest` and answers with a `MultiDatasetInputResponse`. */
export const PostDatasetInputs = /* @__PURE__ */ defineMethod(
  "PostDatasetInputs",
  PostDatasetInputsRequestWire,
  MultiDatasetInputResponseWire,
  ["POST {app}/datasets/{dataset_id}/inputs", "POST /v2/datasets/{dataset_id}/inputs"]
)
/** Removes inputs from a dataset; the app keeps them. Takes a `DeleteDatasetInputsRequest` and answers with a `BaseResponse`. */
export const DeleteDatasetInputs = /* @__PURE__ */ defineMethod(
  "DeleteDatasetInputs",
  DeleteDatasetInputsRequestWire,
  BaseResponseWire,
  ["DELETE {app}/datasets/{dataset_id}/inputs", "DELETE /v2/datasets/{dataset_id}/inputs"]
)
/** Lists the versions of a dataset. Takes a `ListDatasetVersionsRequest` and answers with a `MultiDatasetVersionResponse`. */
export const ListDatasetVersions = /* @__PURE__ */ defineMethod(
  "ListDatasetVersions",
  ListDatasetVersionsRequestWire,
  MultiDatasetVersionResponseWire,
  ["GET {app}/datasets/{dataset_id}/versions", "GET /v2/datasets/{dataset_id}/versions"]
)
/** Reads one version of a dataset. Takes a `GetDatasetVersionRequest` and answers with a `SingleDatasetVersionResponse`. */
export const GetDatasetVersion = /* @__PURE__ */ defineMethod(
  "GetDatasetVersion",
  GetDatasetVersionRequestWire,
  SingleDatasetVersionResponseWire,
  [
    "GET {app}/datasets/{dataset_id}/versions/{dataset_version_id}",
    "GET /v2/datasets/{dataset_id}/versions/{dataset_version_id}"
  ]
)
/** Creates versions of a dataset. Takes a `PostDatasetVersionsRequest` and answers with a `MultiDatasetVersionResponse`. */
export const PostDatasetVersions = /* @__PURE__ */ defineMethod(
  "PostDatasetVersions",
  PostDatasetVersionsRequestWire,
  MultiDatasetVersionResponseWire,
  ["POST {app}/datasets/{dataset_id}/versions", "POST /v2/datasets/{dataset_id}/versions"]
)
/** Deletes versions of a dataset. Takes a `DeleteDatasetVersionsRequest` and answers with a `BaseResponse`. */
export const DeleteDatasetVersions = /* @__PURE__ */ defineMethod(
  "DeleteDatasetVersions",
  DeleteDatasetVersionsRequestWire,
  BaseResponseWire,
  ["DELETE {app}/datasets/{dataset_id}/versions", "DELETE /v2/datasets/{dataset_id}/versions"]
)
/** Lists all status numbers. Takes a `ListStatusCodesRequest` and answers with a `MultiStatusCodeResponse`. */
export const ListStatusCodes = /* @__PURE__ */ defineMethod(
  "ListStatusCodes",
  ListStatusCodesRequestWire,
  MultiStatusCodeResponseWire,
  ["GET /v2/status_codes"]
)
/** Describes one status number. Takes a `GetStatusCodeRequest` and answers with a `SingleStatusCodeResponse`. */
export const GetStatusCode = /* @__PURE__ */ defineMethod(
  "GetStatusCode",
  GetStatusCodeRequestWire,
  SingleStatusCodeResponseWire,
  ["GET /v2/status_codes/{status_code_id}"]
)
