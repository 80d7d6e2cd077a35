// Requests and responses about the inputs of an app.
import { always, bool, enumeration, message, repeated, required, string, uint32 } from "./field.ts"
import { InputCountWire, InputWire, InputsAddJobWire, UserAppIdWire } from "./input-messages.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { StatusWire } from "./status-messages.ts"

/** What happens to an input whose id is taken: without it, the input is refused. */
export const InputIDConflictResolution = { INPUT_ID_CONFLICT_RESOLUTION_NOT_SET: 0, SKIP: 1, SUFFIX: 2 } as const

const listInputsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  page: uint32(2),
  per_page: uint32(3),
  /** Only inputs with this status number. */
  status: message(5, () => StatusWire),
  ids: repeated(string(4))
})
/** Lists the inputs of an app. */
export interface ListInputsRequestWire extends Infer<typeof listInputsRequest> {}
export const ListInputsRequestWire: Message<ListInputsRequestWire> = /* @__PURE__ */ defineMessage(
  "ListInputsRequest",
  listInputsRequest
)

const streamInputsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  per_page: uint32(2),
  last_id: string(3),
  order_by_id: bool(5),
  descending: bool(4)
})
/** Lists inputs after `last_id`; a unary call in spite of its name. */
export interface StreamInputsRequestWire extends Infer<typeof streamInputsRequest> {}
export const StreamInputsRequestWire: Message<StreamInputsRequestWire> = /* @__PURE__ */ defineMessage(
  "StreamInputsRequest",
  streamInputsRequest
)

const getInputRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  input_id: string(2)
})
/** Reads one input. */
export interface GetInputRequestWire extends Infer<typeof getInputRequest> {}
export const GetInputRequestWire: Message<GetInputRequestWire> = /* @__PURE__ */ defineMessage(
  "GetInputRequest",
  getInputRequest
)

const getInputCountRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire)
})
/** Counts the inputs of an app. */
export interface GetInputCountRequestWire extends Infer<typeof getInputCountRequest> {}
export const GetInputCountRequestWire: Message<GetInputCountRequestWire> = /* @__PURE__ */ defineMessage(
  "GetInputCountRequest",
  getInputCountRequest
)

const postInputsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  inputs: always(repeated(message(2, () => InputWire)), []),
  inputs_add_job_id: string(3),
  /** See {@link InputIDConflictResolution}. */
  input_id_conflict_resolution: enumeration(4, InputIDConflictResolution)
})
/** Adds up to 128 inputs. */
export interface PostInputsRequestWire extends Infer<typeof postInputsRequest> {}
export const PostInputsRequestWire: Message<PostInputsRequestWire> = /* @__PURE__ */ defineMessage(
  "PostInputsRequest",
  postInputsRequest
)

const patchInputsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  inputs: always(repeated(message(2, () => InputWire)), []),
  action: always(string(3), "merge")
})
/** Changes inputs; `action` is `merge`, `overwrite` or `remove`. */
export interface PatchInputsRequestWire extends Infer<typeof patchInputsRequest> {}
export const PatchInputsRequestWire: Message<PatchInputsRequestWire> = /* @__PURE__ */ defineMessage(
  "PatchInputsRequest",
  patchInputsRequest
)

const deleteInputRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  input_id: string(2)
})
/** Deletes one input. */
export interface DeleteInputRequestWire extends Infer<typeof deleteInputRequest> {}
export const DeleteInputRequestWire: Message<DeleteInputRequestWire> = /* @__PURE__ */ defineMessage(
  "DeleteInputRequest",
  deleteInputRequest
)

const deleteInputsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  ids: repeated(string(2)),
  /** Removed from newer protocol definitions; older clients send it. */
  delete_all: bool(3)
})
/** Deletes inputs by id, or all of them. */
export interface DeleteInputsRequestWire extends Infer<typeof deleteInputsRequest> {}
export const DeleteInputsRequestWire: Message<DeleteInputsRequestWire> = /* @__PURE__ */ defineMessage(
  "DeleteInputsRequest",
  deleteInputsRequest
)

const listModelInputsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  version_id: string(3),
  page: uint32(4),
  per_page: uint32(5)
})
/** Lists the inputs that a model or a version is trained on. */
export interface ListModelInputsRequestWire extends Infer<typeof listModelInputsRequest> {}
export const ListModelInputsRequestWire: Message<ListModelInputsRequestWire> = /* @__PURE__ */ defineMessage(
  "ListModelInputsRequest",
  listModelInputsRequest
)

const getInputsAddJobRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  id: string(2)
})
/** Reads a job. */
export interface GetInputsAddJobRequestWire extends Infer<typeof getInputsAddJobRequest> {}
export const GetInputsAddJobRequestWire: Message<GetInputsAddJobRequestWire> = /* @__PURE__ */ defineMessage(
  "GetInputsAddJobRequest",
  getInputsAddJobRequest
)

const cancelInputsAddJobRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  id: string(2)
})
/** Cancels a job. */
export interface CancelInputsAddJobRequestWire extends Infer<typeof cancelInputsAddJobRequest> {}
export const CancelInputsAddJobRequestWire: Message<CancelInputsAddJobRequestWire> = /* @__PURE__ */ defineMessage(
  "CancelInputsAddJobRequest",
  cancelInputsAddJobRequest
)

const singleInputResponse = () => ({
  status: required(message(1, () => StatusWire)),
  input: message(2, () => InputWire)
})
/** One input. */
export interface SingleInputResponseWire extends Infer<typeof singleInputResponse> {}
export const SingleInputResponseWire: Message<SingleInputResponseWire> = /* @__PURE__ */ defineMessage(
  "SingleInputResponse",
  singleInputResponse
)

const multiInputResponse = () => ({
  status: required(message(1, () => StatusWire)),
  inputs: always(repeated(message(2, () => InputWire)), []),
  inputs_add_job: message(3, () => InputsAddJobWire)
})
/** One page of inputs, or the inputs that were added or changed, each with its status. */
export interface MultiInputResponseWire extends Infer<typeof multiInputResponse> {}
export const MultiInputResponseWire: Message<MultiInputResponseWire> = /* @__PURE__ */ defineMessage(
  "MultiInputResponse",
  multiInputResponse
)

const singleInputCountResponse = () => ({
  status: required(message(1, () => StatusWire)),
  counts: required(message(2, () => InputCountWire))
})
/** Counts of an app. */
export interface SingleInputCountResponseWire extends Infer<typeof singleInputCountResponse> {}
export const SingleInputCountResponseWire: Message<SingleInputCountResponseWire> = /* @__PURE__ */ defineMessage(
  "SingleInputCountResponse",
  singleInputCountResponse
)

const singleInputsAddJobResponse = () => ({
  status: required(message(1, () => StatusWire)),
  inputs_add_job: message(2, () => InputsAddJobWire)
})
/** One job. */
export interface SingleInputsAddJobResponseWire extends Infer<typeof singleInputsAddJobResponse> {}
export const SingleInputsAddJobResponseWire: Message<SingleInputsAddJobResponseWire> = /* @__PURE__ */ defineMessage(
  "SingleInputsAddJobResponse",
  singleInputsAddJobResponse
)
