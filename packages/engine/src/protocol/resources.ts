/** Stored rows as messages: concepts, inputs, models and versions. */
import { StatusCode } from "@sightline/core/status"
import {
  type ConceptWire,
  DataWire,
  decodeRequest,
  encode,
  Gettable,
  type InputWire,
  type ModelVersionWire,
  type ModelWire,
  type OutputInfoWire
} from "@sightline/core/wire"
import type { ConceptRow } from "../store/concept-table.ts"
import type { Annotation, InputRow } from "../store/input-table.ts"
import type { ModelRow } from "../store/model-table.ts"
import type { VersionRow } from "../store/version-table.ts"
import { echoMedia } from "./echo.ts"
import type { KeptData, MediaSource } from "./input.ts"
import type { Caller } from "./request.ts"
import { itemStatus } from "./status.ts"

/** A stored JSON list of strings, written by us. */
export const parseIds = (text: string): ReadonlyArray<string> => JSON.parse(text) as ReadonlyArray<string>

/** The stored form of what is kept of a `Data`. */
export const printKept = (kept: KeptData): string => JSON.stringify(encode(DataWire, kept))

/** What is kept of a stored `Data`. Older engines stored regions as they came: those that are no regions are left out. */
export const parseKept = (text: string): KeptData => {
  const json = JSON.parse(text) as KeptData // written by us
  const decoded = decodeRequest(DataWire, json)
  return decoded.ok ? decoded.value : { ...json, regions: [] }
}

/** A concept of the app, as lists show it. */
export const conceptMessage = (row: ConceptRow, { appId }: Caller): ConceptWire => ({
  id: row.id,
  name: row.name,
  value: 1,
  created_at: row.created_at,
  language: row.language,
  app_id: appId,
  definition: row.definition
})

const sourceOf = (row: InputRow): MediaSource | undefined => {
  if (row.url !== null) return { _tag: "url", url: row.url, allowDuplicate: true }
  if (row.raw !== null) return { _tag: "raw", raw: row.raw }
  return row.hash === null ? undefined : { _tag: "bytes", bytes: new Uint8Array(0) }
}

/** Where the media of a stored input can be fetched. */
export const hostedUrl = (origin: string, hash: string): string => `${origin}/media/${hash}`

/** A stored input. Answers list the positive concepts only. */
export const inputMessage = (
  row: InputRow,
  annotations: ReadonlyArray<Annotation>,
  { appId, origin }: Caller,
  status = itemStatus(row.status, row.details)
): InputWire => {
  const source = sourceOf(row)
  const hosted = row.hash === null ? undefined : hostedUrl(origin, row.hash)
  const info = JSON.parse(row.info) as object // written by us: `image_info` or `text_info`
  return {
    id: row.id,
    data: {
      ...(source === undefined ? {} : echoMedia(row.kind, source, hosted, info)),
      concepts: annotations
        .filter(({ value }) => value > 0)
        .map(({ concept, name, value }) => ({ id: concept, name, value, app_id: appId })),
      ...parseKept(row.data)
    },
    created_at: row.created_at,
    modified_at: row.modified_at,
    status
  }
}

const trainedLike = new Set([StatusCode.MODEL_TRAINED, StatusCode.MODEL_TRAINING, StatusCode.MODEL_QUEUED_FOR_TRAINING])

/** A version as its own resource, or inside its model. */
export const versionMessage = (row: VersionRow, { appId, userId }: Caller, conceptCount: number): ModelVersionWire => {
  const trained = parseIds(row.concepts)
  const percent = row.status === StatusCode.MODEL_TRAINING ? { percent_completed: row.percent } : {}
  return {
    id: row.id,
    created_at: row.created_at,
    modified_at: row.modified_at,
    status: { ...itemStatus(row.status, row.details), ...percent },
    active_concept_count: trainedLike.has(row.status) && trained.length > 0 ? trained.length : conceptCount,
    total_input_count: row.input_count,
    ...(row.completed_at === null ? {} : { completed_at: row.completed_at }),
    description: row.description,
    visibility: { gettable: Gettable.PRIVATE },
    app_id: appId,
    user_id: userId,
    ...(row.metrics_status === StatusCode.MODEL_NOT_EVALUATED
      ? {}
      : { metrics: { status: itemStatus(row.metrics_status, row.metrics_details) } })
  }
}

/** What `output_info` says in place of the concepts. Source: answers of 2016 to 2019. */
export const outputInfoHint = "Show output_info with: GET /models/{model_id}/output_info"

const legacyTypes: Readonly<Record<string, string>> = {
  "embedding-classifier": "concept",
  "visual-classifier": "concept",
  "text-classifier": "concept",
  "visual-detector": "detect-concept",
  "visual-embedder": "embed",
  "text-embedder": "embed",
  "visual-segmenter": "segment-concept"
}

/** The name of a model type that old clients read. */
export const legacyType = (modelType: string): string => legacyTypes[modelType] ?? modelType

/** Fields that the service writes for every model, also where they are empty. */
const emptyLists = {
  toolkits: [],
  use_cases: [],
  languages: [],
  languages_full: [],
  check_consents: [],
  workflow_recommended: false
} as const

/** A model with the fields that every model of an answer has, for today's clients and for old ones. */
export const modelFrame = (
  members: ModelWire & { readonly model_type_id: string; readonly output_info: OutputInfoWire }
): ModelWire => {
  const type = legacyType(members.model_type_id)
  return { ...emptyLists, ...members, output_info: { ...members.output_info, type, type_ext: type } }
}

/** A custom model with one of its versions. With `concepts`, the answer of `output_info`. */
export const modelMessage = (
  row: ModelRow,
  version: VersionRow | undefined,
  caller: Caller,
  conceptCount: number,
  concepts?: ReadonlyArray<ConceptRow>
): ModelWire =>
  modelFrame({
    id: row.id,
    name: row.name,
    created_at: row.created_at,
    modified_at: row.modified_at,
    app_id: caller.appId,
    user_id: caller.userId,
    model_type_id: row.type,
    output_info: {
      ...(concepts === undefined
        ? { message: outputInfoHint }
        : { data: { concepts: concepts.map((concept) => conceptMessage(concept, caller)) } }),
      output_config: {
        concepts_mutually_exclusive: row.exclusive !== 0,
        closed_environment: row.closed !== 0,
        max_concepts: 0,
        min_value: 0
      }
    },
    ...(version === undefined ? {} : { model_version: versionMessage(version, caller, conceptCount) }),
    visibility: { gettable: Gettable.PRIVATE },
    ...parseExtra(row)
  })

/** Free fields of a stored model. */
export type ModelExtra = Pick<ModelWire, "display_name" | "description" | "notes" | "metadata">

/** The free fields of a model, written by us. */
export const parseExtra = (row: ModelRow): ModelExtra => JSON.parse(row.extra) as ModelExtra
