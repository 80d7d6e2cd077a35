// Inputs of an app: training examples, and the items of searches.
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
import { type AddError, addGroup, type AddOptions, type NewInput } from "./add-inputs.ts"
import { type PageOptions, pages, pageSizeOf } from "./pages.ts"
import { type Ask, bodyOf, deleteListed, remove, request } from "./resource-call.ts"
import { missing } from "./concepts.ts"
import { Listing, Operation } from "./operation.ts"
import { type InputRecord, type NewConcept, type Place, toInputRecord, toLabels } from "./records.ts"
import { waitFor, type WaitOptions } from "./poll.ts"

/** Number of inputs of an app in each state. */
export interface InputCounts {
  readonly ready: number
  readonly waiting: number
  readonly processing: number
  readonly failed: number
}

/** Changes of an input's annotations. */
export interface InputChange {
  readonly id: string
  /** Ids of concepts that are present. */
  readonly concepts?: ReadonlyArray<NewConcept>
  /** Ids of concepts that are absent. */
  readonly notConcepts?: ReadonlyArray<NewConcept>
  readonly metadata?: JsonObject
  readonly place?: Place
}

/** Progress of a job that adds inputs. It has ended when `waiting` and `processing` are 0. */
export interface JobRecord {
  readonly id: string
  readonly waiting: number
  readonly processing: number
  readonly ready: number
  readonly failed: number
}

const toJob = ({ id = "", progress = {} }: InputsAddJobWire): JobRecord => ({
  id,
  waiting: progress.pending_count ?? 0,
  processing: progress.in_progress_count ?? 0,
  ready: progress.success_count ?? 0,
  failed: progress.failed_count ?? 0
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

/** Chunks of `size` items of any iterable, with their positions. */
const groups = <T>(items: Iterable<T> | AsyncIterable<T>, size: number) => {
  let index = 0
  const stream = Symbol.asyncIterator in items ? Stream.fromAsyncIterable(items, failed) : Stream.fromIterable(items)
  return stream.pipe(
    Stream.map((item) => [item, index++] as const),
    Stream.grouped(size)
  )
}

/** Inputs: add, list, change, delete, and wait until they are processed. */
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
     * Adds inputs, 128 per call; yields an outcome for each, in order. The service processes them asynchronously: a
     * `pending` record is accepted but not usable yet. Inputs are read only as fast as outcomes are consumed.
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
    /** Gets an input by id. */
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
        ids?.length === 0
          ? Stream.empty // a query without ids would list all of them
          : pages(
              runtime,
              MultiInputResponseWire,
              { method: "GET", path: ["inputs"], query: { ids, "status.code": code } },
              (a) => a.inputs.map(toInputRecord),
              options
            )
      ),
    /**
     * Lists the inputs of a large app with cursor pagination, after the input `after`. Each page costs the same, and
     * inputs that are added meanwhile do not shift the pages.
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
    /** Merges labels, metadata and positions; the same concept or key is replaced. */
    merge: (changes: ReadonlyArray<InputChange>) => patch("inputs.merge", "merge", changes),
    /** Replaces the existing labels, metadata and positions. */
    overwrite: (changes: ReadonlyArray<InputChange>) => patch("inputs.overwrite", "overwrite", changes),
    /** Removes labels. */
    removeConcepts: (id: string, concepts: ReadonlyArray<string>) =>
      patch(`inputs.removeConcepts(${id})`, "remove", [{ id, notConcepts: concepts }]),
    /** Removes labels from several inputs: concept ids by input id. */
    removeConceptsOf: (labels: Readonly<Record<string, ReadonlyArray<string>>>) =>
      patch(
        "inputs.removeConceptsOf",
        "remove",
        Object.entries(labels).map(([id, notConcepts]) => ({ id, notConcepts }))
      ),
    /** Deletes an input. Deletion is asynchronous: for a moment the input may still be found. */
    delete: (id: string): Operation<void, CallError> =>
      new Operation(`inputs.delete(${id})`, remove(runtime, { path: ["inputs", id] })),
    /** Deletes several inputs; an empty list deletes nothing. */
    deleteMany: (ids: ReadonlyArray<string>): Operation<void, CallError> =>
      new Operation(
        "inputs.deleteMany",
        deleteListed(runtime, ["inputs"], ids, bodyOf(DeleteInputsRequestWire, { ids }))
      ),
    /** Deletes every input of the app. */
    deleteAll: (): Operation<void, CallError> =>
      new Operation(
        "inputs.deleteAll",
        remove(runtime, { path: ["inputs"], body: bodyOf(DeleteInputsRequestWire, { delete_all: true }) })
      ),
    /** Counts the inputs in each state. */
    counts: (): Operation<InputCounts, CallError> => new Operation("inputs.counts", counts),
    /** Progress of the inputs that were added with this `job`. */
    job: (id: string): Operation<JobRecord, CallError> =>
      new Operation(`inputs.job(${id})`, jobOf({ method: "GET", path: ["inputs", "jobs", "add", id] })),
    /** Cancels a job; its remaining inputs are not added. */
    cancelJob: (id: string): Operation<JobRecord, CallError> =>
      new Operation(
        `inputs.cancelJob(${id})`,
        jobOf({ method: "PATCH", path: ["inputs", "jobs", "add", id], body: {} })
      ),
    /**
     * Waits until every input of the app is processed, and returns the counts. Fails with `TimedOut` after `timeoutMs`,
     * half an hour by default.
     */
    processed: (options: WaitOptions = {}): Operation<InputCounts, CallError> =>
      new Operation(
        "inputs.processed",
        waitFor(counts, (now) => now.waiting + now.processing === 0, options)
      )
  }
}
