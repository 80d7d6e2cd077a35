// Concepts: the names a model answers with and examples are labelled with.
import {
  float,
  int,
  type JsonObject,
  many,
  type Message,
  message,
  of,
  oneOf,
  shown,
  struct,
  text,
  texts,
  time
} from "./table.ts"
import { quickConcept } from "../codec/decoded-form.ts"

/** Who may see a resource. */
export interface VisibilityWire {
  /** 10 private, 30 organisation, 50 public. */
  readonly gettable?: number
}
export const VisibilityWire: Message<VisibilityWire> = /* @__PURE__ */ message("Visibility", () => ({
  gettable: oneOf({ UNKNOWN_VISIBILITY: 0, PRIVATE: 10, ORG: 30, PUBLIC: 50 })
}))

/** Two key points that belong together, by position. */
export interface KeypointEdgeWire {
  readonly k1?: number
  readonly k2?: number
}
const KeypointEdgeWire: Message<KeypointEdgeWire> = /* @__PURE__ */ message("KeypointEdge", () => ({
  k1: int,
  k2: int
}))

/** The key points of a concept such as a body: their names, and which belong together. */
export interface KeypointInfoWire {
  readonly keypoint_names?: ReadonlyArray<string>
  readonly skeleton?: ReadonlyArray<KeypointEdgeWire>
}
export const KeypointInfoWire: Message<KeypointInfoWire> = /* @__PURE__ */ message("KeypointInfo", () => ({
  keypoint_names: texts,
  skeleton: many(() => KeypointEdgeWire)
}))

/** A concept: in a prediction with its score, in an example with 1 (present) or 0 (absent). */
export interface ConceptWire {
  readonly id?: string
  readonly name?: string
  /** 0 to 1. Absent in JSON means 1: a positive example. Always written. */
  readonly value: number
  readonly created_at?: string
  /** Language of `name`, such as `en`. */
  readonly language?: string
  readonly app_id?: string
  readonly user_id?: string
  readonly definition?: string
  readonly vocab_id?: string
  readonly visibility?: VisibilityWire
  readonly metadata?: JsonObject
  readonly keypoint_info?: KeypointInfoWire
}
export const ConceptWire: Message<ConceptWire> = /* @__PURE__ */ message(
  "Concept",
  () => ({
    id: text,
    name: text,
    value: shown(float, 1),
    created_at: time,
    language: text,
    app_id: text,
    user_id: text,
    definition: text,
    vocab_id: text,
    visibility: of(() => VisibilityWire),
    metadata: struct,
    keypoint_info: of(() => KeypointInfoWire)
  }),
  quickConcept
)
