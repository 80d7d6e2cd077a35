/** Processes added inputs: downloads, decodes and embeds them. */
import { StatusCode } from "@sightline/core/status"
import * as Effect from "effect/Effect"
import type { UrlDownloads } from "../store/url-downloads.ts"
import { sniffMedia } from "../protocol/hosted-content-type.ts"
import { now } from "../protocol/time.ts"
import { type WireError, wireError } from "../protocol/wire-error.ts"
import { ImageEncoder } from "../encoders/image-encoder.ts"
import { Settings } from "../settings.ts"
import { decodeText, readSource, readStored } from "../store/media-source.ts"
import { findEmbedding, saveEmbedding } from "../store/embedding-table.ts"
import { claimInputs, settleInput, suspectWaits } from "../store/input-queue.ts"
import type { InputRow } from "../store/input-table.ts"
import { rememberMedia } from "../store/media-table.ts"
import { Store } from "../store/store.ts"
import type { UnreadableImage } from "../vision/built-in-encoder.ts"
import { fromVector } from "../store/vector-bytes.ts"

/** Inputs claimed at a time: enough to keep every worker busy, few enough to repeat after a crash. */
const batchSize = 32

/** An image of one pixel. */
const onePixel = new Uint8Array(
  Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgBQAABwAGLUUYBwAAAABJRU5ErkJggg==", "base64")
)

/** An input fails after its processing ended the process this often. Users kill processes too, so it is not fewer. */
const maxAttempts = 5

/** Processes the inputs that have waited longest; true if there were any. */
export const processBatch: Effect.Effect<boolean, WireError, Settings | Store | UrlDownloads | ImageEncoder> =
  Effect.gen(function* () {
    const store = yield* Store
    const { workers } = yield* Settings
    // Starting the decoders takes longer than most images: a kill in that time must not count for the next input.
    if (yield* store.read(suspectWaits)) {
      const encoder = yield* ImageEncoder
      yield* Effect.ignore(encoder.embed(onePixel))
    }
    const rows = yield* store.write((db) => claimInputs(db, batchSize))
    yield* Effect.forEach(rows, processInput, { concurrency: workers * 2, discard: true })
    return rows.length > 0
  })

const processInput = Effect.fnUntraced(function* (
  row: InputRow
): Effect.fn.Return<void, WireError, Settings | Store | UrlDownloads | ImageEncoder> {
  const store = yield* Store
  const work =
    row.attempts >= maxAttempts
      ? Effect.fail(wireError(StatusCode.INPUT_FAILED, `processing ended ${maxAttempts} times without a result`))
      : row.kind === "image"
        ? processImage(row)
        : row.kind === "text"
          ? processText(row)
          : keepMedia(row)
  yield* Effect.catch(work, ({ code, details }) =>
    store.write((db) => void settleInput(db, row.seq, { status: code, details }, now()))
  )
})

/** The stored bytes of an input, downloaded and stored first if it was added by URL. */
const ownBytes = Effect.fnUntraced(function* (
  row: InputRow
): Effect.fn.Return<
  { readonly bytes: Uint8Array<ArrayBuffer>; readonly hash: string; readonly release: () => void },
  WireError,
  Settings | Store | UrlDownloads
> {
  if (row.hash !== null) return { bytes: yield* readStored(row.hash), hash: row.hash, release: () => {} }
  const bytes = yield* readSource(row.kind, { _tag: "url", url: row.url ?? "", allowDuplicate: true }, "")
  const store = yield* Store
  const put = yield* Effect.tryPromise({
    try: () => store.media.put(bytes),
    catch: (cause) =>
      wireError(StatusCode.INPUT_STORAGE_HOST_FAILED, `the media could not be written: ${String(cause)}`)
  })
  return { bytes, ...put }
})

const unreadable = ({ code, details }: UnreadableImage): WireError => wireError(code, details)

const processImage = Effect.fnUntraced(function* (
  row: InputRow
): Effect.fn.Return<void, WireError, Settings | Store | UrlDownloads | ImageEncoder> {
  const store = yield* Store
  const encoder = yield* ImageEncoder
  const { bytes, hash, release } = yield* ownBytes(row)
  yield* Effect.gen(function* () {
    const known = yield* store.read((db) => findEmbedding(db, hash, encoder.id) !== undefined)
    const embedded = known ? undefined : yield* Effect.mapError(encoder.embed(bytes, { mirror: true }), unreadable)
    const info = embedded?.info ?? (yield* Effect.mapError(encoder.inspect(bytes), unreadable))
    const imageInfo = {
      width: info.width,
      height: info.height,
      format: info.format.toUpperCase(),
      color_mode: info.colorMode
    }
    yield* store.write((db) => {
      rememberMedia(db, hash, sniffMedia(bytes, "image"), bytes.length)
      if (embedded !== undefined)
        saveEmbedding(db, hash, encoder.id, {
          vector: fromVector(embedded.vector),
          mirrored: embedded.mirrored === undefined ? null : fromVector(embedded.mirrored)
        })
      settleInput(
        db,
        row.seq,
        { status: StatusCode.INPUT_SUCCESS, details: "", hash, info: JSON.stringify({ image_info: imageInfo }) },
        now()
      )
    })
  }).pipe(Effect.ensuring(Effect.sync(release)))
})

const processText = Effect.fnUntraced(function* (
  row: InputRow
): Effect.fn.Return<void, WireError, Settings | Store | UrlDownloads> {
  const store = yield* Store
  const text = row.raw ?? (yield* decodeText((yield* ownBytes(row)).bytes))
  const info = { text_info: { char_count: Array.from(text).length, encoding: "UTF8" } }
  yield* store.write(
    (db) =>
      void settleInput(
        db,
        row.seq,
        { status: StatusCode.INPUT_SUCCESS, details: "", info: JSON.stringify(info) },
        now()
      )
  )
})

/** Video and audio are stored as they are; models decode them for each prediction. */
const keepMedia = Effect.fnUntraced(function* (
  row: InputRow
): Effect.fn.Return<void, WireError, Settings | Store | UrlDownloads> {
  const store = yield* Store
  const { bytes, hash, release } = yield* ownBytes(row)
  const type = sniffMedia(bytes, row.kind)
  const fits =
    type.startsWith(`${row.kind}/`) ||
    (row.kind === "video" && type === "image/gif") ||
    type === "video/webm" ||
    type === "video/x-matroska"
  yield* store
    .write((db) => {
      rememberMedia(db, hash, type, bytes.length)
      settleInput(
        db,
        row.seq,
        fits
          ? { status: StatusCode.INPUT_SUCCESS, details: "", hash }
          : { status: StatusCode.INPUT_UNSUPPORTED_FORMAT, details: `the bytes are not ${row.kind}: ${type}`, hash },
        now()
      )
    })
    .pipe(Effect.ensuring(Effect.sync(release)))
})
