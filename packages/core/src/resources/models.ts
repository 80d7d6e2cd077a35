// Models of an app.
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { CallError } from "../errors/errors.ts"
import type { Task } from "../models/task.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import {
  DeleteModelsRequestWire,
  MultiModelResponseWire,
  MultiModelTypeResponseWire,
  PatchModelsRequestWire,
  PostModelsRequestWire,
  PostModelsSearchesRequestWire,
  SingleModelResponseWire,
  SingleModelTypeResponseWire
} from "../wire/messages/model-requests.ts"
import { MultiInputResponseWire } from "../wire/messages/input-requests.ts"
import type { JsonObject } from "../wire/messages/field.ts"
import type { ModelWire } from "../wire/messages/model-messages.ts"
import { MultiConceptResponseWire } from "../wire/messages/concept-requests.ts"
import { type PageOptions, pages } from "./pages.ts"
import { bodyOf, deleteListed, type Owner, remove, request } from "./resource-call.ts"
import { missing } from "./concepts.ts"
import { handleOf, idOf, type ModelName, ownedBy, ownerOf, toName, versionOf } from "./model-name.ts"
import { Listing, Operation } from "./operation.ts"
import {
  type ConceptRecord,
  type InputRecord,
  type ModelRecord,
  type ModelTypeRecord,
  tidy,
  toConceptRecord,
  toInputRecord,
  toModelRecord,
  toModelType
} from "./records.ts"
import { handlesSource } from "./generate-handles.ts"

/** A model to create. */
export interface NewModel {
  readonly id: string
  readonly name?: string
  /** The model type. @default a classifier over the app's embeddings */
  readonly modelType?: string
  /** Ids of its concepts. */
  readonly concepts?: ReadonlyArray<string>
  /** Exactly one concept applies to an input. */
  readonly mutuallyExclusive?: boolean
  /** Only the app's own examples count as negatives. */
  readonly closedEnvironment?: boolean
  readonly description?: string
  /** Inference parameters, for model types that have some: see `models.type(id)`. */
  readonly params?: JsonObject
}

const toWire = (created: NewModel): ModelWire => {
  const { closedEnvironment, concepts, description, modelType, mutuallyExclusive, name, params } = created
  const config = tidy({ concepts_mutually_exclusive: mutuallyExclusive, closed_environment: closedEnvironment })
  const info = tidy({
    data: concepts && { concepts: concepts.map((concept) => ({ id: concept, value: 1 })) },
    output_config: Object.keys(config).length === 0 ? undefined : config,
    params
  })
  return tidy<ModelWire>({
    id: created.id,
    name,
    description,
    model_type_id: modelType,
    output_info: Object.keys(info).length === 0 ? undefined : info
  })
}

/** The model of a response about one model. */
export const oneModel = ({ model }: { readonly model?: ModelWire }) =>
  model ? Effect.succeed(toModelRecord(model)) : Effect.fail(missing("model"))

/** Models: list, search, describe, create, change, delete. */
export const models = (runtime: CallRuntime) => ({
  /** Lists the models of an app: the connection's, or another, such as `{ userId: "clarifai", appId: "main" }`. */
  list: ({
    ascending,
    featuredOnly,
    gives,
    languages,
    modelType,
    name,
    owner,
    search,
    sortBy,
    takes,
    toolkits,
    trainedOnly,
    useCases,
    ...options
  }: PageOptions & {
    readonly modelType?: Task | (string & {})
    readonly name?: string
    readonly trainedOnly?: boolean
    /** Words in the name or description. */
    readonly search?: string
    /** A field of its inputs, such as `image`. */
    readonly takes?: string
    /** A field of its outputs, such as `concepts` or `regions`. */
    readonly gives?: string
    readonly useCases?: ReadonlyArray<string>
    readonly toolkits?: ReadonlyArray<string>
    readonly languages?: ReadonlyArray<string>
    readonly featuredOnly?: boolean
    /** The sort key. @default the service's own order */
    readonly sortBy?: "name" | "created_at" | "modified_at" | "num_inputs" | "star_count"
    /** Sorts in ascending order. */
    readonly ascending?: boolean
    readonly owner?: Owner
  } = {}): Listing<ModelRecord, CallError> =>
    new Listing(
      pages(
        runtime,
        MultiModelResponseWire,
        {
          method: "GET",
          path: ["models"],
          owner,
          query: {
            model_type_id: modelType,
            name,
            trained_only: trainedOnly,
            search,
            input_fields: takes,
            output_fields: gives,
            use_cases: useCases,
            toolkits,
            languages,
            featured_only: featuredOnly,
            sort_ascending: ascending,
            ...(sortBy === undefined ? {} : { [`sort_by_${sortBy}`]: true })
          }
        },
        (answer) => answer.models.map(toModelRecord),
        options
      )
    ),
  /** Finds models by name; `*` matches any text. */
  search: (
    name: string,
    { modelType, owner, ...options }: PageOptions & { readonly modelType?: string; readonly owner?: Owner } = {}
  ): Listing<ModelRecord, CallError> =>
    new Listing(
      pages(
        runtime,
        MultiModelResponseWire,
        {
          method: "POST",
          path: ["models", "searches"],
          owner,
          body: bodyOf(PostModelsSearchesRequestWire, {
            model_query: { name, ...(modelType === undefined ? {} : { model_type_id: modelType }) }
          })
        },
        (answer) => answer.models.map(toModelRecord),
        options
      )
    ),
  /** Gets a model without its vocabulary. */
  get: (name: ModelName): Operation<ModelRecord, CallError> =>
    new Operation(
      `models.get(${idOf(name)})`,
      request(runtime, SingleModelResponseWire, {
        method: "GET",
        path: ["models", idOf(name)],
        owner: ownerOf(name)
      }).pipe(Effect.flatMap(oneModel))
    ),
  /** Gets a model with its vocabulary, types and options. */
  describe: (name: ModelName): Operation<ModelRecord, CallError> =>
    new Operation(
      `models.describe(${idOf(name)})`,
      request(runtime, SingleModelResponseWire, {
        method: "GET",
        path: ["models", idOf(name), ...versionOf(name), "output_info"],
        owner: ownerOf(name)
      }).pipe(Effect.flatMap(oneModel))
    ),
  /**
   * Generates a TypeScript module with a typed handle for each model of an app, vocabularies included. Makes one call
   * for each model, and those of the list.
   *
   * `models`: only these, by id, handle or page URL; fails with `NotFound` if one does not exist. A handle or page URL
   * with a version gives a handle with that version.
   */
  source: ({
    models: named,
    owner,
    ...options
  }: PageOptions & {
    readonly models?: ReadonlyArray<ModelName>
    readonly owner?: Owner
    readonly modelType?: string
    readonly name?: string
  } = {}): Operation<string, CallError> =>
    new Operation(
      "models.source",
      Effect.gen(function* () {
        const names: ReadonlyArray<ModelName> =
          named?.map((name) => ownedBy(owner, name)) ??
          (yield* Stream.runCollect(
            models(runtime)
              .list({ ...options, ...(owner ? { owner } : {}) })
              .toStream()
          )).map((listed) => ownedBy(owner, toName(listed)))
        const described = yield* Effect.forEach(
          names,
          (name) => Effect.map(models(runtime).describe(name), (record) => asNamed(name, record)),
          { concurrency: 4 }
        )
        return handlesSource(described)
      })
    ),
  /** Lists the vocabulary of a model. */
  concepts: (name: ModelName, options: PageOptions = {}): Listing<ConceptRecord, CallError> =>
    new Listing(
      pages(
        runtime,
        MultiConceptResponseWire,
        { method: "GET", path: ["models", idOf(name), ...versionOf(name), "concepts"], owner: ownerOf(name) },
        (answer) => answer.concepts.map(toConceptRecord),
        options
      )
    ),
  /** Lists the training inputs of a model or of one of its versions. */
  inputs: (name: ModelName, options: PageOptions = {}): Listing<InputRecord, CallError> =>
    new Listing(
      pages(
        runtime,
        MultiInputResponseWire,
        { method: "GET", path: ["models", idOf(name), ...versionOf(name), "inputs"], owner: ownerOf(name) },
        (answer) => answer.inputs.map(toInputRecord),
        options
      )
    ),
  /** Creates an untrained model. Fails with `Conflict` if the id is taken. */
  create: (created: NewModel): Operation<ModelRecord, CallError> =>
    new Operation(
      `models.create(${created.id})`,
      request(runtime, SingleModelResponseWire, {
        method: "POST",
        path: ["models"],
        body: bodyOf(PostModelsRequestWire, { models: [toWire(created)] })
      }).pipe(Effect.flatMap(oneModel))
    ),
  /** Changes a model: `merge` adds concepts, `overwrite` replaces them, `remove` removes them. */
  change: (
    changed: NewModel,
    action: "merge" | "overwrite" | "remove" = "merge"
  ): Operation<ReadonlyArray<ModelRecord>, CallError> =>
    new Operation(
      `models.change(${changed.id})`,
      request(runtime, MultiModelResponseWire, {
        method: "PATCH",
        path: ["models"],
        body: bodyOf(PatchModelsRequestWire, { models: [toWire(changed)], action })
      }).pipe(Effect.map((answer) => answer.models.map(toModelRecord)))
    ),
  /** Deletes a model and its versions. */
  delete: (id: string): Operation<void, CallError> =>
    new Operation(`models.delete(${id})`, remove(runtime, { path: ["models", id] })),
  /** Deletes several models; an empty list deletes nothing. */
  deleteMany: (ids: ReadonlyArray<string>): Operation<void, CallError> =>
    new Operation(
      "models.deleteMany",
      deleteListed(runtime, ["models"], ids, bodyOf(DeleteModelsRequestWire, { ids }))
    ),
  /** Deletes every model of the app. */
  deleteAll: (): Operation<void, CallError> =>
    new Operation(
      "models.deleteAll",
      remove(runtime, { path: ["models"], body: bodyOf(DeleteModelsRequestWire, { delete_all: true }) })
    ),
  /** Lists the model types of the service. */
  types: (options: PageOptions = {}): Listing<ModelTypeRecord, CallError> =>
    new Listing(
      pages(
        runtime,
        MultiModelTypeResponseWire,
        { method: "GET", path: ["models", "types"] },
        (answer) => answer.model_types.map(toModelType),
        options
      )
    ),
  /** Gets a model type with its parameters. */
  type: (id: Task | (string & {})): Operation<ModelTypeRecord, CallError> =>
    new Operation(
      `models.type(${id})`,
      request(runtime, SingleModelTypeResponseWire, { method: "GET", path: ["models", "types", id] }).pipe(
        Effect.flatMap(({ model_type }) =>
          model_type ? Effect.succeed(toModelType(model_type)) : Effect.fail(missing("model_type"))
        )
      )
    )
})

/** The described model, with the owner and version of its handle if the response has none. */
const asNamed = (name: ModelName, { appId, userId, ...record }: ModelRecord): ModelRecord => {
  const named = handleOf(name)
  return tidy<ModelRecord>({
    ...record,
    userId: userId ?? named.userId,
    appId: appId ?? named.appId,
    versionId: named.versionId // of no version where none was asked for: a handle of one does not see the next
  })
}
