// The protocol's status object, and what each status number means to a caller.
import { statusTable, statusTraits } from "./status-names.ts"
import { int, type Message, message, needed, numbered, of, shown, text, texts } from "./table.ts"
import { quickStatus } from "../codec/decoded-form.ts"

/** What kind of answer a status number is: the first thing a caller decides by. */
export type StatusClass =
  | "success"
  | "mixed"
  | "pending"
  | "auth"
  | "rate-limit"
  | "not-found"
  | "invalid"
  | "input"
  | "model-training"
  | "transient-retryable"
  | "server"

/** One published status number. */
export interface StatusInfo {
  /** The number, as in `status.code`. */
  readonly code: number
  /** The name of the number in the protocol's StatusCode enum. */
  readonly name: string
  /** What kind of answer it is. */
  readonly class: StatusClass
  /** Whether the same request may be sent again: the work was not done and waiting can help. */
  readonly retryable: boolean
  /** The HTTP status that goes with the number when it is the result of a request. */
  readonly http: number
}

interface Index {
  readonly byCode: ReadonlyMap<number, StatusInfo>
  readonly byName: ReadonlyMap<string, number>
}

let index: Index | undefined

const build = (): Index => {
  const traits = statusTraits.split("\n").map((line) => line.split(" "))
  const byCode = new Map<number, StatusInfo>()
  const byName = new Map<string, number>()
  let at = 0
  let words: ReadonlyArray<string> = []
  for (const entry of statusTable.split(/[|\n]/)) {
    const [, shared = "", own = "", trait = "", step = "1"] = /^(\d?)(\S+) (\S+)(?: (\S+))?$/.exec(entry) ?? []
    words = [...words.slice(0, Number(shared)), ...own.split("_")]
    const name = words.join("_")
    const [kind, retry, http] = traits[Number.parseInt(trait, 36)] ?? []
    at += Number.parseInt(step, 36)
    // The table is ours and a test reads it back against the published list, so the class is one of the union.
    if (!byCode.has(at))
      byCode.set(at, { code: at, name, class: kind as StatusClass, retryable: retry === "1", http: Number(http) })
    byName.set(name, at)
  }
  return { byCode, byName }
}

const table = (): Index => (index ??= build())

/** What is known of a status number; `undefined` for one that was never published, which is not an error. */
export const statusInfo = (code: number): StatusInfo | undefined => table().byCode.get(code)

/** Every published status number, in order. */
export const statusInfos = (): ReadonlyArray<StatusInfo> => [...table().byCode.values()]

/** The number behind an enum name such as `CONN_THROTTLED`, deprecated aliases included; `undefined` if unknown. */
export const statusCode = (name: string): number | undefined => table().byName.get(name)

/** Where a resource moved to; comes with status 10050. */
export interface RedirectInfoWire {
  readonly url?: string
  readonly resource_type?: string
  readonly old_resource_id?: string
  readonly new_resource_id?: string
}
export const RedirectInfoWire: Message<RedirectInfoWire> = /* @__PURE__ */ message("RedirectInfo", () => ({
  url: text,
  resource_type: text,
  old_resource_id: text,
  new_resource_id: text
}))

/** The status of a request, of an item in it, or of a resource. */
export interface StatusWire {
  /** The number; 0 when there was none, or a name that is not in the table. */
  readonly code: number
  /** A fixed text for each number. It has changed over the years: never match on it. */
  readonly description?: string
  /** The reason, for people. */
  readonly details?: string
  /** The id of the request; on the status of the whole request only. */
  readonly req_id?: string
  /** How far a long job is, 0 to 100. */
  readonly percent_completed?: number
  /** How long a long job will still take, in seconds. */
  readonly time_remaining?: number
  readonly stack_trace?: ReadonlyArray<string>
  readonly internal_details?: string
  readonly developer_notes?: string
  readonly redirect_info?: RedirectInfoWire
  /** The HTTP status of this code, from services of late 2025 on. */
  readonly http_status_code?: number
}
export const StatusWire: Message<StatusWire> = /* @__PURE__ */ message(
  "Status",
  () => ({
    code: shown(numbered(statusCode), 0),
    description: text,
    details: text,
    req_id: text,
    percent_completed: int,
    time_remaining: int,
    stack_trace: texts,
    internal_details: text,
    developer_notes: text,
    redirect_info: of(() => RedirectInfoWire),
    http_status_code: int
  }),
  quickStatus
)

/** An answer that holds nothing but a status: deletions, and every request that fails as a whole. */
export interface BaseResponseWire {
  readonly status: StatusWire
}
export const BaseResponseWire: Message<BaseResponseWire> = /* @__PURE__ */ message("BaseResponse", () => ({
  status: needed(of(() => StatusWire))
}))
