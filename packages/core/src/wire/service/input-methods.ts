// Methods of the service `clarifai.api.V2`. Inputs of an app, and searches in them.
import {
  CancelInputsAddJobRequestWire,
  DeleteInputRequestWire,
  DeleteInputsRequestWire,
  GetInputCountRequestWire,
  GetInputRequestWire,
  GetInputsAddJobRequestWire,
  ListInputsRequestWire,
  ListModelInputsRequestWire,
  MultiInputResponseWire,
  PatchInputsRequestWire,
  PostInputsRequestWire,
  SingleInputCountResponseWire,
  SingleInputResponseWire,
  SingleInputsAddJobResponseWire,
  StreamInputsRequestWire
} from "../messages/input-requests.ts"
import {
  MultiSearchResponseWire,
  PostInputsSearchesRequestWire,
  PostSearchesRequestWire
} from "../messages/search-messages.ts"
import { BaseResponseWire } from "../messages/status-messages.ts"
import { defineMethod } from "./rpc-method.ts"

/** Lists the inputs of an app. Takes a `ListInputsRequest` and answers with a `MultiInputResponse`. */
export const ListInputs = /* @__PURE__ */ defineMethod("ListInputs", ListInputsRequestWire, MultiInputResponseWire, [
  "GET {app}/inputs",
  "GET /v2/inputs"
])
/** Lists inputs after `last_id`; a unary call in spite of its name. Takes a `StreamInputsRequest` and answers with a `MultiInputResponse`. */
export const StreamInputs = /* @__PURE__ */ defineMethod(
  "StreamInputs",
  StreamInputsRequestWire,
  MultiInputResponseWire,
  ["GET {app}/inputs/stream", "GET /v2/inputs/stream"]
)
/** Reads one input. Takes a `GetInputRequest` and answers with a `SingleInputResponse`. */
export const GetInput = /* @__PURE__ */ defineMethod("GetInput", GetInputRequestWire, SingleInputResponseWire, [
  "GET {app}/inputs/{input_id}",
  "GET /v2/inputs/{input_id}"
])
/** Counts the inputs of an app. Takes a `GetInputCountRequest` and answers with a `SingleInputCountResponse`. */
export const GetInputCount = /* @__PURE__ */ defineMethod(
  "GetInputCount",
  GetInputCountRequestWire,
  SingleInputCountResponseWire,
  ["GET {app}/inputs/status", "GET /v2/inputs/status"]
)
/** Adds up to 128 inputs. Takes a `PostInputsRequest` and answers with a `MultiInputResponse`. */
export const PostInputs = /* @__PURE__ */ defineMethod("PostInputs", PostInputsRequestWire, MultiInputResponseWire, [
  "POST {app}/inputs",
  "POST /v2/inputs"
])
/** Changes inputs; `action` is `merge`, `overwrite` or `remove`. Takes a `PatchInputsRequest` and answers with a `MultiInputResponse`. */
export const PatchInputs = /* @__PURE__ */ defineMethod("PatchInputs", PatchInputsRequestWire, MultiInputResponseWire, [
  "PATCH {app}/inputs",
  "PATCH /v2/inputs"
])
/** Deletes one input. Takes a `DeleteInputRequest` and answers with a `BaseResponse`. */
export const DeleteInput = /* @__PURE__ */ defineMethod("DeleteInput", DeleteInputRequestWire, BaseResponseWire, [
  "DELETE {app}/inputs/{input_id}",
  "DELETE /v2/inputs/{input_id}"
])
/** Deletes inputs by id, or all of them. Takes a `DeleteInputsRequest` and answers with a `BaseResponse`. */
export const DeleteInputs = /* @__PURE__ */ defineMethod("DeleteInputs", DeleteInputsRequestWire, BaseResponseWire, [
  "DELETE {app}/inputs",
  "DELETE /v2/inputs"
])
/** Searches inputs. Takes a `PostInputsSearchesRequest` and answers with a `MultiSearchResponse`. */
export const PostInputsSearches = /* @__PURE__ */ defineMethod(
  "PostInputsSearches",
  PostInputsSearchesRequestWire,
  MultiSearchResponseWire,
  ["POST {app}/inputs/searches", "POST /v2/inputs/searches"]
)
/** Searches inputs, as the first clients do. Takes a `PostSearchesRequest` and answers with a `MultiSearchResponse`. */
export const PostSearches = /* @__PURE__ */ defineMethod(
  "PostSearches",
  PostSearchesRequestWire,
  MultiSearchResponseWire,
  ["POST {app}/searches", "POST /v2/searches"]
)
/** Reads a job. Takes a `GetInputsAddJobRequest` and answers with a `SingleInputsAddJobResponse`. */
export const GetInputsAddJob = /* @__PURE__ */ defineMethod(
  "GetInputsAddJob",
  GetInputsAddJobRequestWire,
  SingleInputsAddJobResponseWire,
  ["GET {app}/inputs/jobs/add/{id}", "GET /v2/inputs/jobs/add/{id}"]
)
/** Cancels a job. Takes a `CancelInputsAddJobRequest` and answers with a `SingleInputsAddJobResponse`. */
export const CancelInputsAddJob = /* @__PURE__ */ defineMethod(
  "CancelInputsAddJob",
  CancelInputsAddJobRequestWire,
  SingleInputsAddJobResponseWire,
  ["PATCH {app}/inputs/jobs/add/{id}", "PATCH /v2/inputs/jobs/add/{id}"]
)
/** Lists the inputs that a model or a version is trained on. Takes a `ListModelInputsRequest` and answers with a `MultiInputResponse`. */
export const ListModelInputs = /* @__PURE__ */ defineMethod(
  "ListModelInputs",
  ListModelInputsRequestWire,
  MultiInputResponseWire,
  [
    "GET {app}/models/{model_id}/inputs",
    "GET /v2/models/{model_id}/inputs",
    "GET {app}/models/{model_id}/versions/{version_id}/inputs",
    "GET /v2/models/{model_id}/versions/{version_id}/inputs"
  ]
)
