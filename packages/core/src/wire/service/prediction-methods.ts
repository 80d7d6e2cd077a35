// Methods of the service `clarifai.api.V2`. Predictions of models and workflows.
import { MultiOutputResponseWire, PostModelOutputsRequestWire } from "../messages/output-messages.ts"
import { PostWorkflowResultsRequestWire, PostWorkflowResultsResponseWire } from "../messages/workflow-requests.ts"
import { defineMethod } from "./rpc-method.ts"

/** Predicts 1 to 128 inputs. Takes a `PostModelOutputsRequest` and answers with a `MultiOutputResponse`. */
export const PostModelOutputs = /* @__PURE__ */ defineMethod(
  "PostModelOutputs",
  PostModelOutputsRequestWire,
  MultiOutputResponseWire,
  [
    "POST {app}/models/{model_id}/versions/{version_id}/outputs",
    "POST /v2/models/{model_id}/versions/{version_id}/outputs",
    "POST {app}/models/{model_id}/outputs",
    "POST /v2/models/{model_id}/outputs",
    "POST /v2/users/{runner_selector.deployment.user_id}/deployments/{runner_selector.deployment.id}/outputs"
  ]
)
/** Predicts 1 to 128 inputs, and sends each part of an output as it is generated. Takes a `PostModelOutputsRequest` and answers with a `MultiOutputResponse`. */
export const GenerateModelOutputs = /* @__PURE__ */ defineMethod(
  "GenerateModelOutputs",
  PostModelOutputsRequestWire,
  MultiOutputResponseWire,
  [
    "POST {app}/models/{model_id}/versions/{version_id}/outputs/generate",
    "POST {app}/models/{model_id}/outputs/generate"
  ],
  { responseStream: true }
)
/** Predicts the inputs of a stream of requests, with a stream of answers. Takes a `PostModelOutputsRequest` and answers with a `MultiOutputResponse`. */
export const StreamModelOutputs = /* @__PURE__ */ defineMethod(
  "StreamModelOutputs",
  PostModelOutputsRequestWire,
  MultiOutputResponseWire,
  ["POST /v2/models/outputs/stream"],
  { requestStream: true, responseStream: true }
)
/** Runs a workflow on 1 to 32 inputs. Takes a `PostWorkflowResultsRequest` and answers with a `PostWorkflowResultsResponse`. */
export const PostWorkflowResults = /* @__PURE__ */ defineMethod(
  "PostWorkflowResults",
  PostWorkflowResultsRequestWire,
  PostWorkflowResultsResponseWire,
  [
    "POST {app}/workflows/{workflow_id}/versions/{version_id}/results",
    "POST {app}/workflows/{workflow_id}/results",
    "POST /v2/workflows/{workflow_id}/results"
  ]
)
