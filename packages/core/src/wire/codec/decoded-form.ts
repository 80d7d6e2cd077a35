// Recognisers for what a prediction's answer is made of. Most objects on the wire already have the form that the
// decoder would give them; to see that quickly is most of the decoder's speed. Each is true only if the table's
// decoder would change nothing: a property test holds the two together. When in doubt they say no, which costs time
// and nothing else. One property a time and no loops over keys: that is what engines are fast at.

interface Raw {
  readonly [key: string]: unknown
}

const isRaw = (json: unknown): json is Raw => typeof json === "object" && json !== null && !Array.isArray(json)
const isText = (json: unknown): boolean => json === undefined || typeof json === "string"
const isNumber = (json: unknown): boolean => json === undefined || typeof json === "number"
const isFlag = (json: unknown): boolean => json === undefined || typeof json === "boolean"
const isFree = (json: unknown): boolean => json === undefined || isRaw(json)
const isTexts = (json: unknown): boolean => json === undefined || (Array.isArray(json) && every(json, isString))
const isString = (json: unknown): boolean => typeof json === "string"

const every = (list: ReadonlyArray<unknown>, is: (json: unknown) => boolean): boolean => {
  for (let i = 0; i < list.length; i++) if (!is(list[i])) return false
  return true
}

const isAbsentOr = (json: unknown, is: (json: unknown) => boolean): boolean => json === undefined || is(json)

/** Recognises a concept that needs no change. */
export const quickConcept = (json: unknown): boolean =>
  isRaw(json) &&
  typeof json["value"] === "number" &&
  isText(json["id"]) &&
  isText(json["name"]) &&
  isText(json["app_id"]) &&
  isText(json["user_id"]) &&
  isText(json["language"]) &&
  isText(json["created_at"]) &&
  json["definition"] === undefined &&
  json["vocab_id"] === undefined &&
  json["visibility"] === undefined &&
  json["metadata"] === undefined &&
  json["keypoint_info"] === undefined

const isList = (json: unknown, is: (json: unknown) => boolean): boolean =>
  json === undefined || (Array.isArray(json) && every(json, is))

/** Recognises a status that needs no change. */
export const quickStatus = (json: unknown): boolean =>
  isRaw(json) &&
  typeof json["code"] === "number" &&
  isText(json["description"]) &&
  isText(json["details"]) &&
  isText(json["req_id"]) &&
  isText(json["internal_details"]) &&
  isText(json["developer_notes"]) &&
  isNumber(json["percent_completed"]) &&
  isNumber(json["time_remaining"]) &&
  isNumber(json["http_status_code"]) &&
  json["stack_trace"] === undefined &&
  json["redirect_info"] === undefined

const quickVisibility = (json: unknown): boolean => isRaw(json) && isNumber(json["gettable"])

const quickVersion = (json: unknown): boolean =>
  isRaw(json) &&
  isText(json["id"]) &&
  isText(json["created_at"]) &&
  isAbsentOr(json["status"], quickStatus) &&
  isNumber(json["active_concept_count"]) &&
  isNumber(json["total_input_count"]) &&
  isText(json["completed_at"]) &&
  isText(json["modified_at"]) &&
  isText(json["description"]) &&
  isAbsentOr(json["visibility"], quickVisibility) &&
  isText(json["app_id"]) &&
  isText(json["user_id"]) &&
  isFree(json["metadata"]) &&
  isText(json["license"]) &&
  isText(json["train_log"]) &&
  json["metrics"] === undefined &&
  json["output_info"] === undefined &&
  json["input_info"] === undefined &&
  json["train_info"] === undefined &&
  json["import_info"] === undefined &&
  json["method_signatures"] === undefined

const quickTag = (json: unknown): boolean => isRaw(json) && isText(json["id"]) && isText(json["name"])

/** Recognises a model that needs no change. */
export const quickModel = (json: unknown): boolean =>
  isRaw(json) &&
  isText(json["id"]) &&
  isText(json["name"]) &&
  isText(json["display_name"]) &&
  isText(json["created_at"]) &&
  isText(json["modified_at"]) &&
  isText(json["app_id"]) &&
  isText(json["user_id"]) &&
  isText(json["model_type_id"]) &&
  isAbsentOr(json["model_version"], quickVersion) &&
  isText(json["description"]) &&
  isText(json["notes"]) &&
  isFree(json["metadata"]) &&
  isAbsentOr(json["visibility"], quickVisibility) &&
  isTexts(json["toolkits"]) &&
  isTexts(json["use_cases"]) &&
  isTexts(json["languages"]) &&
  isTexts(json["check_consents"]) &&
  isFlag(json["workflow_recommended"]) &&
  isText(json["task"]) &&
  isFlag(json["is_starred"]) &&
  isNumber(json["star_count"]) &&
  isText(json["creator"]) &&
  isNumber(json["license_type"]) &&
  isNumber(json["source"]) &&
  isList(json["languages_full"], quickTag) &&
  json["output_info"] === undefined

const quickMedium = (json: unknown): boolean =>
  isRaw(json) &&
  isText(json["url"]) &&
  isText(json["base64"]) &&
  isFlag(json["allow_duplicate_url"]) &&
  json["hosted"] === undefined &&
  json["image_info"] === undefined

const isBox = (json: unknown): boolean =>
  json === undefined ||
  (isRaw(json) &&
    typeof json["top_row"] === "number" &&
    typeof json["left_col"] === "number" &&
    typeof json["bottom_row"] === "number" &&
    typeof json["right_col"] === "number")

const quickShape = (json: unknown): boolean =>
  isRaw(json) &&
  isBox(json["bounding_box"]) &&
  json["mask"] === undefined &&
  json["polygon"] === undefined &&
  json["point"] === undefined &&
  json["span"] === undefined &&
  json["token"] === undefined &&
  json["keypoint_locations"] === undefined

/** Recognises a region that needs no change. */
export const quickRegion = (json: unknown): boolean =>
  isRaw(json) &&
  isText(json["id"]) &&
  isNumber(json["value"]) &&
  isText(json["track_id"]) &&
  isAbsentOr(json["region_info"], quickShape) &&
  isAbsentOr(json["data"], quickRegionData)

const quickFrameInfo = (json: unknown): boolean =>
  isRaw(json) && typeof json["index"] === "number" && typeof json["time"] === "number" && isNumber(json["number"])

/** Recognises a frame that needs no change. */
export const quickFrame = (json: unknown): boolean =>
  isRaw(json) &&
  isText(json["id"]) &&
  isAbsentOr(json["frame_info"], quickFrameInfo) &&
  isAbsentOr(json["data"], quickFrameData)

// Regions hold no regions and frames no frames here, so that nesting has an end.
const isFlat = (json: Raw): boolean =>
  isAbsentOr(json["image"], quickMedium) &&
  isList(json["concepts"], quickConcept) &&
  json["video"] === undefined &&
  json["audio"] === undefined &&
  json["text"] === undefined &&
  json["embeddings"] === undefined &&
  json["colors"] === undefined &&
  json["clusters"] === undefined &&
  json["parts"] === undefined &&
  isFree(json["metadata"]) &&
  json["geo"] === undefined &&
  json["tracks"] === undefined &&
  json["time_segments"] === undefined &&
  json["heatmaps"] === undefined &&
  json["hits"] === undefined &&
  json["ndarray"] === undefined &&
  json["int_value"] === undefined &&
  json["float_value"] === undefined &&
  json["bytes_value"] === undefined &&
  json["bool_value"] === undefined &&
  json["string_value"] === undefined &&
  json["struct_value"] === undefined &&
  json["face"] === undefined

const quickRegionData = (json: unknown): boolean =>
  isRaw(json) && isFlat(json) && json["regions"] === undefined && json["frames"] === undefined

const quickFrameData = (json: unknown): boolean =>
  isRaw(json) && isFlat(json) && isList(json["regions"], quickRegion) && json["frames"] === undefined

/** Recognises a data that needs no change. */
export const quickData = (json: unknown): boolean =>
  isRaw(json) && isFlat(json) && isList(json["regions"], quickRegion) && isList(json["frames"], quickFrame)

/** Recognises an input that needs no change. */
export const quickInput = (json: unknown): boolean =>
  isRaw(json) &&
  isText(json["id"]) &&
  isAbsentOr(json["data"], quickData) &&
  isAbsentOr(json["status"], quickStatus) &&
  isText(json["created_at"]) &&
  isText(json["modified_at"]) &&
  json["dataset_ids"] === undefined

/** Recognises an output that needs no change. */
export const quickOutput = (json: unknown): boolean =>
  isRaw(json) &&
  isText(json["id"]) &&
  isAbsentOr(json["status"], quickStatus) &&
  isText(json["created_at"]) &&
  isAbsentOr(json["model"], quickModel) &&
  isAbsentOr(json["input"], quickInput) &&
  isAbsentOr(json["data"], quickData) &&
  isNumber(json["prompt_tokens"]) &&
  isNumber(json["completion_tokens"]) &&
  isNumber(json["cached_tokens"])
