// Datasets of an app: named collections of inputs, and their immutable versions.
import * as Effect from "effect/Effect"
import type { CallError } from "../errors/errors.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import type { DatasetVersionWire, DatasetWire } from "../wire/messages/dataset-messages.ts"
import {
  DeleteDatasetInputsRequestWire,
  DeleteDatasetsRequestWire,
  DeleteDatasetVersionsRequestWire,
  MultiDatasetInputResponseWire,
  MultiDatasetResponseWire,
  MultiDatasetVersionResponseWire,
  PatchDatasetsRequestWire,
  PostDatasetInputsRequestWire,
  PostDatasetsRequestWire,
  PostDatasetVersionsRequestWire,
  SingleDatasetResponseWire,
  SingleDatasetVersionResponseWire
} from "../wire/messages/dataset-requests.ts"
import type { JsonObject } from "../wire/messages/field.ts"
import { type PageOptions, pages } from "./pages.ts"
import { bodyOf, deleteListed, type Owner, request } from "./resource-call.ts"
import { missing } from "./concepts.ts"
import { Listing, Operation } from "./operation.ts"
import { type InputRecord, type Progress, tidy, toInputRecord, toProgress } from "./records.ts"

/** A dataset to create, or the fields of one to change. */
export interface NewDataset {
  readonly id: string
  readonly description?: string
  readonly metadata?: JsonObject
}

/** A named collection of an app's inputs. */
export interface DatasetRecord {
  readonly id: string
  readonly userId?: string
  readonly appId?: string
  readonly description?: string
  readonly metadata: JsonObject
  readonly createdAt?: string
}

/** A snapshot of a dataset; `ready` when the service has created it. */
export interface DatasetVersionRecord extends Progress {
  readonly id: string
  readonly description?: string
  readonly createdAt?: string
}

const toRecord = (dataset: DatasetWire): DatasetRecord =>
  tidy<DatasetRecord>({
    id: dataset.id ?? "",
    userId: dataset.user_id,
    appId: dataset.app_id,
    description: dataset.description,
    metadata: dataset.metadata ?? {},
    createdAt: dataset.created_at
  })

const toVersionRecord = (version: DatasetVersionWire): DatasetVersionRecord =>
  tidy<DatasetVersionRecord>({
    ...toProgress(version.status),
    id: version.id ?? "",
    description: version.description,
    createdAt: version.created_at
  })

/** Datasets: list, get, create, change, delete; their inputs and versions. */
export const datasets = (runtime: CallRuntime) => {
  const remove = (name: string, path: ReadonlyArray<string>, ids: ReadonlyArray<string>, body: object) =>
    new Operation<void, CallError>(name, deleteListed(runtime, path, ids, body))
  return {
    list: ({ owner, ...options }: PageOptions & { readonly owner?: Owner } = {}): Listing<DatasetRecord, CallError> =>
      new Listing(
        pages(
          runtime,
          MultiDatasetResponseWire,
          { method: "GET", path: ["datasets"], owner },
          (answer) => answer.datasets.map(toRecord),
          options
        )
      ),
    get: (id: string): Operation<DatasetRecord, CallError> =>
      new Operation(
        `datasets.get(${id})`,
        request(runtime, SingleDatasetResponseWire, { method: "GET", path: ["datasets", id] }).pipe(
          Effect.flatMap(({ dataset }) =>
            dataset ? Effect.succeed(toRecord(dataset)) : Effect.fail(missing("dataset"))
          )
        )
      ),
    /** Creates datasets. Fails with `Conflict` if an id is taken. */
    create: (...created: ReadonlyArray<NewDataset>): Operation<ReadonlyArray<DatasetRecord>, CallError> =>
      new Operation(
        "datasets.create",
        request(runtime, MultiDatasetResponseWire, {
          method: "POST",
          path: ["datasets"],
          items: created.length,
          body: bodyOf(PostDatasetsRequestWire, { datasets: created })
        }).pipe(Effect.map((answer) => answer.datasets.map(toRecord)))
      ),
    /** Changes the description and metadata of a dataset. */
    change: (
      changed: NewDataset,
      action: "merge" | "overwrite" | "remove" = "merge"
    ): Operation<ReadonlyArray<DatasetRecord>, CallError> =>
      new Operation(
        `datasets.change(${changed.id})`,
        request(runtime, MultiDatasetResponseWire, {
          method: "PATCH",
          path: ["datasets"],
          body: bodyOf(PatchDatasetsRequestWire, { datasets: [changed], action })
        }).pipe(Effect.map((answer) => answer.datasets.map(toRecord)))
      ),
    /** Deletes datasets; the app keeps their inputs. */
    delete: (...ids: ReadonlyArray<string>): Operation<void, CallError> =>
      remove(
        `datasets.delete(${ids.join(", ")})`,
        ["datasets"],
        ids,
        bodyOf(DeleteDatasetsRequestWire, { dataset_ids: ids })
      ),
    /** Lists the inputs of a dataset. */
    inputs: (id: string, options: PageOptions = {}): Listing<InputRecord, CallError> =>
      new Listing(
        pages(
          runtime,
          MultiDatasetInputResponseWire,
          { method: "GET", path: ["datasets", id, "inputs"] },
          (answer) => answer.dataset_inputs.map(({ input = {} }) => toInputRecord(input)),
          options
        )
      ),
    /** Adds inputs of the app to a dataset, by id. */
    addInputs: (id: string, inputs: ReadonlyArray<string>): Operation<ReadonlyArray<InputRecord>, CallError> =>
      new Operation(
        `datasets.addInputs(${id})`,
        request(runtime, MultiDatasetInputResponseWire, {
          method: "POST",
          path: ["datasets", id, "inputs"],
          items: inputs.length,
          body: bodyOf(PostDatasetInputsRequestWire, {
            dataset_inputs: inputs.map((input) => ({ input: { id: input } }))
          })
        }).pipe(Effect.map((answer) => answer.dataset_inputs.map(({ input = {} }) => toInputRecord(input))))
      ),
    /** Removes inputs from a dataset; the app keeps them. */
    removeInputs: (id: string, inputs: ReadonlyArray<string>): Operation<void, CallError> =>
      remove(
        `datasets.removeInputs(${id})`,
        ["datasets", id, "inputs"],
        inputs,
        bodyOf(DeleteDatasetInputsRequestWire, { input_ids: inputs })
      ),
    /** Lists the versions of a dataset. */
    versions: (id: string, options: PageOptions = {}): Listing<DatasetVersionRecord, CallError> =>
      new Listing(
        pages(
          runtime,
          MultiDatasetVersionResponseWire,
          { method: "GET", path: ["datasets", id, "versions"] },
          (answer) => answer.dataset_versions.map(toVersionRecord),
          options
        )
      ),
    /** Gets a version, with the status of its creation. */
    version: (id: string, version: string): Operation<DatasetVersionRecord, CallError> =>
      new Operation(
        `datasets.version(${id})`,
        request(runtime, SingleDatasetVersionResponseWire, {
          method: "GET",
          path: ["datasets", id, "versions", version]
        }).pipe(
          Effect.flatMap(({ dataset_version: found }) =>
            found ? Effect.succeed(toVersionRecord(found)) : Effect.fail(missing("dataset_version"))
          )
        )
      ),
    /** Creates a version: a snapshot of the dataset, `pending` at first. */
    freeze: (
      id: string,
      version: { readonly id?: string; readonly description?: string; readonly metadata?: JsonObject } = {}
    ): Operation<ReadonlyArray<DatasetVersionRecord>, CallError> =>
      new Operation(
        `datasets.freeze(${id})`,
        request(runtime, MultiDatasetVersionResponseWire, {
          method: "POST",
          path: ["datasets", id, "versions"],
          body: bodyOf(PostDatasetVersionsRequestWire, { dataset_versions: [version] })
        }).pipe(Effect.map((answer) => answer.dataset_versions.map(toVersionRecord)))
      ),
    /** Deletes versions of a dataset. */
    deleteVersions: (id: string, versions: ReadonlyArray<string>): Operation<void, CallError> =>
      remove(
        `datasets.deleteVersions(${id})`,
        ["datasets", id, "versions"],
        versions,
        bodyOf(DeleteDatasetVersionsRequestWire, { dataset_version_ids: versions })
      )
  }
}
