// Requests and responses about workflows.
import { always, bool, map, message, repeated, required, string, uint32 } from "./field.ts"
import { InputWire, UserAppIdWire } from "./input-messages.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { OutputConfigWire } from "./model-messages.ts"
import { RunnerSelectorWire } from "./runner-messages.ts"
import { StatusWire } from "./status-messages.ts"
import { WorkflowResultWire, WorkflowStateWire, WorkflowWire } from "./workflow-messages.ts"

const postWorkflowResultsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  workflow_id: string(2),
  version_id: string(7),
  inputs: always(repeated(message(3, () => InputWire)), []),
  output_config: message(4, () => OutputConfigWire),
  workflow_state: message(6, () => WorkflowStateWire),
  node_runner_selectors: map(
    8,
    message(2, () => RunnerSelectorWire)
  )
})
/** Runs a workflow on 1 to 32 inputs. */
export interface PostWorkflowResultsRequestWire extends Infer<typeof postWorkflowResultsRequest> {}
export const PostWorkflowResultsRequestWire: Message<PostWorkflowResultsRequestWire> = /* @__PURE__ */ defineMessage(
  "PostWorkflowResultsRequest",
  postWorkflowResultsRequest
)

const postWorkflowResultsResponse = () => ({
  status: required(message(1, () => StatusWire)),
  workflow: message(2, () => WorkflowWire),
  results: always(repeated(message(3, () => WorkflowResultWire)), []),
  workflow_state: message(4, () => WorkflowStateWire)
})
/** One result for each input, in the order of the inputs. */
export interface PostWorkflowResultsResponseWire extends Infer<typeof postWorkflowResultsResponse> {}
export const PostWorkflowResultsResponseWire: Message<PostWorkflowResultsResponseWire> = /* @__PURE__ */ defineMessage(
  "PostWorkflowResultsResponse",
  postWorkflowResultsResponse
)

const listWorkflowsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  page: uint32(2),
  per_page: uint32(3),
  additional_fields: repeated(string(10)),
  sort_ascending: bool(5),
  sort_by_id: bool(6),
  sort_by_modified_at: bool(7),
  sort_by_created_at: bool(13),
  search: string(16)
})
/** Lists workflows. */
export interface ListWorkflowsRequestWire extends Infer<typeof listWorkflowsRequest> {}
export const ListWorkflowsRequestWire: Message<ListWorkflowsRequestWire> = /* @__PURE__ */ defineMessage(
  "ListWorkflowsRequest",
  listWorkflowsRequest
)

const getWorkflowRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  workflow_id: string(2),
  additional_fields: repeated(string(4))
})
/** Reads one workflow. */
export interface GetWorkflowRequestWire extends Infer<typeof getWorkflowRequest> {}
export const GetWorkflowRequestWire: Message<GetWorkflowRequestWire> = /* @__PURE__ */ defineMessage(
  "GetWorkflowRequest",
  getWorkflowRequest
)

const postWorkflowsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  workflows: always(repeated(message(2, () => WorkflowWire)), [])
})
/** Creates workflows. */
export interface PostWorkflowsRequestWire extends Infer<typeof postWorkflowsRequest> {}
export const PostWorkflowsRequestWire: Message<PostWorkflowsRequestWire> = /* @__PURE__ */ defineMessage(
  "PostWorkflowsRequest",
  postWorkflowsRequest
)

const patchWorkflowsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  workflows: always(repeated(message(2, () => WorkflowWire)), []),
  action: always(string(3), "")
})
/** Changes workflows; `action` is `merge`, `overwrite` or `remove`. */
export interface PatchWorkflowsRequestWire extends Infer<typeof patchWorkflowsRequest> {}
export const PatchWorkflowsRequestWire: Message<PatchWorkflowsRequestWire> = /* @__PURE__ */ defineMessage(
  "PatchWorkflowsRequest",
  patchWorkflowsRequest
)

const deleteWorkflowRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  workflow_id: string(2)
})
/** Deletes one workflow. */
export interface DeleteWorkflowRequestWire extends Infer<typeof deleteWorkflowRequest> {}
export const DeleteWorkflowRequestWire: Message<DeleteWorkflowRequestWire> = /* @__PURE__ */ defineMessage(
  "DeleteWorkflowRequest",
  deleteWorkflowRequest
)

const deleteWorkflowsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  ids: repeated(string(2)),
  delete_all: bool(3)
})
/** Deletes workflows by id, or all of them. */
export interface DeleteWorkflowsRequestWire extends Infer<typeof deleteWorkflowsRequest> {}
export const DeleteWorkflowsRequestWire: Message<DeleteWorkflowsRequestWire> = /* @__PURE__ */ defineMessage(
  "DeleteWorkflowsRequest",
  deleteWorkflowsRequest
)

const singleWorkflowResponse = () => ({
  status: required(message(1, () => StatusWire)),
  workflow: message(2, () => WorkflowWire)
})
/** One workflow. */
export interface SingleWorkflowResponseWire extends Infer<typeof singleWorkflowResponse> {}
export const SingleWorkflowResponseWire: Message<SingleWorkflowResponseWire> = /* @__PURE__ */ defineMessage(
  "SingleWorkflowResponse",
  singleWorkflowResponse
)

const multiWorkflowResponse = () => ({
  status: required(message(1, () => StatusWire)),
  workflows: always(repeated(message(2, () => WorkflowWire)), [])
})
/** One page of workflows. */
export interface MultiWorkflowResponseWire extends Infer<typeof multiWorkflowResponse> {}
export const MultiWorkflowResponseWire: Message<MultiWorkflowResponseWire> = /* @__PURE__ */ defineMessage(
  "MultiWorkflowResponse",
  multiWorkflowResponse
)
