// Inputs: media with an id, as an app stores them or as a prediction takes them.
import { DataWire } from "./data-messages.ts"
import { always, explicit, message, repeated, string, timestamp, uint32, uint64 } from "./field.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { StatusWire } from "./status-messages.ts"

const userAppId = () => ({
  user_id: string(1),
  app_id: string(2)
})
/** User and app of a request, where the path does not name them. */
export interface UserAppIdWire extends Infer<typeof userAppId> {}
export const UserAppIdWire: Message<UserAppIdWire> = /* @__PURE__ */ defineMessage("UserAppIDSet", userAppId)

const pagination = () => ({
  page: uint32(1),
  per_page: uint32(2)
})
/** Page of a list or a search; `page` counts from 1. */
export interface PaginationWire extends Infer<typeof pagination> {}
export const PaginationWire: Message<PaginationWire> = /* @__PURE__ */ defineMessage("Pagination", pagination)

const input = () => ({
  id: string(1),
  data: message(2, () => DataWire),
  created_at: timestamp(4),
  modified_at: timestamp(5),
  status: message(6, () => StatusWire),
  dataset_ids: repeated(string(7))
})
/** One medium, or a text with an image, with an id and annotations. */
export interface InputWire extends Infer<typeof input> {}
export const InputWire: Message<InputWire> = /* @__PURE__ */ defineMessage("Input", input)

const inputCount = () => ({
  processed: always(uint32(1), 0),
  to_process: always(uint32(2), 0),
  errors: always(uint32(3), 0),
  processing: always(uint32(4), 0),
  reindexed: always(uint32(5), 0),
  to_reindex: always(uint32(6), 0),
  reindex_errors: always(uint32(7), 0),
  reindexing: always(uint32(8), 0)
})
/** Number of inputs of an app in each state. */
export interface InputCountWire extends Infer<typeof inputCount> {}
export const InputCountWire: Message<InputCountWire> = /* @__PURE__ */ defineMessage("InputCount", inputCount)

const inputsAddJobProgress = () => ({
  pending_count: explicit(uint64(1)),
  in_progress_count: explicit(uint64(2)),
  success_count: explicit(uint64(3)),
  failed_count: explicit(uint64(4))
})
/** Number of inputs of a job in each state. */
export interface InputsAddJobProgressWire extends Infer<typeof inputsAddJobProgress> {}
export const InputsAddJobProgressWire: Message<InputsAddJobProgressWire> = /* @__PURE__ */ defineMessage(
  "InputsAddJobProgress",
  inputsAddJobProgress
)

const inputsAddJob = () => ({
  id: string(1),
  progress: message(7, () => InputsAddJobProgressWire),
  created_at: timestamp(8),
  modified_at: timestamp(9),
  status: message(12, () => StatusWire)
})
/** A job that adds many inputs. */
export interface InputsAddJobWire extends Infer<typeof inputsAddJob> {}
export const InputsAddJobWire: Message<InputsAddJobWire> = /* @__PURE__ */ defineMessage("InputsAddJob", inputsAddJob)
