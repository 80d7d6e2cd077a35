// Concepts: the labels that models predict and that examples carry.
import { always, enumeration, float, message, repeated, string, struct, timestamp, uint32 } from "./field.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"

/** Who may see a resource. */
export const Gettable = { UNKNOWN_VISIBILITY: 0, PRIVATE: 10, ORG: 30, PUBLIC: 50 } as const

const visibility = () => ({
  /** See {@link Gettable}. */
  gettable: enumeration(1, Gettable)
})
/** Who may see a resource. */
export interface VisibilityWire extends Infer<typeof visibility> {}
export const VisibilityWire: Message<VisibilityWire> = /* @__PURE__ */ defineMessage("Visibility", visibility)

const keypointEdge = () => ({
  k1: uint32(1),
  k2: uint32(2)
})
/** Two connected key points, by position in `keypoint_names`. */
export interface KeypointEdgeWire extends Infer<typeof keypointEdge> {}
export const KeypointEdgeWire: Message<KeypointEdgeWire> = /* @__PURE__ */ defineMessage("KeypointEdge", keypointEdge)

const keypointInfo = () => ({
  keypoint_names: repeated(string(1)),
  skeleton: repeated(message(2, () => KeypointEdgeWire))
})
/** Key points of a concept such as a human body: their names and the edges between them. */
export interface KeypointInfoWire extends Infer<typeof keypointInfo> {}
export const KeypointInfoWire: Message<KeypointInfoWire> = /* @__PURE__ */ defineMessage("KeypointInfo", keypointInfo)

const concept = () => ({
  id: string(1),
  name: string(2),
  /** 0 to 1. Absent in JSON means 1, a positive example; absent in binary means 0. Always written. */
  value: always(float(3), 1),
  created_at: timestamp(4),
  /** Language of `name`, such as `en`. */
  language: string(5),
  app_id: string(6),
  definition: string(7),
  vocab_id: string(8),
  visibility: message(9, () => VisibilityWire),
  user_id: string(10),
  keypoint_info: message(11, () => KeypointInfoWire),
  metadata: struct(13)
})
/** A label: with a score in predictions, with 1 (present) or 0 (absent) in examples. */
export interface ConceptWire extends Infer<typeof concept> {}
export const ConceptWire: Message<ConceptWire> = /* @__PURE__ */ defineMessage("Concept", concept)

const conceptLanguage = () => ({
  /** The language, such as `de`. */
  id: string(1),
  name: string(2),
  definition: string(3)
})
/** Name and definition of a concept in one language. */
export interface ConceptLanguageWire extends Infer<typeof conceptLanguage> {}
export const ConceptLanguageWire: Message<ConceptLanguageWire> = /* @__PURE__ */ defineMessage(
  "ConceptLanguage",
  conceptLanguage
)

const conceptQuery = () => ({
  /** `*` matches any text. */
  name: string(1),
  language: string(2)
})
/** Which concepts a search returns. */
export interface ConceptQueryWire extends Infer<typeof conceptQuery> {}
export const ConceptQueryWire: Message<ConceptQueryWire> = /* @__PURE__ */ defineMessage("ConceptQuery", conceptQuery)

const conceptTypeCount = () => ({
  positive: always(uint32(1), 0),
  negative: always(uint32(2), 0)
})
/** Number of positive and negative examples. */
export interface ConceptTypeCountWire extends Infer<typeof conceptTypeCount> {}
export const ConceptTypeCountWire: Message<ConceptTypeCountWire> = /* @__PURE__ */ defineMessage(
  "ConceptTypeCount",
  conceptTypeCount
)

const conceptCount = () => ({
  id: string(1),
  name: string(2),
  concept_type_count: message(3, () => ConceptTypeCountWire)
})
/** Number of examples of one concept. */
export interface ConceptCountWire extends Infer<typeof conceptCount> {}
export const ConceptCountWire: Message<ConceptCountWire> = /* @__PURE__ */ defineMessage("ConceptCount", conceptCount)
