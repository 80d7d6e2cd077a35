// Decoded resources of the service.
import type { Kind } from "../media/media.ts"
import type { Model } from "../models/model-handle.ts"
import { type Task, taskKinds, taskOf } from "../models/task.ts"
import type { ConceptWire } from "../wire/messages/concept-messages.ts"
import type { DataWire } from "../wire/messages/data-messages.ts"
import type { InputWire } from "../wire/messages/input-messages.ts"
import type { JsonObject } from "../wire/messages/field.ts"
import type { ModelVersionWire, ModelWire } from "../wire/messages/model-messages.ts"
import type { ModelTypeWire } from "../wire/messages/model-type-messages.ts"
import type { HitWire } from "../wire/messages/search-messages.ts"
import { statusTraits } from "../wire/messages/status-index.ts"
import type { StatusWire } from "../wire/messages/status-messages.ts"
import type { WorkflowWire } from "../wire/messages/workflow-messages.ts"

/** How something that takes time stands. */
export interface Progress {
  /** `ready` can be used; `pending` will change; `failed` will not. */
  readonly state: "ready" | "pending" | "failed"
  /** The service's number for it; 0 if absent. */
  readonly code: number
  /** What the service says of it, for people. */
  readonly details?: string
  /** 0 to 100, of long work. */
  readonly percent?: number
}

/** A name of an app's vocabulary. */
export interface ConceptRecord {
  readonly id: string
  readonly name: string
  readonly language?: string
}

/** A concept by its id, with a name where that differs. */
export type NewConcept = string | { readonly id: string; readonly name?: string }

/** Concepts that are there and concepts that are not, as the runtime says it. */
export const toLabels = (
  present: ReadonlyArray<NewConcept>,
  absent: ReadonlyArray<NewConcept>
): ReadonlyArray<ConceptWire> =>
  [present, absent].flatMap((concepts, i) =>
    concepts.map((concept) => ({ ...(typeof concept === "string" ? { id: concept } : concept), value: 1 - i }))
  )

/** What is said of an input: that a concept is in it, or that it is not. */
export interface Label extends ConceptRecord {
  readonly present: boolean
}

/** A place on earth, in degrees. */
export interface Place {
  readonly longitude: number
  readonly latitude: number
}

/** An input that an app keeps. */
export interface InputRecord extends Progress {
  readonly id: string
  /** Absent when the service reports nothing about its medium, as after a change of its labels. */
  readonly kind?: Kind
  readonly url?: string
  /** The text itself, of a text. */
  readonly text?: string
  readonly labels: ReadonlyArray<Label>
  readonly metadata: JsonObject
  readonly place?: Place
  readonly createdAt?: string
}

/** Something that a search found. */
export interface HitRecord {
  /** 0 to 1. */
  readonly score: number
  readonly input: InputRecord
}

/** One state of a model: trained, in training, failed or not trained yet. */
export interface VersionRecord extends Omit<Progress, "state"> {
  /** `untrained`: made with its model, waiting for somebody to train it. */
  readonly state: Progress["state"] | "untrained"
  readonly id: string
  readonly createdAt?: string
  readonly completedAt?: string
  /** Concepts that it knows. */
  readonly concepts?: number
  /** Inputs that it was trained from. */
  readonly inputs?: number
  /** How its evaluation stands, where there is one. */
  readonly evaluation?: Progress
}

/** A model that an app holds; usable wherever a handle is. */
export interface ModelRecord extends Model {
  /** The model type as the service spells it; `task` is `unknown` for one that is newer than this package. */
  readonly modelType: string
  readonly name: string
  readonly description?: string
  readonly createdAt?: string
  readonly version?: VersionRecord
}

/** A kind of model: what goes in and comes out, and what can be set. */
export interface ModelTypeRecord {
  readonly id: string
  readonly title: string
  readonly description?: string
  /** Members of an input that it reads, such as `image`. */
  readonly takes: ReadonlyArray<string>
  /** Members of an output that it fills, such as `concepts`. */
  readonly gives: ReadonlyArray<string>
  readonly trainable: boolean
  /** What can be set, each by its path, such as `train_info.params.num_epochs`. */
  readonly settings: ReadonlyArray<{
    readonly path: string
    readonly description?: string
    readonly required: boolean
    readonly default?: unknown
    /** Least and most, and the step between, of a number. */
    readonly range?: { readonly min?: number; readonly max?: number; readonly step?: number }
  }>
}

/** A workflow: models in a graph. */
export interface WorkflowRecord {
  readonly id: string
  readonly userId?: string
  readonly appId?: string
  readonly createdAt?: string
  readonly nodes: ReadonlyArray<{
    readonly id: string
    readonly modelId: string
    readonly after: ReadonlyArray<string>
  }>
}

type Loose<A> = { readonly [K in keyof A]: A[K] | undefined }

/** The same without members that are `undefined`. */
export const tidy = <A extends object>(given: Loose<A>): A =>
  // What is left out is optional in each of the types above.
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as A

/** The state of a status. A missing status means pending; an unknown status is terminal. */
export const toProgress = (status: StatusWire | undefined): Progress => {
  const kind = status === undefined ? undefined : statusTraits(status.code)?.class
  return tidy<Progress>({
    state: status === undefined ? "pending" : kind === "success" ? "ready" : kind === "pending" ? "pending" : "failed",
    code: status?.code ?? 0,
    details: status?.details ?? status?.description,
    percent: status?.percent_completed
  })
}

/** A decoded concept. */
export const toConceptRecord = ({ id = "", language, name }: ConceptWire): ConceptRecord =>
  tidy<ConceptRecord>({ id, name: name ?? id, language })

const toLabel = (concept: ConceptWire): Label => ({ ...toConceptRecord(concept), present: concept.value >= 0.5 })

const kindOf = (data: DataWire | undefined): Kind | undefined =>
  (["image", "video", "audio", "text"] as const).find((kind) => data?.[kind] !== undefined)

/** A decoded input. */
export const toInputRecord = ({ created_at, data, id = "", status }: InputWire): InputRecord => {
  const kind = kindOf(data)
  return tidy<InputRecord>({
    ...toProgress(status),
    id,
    kind,
    url: kind === undefined ? undefined : data?.[kind]?.url,
    text: data?.text?.raw,
    labels: data?.concepts?.map(toLabel) ?? [],
    metadata: data?.metadata ?? {},
    place: data?.geo?.geo_point && { longitude: data.geo.geo_point.longitude, latitude: data.geo.geo_point.latitude },
    createdAt: created_at
  })
}

/** A decoded hit. */
export const toHit = ({ input = {}, score }: HitWire): HitRecord => ({ score, input: toInputRecord(input) })

const untrained = 21102
/** Trained, and waiting to be deployed or taken down for now: what can be trained of it is. */
const trained: ReadonlySet<number | undefined> = new Set([21352, 21353])

/** A decoded version. */
export const toVersion = (version: ModelVersionWire): VersionRecord =>
  tidy<VersionRecord>({
    ...toProgress(version.status),
    ...(version.status?.code === untrained ? { state: "untrained" as const } : {}),
    ...(trained.has(version.status?.code) ? { state: "ready" as const } : {}),
    id: version.id ?? "",
    createdAt: version.created_at,
    completedAt: version.completed_at,
    concepts: version.active_concept_count,
    inputs: version.total_input_count,
    evaluation: version.metrics && toProgress(version.metrics.status)
  })

/** A decoded model, from old answers too. */
export const toModelRecord = (model: ModelWire): ModelRecord => {
  const { id = "", model_type_id, model_version, output_info } = model
  // Answers of before 2020 say nothing but `concept` in `type`, and more in `type_ext`.
  const modelType = model_type_id ?? output_info?.type_ext ?? output_info?.type ?? ""
  const task: Task = taskOf(modelType === "" ? undefined : modelType)
  const config = output_info ?? model_version?.output_info
  return tidy<ModelRecord>({
    id,
    userId: model.user_id,
    appId: model.app_id,
    versionId: model_version?.id,
    task,
    accepts: taskKinds[task],
    concepts: config?.data?.concepts?.map((concept) => concept.name ?? concept.id ?? ""),
    modelType,
    name: model.display_name ?? model.name ?? id,
    description: model.description,
    createdAt: model.created_at,
    version: model_version && toVersion(model_version)
  })
}

/** A decoded model type. */
export const toModelType = (type: ModelTypeWire): ModelTypeRecord =>
  tidy<ModelTypeRecord>({
    id: type.id ?? "",
    title: type.title ?? type.id ?? "",
    description: type.description,
    takes: type.input_fields ?? [],
    gives: type.output_fields ?? [],
    trainable: type.trainable ?? false,
    settings:
      type.model_type_fields?.map(
        ({ default_value, description, model_type_range_info: range, path = "", required = false }) =>
          tidy<ModelTypeRecord["settings"][number]>({ path, description, required, default: default_value, range })
      ) ?? []
  })

/** A decoded workflow. */
export const toWorkflowRecord = (workflow: WorkflowWire): WorkflowRecord =>
  tidy<WorkflowRecord>({
    id: workflow.id ?? "",
    userId: workflow.user_id,
    appId: workflow.app_id,
    createdAt: workflow.created_at,
    nodes: (workflow.nodes ?? workflow.version?.nodes ?? []).map((node) => ({
      id: node.id ?? "",
      modelId: node.model?.id ?? "",
      after: node.node_inputs?.map(({ node_id }) => node_id ?? "") ?? []
    }))
  })
