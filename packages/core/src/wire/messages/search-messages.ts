// Searches in the inputs of an app, and their hits.
import { DataWire } from "./data-messages.ts"
import {
  always,
  bool,
  enumeration,
  float,
  legacy,
  message,
  repeated,
  required,
  string,
  struct,
  timestamp
} from "./field.ts"
import { InputWire, PaginationWire, UserAppIdWire } from "./input-messages.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { OutputWire } from "./output-messages.ts"
import { StatusWire } from "./status-messages.ts"

/** How a search compares embeddings. */
export const Metric = { METRIC_NOT_SET: 0, EUCLIDEAN_DISTANCE: 1, COSINE_DISTANCE: 2 } as const

const annotation = () => ({
  id: string(1),
  input_id: string(2),
  data: message(3, () => DataWire),
  annotation_info: struct(13),
  user_id: string(15),
  model_version_id: string(16),
  embed_model_version_id: string(14),
  status: message(7, () => StatusWire),
  created_at: timestamp(8),
  modified_at: timestamp(9),
  trusted: bool(10),
  /** The annotation is about the whole input. */
  input_level: bool(17)
})
/** Labels of an input, by people or models. */
export interface AnnotationWire extends Infer<typeof annotation> {}
export const AnnotationWire: Message<AnnotationWire> = /* @__PURE__ */ defineMessage("Annotation", annotation)

const hit = () => ({
  /** 0 to 1, best first. */
  score: always(float(1), 0),
  input: message(2, () => InputWire),
  annotation: message(3, () => AnnotationWire),
  user_id: string(4),
  app_id: string(5)
})
/** One result of a search. */
export interface HitWire extends Infer<typeof hit> {}
export const HitWire: Message<HitWire> = /* @__PURE__ */ defineMessage("Hit", hit)

const and = () => ({
  input: message(1, () => InputWire),
  output: message(2, () => OutputWire),
  negate: bool(3),
  annotation: message(4, () => AnnotationWire)
})
/** One condition of an older query; all must hold. */
export interface AndWire extends Infer<typeof and> {}
export const AndWire: Message<AndWire> = /* @__PURE__ */ defineMessage("And", and)

const filter = () => ({
  negate: bool(3),
  annotation: message(4, () => AnnotationWire),
  input: message(5, () => InputWire)
})
/** A condition that each hit must meet. */
export interface FilterWire extends Infer<typeof filter> {}
export const FilterWire: Message<FilterWire> = /* @__PURE__ */ defineMessage("Filter", filter)

const rank = () => ({
  negate: bool(3),
  annotation: message(4, () => AnnotationWire)
})
/** An example that hits are sorted by similarity to. */
export interface RankWire extends Infer<typeof rank> {}
export const RankWire: Message<RankWire> = /* @__PURE__ */ defineMessage("Rank", rank)

const query = () => ({
  ands: repeated(message(1, () => AndWire)),
  language: string(2),
  filters: repeated(message(3, () => FilterWire)),
  ranks: repeated(message(4, () => RankWire))
})
/** `filters` and `ranks`, or `ands` as before 2022. */
export interface QueryWire extends Infer<typeof query> {}
export const QueryWire: Message<QueryWire> = /* @__PURE__ */ defineMessage("Query", query)

const search = () => ({
  query: message(1, () => QueryWire),
  id: string(2),
  name: string(4),
  algorithm: string(9),
  save: bool(10),
  /** Hits below this score are left out. */
  min_value: float(11),
  /** See {@link Metric}. */
  metric: enumeration(13, Metric)
})
/** A query and how its hits are scored. */
export interface SearchWire extends Infer<typeof search> {}
export const SearchWire: Message<SearchWire> = /* @__PURE__ */ defineMessage("Search", search)

const postInputsSearchesRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  searches: always(repeated(message(2, () => SearchWire)), []),
  pagination: message(3, () => PaginationWire),
  only_count: bool(4),
  /** What older clients send in place of `searches`. */
  query: legacy(message(0, () => QueryWire))
})
/** Searches inputs. */
export interface PostInputsSearchesRequestWire extends Infer<typeof postInputsSearchesRequest> {}
export const PostInputsSearchesRequestWire: Message<PostInputsSearchesRequestWire> = /* @__PURE__ */ defineMessage(
  "PostInputsSearchesRequest",
  postInputsSearchesRequest
)

const postSearchesRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  query: message(2, () => QueryWire),
  searches: repeated(message(3, () => SearchWire)),
  pagination: message(4, () => PaginationWire)
})
/** Searches inputs, as the first clients do. */
export interface PostSearchesRequestWire extends Infer<typeof postSearchesRequest> {}
export const PostSearchesRequestWire: Message<PostSearchesRequestWire> = /* @__PURE__ */ defineMessage(
  "PostSearchesRequest",
  postSearchesRequest
)

const multiSearchResponse = () => ({
  status: required(message(1, () => StatusWire)),
  id: string(2),
  hits: always(repeated(message(3, () => HitWire)), []),
  query: message(4, () => QueryWire)
})
/** One page of hits, best first. */
export interface MultiSearchResponseWire extends Infer<typeof multiSearchResponse> {}
export const MultiSearchResponseWire: Message<MultiSearchResponseWire> = /* @__PURE__ */ defineMessage(
  "MultiSearchResponse",
  multiSearchResponse
)
