// Adding inputs: encoded one by one, sent in calls of many, settled one by one.
import * as Effect from "effect/Effect"
import { type CallError, InvalidOption, MediaUnreadable } from "../errors/errors.ts"
import { type Kind, type MediaInput, needsNoReading, remoteUrl, toMedia } from "../media/media.ts"
import { readBytes } from "../media/read-bytes.ts"
import type { Outcome } from "../results/outcome.ts"
import type { PrepareHook } from "../predict/prepare-hooks.ts"
import { matchOutputs } from "../predict/match-outputs.ts"
import { checkBytes } from "../predict/prepare.ts"
import { assemble, assembleAttached, encodeInput, utf8Length } from "../predict/request-body.ts"
import { statusError, isSuccess } from "../call/status-error.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import { executeOrFail } from "../call/call.ts"
import { decode } from "../wire/codec/decode-json.ts"
import { encode } from "../wire/codec/encode-json.ts"
import { DataWire } from "../wire/messages/data-messages.ts"
import { InputWire } from "../wire/messages/input-messages.ts"
import * as Status from "../wire/messages/status-codes.ts"
import type { JsonObject } from "../wire/messages/field.ts"
import { malformed, toCall } from "./resource-call.ts"
import { type InputRecord, type NewConcept, type Place, toInputRecord, toLabels } from "./records.ts"

/** An input to add, with what is known of it. */
export interface NewInput {
  /** An image in any of the ways of `app.input`, or a medium of another kind. */
  readonly input: MediaInput
  /** The caller's own id; the service makes one where there is none. */
  readonly id?: string
  /** Concepts that are in it, by id. */
  readonly concepts?: ReadonlyArray<NewConcept>
  /** Concepts that are not in it, by id. */
  readonly notConcepts?: ReadonlyArray<NewConcept>
  readonly metadata?: JsonObject
  readonly place?: Place
}

/** How inputs are added. */
export interface AddOptions {
  /** When an id is taken: `skip` leaves the old input, `suffix` adds to the new id; absent, it fails with `Conflict`. */
  readonly onTakenId?: "skip" | "suffix"
  /** A name for the whole of it, such as a UUID: `inputs.job(job)` then reports the progress. */
  readonly job?: string
  /** Accepts an address that the app has already. */
  readonly allowDuplicateUrl?: boolean
}

/** Everything that adding one input may fail with. */
export type AddError = CallError | MediaUnreadable | InvalidOption

interface Entry {
  readonly index: number
  readonly key: string | undefined
  /** The address that it was given by. */
  readonly url: string | undefined
  readonly pieces: ReadonlyArray<string | Uint8Array>
  readonly sizeBytes: number
}

const annotations = ({ concepts = [], metadata, notConcepts = [], place }: NewInput): string => {
  const labels = toLabels(concepts, notConcepts)
  const data = encode(DataWire, {
    ...(labels.length === 0 ? {} : { concepts: labels }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(place === undefined ? {} : { geo: { geo_point: place } })
  })
  const text = JSON.stringify(data)
  return text === "{}" ? "" : `,${text.slice(1, -1)}`
}

const encodeEntry = (
  runtime: CallRuntime,
  given: NewInput,
  index: number,
  options: AddOptions,
  prepare: PrepareHook
): Effect.Effect<Entry, AddError> =>
  Effect.gen(function* () {
    const facts = given.id === undefined ? {} : { key: given.id }
    const whole = yield* Effect.try({
      try: () => toMedia<Kind>("image", given.input, facts),
      catch: (thrown) =>
        new InvalidOption({ option: "input", problem: thrown instanceof Error ? thrown.message : "", index })
    })
    if (whole.source.from === "parts")
      return yield* new InvalidOption({ option: "input", problem: "has several parts; add each separately", index })
    const media = yield* prepare(whole, { index, key: given.id })
    const bytes = needsNoReading(media)
      ? undefined
      : yield* Effect.flatMap(readBytes(media), (read) => checkBytes(media, read))
    const limit = runtime.connection.limits.maxBytes[media.kind]
    if (bytes !== undefined && bytes.byteLength > limit)
      return yield* new MediaUnreadable({
        media: media.describe(),
        problem: `it has ${bytes.byteLength} bytes and the service takes ${limit} at most`,
        index
      })
    const encoded = encodeInput(media, [bytes], given.id)
    // The last piece closes the medium, `data` and the input; what is known of the input goes between.
    const medium = String(encoded.pieces.at(-1))
    const again = options.allowDuplicateUrl === true && media.kind !== "text" ? `,"allow_duplicate_url":true}` : "}"
    const known = `${again}${annotations(given)}}}`
    const pieces = [...encoded.pieces.slice(0, -1), medium.slice(0, -"}}}".length), known]
    const url = remoteUrl(media)
    return { index, key: given.id, url, pieces, sizeBytes: encoded.sizeBytes - "}}}".length + utf8Length(known) }
  })

/** Adds a few inputs: as many calls as their bytes need, an outcome for each input. Never fails. */
export const addGroup = (
  runtime: CallRuntime,
  given: ReadonlyArray<readonly [input: NewInput, index: number]>,
  options: AddOptions,
  prepare: PrepareHook
): Effect.Effect<ReadonlyArray<Outcome<InputRecord, AddError>>> =>
  Effect.gen(function* () {
    const { maxBodyBytes, targetBodyBytes } = runtime.connection.limits
    const outcomes: Array<Outcome<InputRecord, AddError>> = []
    let batch: Array<Entry> = []
    let bytes = 0
    for (const [input, index] of given) {
      const entry = yield* Effect.result(encodeEntry(runtime, input, index, options, prepare))
      if (entry._tag === "Failure") {
        outcomes.push({ ok: false, error: entry.failure, index, key: input.id, attempts: 0, requestId: undefined })
        continue
      }
      if (batch.length > 0 && bytes + entry.success.sizeBytes > Math.min(maxBodyBytes, targetBodyBytes)) {
        outcomes.push(...(yield* addBatch(runtime, batch, options)))
        batch = []
        bytes = 0
      }
      batch.push(entry.success)
      bytes += entry.success.sizeBytes
    }
    if (batch.length > 0) outcomes.push(...(yield* addBatch(runtime, batch, options)))
    return outcomes.sort((a, b) => a.index - b.index)
  })

/** The record of each input of a call: by its id or address where the service repeats them, else by its position. */
const matchAdded = (batch: ReadonlyArray<Entry>, records: unknown): ReadonlyArray<unknown> =>
  matchOutputs(
    batch.map(({ key, url }) => ({ id: key, url })),
    (Array.isArray(records) ? records : []).map((input: unknown) => ({ input }))
  ).map((output) => (output as { readonly input: unknown } | undefined)?.input) // made one line above

const unmatched = (sent: number, records: unknown): string => {
  const count = Array.isArray(records) ? records.length : 0
  return `${count} records answer ${sent} inputs, and none of them is known to be of this one; look it up by its id`
}

const addBatch = (
  runtime: CallRuntime,
  batch: ReadonlyArray<Entry>,
  options: AddOptions
): Effect.Effect<ReadonlyArray<Outcome<InputRecord, AddError>>> =>
  Effect.gen(function* () {
    const conflict = { skip: 1, suffix: 2 }[options.onTakenId ?? "skip"]
    const tail = [
      "]",
      ...(options.onTakenId === undefined ? [] : [`"input_id_conflict_resolution":${conflict}`]),
      ...(options.job === undefined ? [] : [`"inputs_add_job_id":${JSON.stringify(options.job)}`])
    ]
      .join(",")
      .concat("}")
    const pieces = [
      `{"inputs":[`,
      ...batch.flatMap((entry, i) => (i === 0 ? entry.pieces : [",", ...entry.pieces])),
      tail
    ]
    const size = batch.reduce((sum, entry) => sum + entry.sizeBytes + 1, 10 + utf8Length(tail))
    const body = runtime.connection.takesAttachments === true ? assembleAttached(pieces) : assemble(pieces, size)
    const call = yield* toCall(runtime, { method: "POST", path: ["inputs"], body })
    const answered = yield* executeOrFail(runtime, call, batch.length)
    const facts = { attempts: answered.attempts, requestId: answered.status.req_id }
    const matched = matchAdded(batch, answered.json["inputs"])
    const { secrets } = yield* runtime.settings
    const context = { requestId: answered.status.req_id, retryAfterMs: answered.retryAfterMs, secrets }
    return batch.map(({ index, key }, i): Outcome<InputRecord, AddError> => {
      const fail = (error: AddError) => ({ ok: false as const, error, index, key, ...facts })
      const json = matched[i]
      if (json === undefined)
        return fail(
          isSuccess(answered.status) || answered.status.code === Status.MIXED_STATUS
            ? malformed(answered, { path: "inputs", problem: unmatched(batch.length, answered.json["inputs"]) })
            : statusError(answered.status, context)
        )
      const decoded = decode(InputWire, json)
      if (!decoded.ok)
        return fail(malformed(answered, { ...decoded.problem, path: `inputs[${i}].${decoded.problem.path}` }))
      const record = toInputRecord(decoded.value)
      return record.state === "failed"
        ? fail(statusError(decoded.value.status ?? answered.status, context))
        : { ok: true, value: record, index, key, ...facts }
    })
  }).pipe(
    Effect.catch((error) =>
      Effect.succeed(
        batch.map(({ index, key }): Outcome<InputRecord, AddError> => ({
          ok: false,
          error,
          index,
          key,
          attempts: 1,
          requestId: "requestId" in error ? error.requestId : undefined
        }))
      )
    )
  )
