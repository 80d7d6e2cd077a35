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

export const GetApp = /* @__PURE__ */ defineMethod("GetApp", GetAppRequestWire, SingleAppResponseWire, [
  "GET {app}",
  "GET /v2/app"
])
export const ListApps = /* @__PURE__ */ defineMethod("ListApps", ListAppsRequestWire, MultiAppResponseWire, [
  "GET /v2/users/{user_app_id.user_id}/apps",
  "GET /v2/apps"
])
export const PostApps = /* @__PURE__ */ defineMethod("PostApps", PostAppsRequestWire, MultiAppResponseWire, [
  "POST /v2/users/{user_app_id.user_id}/apps"
])
export const ListWorkflows = /* @__PURE__ */ defineMethod(
  "ListWorkflows",
  ListWorkflowsRequestWire,
  MultiWorkflowResponseWire,
  ["GET {app}/workflows", "GET /v2/users/{user_app_id.user_id}/workflows", "GET /v2/workflows"]
)
export const GetWorkflow = /* @__PURE__ */ defineMethod(
  "GetWorkflow",
  GetWorkflowRequestWire,
  SingleWorkflowResponseWire,
  ["GET {app}/workflows/{workflow_id}", "GET /v2/workflows/{workflow_id}"]
)
export const PostWorkflows = /* @__PURE__ */ defineMethod(
  "PostWorkflows",
  PostWorkflowsRequestWire,
  MultiWorkflowResponseWire,
  ["POST {app}/workflows", "POST /v2/workflows"]
)
export const PatchWorkflows = /* @__PURE__ */ defineMethod(
  "PatchWorkflows",
  PatchWorkflowsRequestWire,
  MultiWorkflowResponseWire,
  ["PATCH {app}/workflows", "PATCH /v2/workflows"]
)
export const DeleteWorkflow = /* @__PURE__ */ defineMethod(
  "DeleteWorkflow",
  DeleteWorkflowRequestWire,
  BaseResponseWire,
  ["DELETE {app}/workflows/{workflow_id}", "DELETE /v2/workflows/{workflow_id}"]
)
export const DeleteWorkflows = /* @__PURE__ */ defineMethod(
  "DeleteWorkflows",
  DeleteWorkflowsRequestWire,
  BaseResponseWire,
  ["DELETE {app}/workflows", "DELETE /v2/workflows"]
)
export const ListDatasets = /* @__PURE__ */ defineMethod(
  "ListDatasets",
  ListDatasetsRequestWire,
  MultiDatasetResponseWire,
  ["GET {app}/datasets", "GET /v2/users/{user_app_id.user_id}/datasets", "GET /v2/datasets"]
)
export const GetDataset = /* @__PURE__ */ defineMethod("GetDataset", GetDatasetRequestWire, SingleDatasetResponseWire, [
  "GET {app}/datasets/{dataset_id}",
  "GET /v2/datasets/{dataset_id}"
])
export const PostDatasets = /* @__PURE__ */ defineMethod(
  "PostDatasets",
  PostDatasetsRequestWire,
  MultiDatasetResponseWire,
  ["POST {app}/datasets", "POST /v2/datasets"]
)
export const PatchDatasets = /* @__PURE__ */ defineMethod(
  "PatchDatasets",
  PatchDatasetsRequestWire,
  MultiDatasetResponseWire,
  ["PATCH {app}/datasets", "PATCH /v2/datasets"]
)
export const DeleteDatasets = /* @__PURE__ */ defineMethod(
  "DeleteDatasets",
  DeleteDatasetsRequestWire,
  BaseResponseWire,
  ["DELETE {app}/datasets", "DELETE /v2/datasets"]
)
export const ListDatasetInputs = /* @__PURE__ */ defineMethod(
  "ListDatasetInputs",
  ListDatasetInputsRequestWire,
  MultiDatasetInputResponseWire,
  ["GET {app}/datasets/{dataset_id}/inputs", "GET /v2/datasets/{dataset_id}/inputs"]
)
export const PostDatasetInputs = /* @__PURE__ */ defineMethod(
  "PostDatasetInputs",
  PostDatasetInputsRequestWire,
  MultiDatasetInputResponseWire,
  ["POST {app}/datasets/{dataset_id}/inputs", "POST /v2/datasets/{dataset_id}/inputs"]
)
export const DeleteDatasetInputs = /* @__PURE__ */ defineMethod(
  "DeleteDatasetInputs",
  DeleteDatasetInputsRequestWire,
  BaseResponseWire,
  ["DELETE {app}/datasets/{dataset_id}/inputs", "DELETE /v2/datasets/{dataset_id}/inputs"]
)
export const ListDatasetVersions = /* @__PURE__ */ defineMethod(
  "ListDatasetVersions",
  ListDatasetVersionsRequestWire,
  MultiDatasetVersionResponseWire,
  ["GET {app}/datasets/{dataset_id}/versions", "GET /v2/datasets/{dataset_id}/versions"]
)
export const GetDatasetVersion = /* @__PURE__ */ defineMethod(
  "GetDatasetVersion",
  GetDatasetVersionRequestWire,
  SingleDatasetVersionResponseWire,
  [
    "GET {app}/datasets/{dataset_id}/versions/{dataset_version_id}",
    "GET /v2/datasets/{dataset_id}/versions/{dataset_version_id}"
  ]
)
export const PostDatasetVersions = /* @__PURE__ */ defineMethod(
  "PostDatasetVersions",
  PostDatasetVersionsRequestWire,
  MultiDatasetVersionResponseWire,
  ["POST {app}/datasets/{dataset_id}/versions", "POST /v2/datasets/{dataset_id}/versions"]
)
export const DeleteDatasetVersions = /* @__PURE__ */ defineMethod(
  "DeleteDatasetVersions",
  DeleteDatasetVersionsRequestWire,
  BaseResponseWire,
  ["DELETE {app}/datasets/{dataset_id}/versions", "DELETE /v2/datasets/{dataset_id}/versions"]
)
export const ListStatusCodes = /* @__PURE__ */ defineMethod(
  "ListStatusCodes",
  ListStatusCodesRequestWire,
  MultiStatusCodeResponseWire,
  ["GET /v2/status_codes"]
)
export const GetStatusCode = /* @__PURE__ */ defineMethod(
  "GetStatusCode",
  GetStatusCodeRequestWire,
  SingleStatusCodeResponseWire,
  ["GET /v2/status_codes/{status_code_id}"]
)
