// Apps: namespaces of inputs, concepts, models and workflows.
import { VisibilityWire } from "./concept-messages.ts"
import { always, bool, message, repeated, required, string, struct, timestamp, uint32 } from "./field.ts"
import { UserAppIdWire } from "./input-messages.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { StatusWire } from "./status-messages.ts"
import { WorkflowWire } from "./workflow-messages.ts"

const app = () => ({
  id: string(1),
  name: string(2),
  default_language: string(3),
  default_workflow_id: string(4),
  default_workflow: message(23, () => WorkflowWire),
  user_id: string(5),
  created_at: timestamp(6),
  modified_at: timestamp(17),
  metadata: struct(13),
  description: string(14),
  sample_ms: uint32(15),
  visibility: message(16, () => VisibilityWire),
  notes: string(21)
})
/** A namespace of inputs, concepts, models and workflows. */
export interface AppWire extends Infer<typeof app> {}
export const AppWire: Message<AppWire> = /* @__PURE__ */ defineMessage("App", app)

const getAppRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  additional_fields: repeated(string(2))
})
/** Reads one app. */
export interface GetAppRequestWire extends Infer<typeof getAppRequest> {}
export const GetAppRequestWire: Message<GetAppRequestWire> = /* @__PURE__ */ defineMessage(
  "GetAppRequest",
  getAppRequest
)

const listAppsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  page: uint32(2),
  per_page: uint32(3),
  additional_fields: repeated(string(10)),
  sort_ascending: bool(5),
  sort_by_name: bool(6),
  sort_by_modified_at: bool(7),
  sort_by_created_at: bool(12),
  search: string(15)
})
/** Lists the apps of a user. */
export interface ListAppsRequestWire extends Infer<typeof listAppsRequest> {}
export const ListAppsRequestWire: Message<ListAppsRequestWire> = /* @__PURE__ */ defineMessage(
  "ListAppsRequest",
  listAppsRequest
)

const postAppsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  apps: repeated(message(2, () => AppWire))
})
/** Creates apps. */
export interface PostAppsRequestWire extends Infer<typeof postAppsRequest> {}
export const PostAppsRequestWire: Message<PostAppsRequestWire> = /* @__PURE__ */ defineMessage(
  "PostAppsRequest",
  postAppsRequest
)

const singleAppResponse = () => ({
  status: required(message(1, () => StatusWire)),
  app: message(2, () => AppWire)
})
/** One app. */
export interface SingleAppResponseWire extends Infer<typeof singleAppResponse> {}
export const SingleAppResponseWire: Message<SingleAppResponseWire> = /* @__PURE__ */ defineMessage(
  "SingleAppResponse",
  singleAppResponse
)

const multiAppResponse = () => ({
  status: required(message(1, () => StatusWire)),
  apps: always(repeated(message(2, () => AppWire)), [])
})
/** One page of apps. */
export interface MultiAppResponseWire extends Infer<typeof multiAppResponse> {}
export const MultiAppResponseWire: Message<MultiAppResponseWire> = /* @__PURE__ */ defineMessage(
  "MultiAppResponse",
  multiAppResponse
)
