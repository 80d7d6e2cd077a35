// The calls about models and their versions: create, change, find, train, delete.
import { UserAppIdWire, PaginationWire } from "./input-messages.ts"
import { bool, legacy, many, type Message, message, needed, of, shown, text, texts } from "./table.ts"
import { EvalInfoWire, ModelTypeWire, ModelVersionWire, ModelWire, type ParamsWire } from "./model-messages.ts"
import { StatusWire } from "./status-messages.ts"

/** Creates models. Older clients send one, in `model`. */
export interface PostModelsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly model?: ModelWire
  readonly models?: ReadonlyArray<ModelWire>
}
export const PostModelsRequestWire: Message<PostModelsRequestWire> = /* @__PURE__ */ message(
  "PostModelsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    model: of(() => ModelWire),
    models: many(() => ModelWire)
  })
)

/** Changes models; `action` is `merge`, `overwrite` or `remove`. */
export interface PatchModelsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly models: ReadonlyArray<ModelWire>
  readonly action: string
}
export const PatchModelsRequestWire: Message<PatchModelsRequestWire> = /* @__PURE__ */ message(
  "PatchModelsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    models: shown(
      many(() => ModelWire),
      []
    ),
    action: shown(text, "merge")
  })
)

/** Deletes the models with these ids, or all. */
export interface DeleteModelsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly ids?: ReadonlyArray<string>
  readonly delete_all?: boolean
}
export const DeleteModelsRequestWire: Message<DeleteModelsRequestWire> = /* @__PURE__ */ message(
  "DeleteModelsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    ids: texts,
    delete_all: bool
  })
)

/** Which models a search looks for. */
export interface ModelQueryWire {
  /** `*` stands for any text. */
  readonly name?: string
  readonly model_type_id?: string
  /** What the first clients called `model_type_id`. */
  readonly type?: string
}
export const ModelQueryWire: Message<ModelQueryWire> = /* @__PURE__ */ message("ModelQuery", () => ({
  name: text,
  model_type_id: text,
  type: legacy(text)
}))

/** `POST models/searches`. */
export interface PostModelsSearchesRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly model_query?: ModelQueryWire
  readonly pagination?: PaginationWire
}
export const PostModelsSearchesRequestWire: Message<PostModelsSearchesRequestWire> = /* @__PURE__ */ message(
  "PostModelsSearchesRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    model_query: of(() => ModelQueryWire),
    pagination: of(() => PaginationWire)
  })
)

/** Trains: a version is made from the app's examples. An empty body will do. */
export interface PostModelVersionsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly model_versions?: ReadonlyArray<ModelVersionWire>
  readonly description?: string
  readonly eval_info?: ParamsWire
}
export const PostModelVersionsRequestWire: Message<PostModelVersionsRequestWire> = /* @__PURE__ */ message(
  "PostModelVersionsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    model_versions: many(() => ModelVersionWire),
    description: text,
    eval_info: of(() => EvalInfoWire)
  })
)

/** Changes versions; `action` is `merge`, `overwrite` or `remove`. */
export interface PatchModelVersionsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly model_versions: ReadonlyArray<ModelVersionWire>
  readonly action: string
}
export const PatchModelVersionsRequestWire: Message<PatchModelVersionsRequestWire> = /* @__PURE__ */ message(
  "PatchModelVersionsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    model_versions: shown(
      many(() => ModelVersionWire),
      []
    ),
    action: shown(text, "merge")
  })
)

/** One model; also the answer to creating and to training. */
export interface SingleModelResponseWire {
  readonly status: StatusWire
  readonly model?: ModelWire
}
export const SingleModelResponseWire: Message<SingleModelResponseWire> = /* @__PURE__ */ message(
  "SingleModelResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    model: of(() => ModelWire)
  })
)

/** A page of models. */
export interface MultiModelResponseWire {
  readonly status: StatusWire
  readonly models: ReadonlyArray<ModelWire>
}
export const MultiModelResponseWire: Message<MultiModelResponseWire> = /* @__PURE__ */ message(
  "MultiModelResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    models: shown(
      many(() => ModelWire),
      []
    )
  })
)

/** One version; also the answer to evaluating. */
export interface SingleModelVersionResponseWire {
  readonly status: StatusWire
  readonly model_version?: ModelVersionWire
}
export const SingleModelVersionResponseWire: Message<SingleModelVersionResponseWire> = /* @__PURE__ */ message(
  "SingleModelVersionResponse",
  () => ({ status: needed(of(() => StatusWire)), model_version: of(() => ModelVersionWire) })
)

/** A page of versions, newest first. */
export interface MultiModelVersionResponseWire {
  readonly status: StatusWire
  readonly model_versions: ReadonlyArray<ModelVersionWire>
}
export const MultiModelVersionResponseWire: Message<MultiModelVersionResponseWire> = /* @__PURE__ */ message(
  "MultiModelVersionResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    model_versions: shown(
      many(() => ModelVersionWire),
      []
    )
  })
)

/** One kind of model. */
export interface SingleModelTypeResponseWire {
  readonly status: StatusWire
  readonly model_type?: ModelTypeWire
}
export const SingleModelTypeResponseWire: Message<SingleModelTypeResponseWire> = /* @__PURE__ */ message(
  "SingleModelTypeResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    model_type: of(() => ModelTypeWire)
  })
)

/** A page of kinds of models. */
export interface MultiModelTypeResponseWire {
  readonly status: StatusWire
  readonly model_types: ReadonlyArray<ModelTypeWire>
}
export const MultiModelTypeResponseWire: Message<MultiModelTypeResponseWire> = /* @__PURE__ */ message(
  "MultiModelTypeResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    model_types: shown(
      many(() => ModelTypeWire),
      []
    )
  })
)
