// The calls about an app's concepts.
import { ConceptWire } from "./concept-messages.ts"
import { PaginationWire, UserAppIdWire } from "./input-messages.ts"
import { int, many, type Message, message, needed, of, shown, text } from "./table.ts"
import { StatusWire } from "./status-messages.ts"

/** Adds concepts. */
export interface PostConceptsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly concepts: ReadonlyArray<ConceptWire>
}
export const PostConceptsRequestWire: Message<PostConceptsRequestWire> = /* @__PURE__ */ message(
  "PostConceptsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    concepts: shown(
      many(() => ConceptWire),
      []
    )
  })
)

/** Renames concepts; `action` is `overwrite`. */
export interface PatchConceptsRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly concepts: ReadonlyArray<ConceptWire>
  readonly action: string
}
export const PatchConceptsRequestWire: Message<PatchConceptsRequestWire> = /* @__PURE__ */ message(
  "PatchConceptsRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    concepts: shown(
      many(() => ConceptWire),
      []
    ),
    action: shown(text, "overwrite")
  })
)

/** Which concepts a search looks for. */
export interface ConceptQueryWire {
  /** `*` stands for any text. */
  readonly name?: string
  readonly language?: string
}
export const ConceptQueryWire: Message<ConceptQueryWire> = /* @__PURE__ */ message("ConceptQuery", () => ({
  name: text,
  language: text
}))

/** `POST concepts/searches`. */
export interface PostConceptsSearchesRequestWire {
  readonly user_app_id?: UserAppIdWire
  readonly concept_query?: ConceptQueryWire
  readonly pagination?: PaginationWire
}
export const PostConceptsSearchesRequestWire: Message<PostConceptsSearchesRequestWire> = /* @__PURE__ */ message(
  "PostConceptsSearchesRequest",
  () => ({
    user_app_id: of(() => UserAppIdWire),
    concept_query: of(() => ConceptQueryWire),
    pagination: of(() => PaginationWire)
  })
)

/** One concept. */
export interface SingleConceptResponseWire {
  readonly status: StatusWire
  readonly concept?: ConceptWire
}
export const SingleConceptResponseWire: Message<SingleConceptResponseWire> = /* @__PURE__ */ message(
  "SingleConceptResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    concept: of(() => ConceptWire)
  })
)

/** A page of concepts. */
export interface MultiConceptResponseWire {
  readonly status: StatusWire
  readonly concepts: ReadonlyArray<ConceptWire>
}
export const MultiConceptResponseWire: Message<MultiConceptResponseWire> = /* @__PURE__ */ message(
  "MultiConceptResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    concepts: shown(
      many(() => ConceptWire),
      []
    )
  })
)

/** How many examples say yes and no. */
export interface ConceptTypeCountWire {
  readonly positive: number
  readonly negative: number
}
export const ConceptTypeCountWire: Message<ConceptTypeCountWire> = /* @__PURE__ */ message("ConceptTypeCount", () => ({
  positive: shown(int, 0),
  negative: shown(int, 0)
}))

/** How many examples a concept has. */
export interface ConceptCountWire {
  readonly id?: string
  readonly name?: string
  readonly concept_type_count?: ConceptTypeCountWire
}
export const ConceptCountWire: Message<ConceptCountWire> = /* @__PURE__ */ message("ConceptCount", () => ({
  id: text,
  name: text,
  concept_type_count: of(() => ConceptTypeCountWire)
}))

/** A page of counts. */
export interface MultiConceptCountResponseWire {
  readonly status: StatusWire
  readonly concept_counts: ReadonlyArray<ConceptCountWire>
}
export const MultiConceptCountResponseWire: Message<MultiConceptCountResponseWire> = /* @__PURE__ */ message(
  "MultiConceptCountResponse",
  () => ({
    status: needed(of(() => StatusWire)),
    concept_counts: shown(
      many(() => ConceptCountWire),
      []
    )
  })
)
