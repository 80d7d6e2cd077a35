/** Reading and deleting inputs. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import type { WireObject } from "../protocol/json.ts"
import { type Message, readFlag, readNumber, readText, readTexts } from "../protocol/read.ts"
import { answer, type Answer, type Call, readPage } from "../protocol/request.ts"
import { inputMessage } from "../protocol/resources.ts"
import { now } from "../protocol/time.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import type { Database } from "../store/database.ts"
import { listFrom, listInputs as selectInputs } from "../store/input-listing.ts"
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
export const showInput = (db: Database, row: InputRow, call: Call): WireObject =>
  inputMessage(row, annotationsOf(db, row.seq), call)

/** The input of that id, or 11101. */
export const mustFindInput = (db: Database, scope: string, id: string): InputRow => {
  const row = findInput(db, scope, id)
  if (row === undefined)
    throw wireError(StatusCode.CONN_DOES_NOT_EXIST, `input_id '${id}' not found. Check the url of your request.`)
  return row
}

/** `GET inputs` */
export const listInputs = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Store.use((store) =>
    store.read((db) => {
      const ids = readTexts(call.query, "ids")
      const rows =
        ids.length > 0
          ? ids.map((id) => findInput(db, call.scope, id)).filter((row) => row !== undefined)
          : selectInputs(db, call.scope, readPage(call.query), readNumber(call.query, "status.code"))
      return answer({ inputs: rows.map((row) => showInput(db, row, call)) })
    })
  )

/** `GET inputs/stream` */
export const streamInputs = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.read((db) => {
      const rows = listFrom(db, call.scope, {
        lastId: readText(call.query, "last_id"),
        limit: Math.min(Math.max(1, Math.floor(readNumber(call.query, "per_page") ?? 20)), 1000),
        descending: readFlag(call.query, "descending") ?? false,
        byId: readFlag(call.query, "order_by_id") ?? false
      })
      return answer({ inputs: rows.map((row) => showInput(db, row, call)) })
    })
  )

/** `GET inputs/{id}` */
export const getInput = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.read((db) =>
      answer({ input: showInput(db, mustFindInput(db, call.scope, call.params["input"] ?? ""), call) })
    )
  )

/** The `ids` of a request that deletes. Throws 11102 for more than can be deleted at once. */
export const readIds = (from: Message, most: number): ReadonlyArray<string> => {
  const ids = readTexts(from, "ids")
  if (ids.length > most)
    throw wireError(
      StatusCode.CONN_INVALID_REQUEST,
      `ids has ${ids.length} items; at most ${most} are accepted in one call`
    )
  return ids
}

/** `DELETE inputs/{id}` and `DELETE inputs` */
export const deleteInputs = Effect.fnUntraced(function* (call: Call): Effect.fn.Return<Answer, WireError, Store> {
  const store = yield* Store
  const one = call.params["input"]
  if (one !== undefined) {
    yield* store.read((db) => mustFindInput(db, call.scope, one))
    yield* removeInputs(call.scope, [one])
    return answer({})
  }
  const ids = readTexts(call.body, "ids")
  if (readFlag(call.body, "delete_all") === true) {
    const newest = yield* store.read((db) => lastInput(db, call.scope)) // later ones stay
    for (let more = true; more;) {
      const found = yield* store.read((db) => oldestIds(db, call.scope, newest, deletedAtOnce))
      yield* removeInputs(call.scope, found)
      more = found.length === deletedAtOnce
    }
    return answer({})
  }
  if (ids.length === 0)
    return yield* wireError(StatusCode.INPUT_INVALID_REQUEST, "name the inputs to delete in ids, or set delete_all")
  for (let at = 0; at < ids.length; at += deletedAtOnce)
    yield* removeInputs(call.scope, ids.slice(at, at + deletedAtOnce))
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

/** `GET inputs/status` */
export const countAllInputs = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.read((db) => {
      const { errors, processed, processing, waiting } = countInputs(db, call.scope)
      return answer({
        counts: {
          processed,
          to_process: waiting,
          errors,
          processing,
          reindexed: 0,
          to_reindex: 0,
          reindex_errors: 0,
          reindexing: 0
        }
      })
    })
  )

const showJob = (db: Database, call: Call): Answer => {
  const id = call.params["job"] ?? ""
  const counts = countJob(db, call.scope, id)
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

/** `GET inputs/jobs/add/{job}` */
export const getAddJob = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) => store.read((db) => showJob(db, call)))

/** `PATCH inputs/jobs/add/{job}`: cancels the inputs that still wait. */
export const cancelAddJob = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.write((db) => {
      cancelJob(db, call.scope, call.params["job"] ?? "", now())
      return showJob(db, call)
    })
  )
