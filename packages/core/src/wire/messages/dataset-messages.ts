// Datasets: named collections of an app's inputs, frozen into versions.
import { VisibilityWire } from "./concept-messages.ts"
import { InputWire, UserAppIdWire } from "./input-messages.ts"
import { type JsonObject, many, type Message, message, needed, of, shown, struct, text, texts, time } from "./table.ts"
import { StatusWire } from "./status-messages.ts"

/** A dataset as it was at one time; ready when its status is 64015. */
export interface DatasetVersionWire {
  readonly id?: string
  readonly created_at?: string
  readonly modified_at?: string
  readonly app_id?: string
  readonly user_id?: string
  readonly dataset_id?: string
  readonly status?: StatusWire
  readonly description?: string
  readonly metadata?: JsonObject
  readonly visibility?: VisibilityWire
}
export const DatasetVersionWire: Message<DatasetVersionWire> = /* @__PURE__ */ message("DatasetVersion", () => ({
  id: text,
  created_at: time,
  modified_at: time,
  app_id: text,
  user_id: text,
  dataset_id: text,
  status: of(() => StatusWire),
  description: text,
  metadata: struct,
  visibility: of(() => VisibilityWire)
}))

/** A named collection of inputs. */
export interface DatasetWire {
  readonly id?: string
  readonly created_at?: string
  readonly modified_at?: string
  readonly app_id?: string
  readonly user_id?: string
  readonly description?: string
  readonly metadata?: JsonObject
  readonly visibility?: VisibilityWire
  readonly notes?: string
  readonly version?: DatasetVersionWire
}
export const DatasetWire: Message<DatasetWire> = /* @__PURE__ */ message("Dataset", () => ({
  id: text,
  created_at: time,
  modified_at: time,
  app_id: text,
  user_id: text,
  description: text,
  metadata: struct,
  visibility: of(() => VisibilityWire),
  notes: text,
  version: of(() => DatasetVersionWire)
}))

/** An input in a dataset. */
export interface DatasetInputWire {
  readonly created_at?: string
  readonly input?: InputWire
}
export const DatasetInputWire: Message<DatasetInputWire> = /* @__PURE__ */ message("DatasetInput", () => ({
  created_at: time,
  input: of(() => InputWire)
}))

/** Creates datasets. */
export interface PostDatasetsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly datasets: ReadonlyArray<DatasetWire>
}
export const PostDatasetsRequestWire: Message<PostDatasetsRequestWire> = /* @__PURE__ */ message(
  "PostDatasetsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    datasets: shown(
      many(() => DatasetWire),
      []
    )
  })
)

/** Deletes the datasets with these ids. */
export interface DeleteDatasetsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly dataset_ids: ReadonlyArray<string>
}
export const DeleteDatasetsRequestWire: Message<DeleteDatasetsRequestWire> = /* @__PURE__ */ message(
  "DeleteDatasetsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    dataset_ids: shown(texts, [])
  })
)

/** Puts inputs into a dataset. */
export interface PostDatasetInputsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly dataset_inputs: ReadonlyArray<DatasetInputWire>
}
export const PostDatasetInputsRequestWire: Message<PostDatasetInputsRequestWire> = /* @__PURE__ */ message(
  "PostDatasetInputsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    dataset_inputs: shown(
      many(() => DatasetInputWire),
      []
    )
  })
)

/** Freezes a dataset into a version. */
export interface PostDatasetVersionsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly dataset_versions: ReadonlyArray<DatasetVersionWire>
}
export const PostDatasetVersionsRequestWire: Message<PostDatasetVersionsRequestWire> = /* @__PURE__ */ message(
  "PostDatasetVersionsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    dataset_versions: shown(
      many(() => DatasetVersionWire),
      []
    )
  })
)

/** A page of datasets. */
export interface MultiDatasetResponseWire {
  readonly status: StatusWire
  readonly datasets: ReadonlyArray<DatasetWire>
}
export const MultiDatasetResponseWire: Message<MultiDatasetResponseWire> = /* @__PURE__ */ message(
  "MultiDatasetResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    datasets: shown(
      many(() => DatasetWire),
      []
    )
  })
)

/** A page of a dataset's inputs. */
export interface MultiDatasetInputResponseWire {
  readonly status: StatusWire
  readonly dataset_inputs: ReadonlyArray<DatasetInputWire>
}
export const MultiDatasetInputResponseWire: Message<MultiDatasetInputResponseWire> = /* @__PURE__ */ message(
  "MultiDatasetInputResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    dataset_inputs: shown(
      many(() => DatasetInputWire),
      []
    )
  })
)

/** A page of a dataset's versions. */
export interface MultiDatasetVersionResponseWire {
  readonly status: StatusWire
  readonly dataset_versions: ReadonlyArray<DatasetVersionWire>
}
export const MultiDatasetVersionResponseWire: Message<MultiDatasetVersionResponseWire> = /* @__PURE__ */ message(
  "MultiDatasetVersionResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    dataset_versions: shown(
      many(() => DatasetVersionWire),
      []
    )
  })
)

/** Changes datasets; `action` is `merge`, `overwrite` or `remove`. */
export interface PatchDatasetsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly datasets: ReadonlyArray<DatasetWire>
  readonly action: string
}
export const PatchDatasetsRequestWire: Message<PatchDatasetsRequestWire> = /* @__PURE__ */ message(
  "PatchDatasetsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    datasets: shown(
      many(() => DatasetWire),
      []
    ),
    action: shown(text, "")
  })
)

/** Takes inputs out of a dataset; the app keeps them. */
export interface DeleteDatasetInputsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly input_ids: ReadonlyArray<string>
}
export const DeleteDatasetInputsRequestWire: Message<DeleteDatasetInputsRequestWire> = /* @__PURE__ */ message(
  "DeleteDatasetInputsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    input_ids: shown(texts, [])
  })
)

/** Deletes versions of a dataset. */
export interface DeleteDatasetVersionsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly dataset_version_ids: ReadonlyArray<string>
}
export const DeleteDatasetVersionsRequestWire: Message<DeleteDatasetVersionsRequestWire> = /* @__PURE__ */ message(
  "DeleteDatasetVersionsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    dataset_version_ids: shown(texts, [])
  })
)

/** One dataset. */
export interface SingleDatasetResponseWire {
  readonly status: StatusWire
  readonly dataset?: DatasetWire
}
export const SingleDatasetResponseWire: Message<SingleDatasetResponseWire> = /* @__PURE__ */ message(
  "SingleDatasetResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    dataset: of(() => DatasetWire)
  })
)

/** One version of a dataset. */
export interface SingleDatasetVersionResponseWire {
  readonly status: StatusWire
  readonly dataset_version?: DatasetVersionWire
}
export const SingleDatasetVersionResponseWire: Message<SingleDatasetVersionResponseWire> = /* @__PURE__ */ message(
  "SingleDatasetVersionResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    dataset_version: of(() => DatasetVersionWire)
  })
)
