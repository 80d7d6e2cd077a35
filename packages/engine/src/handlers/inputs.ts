/** Adding, reading and deleting inputs. */
import * as Effect from "effect/Effect"
import { Jobs } from "../jobs/jobs.ts"
import { type InputMessage, type Kind, type MediaSource, readInputs } from "../protocol/input.ts"
import { newId } from "../protocol/ids.ts"
import type { WireObject } from "../protocol/json.ts"
import { readEnum, readFlag, readNumber, readText, readTexts } from "../protocol/read.ts"
import { answer, type Answer, type Call, readPage } from "../protocol/request.ts"
import { inputMessage } from "../protocol/resources.ts"
import { batchResult, itemStatus } from "../protocol/status.ts"
import { now } from "../protocol/time.ts"
import { WireError, wireError } from "../protocol/wire-error.ts"
import { checkUrl } from "../store/url-policy.ts"
import { Settings, type SettingsValue } from "../settings.ts"
import { ensureConcept } from "../store/concept-table.ts"
import type { Database } from "../store/database.ts"
import {
  annotate,
  annotationsOf,
  cancelJob,
  countInputs,
  countJob,
  deleteInputs as removeInputs,
  findInput,
  hasUrl,
  type InputRow,
  insertInput,
  listInputs as selectInputs,
  rememberMedia,
  streamInputs as selectStream
} from "../store/input-table.ts"
import { Store } from "../store/store.ts"
import { echoInput } from "../protocol/echo.ts"
import { sniffMedia } from "../protocol/sniff.ts"

/** A stored input with its annotations, as an answer shows it. */
export const showInput = (db: Database, row: InputRow, call: Call): WireObject =>
  inputMessage(row, annotationsOf(db, row.seq), call)

/** The input of that id, or 11101. */
export const mustFindInput = (db: Database, scope: string, id: string): InputRow => {
  const row = findInput(db, scope, id)
  if (row === undefined) throw wireError(11101, `input_id '${id}' not found. Check the url of your request.`)
  return row
}

interface Item {
  readonly input: InputMessage
  readonly kind: Kind
  readonly source: MediaSource | undefined
  readonly hash: string | undefined
}

const skip = 1
const suffix = 2

/**
 * `POST inputs`: bytes are on disk and rows committed before the answer; processing happens afterwards (30001 → 30000).
 * Each item succeeds or fails by itself.
 */
export const postInputs = Effect.fn("inputs.post")(function* (
  call: Call
): Effect.fn.Return<Answer, WireError, Settings | Store | Jobs> {
  const settings = yield* Settings
  const store = yield* Store
  const { limits } = settings
  const inputs = readInputs(call.body, limits, limits.inputsPerCall, 39999)
  const conflict = readEnum(call.body, "input_id_conflict_resolution", { SKIP: skip, SUFFIX: suffix })
  const job = readText(call.body, "inputs_add_job_id")
  const releases: Array<() => void> = []
  const items = yield* Effect.forEach(
    inputs,
    (input) =>
      Effect.tap(storeBytes(input, store), ({ release }) =>
        Effect.sync(() => {
          if (release !== undefined) releases.push(release)
        })
      ),
    { concurrency: 8 }
  ).pipe(Effect.onError(() => Effect.sync(() => releases.forEach((release) => release()))))
  const { failures, shown } = yield* store
    .write((db) => addAll(db, items, call, { settings, conflict, job }))
    .pipe(Effect.ensuring(Effect.sync(() => releases.forEach((release) => release()))))
  yield* Jobs.use((jobs) => jobs.wake)
  const { code, details } = batchResult(failures)
  return answer({ inputs: shown, ...(job === "" ? {} : { inputs_add_job: { id: job } }) }, code, details)
})

interface Stored extends Item {
  readonly release?: () => void
}

/** Puts the bytes of an item on disk; a problem of the item is kept in it. */
const storeBytes = (input: InputMessage, store: Store["Service"]): Effect.Effect<Stored> => {
  const [[kind, source] = ["image", undefined] as const, ...others] = Object.entries(input.data.media) as ReadonlyArray<
    readonly [Kind, MediaSource] // keys of a record of kinds are kinds
  >
  const plain = { input, kind, source, hash: undefined }
  if (input.problem !== undefined) return Effect.succeed(plain)
  const refused = (problem: WireError): Stored => ({ ...plain, input: { ...input, problem } })
  if (others.length > 0)
    return Effect.succeed(
      refused(wireError(30104, "an input holds one kind of media; add the others as inputs of their own"))
    )
  if (source?._tag !== "bytes") return Effect.succeed(plain)
  return Effect.match(
    Effect.tryPromise({
      try: () => store.media.put(source.bytes),
      catch: (cause) =>
        wireError(30210, `the media could not be written: ${cause instanceof Error ? cause.message : String(cause)}`)
    }),
    { onFailure: refused, onSuccess: (put): Stored => ({ ...plain, ...put }) }
  )
}

interface Adding {
  readonly settings: SettingsValue
  readonly conflict: number
  readonly job: string
}

const addAll = (db: Database, items: ReadonlyArray<Item>, call: Call, adding: Adding) => {
  const failures: Array<WireError | undefined> = []
  const shown: Array<WireObject> = []
  for (const item of items) {
    try {
      const row = addOne(db, item, call, adding)
      shown.push(showInput(db, row, call))
      failures.push(undefined)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      failures.push(error)
      shown.push({
        ...echoInput(item.input.id === "" ? newId() : item.input.id, item.input.data),
        status: itemStatus(error.code, error.details)
      })
    }
  }
  return { failures, shown }
}

const addOne = (db: Database, { hash, input, kind, source }: Item, call: Call, adding: Adding): InputRow => {
  if (input.problem !== undefined) throw input.problem
  if (source === undefined) throw wireError(30104, "the input has no image, video, audio or text with a url or bytes")
  let id = input.id === "" ? newId() : input.id
  const taken = findInput(db, call.scope, id)
  if (taken !== undefined) {
    if (adding.conflict === skip) return taken
    if (adding.conflict !== suffix) throw wireError(30100, `input_id '${id}' is already in use`)
    id = `${id}_${newId().slice(0, 8)}`
  }
  const url = source._tag === "url" ? source.url : null
  if (source._tag === "url") {
    checkUrl(source.url, adding.settings.allowUrls)
    if (!source.allowDuplicate && hasUrl(db, call.scope, source.url))
      throw wireError(30100, "this URL is already in the app; set allow_duplicate_url to add it again")
  }
  if (source._tag === "bytes" && hash !== undefined)
    rememberMedia(db, hash, sniffMedia(source.bytes, kind), source.bytes.length)
  const at = now()
  const seq = insertInput(db, {
    app: call.scope,
    id,
    kind,
    url,
    hash: hash ?? null,
    raw: source._tag === "raw" ? source.raw : null,
    data: JSON.stringify(input.data.kept),
    status: 30001,
    details: "",
    job: adding.job === "" ? null : adding.job,
    created_at: at
  })
  for (const { value, ...concept } of input.data.concepts)
    annotate(db, call.scope, seq, ensureConcept(db, call.scope, concept, at), value)
  return mustFindInput(db, call.scope, id)
}

/** `GET inputs` */
export const listInputs = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
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
      const rows = selectStream(db, call.scope, {
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

/** `DELETE inputs/{id}` and `DELETE inputs` */
export const deleteInputs = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.write((db) => {
      const one = call.params["input"]
      const ids = one === undefined ? readTexts(call.body, "ids") : [one]
      const all = one === undefined && readFlag(call.body, "delete_all") === true
      if (!all && ids.length === 0) throw wireError(39999, "name the inputs to delete in ids, or set delete_all")
      if (one !== undefined) mustFindInput(db, call.scope, one)
      return removeInputs(db, call.scope, all ? "all" : ids)
    })
  ).pipe(
    // Only once the rows are gone for good: a file without a row is litter, a row without a file is a loss.
    Effect.tap((hashes) => Store.use(({ media }) => Effect.sync(() => hashes.forEach((hash) => media.drop(hash))))),
    Effect.map(() => answer({}))
  )

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
  if (counts === undefined) throw wireError(11101, `inputs_add_job '${id}' not found. Check the url of your request.`)
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

/** `PATCH inputs/jobs/add/{job}`: cancels what still waits. */
export const cancelAddJob = (call: Call): Effect.Effect<Answer, WireError, Store> =>
  Effect.flatMap(Store, (store) =>
    store.write((db) => {
      cancelJob(db, call.scope, call.params["job"] ?? "", now())
      return showJob(db, call)
    })
  )
