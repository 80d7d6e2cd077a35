/** Reading and deleting inputs. */
import { StatusCode } from "@sightline/core/status"
import type { InputWire, SingleInputsAddJobResponseWire } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import { answer, type Caller, type Handler, readPage, type Reply } from "../protocol/request.ts"
import { inputMessage } from "../protocol/resources.ts"
import { now } from "../protocol/time.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { Settings } from "../settings.ts"
import type { Database } from "../store/database.ts"
import { answerSize, listFrom, listInputs as selectInputs } from "../store/input-listing.ts"
import { lastInput } from "../store/input-queue.ts"
import {
  annotationsOf,
  cancelJob,
  countInputs,
  countJob,
  deleteInputs as deleteRows,
  findInput,
  type InputRow,
  oldestIds
} from "../store/input-table.ts"
import { Store } from "../store/store.ts"

/** A stored input with its annotations, as a message. */
export const showInput = (db: Database, row: InputRow, caller: Caller): InputWire =>
  inputMessage(row, annotationsOf(db, row.seq), caller)

/** The input of that id, or 11101. */
export const mustFindInput = (db: Database, scope: string, id = ""): InputRow => {
  const row = findInput(db, scope, id)
  if (row === undefined)
    throw wireError(StatusCode.CONN_DOES_NOT_EXIST, `input_id '${id}' not found. Check the url of your request.`)
  return row
}

export const listInputs: Handler<"ListInputs", Settings | Store> = Effect.fnUntraced(function* (call) {
  const { limits } = yield* Settings
  const { read } = yield* Store
  return yield* read((db) => {
    const { status } = call.request
    const ids = checkIds(call.request.ids, limits.itemsPerCall)
    const rows =
      ids.length > 0
        ? findInputs(db, call.scope, ids)
        : selectInputs(db, call.scope, readPage(call.request), status?.code)
    return answer({ inputs: rows.map((row) => showInput(db, row, call)) })
  })
})

/** Those of the ids that are inputs, as often as they are named. */
const findInputs = (db: Database, scope: string, ids: ReadonlyArray<string>): ReadonlyArray<InputRow> => {
  const check = answerSize()
  return ids.flatMap((id) => {
    const row = findInput(db, scope, id)
    if (row === undefined) return []
    check(row)
    return [row]
  })
}

export const streamInputs: Handler<"StreamInputs", Store> = (call) =>
  Store.use(({ read }) =>
    read((db) => {
      const { descending = false, last_id: lastId = "", order_by_id: byId = false, per_page: size = 20 } = call.request
      const limit = size >= 1 ? Math.min(Math.floor(size), 1000) : 1
      const rows = listFrom(db, call.scope, { lastId, limit, descending, byId })
      return answer({ inputs: rows.map((row) => showInput(db, row, call)) })
    })
  )

export const getInput: Handler<"GetInput", Store> = (call) =>
  Store.use(({ read }) =>
    read((db) => answer({ input: showInput(db, mustFindInput(db, call.scope, call.request.input_id), call) }))
  )

/** The `ids` of a request. Throws 11102 for more than it may have. */
export const checkIds = (ids: ReadonlyArray<string> = [], most: number): ReadonlyArray<string> => {
  if (ids.length > most)
    throw wireError(
      StatusCode.CONN_INVALID_REQUEST,
      `ids has ${ids.length} items; at most ${most} are accepted in one call`
    )
  return ids
}

export const deleteInput: Handler<"DeleteInput", Store> = Effect.fnUntraced(function* ({ request, scope }) {
  const { id } = yield* Store.use(({ read }) => read((db) => mustFindInput(db, scope, request.input_id)))
  yield* removeInputs(scope, [id])
  return answer({})
})

export const deleteInputs: Handler<"DeleteInputs", Store> = Effect.fnUntraced(function* ({ request, scope }) {
  const store = yield* Store
  if (request.delete_all === true) {
    const newest = yield* store.read((db) => lastInput(db, scope)) // later ones stay
    for (let more = true; more;) {
      const found = yield* store.read((db) => oldestIds(db, scope, newest, deletedAtOnce))
      yield* removeInputs(scope, found)
      more = found.length === deletedAtOnce
    }
    return answer({})
  }
  const { ids = [] } = request
  if (ids.length === 0)
    return yield* wireError(StatusCode.INPUT_INVALID_REQUEST, "name the inputs to delete in ids, or set delete_all")
  for (let at = 0; at < ids.length; at += deletedAtOnce) yield* removeInputs(scope, ids.slice(at, at + deletedAtOnce))
  return answer({})
})

/** Inputs deleted in one transaction, so that other requests get their turn. */
const deletedAtOnce = 200

const removeInputs = Effect.fnUntraced(function* (
  scope: string,
  ids: ReadonlyArray<string>
): Effect.fn.Return<void, WireError, Store> {
  const { media, write } = yield* Store
  const hashes = yield* write((db) => deleteRows(db, scope, ids))
  // After the commit: a file without a row is garbage, a row without a file is a loss.
  for (const hash of hashes) media.drop(hash)
  yield* Effect.yieldNow
})

export const countAllInputs: Handler<"GetInputCount", Store> = ({ scope }) =>
  Store.use(({ read }) =>
    read((db) => {
      const { errors, processed, processing, waiting } = countInputs(db, scope)
      const reindex = { reindexed: 0, to_reindex: 0, reindex_errors: 0, reindexing: 0 }
      return answer({ counts: { processed, to_process: waiting, errors, processing, ...reindex } })
    })
  )

const showJob = (db: Database, scope: string, id = ""): Reply<SingleInputsAddJobResponseWire> => {
  const counts = countJob(db, scope, id)
  if (counts === undefined)
    throw wireError(StatusCode.CONN_DOES_NOT_EXIST, `inputs_add_job '${id}' not found. Check the url of your request.`)
  return answer({
    inputs_add_job: {
      id,
      progress: {
        pending_count: counts.waiting,
        in_progress_count: counts.processing,
        success_count: counts.processed,
        failed_count: counts.errors
      }
    }
  })
}

export const getAddJob: Handler<"GetInputsAddJob", Store> = ({ request, scope }) =>
  Store.use(({ read }) => read((db) => showJob(db, scope, request.id)))

/** Cancels the inputs of a job that still wait. */
export const cancelAddJob: Handler<"CancelInputsAddJob", Store> = ({ request, scope }) =>
  Store.use(({ write }) =>
    write((db) => {
      cancelJob(db, scope, request.id ?? "", now())
      return showJob(db, scope, request.id)
    })
  )
