// Status objects: the result of a request, of one item in it, or the state of a resource.
import { always, enumeration, message, repeated, required, string, uint32 } from "./field.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { statusCodeOf } from "./status-index.ts"

const redirectInfo = () => ({
  url: string(1),
  resource_type: string(2),
  old_resource_id: string(3),
  new_resource_id: string(4)
})
/** New location of a resource; sent with status 10050. */
export interface RedirectInfoWire extends Infer<typeof redirectInfo> {}
export const RedirectInfoWire: Message<RedirectInfoWire> = /* @__PURE__ */ defineMessage("RedirectInfo", redirectInfo)

const status = () => ({
  /** The status number; 0 when the answer has none, or a name that this version does not know. */
  code: always(enumeration(1, statusCodeOf), 0),
  /** Fixed text of the number. The texts have changed over the years: never match on them. */
  description: string(2),
  /** The reason, for people. */
  details: string(3),
  stack_trace: repeated(string(4)),
  /** Progress of a long job, 0 to 100. */
  percent_completed: uint32(5),
  /** Estimated seconds until a long job ends. */
  time_remaining: uint32(6),
  /** Id of the request; only on the status of the whole request. */
  req_id: string(7),
  internal_details: string(8),
  redirect_info: message(9, () => RedirectInfoWire),
  developer_notes: string(10),
  /** HTTP status of the number, from services of late 2025 on. */
  http_status_code: uint32(11)
})
/** Result of a request or of one item, or state of a resource. */
export interface StatusWire extends Infer<typeof status> {}
export const StatusWire: Message<StatusWire> = /* @__PURE__ */ defineMessage("Status", status)

const baseResponse = () => ({
  status: required(message(1, () => StatusWire))
})
/** Response with nothing but a status: deletions, and every request that fails as a whole. */
export interface BaseResponseWire extends Infer<typeof baseResponse> {}
export const BaseResponseWire: Message<BaseResponseWire> = /* @__PURE__ */ defineMessage("BaseResponse", baseResponse)

const listStatusCodesRequest = () => ({})
/** Lists all status numbers. */
export interface ListStatusCodesRequestWire extends Infer<typeof listStatusCodesRequest> {}
export const ListStatusCodesRequestWire: Message<ListStatusCodesRequestWire> = /* @__PURE__ */ defineMessage(
  "ListStatusCodesRequest",
  listStatusCodesRequest
)

const multiStatusCodeResponse = () => ({
  status: required(message(1, () => StatusWire)),
  statuses: always(repeated(message(2, () => StatusWire)), [])
})
/** One status for each number. */
export interface MultiStatusCodeResponseWire extends Infer<typeof multiStatusCodeResponse> {}
export const MultiStatusCodeResponseWire: Message<MultiStatusCodeResponseWire> = /* @__PURE__ */ defineMessage(
  "MultiStatusCodeResponse",
  multiStatusCodeResponse
)

const getStatusCodeRequest = () => ({
  status_code_id: string(1)
})
/** Describes one status number. */
export interface GetStatusCodeRequestWire extends Infer<typeof getStatusCodeRequest> {}
export const GetStatusCodeRequestWire: Message<GetStatusCodeRequestWire> = /* @__PURE__ */ defineMessage(
  "GetStatusCodeRequest",
  getStatusCodeRequest
)

const singleStatusCodeResponse = () => ({
  status: required(message(1, () => StatusWire))
})
/** The described number, as the status of the response. */
export interface SingleStatusCodeResponseWire extends Infer<typeof singleStatusCodeResponse> {}
export const SingleStatusCodeResponseWire: Message<SingleStatusCodeResponseWire> = /* @__PURE__ */ defineMessage(
  "SingleStatusCodeResponse",
  singleStatusCodeResponse
)
