// Inputs: what is sent to look at or kept in an app, and the calls that add, change, list and delete them.
import { DataWire } from "./data-messages.ts"
import { bool, int, long, many, type Message, message, needed, of, oneOf, shown, text, texts, time } from "./table.ts"
import { quickInput } from "../codec/decoded-form.ts"
import { StatusWire } from "./status-messages.ts"

/** Whose app a request is about, where the path does not say. */
export interface UserAppIdWire {
  readonly user_id?: string
  readonly app_id?: string
}
export const UserAppIdWire: Message<UserAppIdWire> = /* @__PURE__ */ message("UserAppIDSet", () => ({
  user_id: text,
  app_id: text
}))

/** One thing to look at: one kind of media, or a text with a picture. */
export interface InputWire {
  readonly id?: string
  readonly data?: DataWire
  readonly status?: StatusWire
  readonly created_at?: string
  readonly modified_at?: string
  readonly dataset_ids?: ReadonlyArray<string>
}
export const InputWire: Message<InputWire> = /* @__PURE__ */ message(
  "Input",
  () => ({
    id: text,
    data: of(() => DataWire),
    status: of(() => StatusWire),
    created_at: time,
    modified_at: time,
    dataset_ids: texts
  }),
  quickInput
)

/** A page of a search: `page` counts from 1. */
export interface PaginationWire {
  readonly page?: number
  readonly per_page?: number
}
export const PaginationWire: Message<PaginationWire> = /* @__PURE__ */ message("Pagination", () => ({
  page: int,
  per_page: int
}))

/** Adds up to 128 inputs. */
export interface PostInputsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly inputs: ReadonlyArray<InputWire>
  readonly inputs_add_job_id?: string
  /** When an id is taken: 1 skips the input, 2 adds a suffix to the id, absent refuses it. */
  readonly input_id_conflict_resolution?: number
}
export const PostInputsRequestWire: Message<PostInputsRequestWire> = /* @__PURE__ */ message(
  "PostInputsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    inputs: shown(
      many(() => InputWire),
      []
    ),
    inputs_add_job_id: text,
    input_id_conflict_resolution: oneOf({ SKIP: 1, SUFFIX: 2 })
  })
)

/** Changes inputs; `action` is `merge`, `overwrite` or `remove`. */
export interface PatchInputsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly inputs: ReadonlyArray<InputWire>
  readonly action: string
}
export const PatchInputsRequestWire: Message<PatchInputsRequestWire> = /* @__PURE__ */ message(
  "PatchInputsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    inputs: shown(
      many(() => InputWire),
      []
    ),
    action: shown(text, "merge")
  })
)

/** Deletes the inputs with these ids, or all. */
export interface DeleteInputsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly ids?: ReadonlyArray<string>
  /** Gone from newer protocol definitions, still sent by older clients. */
  readonly delete_all?: boolean
}
export const DeleteInputsRequestWire: Message<DeleteInputsRequestWire> = /* @__PURE__ */ message(
  "DeleteInputsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    ids: texts,
    delete_all: bool
  })
)

/** How far a job of adding inputs is. */
export interface InputsAddJobProgressWire {
  readonly pending_count?: number
  readonly in_progress_count?: number
  readonly success_count?: number
  readonly failed_count?: number
}
export const InputsAddJobProgressWire: Message<InputsAddJobProgressWire> = /* @__PURE__ */ message(
  "InputsAddJobProgress",
  () => ({
    pending_count: long,
    in_progress_count: long,
    success_count: long,
    failed_count: long
  })
)

/** A job that adds many inputs. */
export interface InputsAddJobWire {
  readonly id?: string
  readonly progress?: InputsAddJobProgressWire
  readonly created_at?: string
  readonly modified_at?: string
  readonly status?: StatusWire
}
export const InputsAddJobWire: Message<InputsAddJobWire> = /* @__PURE__ */ message("InputsAddJob", () => ({
  id: text,
  progress: of(() => InputsAddJobProgressWire),
  created_at: time,
  modified_at: time,
  status: of(() => StatusWire)
}))

/** One input. */
export interface SingleInputResponseWire {
  readonly status: StatusWire
  readonly input?: InputWire
}
export const SingleInputResponseWire: Message<SingleInputResponseWire> = /* @__PURE__ */ message(
  "SingleInputResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    input: of(() => InputWire)
  })
)

/** A page of inputs; also the answer to adding and changing them, with a status for each. */
export interface MultiInputResponseWire {
  readonly status: StatusWire
  readonly inputs: ReadonlyArray<InputWire>
  readonly inputs_add_job?: InputsAddJobWire
}
export const MultiInputResponseWire: Message<MultiInputResponseWire> = /* @__PURE__ */ message(
  "MultiInputResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    inputs: shown(
      many(() => InputWire),
      []
    ),
    inputs_add_job: of(() => InputsAddJobWire)
  })
)

/** One job. */
export interface SingleInputsAddJobResponseWire {
  readonly status: StatusWire
  readonly inputs_add_job?: InputsAddJobWire
}
export const SingleInputsAddJobResponseWire: Message<SingleInputsAddJobResponseWire> = /* @__PURE__ */ message(
  "SingleInputsAddJobResponse",
  () => ({ status: needed(of(() => StatusWire)), inputs_add_job: of(() => InputsAddJobWire) })
)

/** How many inputs of an app are in which state. */
export interface InputCountWire {
  readonly processed: number
  readonly to_process: number
  readonly errors: number
  readonly processing: number
  readonly reindexed: number
  readonly to_reindex: number
  readonly reindex_errors: number
  readonly reindexing: number
}
export const InputCountWire: Message<InputCountWire> = /* @__PURE__ */ message("InputCount", () => ({
  processed: shown(int, 0),
  to_process: shown(int, 0),
  errors: shown(int, 0),
  processing: shown(int, 0),
  reindexed: shown(int, 0),
  to_reindex: shown(int, 0),
  reindex_errors: shown(int, 0),
  reindexing: shown(int, 0)
}))

/** The counts of an app. */
export interface SingleInputCountResponseWire {
  readonly status: StatusWire
  readonly counts: InputCountWire
}
export const SingleInputCountResponseWire: Message<SingleInputCountResponseWire> = /* @__PURE__ */ message(
  "SingleInputCountResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    counts: needed(of(() => InputCountWire))
  })
)
