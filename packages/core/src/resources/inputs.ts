// The inputs that an app keeps: its examples, and what it searches.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { type CallError, SourceFailed } from "../errors/errors.ts"
import type { Outcome } from "../results/outcome.ts"
import type { PrepareHook } from "../predict/prepare-hooks.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import type { InputsAddJobWire, InputWire } from "../wire/messages/input-messages.ts"
import {
  DeleteInputsRequestWire,
  MultiInputResponseWire,
  PatchInputsRequestWire,
  SingleInputCountResponseWire,
  SingleInputResponseWire,
  SingleInputsAddJobResponseWire
} from "../wire/messages/input-requests.ts"
import type { JsonObject } from "../wire/messages/field.ts"
import { BaseResponseWire } from "../wire/messages/status-messages.ts"
import { type AddError, addGroup, type AddOptions, type NewInput } from "./add-inputs.ts"
import { type PageOptions, pages, pageSizeOf } from "./pages.ts"
import { type Ask, bodyOf, request } from "./resource-call.ts"
import { missing } from "./concepts.ts"
import { Listing, Operation } from "./operation.ts"
import { type InputRecord, type NewConcept, type Place, toInputRecord, toLabels } from "./records.ts"
import { waitFor, type WaitOptions } from "./poll.ts"

/** How many inputs of an app are in which state. */
export interface InputCounts {
  readonly ready: number
  readonly waiting: number
  readonly processing: number
  readonly failed: number
}

/** What may be changed of an input. */
export interface InputChange {
  readonly id: string
  /** Concepts that are in it, by id. */
  readonly concepts?: ReadonlyArray<NewConcept>
  /** Concepts that are not in it, by id. */
  readonly notConcepts?: ReadonlyArray<NewConcept>
  readonly metadata?: JsonObject
  readonly place?: Place
}

/** How far a job of adding inputs is: over when nothing is waiting or being worked on. */
export interface JobRecord {
  readonly id: string
  readonly waiting: number
  readonly processing: number
  readonly ready: number
  readonly failed: number
}

const toJob = ({ id = "", progress }: InputsAddJobWire): JobRecord => ({
  id,
  waiting: progress?.pending_count ?? 0,
  processing: progress?.in_progress_count ?? 0,
  ready: progress?.success_count ?? 0,
  failed: progress?.failed_count ?? 0
})

const toChange = ({ concepts = [], id, metadata, notConcepts = [], place }: InputChange): InputWire => ({
  id,
  data: {
    ...(concepts.length + notConcepts.length === 0 ? {} : { concepts: toLabels(concepts, notConcepts) }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(place === undefined ? {} : { geo: { geo_point: place } })
  }
})

const failed = (cause: unknown) =>
  new SourceFailed({ problem: cause instanceof Error ? cause.message : String(cause), cause })

/** Lists what an iterable of any kind holds, `size` at a time, with positions. */
const groups = <T>(items: Iterable<T> | AsyncIterable<T>, size: number) => {
  let index = 0
  const stream = Symbol.asyncIterator in items ? Stream.fromAsyncIterable(items, failed) : Stream.fromIterable(items)
  return stream.pipe(
    Stream.map((item) => [item, index++] as const),
    Stream.grouped(size)
  )
}

/** Inputs: add, list, change, delete, and wait until the service has looked at them. */
export const inputs = (runtime: CallRuntime, prepare: PrepareHook = Effect.succeed) => {
  const patch = (name: string, action: "merge" | "overwrite" | "remove", changes: ReadonlyArray<InputChange>) =>
    new Operation<ReadonlyArray<InputRecord>, CallError>(
      name,
      request(runtime, MultiInputResponseWire, {
        method: "PATCH",
        path: ["inputs"],
        items: changes.length,
        body: bodyOf(PatchInputsRequestWire, { inputs: changes.map(toChange), action })
      }).pipe(Effect.map((answer) => answer.inputs.map(toInputRecord)))
    )
  const remove = (name: string, body: { readonly ids?: ReadonlyArray<string>; readonly delete_all?: boolean }) =>
    new Operation<void, CallError>(
      name,
      Effect.asVoid(
        request(runtime, BaseResponseWire, {
          method: "DELETE",
          path: ["inputs"],
          body: bodyOf(DeleteInputsRequestWire, body)
        })
      )
    )
  const counts: Effect.Effect<InputCounts, CallError> = Effect.map(
    request(runtime, SingleInputCountResponseWire, { method: "GET", path: ["inputs", "status"] }),
    ({ counts: { errors, processed, processing, to_process } }) => ({
      ready: processed,
      waiting: to_process,
      processing,
      failed: errors
    })
  )
  const jobOf = (ask: Ask): Effect.Effect<JobRecord, CallError> =>
    Effect.flatMap(request(runtime, SingleInputsAddJobResponseWire, ask), ({ inputs_add_job: job }) =>
      job ? Effect.succeed(toJob(job)) : Effect.fail(missing("inputs_add_job"))
    )
  return {
    /**
     * Adds inputs, 128 a call: an outcome for each, in order. The service looks at them afterwards: a record that is
     * `pending` is accepted, not yet usable. Reads what it is given no faster than outcomes are taken.
     */
    add: (
      added: Iterable<NewInput> | AsyncIterable<NewInput>,
      options: AddOptions = {}
    ): Listing<Outcome<InputRecord, AddError>, SourceFailed> =>
      new Listing(
        Stream.suspend(() => groups(added, runtime.connection.limits.inputsPerAdd)).pipe(
          Stream.mapEffect((group) => addGroup(runtime, group, options, prepare)),
          Stream.flatMap(Stream.fromIterable)
        )
      ),
    /** One, by id. */
    get: (id: string): Operation<InputRecord, CallError> =>
      new Operation(
        `inputs.get(${id})`,
        request(runtime, SingleInputResponseWire, { method: "GET", path: ["inputs", id] }).pipe(
          Effect.flatMap(({ input }) => (input ? Effect.succeed(toInputRecord(input)) : Effect.fail(missing("input"))))
        )
      ),
    /**
     * All of them, or those with these ids or this status number (30000 for ready). Right while others add and delete, and
     * while what it gives is deleted: a list of several pages is read once more. `scan()` is cheaper for a large app.
     */
    list: ({
      code,
      ids,
      ...options
    }: PageOptions & { readonly ids?: ReadonlyArray<string>; readonly code?: number } = {}): Listing<
      InputRecord,
      CallError
    > =>
      new Listing(
        pages(
          runtime,
          MultiInputResponseWire,
          { method: "GET", path: ["inputs"], query: { ids, "status.code": code } },
          (a) => a.inputs.map(toInputRecord),
          options
        )
      ),
    /**
     * All of a large app, from the one after `after`: each page begins where the one before ended, so that it costs the
     * same however far it is, and inputs that are added meanwhile shift nothing.
     */
    scan: ({
      after,
      newestFirst,
      ...options
    }: PageOptions & { readonly after?: string; readonly newestFirst?: boolean } = {}): Listing<
      InputRecord,
      CallError
    > => {
      const pageSize = pageSizeOf(options)
      return new Listing(
        Stream.paginate(after, (last: string | undefined) =>
          Effect.map(
            request(runtime, MultiInputResponseWire, {
              method: "GET",
              path: ["inputs", "stream"],
              query: { per_page: pageSize, last_id: last, descending: newestFirst }
            }),
            (answer): readonly [ReadonlyArray<InputRecord>, Option.Option<string>] => {
              const found = answer.inputs.map(toInputRecord)
              const end = found.at(-1)?.id
              const more = found.length >= pageSize && end !== undefined && end !== "" && end !== last
              return [found, more ? Option.some(end) : Option.none()]
            }
          )
        )
      )
    },
    /** Adds labels, metadata and places to those that are there; the same concept or key is replaced. */
    merge: (changes: ReadonlyArray<InputChange>) => patch("inputs.merge", "merge", changes),
    /** Replaces the existing labels, metadata and positions. */
    overwrite: (changes: ReadonlyArray<InputChange>) => patch("inputs.overwrite", "overwrite", changes),
    /** Takes labels away. */
    removeConcepts: (id: string, concepts: ReadonlyArray<string>) =>
      patch(`inputs.removeConcepts(${id})`, "remove", [{ id, notConcepts: concepts }]),
    /** Takes labels away from several: by the input's id, the concepts' ids. */
    removeConceptsOf: (labels: Readonly<Record<string, ReadonlyArray<string>>>) =>
      patch(
        "inputs.removeConceptsOf",
        "remove",
        Object.entries(labels).map(([id, notConcepts]) => ({ id, notConcepts }))
      ),
    /** Deletes one. The service does so in its own time: for a moment it may still be found. */
    delete: (id: string): Operation<void, CallError> =>
      new Operation(
        `inputs.delete(${id})`,
        Effect.asVoid(request(runtime, BaseResponseWire, { method: "DELETE", path: ["inputs", id] }))
      ),
    /** Deletes several. */
    deleteMany: (ids: ReadonlyArray<string>) => remove("inputs.deleteMany", { ids }),
    /** Deletes every input of the app. */
    deleteAll: () => remove("inputs.deleteAll", { delete_all: true }),
    /** How many are in which state. */
    counts: (): Operation<InputCounts, CallError> => new Operation("inputs.counts", counts),
    /** How far inputs that were added with this `job` are. */
    job: (id: string): Operation<JobRecord, CallError> =>
      new Operation(`inputs.job(${id})`, jobOf({ method: "GET", path: ["inputs", "jobs", "add", id] })),
    /** Ends a job; inputs that it has not reached are not added. */
    cancelJob: (id: string): Operation<JobRecord, CallError> =>
      new Operation(
        `inputs.cancelJob(${id})`,
        jobOf({ method: "PATCH", path: ["inputs", "jobs", "add", id], body: {} })
      ),
    /**
     * Waits until the service has looked at every input of the app; gives the counts. Fails with `TimedOut` after
     * `timeoutMs`, half an hour when absent.
     */
    processed: (options: WaitOptions = {}): Operation<InputCounts, CallError> =>
      new Operation(
        "inputs.processed",
        waitFor(counts, (now) => now.waiting + now.processing === 0, options)
      )
  }
}
