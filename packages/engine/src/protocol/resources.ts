/** Writing resources: concepts, inputs, models and versions as answers show them. */
import { StatusCode } from "@sightline/core/status"
import type { ConceptRow } from "../store/concept-table.ts"
import type { Annotation, InputRow } from "../store/input-table.ts"
import type { ModelRow } from "../store/model-table.ts"
import type { VersionRow } from "../store/version-table.ts"
import { asWire, echoMedia } from "./echo.ts"
import type { MediaSource } from "./input.ts"
import { float32, message, type WireObject } from "./json.ts"
import type { Message } from "./read.ts"
import { itemStatus } from "./status.ts"

/** Who the rows belong to, and where hosted media are. */
export interface Place {
  readonly appId: string
  readonly userId: string
  readonly origin: string
}

/** A stored JSON object. It was written by us, so it parses. */
export const parseStored = (text: string): Message => JSON.parse(text) as Message

/** A stored JSON list of strings, written by us. */
export const parseIds = (text: string): ReadonlyArray<string> => JSON.parse(text) as ReadonlyArray<string>

/** A concept of the app, as lists show it. */
export const conceptMessage = (row: ConceptRow, { appId }: Place): WireObject =>
  message(
    {
      id: row.id,
      name: row.name,
      value: 1,
      created_at: row.created_at,
      language: row.language,
      app_id: appId,
      definition: row.definition
    },
    "value"
  )

/** A concept with a score or an annotation's value. */
export const scoredConcept = (id: string, name: string, value: number, appId: string): WireObject =>
  message({ id, name, value: float32(value), app_id: appId }, "value")

const sourceOf = (row: InputRow): MediaSource | undefined => {
  if (row.url !== null) return { _tag: "url", url: row.url, allowDuplicate: true }
  if (row.raw !== null) return { _tag: "raw", raw: row.raw }
  return row.hash === null ? undefined : { _tag: "bytes", bytes: new Uint8Array(0) }
}

/** Where the media of a stored input can be fetched. */
export const hostedUrl = (origin: string, hash: string): string => `${origin}/media/${hash}`

/** A stored input. Answers list the positive concepts only, unless asked for all. */
export const inputMessage = (
  row: InputRow,
  annotations: ReadonlyArray<Annotation>,
  place: Place,
  options: { readonly status?: number } = {}
): WireObject => {
  const source = sourceOf(row)
  const hosted = row.hash === null ? undefined : hostedUrl(place.origin, row.hash)
  const info = asWire(parseStored(row.info))
  const shown = annotations.filter(({ value }) => value > 0)
  return message(
    {
      id: row.id,
      data: {
        ...(source === undefined ? {} : { [row.kind]: { ...echoMedia(row.kind, source, hosted), ...info } }),
        ...message({
          concepts: shown.map(({ concept, name, value }) => scoredConcept(concept, name, value, place.appId))
        }),
        ...asWire(parseStored(row.data))
      },
      created_at: row.created_at,
      modified_at: row.modified_at,
      status: itemStatus(options.status ?? row.status, options.status === undefined ? row.details : "")
    },
    "data"
  )
}

const trainedLike = new Set([StatusCode.MODEL_TRAINED, StatusCode.MODEL_TRAINING, StatusCode.MODEL_QUEUED_FOR_TRAINING])

/** A version as its own resource, or inside its model. */
export const versionMessage = (row: VersionRow, place: Place, conceptCount: number): WireObject => {
  const trained = parseIds(row.concepts)
  const percent = row.status === StatusCode.MODEL_TRAINING && row.percent > 0 ? { percent_completed: row.percent } : {}
  return message({
    id: row.id,
    created_at: row.created_at,
    modified_at: row.modified_at,
    status: { ...itemStatus(row.status, row.details), ...percent },
    active_concept_count: trainedLike.has(row.status) && trained.length > 0 ? trained.length : conceptCount,
    total_input_count: row.input_count,
    completed_at: row.completed_at,
    description: row.description,
    visibility: { gettable: 10 },
    app_id: place.appId,
    user_id: place.userId,
    metrics:
      row.metrics_status === StatusCode.MODEL_NOT_EVALUATED
        ? {}
        : { status: itemStatus(row.metrics_status, row.metrics_details) }
  })
}

/** What the model's `output_info` says beside the concepts. Source: answers of 2016 to 2019. */
const hint = "Show output_info with: GET /models/{model_id}/output_info"

const legacyTypes: Readonly<Record<string, readonly [string, string]>> = {
  "embedding-classifier": ["concept", "concept"],
  "visual-classifier": ["concept", "concept"],
  "text-classifier": ["concept", "concept"],
  "visual-detector": ["detect-concept", "detect-concept"],
  "visual-embedder": ["embed", "embed"],
  "text-embedder": ["embed", "embed"],
  "visual-segmenter": ["segment-concept", "segment-concept"]
}

/** The `type` and `type_ext` that old clients read. */
export const legacyType = (modelType: string): WireObject => {
  const [type, typeExt] = legacyTypes[modelType] ?? [modelType, modelType]
  return { type, type_ext: typeExt }
}

/** Members that every model of an answer has, in the order that the service writes them. */
export const modelFrame = (members: {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly modifiedAt: string
  readonly appId: string
  readonly userId: string
  readonly type: string
  readonly outputInfo: WireObject
  readonly version: WireObject | undefined
  readonly gettable: number
  readonly extra: WireObject
}): WireObject => ({
  ...message(
    {
      id: members.id,
      name: members.name,
      created_at: members.createdAt,
      modified_at: members.modifiedAt,
      app_id: members.appId,
      output_info: members.outputInfo,
      model_version: members.version,
      user_id: members.userId,
      model_type_id: members.type,
      visibility: { gettable: members.gettable }
    },
    "app_id"
  ),
  ...members.extra,
  toolkits: [],
  use_cases: [],
  languages: [],
  languages_full: [],
  check_consents: [],
  workflow_recommended: false
})

/** A custom model with one of its versions. With `concepts`, the answer of `output_info`. */
export const modelMessage = (
  row: ModelRow,
  version: VersionRow | undefined,
  place: Place,
  conceptCount: number,
  concepts?: ReadonlyArray<ConceptRow>
): WireObject =>
  modelFrame({
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
    appId: place.appId,
    userId: place.userId,
    type: row.type,
    outputInfo: {
      ...(concepts === undefined
        ? {}
        : { data: { concepts: concepts.map((concept) => conceptMessage(concept, place)) } }),
      output_config: {
        concepts_mutually_exclusive: row.exclusive !== 0,
        closed_environment: row.closed !== 0,
        max_concepts: 0,
        min_value: 0
      },
      ...(concepts === undefined ? { message: hint } : {}),
      ...legacyType(row.type)
    },
    version: version === undefined ? undefined : versionMessage(version, place, conceptCount),
    gettable: 10,
    extra: asWire(parseStored(row.extra))
  })
