// Searches over what an app holds, and the hits they give.
import { DataWire } from "./data-messages.ts"
import { InputWire, PaginationWire, UserAppIdWire } from "./input-messages.ts"
import { bool, float, many, type Message, message, needed, of, oneOf, shown, struct, text, time } from "./table.ts"
import type { JsonObject } from "./table.ts"
import { StatusWire } from "./status-messages.ts"

/** What people or models say of an input. */
export interface AnnotationWire {
  readonly id?: string
  readonly input_id?: string
  readonly data?: DataWire
  readonly annotation_info?: JsonObject
  readonly user_id?: string
  readonly model_version_id?: string
  readonly embed_model_version_id?: string
  readonly status?: StatusWire
  readonly created_at?: string
  readonly modified_at?: string
  readonly trusted?: boolean
  /** It is about the whole input. */
  readonly input_level?: boolean
}
export const AnnotationWire: Message<AnnotationWire> = /* @__PURE__ */ message("Annotation", () => ({
  id: text,
  input_id: text,
  data: of(() => DataWire),
  annotation_info: struct,
  user_id: text,
  model_version_id: text,
  embed_model_version_id: text,
  status: of(() => StatusWire),
  created_at: time,
  modified_at: time,
  trusted: bool,
  input_level: bool
}))

/** One thing found. */
export interface HitWire {
  /** 0 to 1, best first. */
  readonly score: number
  readonly input?: InputWire
  readonly annotation?: AnnotationWire
  readonly user_id?: string
  readonly app_id?: string
}
export const HitWire: Message<HitWire> = /* @__PURE__ */ message("Hit", () => ({
  score: shown(float, 0),
  input: of(() => InputWire),
  annotation: of(() => AnnotationWire),
  user_id: text,
  app_id: text
}))

/** What an old query compares: a model's output, by the media it was made from or what it held. */
export interface OutputQueryWire {
  readonly input?: InputWire
  readonly data?: DataWire
}
export const OutputQueryWire: Message<OutputQueryWire> = /* @__PURE__ */ message("Output", () => ({
  input: of(() => InputWire),
  data: of(() => DataWire)
}))

/** One condition of an old query; all must hold. */
export interface AndWire {
  readonly input?: InputWire
  readonly output?: OutputQueryWire
  readonly negate?: boolean
  readonly annotation?: AnnotationWire
}
export const AndWire: Message<AndWire> = /* @__PURE__ */ message("And", () => ({
  input: of(() => InputWire),
  output: of(() => OutputQueryWire),
  negate: bool,
  annotation: of(() => AnnotationWire)
}))

/** What a hit must be. */
export interface FilterWire {
  readonly negate?: boolean
  readonly annotation?: AnnotationWire
  readonly input?: InputWire
}
export const FilterWire: Message<FilterWire> = /* @__PURE__ */ message("Filter", () => ({
  negate: bool,
  annotation: of(() => AnnotationWire),
  input: of(() => InputWire)
}))

/** What hits are sorted by likeness to. */
export interface RankWire {
  readonly negate?: boolean
  readonly annotation?: AnnotationWire
}
export const RankWire: Message<RankWire> = /* @__PURE__ */ message("Rank", () => ({
  negate: bool,
  annotation: of(() => AnnotationWire)
}))

/** `filters` and `ranks`, or `ands` in the way of before 2022. */
export interface QueryWire {
  readonly ands?: ReadonlyArray<AndWire>
  readonly language?: string
  readonly filters?: ReadonlyArray<FilterWire>
  readonly ranks?: ReadonlyArray<RankWire>
}
export const QueryWire: Message<QueryWire> = /* @__PURE__ */ message("Query", () => ({
  ands: many(() => AndWire),
  language: text,
  filters: many(() => FilterWire),
  ranks: many(() => RankWire)
}))

/** A query, with how its hits are scored. */
export interface SearchWire {
  readonly id?: string
  readonly query?: QueryWire
  readonly name?: string
  readonly algorithm?: string
  readonly save?: boolean
  /** Hits below this score are left out. */
  readonly min_value?: number
  /** 1 Euclidean, 2 cosine distance. */
  readonly metric?: number
}
export const SearchWire: Message<SearchWire> = /* @__PURE__ */ message("Search", () => ({
  id: text,
  query: of(() => QueryWire),
  name: text,
  algorithm: text,
  save: bool,
  min_value: float,
  metric: oneOf({ EUCLIDEAN_DISTANCE: 1, COSINE_DISTANCE: 2 })
}))

/** `POST inputs/searches`. */
export interface PostInputsSearchesRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly searches: ReadonlyArray<SearchWire>
  readonly pagination?: PaginationWire
}
export const PostInputsSearchesRequestWire: Message<PostInputsSearchesRequestWire> = /* @__PURE__ */ message(
  "PostInputsSearchesRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    searches: shown(
      many(() => SearchWire),
      []
    ),
    pagination: of(() => PaginationWire)
  })
)

/** `POST searches`, the way of the first clients. */
export interface PostSearchesRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly query?: QueryWire
  readonly pagination?: PaginationWire
}
export const PostSearchesRequestWire: Message<PostSearchesRequestWire> = /* @__PURE__ */ message(
  "PostSearchesRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    query: of(() => QueryWire),
    pagination: of(() => PaginationWire)
  })
)

/** A page of hits, best first. */
export interface MultiSearchResponseWire {
  readonly status: StatusWire
  readonly id?: string
  readonly hits: ReadonlyArray<HitWire>
  readonly query?: QueryWire
}
export const MultiSearchResponseWire: Message<MultiSearchResponseWire> = /* @__PURE__ */ message(
  "MultiSearchResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    id: text,
    hits: shown(
      many(() => HitWire),
      []
    ),
    query: of(() => QueryWire)
  })
)
