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

/** The status of an asynchronous operation. */
export interface Progress {
  /** `ready`: usable. `pending`: in progress. `failed`: ended without a result. */
  readonly state: "ready" | "pending" | "failed"
  /** The status number; 0 if the service sent none. */
  readonly code: number
  /** Human-readable reason. */
  readonly details?: string
  /** Progress of a long operation, 0 to 100. */
  readonly percent?: number
}

/** A concept of an app. */
export interface ConceptRecord {
  readonly id: string
  readonly name: string
  readonly language?: string
}

/** A concept by its id, with its name if that differs. */
export type NewConcept = string | { readonly id: string; readonly name?: string }

/** Positive and negative concepts as messages of the protocol. */
export const toLabels = (
  present: ReadonlyArray<NewConcept>,
  absent: ReadonlyArray<NewConcept>
): ReadonlyArray<ConceptWire> =>
  [present, absent].flatMap((concepts, i) =>
    concepts.map((concept) => ({ ...(typeof concept === "string" ? { id: concept } : concept), value: 1 - i }))
  )

/** A label of an input: a concept that is present or absent. */
export interface Label extends ConceptRecord {
  readonly present: boolean
}

/** A geographic position, in degrees. */
export interface Place {
  readonly longitude: number
  readonly latitude: number
}

/** A stored input of an app. */
export interface InputRecord extends Progress {
  readonly id: string
  /** Absent if the response has no medium, as after a change of labels. */
  readonly kind?: Kind
  readonly url?: string
  /** The content of a text input. */
  readonly text?: string
  readonly labels: ReadonlyArray<Label>
  readonly metadata: JsonObject
  readonly place?: Place
  readonly createdAt?: string
}

/** A search hit. */
export interface HitRecord {
  /** Similarity, 0 to 1. */
  readonly score: number
  readonly input: InputRecord
}

/** A model version: trained, in training, failed or untrained. */
export interface VersionRecord extends Omit<Progress, "state"> {
  /** `untrained`: created with its model, not trained yet. */
  readonly state: Progress["state"] | "untrained"
  readonly id: string
  readonly createdAt?: string
  readonly completedAt?: string
  /** Number of its concepts. */
  readonly concepts?: number
  /** Number of its training inputs. */
  readonly inputs?: number
  /** Status of its evaluation, if there is one. */
  readonly evaluation?: Progress
}

/** A model of an app; usable as a handle. */
export interface ModelRecord extends Model {
  /** The model type id of the service; `task` is `unknown` for types that this package does not know. */
  readonly modelType: string
  readonly name: string
  readonly description?: string
  readonly createdAt?: string
  readonly version?: VersionRecord
}

/** A model type: its input and output fields, and its parameters. */
export interface ModelTypeRecord {
  readonly id: string
  readonly title: string
  readonly description?: string
  /** Input fields that it reads, such as `image`. */
  readonly takes: ReadonlyArray<string>
  /** Output fields that it fills, such as `concepts`. */
  readonly gives: ReadonlyArray<string>
  readonly trainable: boolean
  /** Parameters by their path, such as `train_info.params.num_epochs`. */
  readonly settings: ReadonlyArray<{
    readonly path: string
    readonly description?: string
    readonly required: boolean
    readonly default?: unknown
    /** Minimum, maximum and step of a numeric parameter. */
    readonly range?: { readonly min?: number; readonly max?: number; readonly step?: number }
  }>
}

/** A workflow: a graph of models. */
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

/** The same object without `undefined` fields. */
export const tidy = <A extends object>(given: Loose<A>): A =>
  // The removed fields are optional in each of the types above.
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
/** Trained, but not deployed: terminal for a training. */
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

/** A decoded model, of older responses too. */
export const toModelRecord = (model: ModelWire): ModelRecord => {
  const { id = "", model_type_id, model_version, output_info } = model
  // Responses of before 2020 have only `concept` in `type`, and the specific type in `type_ext`.
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
