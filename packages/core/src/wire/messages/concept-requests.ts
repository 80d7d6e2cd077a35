// Requests and responses about concepts, their translations and their counts.
import { ConceptCountWire, ConceptLanguageWire, ConceptQueryWire, ConceptWire } from "./concept-messages.ts"
import { always, message, repeated, required, string, uint32 } from "./field.ts"
import { PaginationWire, UserAppIdWire } from "./input-messages.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"
import { StatusWire } from "./status-messages.ts"

const listConceptsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  page: uint32(2),
  per_page: uint32(3),
  id: string(4)
})
/** Lists the concepts of an app. */
export interface ListConceptsRequestWire extends Infer<typeof listConceptsRequest> {}
export const ListConceptsRequestWire: Message<ListConceptsRequestWire> = /* @__PURE__ */ defineMessage(
  "ListConceptsRequest",
  listConceptsRequest
)

const getConceptRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  concept_id: string(2)
})
/** Reads one concept. */
export interface GetConceptRequestWire extends Infer<typeof getConceptRequest> {}
export const GetConceptRequestWire: Message<GetConceptRequestWire> = /* @__PURE__ */ defineMessage(
  "GetConceptRequest",
  getConceptRequest
)

const postConceptsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  concepts: always(repeated(message(2, () => ConceptWire)), [])
})
/** Creates concepts. */
export interface PostConceptsRequestWire extends Infer<typeof postConceptsRequest> {}
export const PostConceptsRequestWire: Message<PostConceptsRequestWire> = /* @__PURE__ */ defineMessage(
  "PostConceptsRequest",
  postConceptsRequest
)

const patchConceptsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  concepts: always(repeated(message(2, () => ConceptWire)), []),
  action: always(string(3), "overwrite")
})
/** Renames concepts; `action` is `overwrite`. */
export interface PatchConceptsRequestWire extends Infer<typeof patchConceptsRequest> {}
export const PatchConceptsRequestWire: Message<PatchConceptsRequestWire> = /* @__PURE__ */ defineMessage(
  "PatchConceptsRequest",
  patchConceptsRequest
)

const postConceptsSearchesRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  concept_query: message(2, () => ConceptQueryWire),
  pagination: message(3, () => PaginationWire)
})
/** Searches concepts by name. */
export interface PostConceptsSearchesRequestWire extends Infer<typeof postConceptsSearchesRequest> {}
export const PostConceptsSearchesRequestWire: Message<PostConceptsSearchesRequestWire> = /* @__PURE__ */ defineMessage(
  "PostConceptsSearchesRequest",
  postConceptsSearchesRequest
)

const getConceptCountsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  page: uint32(2),
  per_page: uint32(3)
})
/** Counts the examples of each concept. */
export interface GetConceptCountsRequestWire extends Infer<typeof getConceptCountsRequest> {}
export const GetConceptCountsRequestWire: Message<GetConceptCountsRequestWire> = /* @__PURE__ */ defineMessage(
  "GetConceptCountsRequest",
  getConceptCountsRequest
)

const listModelConceptsRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  model_id: string(2),
  version_id: string(3),
  page: uint32(4),
  per_page: uint32(5),
  search: string(6)
})
/** Lists the concepts of a model or of one of its versions. */
export interface ListModelConceptsRequestWire extends Infer<typeof listModelConceptsRequest> {}
export const ListModelConceptsRequestWire: Message<ListModelConceptsRequestWire> = /* @__PURE__ */ defineMessage(
  "ListModelConceptsRequest",
  listModelConceptsRequest
)

const singleConceptResponse = () => ({
  status: required(message(1, () => StatusWire)),
  concept: message(2, () => ConceptWire)
})
/** One concept. */
export interface SingleConceptResponseWire extends Infer<typeof singleConceptResponse> {}
export const SingleConceptResponseWire: Message<SingleConceptResponseWire> = /* @__PURE__ */ defineMessage(
  "SingleConceptResponse",
  singleConceptResponse
)

const multiConceptResponse = () => ({
  status: required(message(1, () => StatusWire)),
  concepts: always(repeated(message(2, () => ConceptWire)), [])
})
/** One page of concepts. */
export interface MultiConceptResponseWire extends Infer<typeof multiConceptResponse> {}
export const MultiConceptResponseWire: Message<MultiConceptResponseWire> = /* @__PURE__ */ defineMessage(
  "MultiConceptResponse",
  multiConceptResponse
)

const multiConceptCountResponse = () => ({
  status: required(message(1, () => StatusWire)),
  concept_counts: always(repeated(message(2, () => ConceptCountWire)), [])
})
/** One page of counts. */
export interface MultiConceptCountResponseWire extends Infer<typeof multiConceptCountResponse> {}
export const MultiConceptCountResponseWire: Message<MultiConceptCountResponseWire> = /* @__PURE__ */ defineMessage(
  "MultiConceptCountResponse",
  multiConceptCountResponse
)

const listConceptLanguagesRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  concept_id: string(2),
  page: uint32(3),
  per_page: uint32(4)
})
/** Lists the translations of a concept. */
export interface ListConceptLanguagesRequestWire extends Infer<typeof listConceptLanguagesRequest> {}
export const ListConceptLanguagesRequestWire: Message<ListConceptLanguagesRequestWire> = /* @__PURE__ */ defineMessage(
  "ListConceptLanguagesRequest",
  listConceptLanguagesRequest
)

const getConceptLanguageRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  concept_id: string(2),
  language: string(3)
})
/** Reads one translation of a concept. */
export interface GetConceptLanguageRequestWire extends Infer<typeof getConceptLanguageRequest> {}
export const GetConceptLanguageRequestWire: Message<GetConceptLanguageRequestWire> = /* @__PURE__ */ defineMessage(
  "GetConceptLanguageRequest",
  getConceptLanguageRequest
)

const postConceptLanguagesRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  concept_id: string(2),
  concept_languages: repeated(message(3, () => ConceptLanguageWire))
})
/** Adds translations of a concept. */
export interface PostConceptLanguagesRequestWire extends Infer<typeof postConceptLanguagesRequest> {}
export const PostConceptLanguagesRequestWire: Message<PostConceptLanguagesRequestWire> = /* @__PURE__ */ defineMessage(
  "PostConceptLanguagesRequest",
  postConceptLanguagesRequest
)

const patchConceptLanguagesRequest = () => ({
  user_app_id: message(1, () => UserAppIdWire),
  concept_id: string(2),
  concept_languages: repeated(message(3, () => ConceptLanguageWire)),
  action: string(4)
})
/** Changes translations of a concept. */
export interface PatchConceptLanguagesRequestWire extends Infer<typeof patchConceptLanguagesRequest> {}
export const PatchConceptLanguagesRequestWire: Message<PatchConceptLanguagesRequestWire> =
  /* @__PURE__ */ defineMessage("PatchConceptLanguagesRequest", patchConceptLanguagesRequest)

const singleConceptLanguageResponse = () => ({
  status: required(message(1, () => StatusWire)),
  concept_language: message(2, () => ConceptLanguageWire)
})
/** One translation. */
export interface SingleConceptLanguageResponseWire extends Infer<typeof singleConceptLanguageResponse> {}
export const SingleConceptLanguageResponseWire: Message<SingleConceptLanguageResponseWire> =
  /* @__PURE__ */ defineMessage("SingleConceptLanguageResponse", singleConceptLanguageResponse)

const multiConceptLanguageResponse = () => ({
  status: required(message(1, () => StatusWire)),
  concept_languages: always(repeated(message(2, () => ConceptLanguageWire)), [])
})
/** One page of translations. */
export interface MultiConceptLanguageResponseWire extends Infer<typeof multiConceptLanguageResponse> {}
export const MultiConceptLanguageResponseWire: Message<MultiConceptLanguageResponseWire> =
  /* @__PURE__ */ defineMessage("MultiConceptLanguageResponse", multiConceptLanguageResponse)
