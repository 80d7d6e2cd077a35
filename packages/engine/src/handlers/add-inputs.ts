/** Adding inputs, each of which succeeds or fails independently. */
import { StatusCode } from "@sightline/core/status"
import { InputIDConflictResolution, type InputWire, type PostInputsRequestWire } from "@sightline/core/wire"
import * as Effect from "effect/Effect"
import { Jobs } from "../jobs/jobs.ts"
import type { EngineLimits } from "../limits.ts"
import { echoInput } from "../protocol/echo.ts"
import { newId } from "../protocol/ids.ts"
import { type InputMessage, type Medium, readInputs } from "../protocol/input.ts"
import { answer, type Call, type Caller, type Handler } from "../protocol/request.ts"
import { printKept } from "../protocol/resources.ts"
import { sniffMedia } from "../protocol/hosted-content-type.ts"
import { batchResult, itemStatus } from "../protocol/status.ts"
import { now } from "../protocol/time.ts"
import { WireError, wireError } from "../protocol/wire-error.ts"
import { Settings, type SettingsValue } from "../settings.ts"
import { ensureConcept } from "../store/concept-table.ts"
import type { Database } from "../store/database.ts"
import { annotate, findInput, hasUrl, type InputRow, insertInput } from "../store/input-table.ts"
import { readSource } from "../store/media-source.ts"
import type { StoredMedia } from "../store/media-files.ts"
import { isKeptMedia, isNamedMedia, rememberMedia } from "../store/media-table.ts"
import { isSignedUrl } from "../store/signed-url.ts"
import { Store } from "../store/store.ts"
import type { UrlDownloads } from "../store/url-downloads.ts"
import { checkUrl } from "../store/url-policy.ts"
import { mustFindInput, showInput } from "./inputs.ts"

/** An item whose medium is stored, if it has bytes. */
interface Item {
  readonly input: InputMessage
  readonly medium: Medium | undefined
  readonly stored?: StoredMedia & { readonly type: string; readonly size: number }
}

/** Items are added in transactions of about this length, so that other requests get their turn. */
const sliceMs = 20

/** Bytes are on disk and rows committed before the answer; inputs are processed afterwards (30001 → 30000). */
export const postInputs: Handler<"PostInputs", Settings | Store | Jobs | UrlDownloads> = Effect.fn("inputs.post")(
  function* (call: Call<PostInputsRequestWire>) {
    const settings = yield* Settings
    const store = yield* Store
    const { limits } = settings
    const inputs = readInputs(call, limits, limits.inputsPerCall, StatusCode.INPUT_INVALID_REQUEST)
    const { input_id_conflict_resolution: conflict = 0, inputs_add_job_id: job = "" } = call.request
    const stored: Array<StoredMedia> = []
    const work = Effect.gen(function* () {
      const items = yield* Effect.forEach(
        inputs,
        (input) =>
          Effect.tap(storeMedium(input, call, limits), ({ stored: medium }) =>
            Effect.sync(() => {
              if (medium !== undefined) stored.push(medium)
            })
          ),
        { concurrency: 4 }
      )
      const failures: Array<WireError | undefined> = []
      const shown: Array<InputWire> = []
      for (let next = 0; next < items.length;) {
        next = yield* store.write((db) => {
          const until = performance.now() + sliceMs
          let index = next
          do {
            const item = items[index++]
            if (item === undefined) break
            const added = addItem(db, item, call, { settings, conflict, job })
            failures.push(added.failure)
            shown.push(added.shown)
          } while (index < items.length && performance.now() < until)
          return index
        })
        yield* Effect.yieldNow
      }
      const { code, details } = batchResult(failures)
      return answer({ inputs: shown, ...(job === "" ? {} : { inputs_add_job: { id: job } }) }, code, details)
    })
    const result = yield* Effect.ensuring(
      work,
      Effect.suspend(() => releaseAll(stored))
    )
    yield* Jobs.use((jobs) => jobs.wake)
    return result
  }
)

/** Releases stored media, and removes those that no input names, such as the bytes of a refused item. */
const releaseAll = (stored: ReadonlyArray<StoredMedia>): Effect.Effect<void, never, Store> =>
  Effect.flatMap(Store, ({ media, read }) => {
    for (const { release } of stored) release()
    return Effect.ignore(
      read((db) => {
        for (const { hash } of stored) if (!isNamedMedia(db, hash) && !isKeptMedia(db, hash)) media.drop(hash)
      })
    )
  })

/** Problems of an item that do not depend on the index. */
const problemOf = (input: InputMessage, limits: EngineLimits): WireError | undefined => {
  if (input.problem !== undefined) return input.problem
  const { concepts, kept, media } = input.data
  if (media.length > 1)
    return wireError(
      StatusCode.INPUT_INVALID_ARGUMENT,
      "an input has one medium; add each of the others as a separate input"
    )
  if (concepts.length > limits.conceptsPerInput)
    return wireError(
      StatusCode.INPUT_INVALID_REQUEST,
      `the input has ${concepts.length} concepts; at most ${limits.conceptsPerInput} are accepted`
    )
  if (Buffer.byteLength(printKept(kept)) > limits.dataBytes)
    return wireError(
      StatusCode.INPUT_INVALID_REQUEST,
      `the input's metadata and regions have more than ${limits.dataBytes} bytes`
    )
  return undefined
}

/**
 * Stores the bytes of an item; its problem becomes part of it. A signed URL is downloaded now: it is not stored, so it could
 * not be downloaded after a restart.
 */
const storeMedium = (
  input: InputMessage,
  caller: Caller,
  limits: EngineLimits
): Effect.Effect<Item, never, Settings | Store | UrlDownloads> => {
  const [medium] = input.data.media
  const item: Item = { input, medium }
  const refused = (problem: WireError): Item => ({ ...item, input: { ...input, problem } })
  const problem = problemOf(input, limits)
  if (problem !== undefined) return Effect.succeed(refused(problem))
  if (medium === undefined) return Effect.succeed(item)
  const { kind, source } = medium
  if (source._tag === "raw" || (source._tag === "url" && !isSignedUrl(source.url))) return Effect.succeed(item)
  return Effect.gen(function* () {
    const bytes = yield* readSource(kind, source, caller.origin)
    const { media } = yield* Store
    const { hash, release } = yield* Effect.tryPromise({
      try: () => media.put(bytes),
      catch: (cause) =>
        wireError(
          StatusCode.INPUT_STORAGE_HOST_FAILED,
          `the media could not be written: ${cause instanceof Error ? cause.message : String(cause)}`
        )
    })
    return { ...item, stored: { hash, release, type: sniffMedia(bytes, kind), size: bytes.length } }
  }).pipe(Effect.catch((error) => Effect.succeed(refused(error))))
}

interface Options {
  readonly settings: SettingsValue
  readonly conflict: number
  readonly job: string
}

const addItem = (
  db: Database,
  item: Item,
  caller: Caller,
  options: Options
): { readonly shown: InputWire; readonly failure: WireError | undefined } => {
  try {
    return { shown: showInput(db, insertItem(db, item, caller, options), caller), failure: undefined }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    const id = item.input.id === "" ? newId() : item.input.id
    const shown = { ...echoInput(id, item.input.data), status: itemStatus(error.code, error.details) }
    return { shown, failure: error }
  }
}

const insertItem = (db: Database, { input, medium, stored }: Item, caller: Caller, options: Options): InputRow => {
  if (input.problem !== undefined) throw input.problem
  if (medium === undefined)
    throw wireError(
      StatusCode.INPUT_INVALID_ARGUMENT,
      "the input has no image, video, audio or text with a url or bytes"
    )
  const { kind, source } = medium
  const { scope } = caller
  let id = input.id === "" ? newId() : input.id
  const taken = findInput(db, scope, id)
  if (taken !== undefined) {
    if (options.conflict === InputIDConflictResolution.SKIP) return taken
    if (options.conflict !== InputIDConflictResolution.SUFFIX)
      throw wireError(StatusCode.INPUT_DUPLICATE, `input_id '${id}' is already in use`)
    id = `${id}_${newId().slice(0, 8)}`
  }
  if (source._tag === "url") {
    checkUrl(source.url, options.settings.allowUrls)
    if (!source.allowDuplicate && hasUrl(db, scope, source.url))
      throw wireError(
        StatusCode.INPUT_DUPLICATE,
        "this URL is already in the app; set allow_duplicate_url to add it again"
      )
  }
  if (stored !== undefined) rememberMedia(db, stored.hash, stored.type, stored.size)
  const at = now()
  const seq = insertInput(db, {
    app: scope,
    id,
    kind,
    url: source._tag === "url" ? source.url : null,
    hash: stored?.hash ?? null,
    raw: source._tag === "raw" ? source.raw : null,
    data: printKept(input.data.kept),
    status: StatusCode.INPUT_PENDING,
    details: "",
    job: options.job === "" ? null : options.job,
    created_at: at
  })
  for (const { value, ...concept } of input.data.concepts)
    annotate(db, scope, seq, ensureConcept(db, scope, concept, at), value)
  return mustFindInput(db, scope, id)
}
