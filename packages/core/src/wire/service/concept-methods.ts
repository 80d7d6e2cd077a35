// Methods of the service `clarifai.api.V2`. Concepts and their translations.
import {
  GetConceptCountsRequestWire,
  GetConceptLanguageRequestWire,
  GetConceptRequestWire,
  ListConceptLanguagesRequestWire,
  ListConceptsRequestWire,
  ListModelConceptsRequestWire,
  MultiConceptCountResponseWire,
  MultiConceptLanguageResponseWire,
  MultiConceptResponseWire,
  PatchConceptLanguagesRequestWire,
  PatchConceptsRequestWire,
  PostConceptLanguagesRequestWire,
  PostConceptsRequestWire,
  PostConceptsSearchesRequestWire,
  SingleConceptLanguageResponseWire,
  SingleConceptResponseWire
} from "../messages/concept-requests.ts"
import { defineMethod } from "./rpc-method.ts"

/** Lists the concepts of an app. Takes a `ListConceptsRequest` and answers with a `MultiConceptResponse`. */
export const ListConcepts = /* @__PURE__ */ defineMethod(
  "ListConcepts",
  ListConceptsRequestWire,
  MultiConceptResponseWire,
  ["GET {app}/concepts", "GET /v2/concepts"]
)
/** Reads one concept. Takes a `GetConceptRequest` and answers with a `SingleConceptResponse`. */
export const GetConcept = /* @__PURE__ */ defineMethod("GetConcept", GetConceptRequestWire, SingleConceptResponseWire, [
  "GET {app}/concepts/{concept_id}",
  "GET /v2/concepts/{concept_id}"
])
/** Creates concepts. Takes a `PostConceptsRequest` and answers with a `MultiConceptResponse`. */
export const PostConcepts = /* @__PURE__ */ defineMethod(
  "PostConcepts",
  PostConceptsRequestWire,
  MultiConceptResponseWire,
  ["POST {app}/concepts", "POST /v2/concepts"]
)
/** Renames concepts; `action` is `overwrite`. Takes a `PatchConceptsRequest` and answers with a `MultiConceptResponse`. */
export const PatchConcepts = /* @__PURE__ */ defineMethod(
  "PatchConcepts",
  PatchConceptsRequestWire,
  MultiConceptResponseWire,
  ["PATCH {app}/concepts", "PATCH /v2/concepts"]
)
/** Searches concepts by name. Takes a `PostConceptsSearchesRequest` and answers with a `MultiConceptResponse`. */
export const PostConceptsSearches = /* @__PURE__ */ defineMethod(
  "PostConceptsSearches",
  PostConceptsSearchesRequestWire,
  MultiConceptResponseWire,
  ["POST {app}/concepts/searches", "POST /v2/concepts/searches"]
)
/** Counts the examples of each concept. Takes a `GetConceptCountsRequest` and answers with a `MultiConceptCountResponse`. */
export const GetConceptCounts = /* @__PURE__ */ defineMethod(
  "GetConceptCounts",
  GetConceptCountsRequestWire,
  MultiConceptCountResponseWire,
  ["GET {app}/concepts/status", "GET /v2/concepts/status"]
)
/** Lists the concepts of a model or of one of its versions. Takes a `ListModelConceptsRequest` and answers with a `MultiConceptResponse`. */
export const ListModelConcepts = /* @__PURE__ */ defineMethod(
  "ListModelConcepts",
  ListModelConceptsRequestWire,
  MultiConceptResponseWire,
  ["GET {app}/models/{model_id}/concepts", "GET {app}/models/{model_id}/versions/{version_id}/concepts"]
)
/** Lists the translations of a concept. Takes a `ListConceptLanguagesRequest` and answers with a `MultiConceptLanguageResponse`. */
export const ListConceptLanguages = /* @__PURE__ */ defineMethod(
  "ListConceptLanguages",
  ListConceptLanguagesRequestWire,
  MultiConceptLanguageResponseWire,
  ["GET {app}/concepts/{concept_id}/languages", "GET /v2/concepts/{concept_id}/languages"]
)
/** Reads one translation of a concept. Takes a `GetConceptLanguageRequest` and answers with a `SingleConceptLanguageResponse`. */
export const GetConceptLanguage = /* @__PURE__ */ defineMethod(
  "GetConceptLanguage",
  GetConceptLanguageRequestWire,
  SingleConceptLanguageResponseWire,
  ["GET {app}/concepts/{concept_id}/languages/{language}", "GET /v2/concepts/{concept_id}/languages/{language}"]
)
/** Adds translations of a concept. Takes a `PostConceptLanguagesRequest` and answers with a `MultiConceptLanguageResponse`. */
export const PostConceptLanguages = /* @__PURE__ */ defineMethod(
  "PostConceptLanguages",
  PostConceptLanguagesRequestWire,
  MultiConceptLanguageResponseWire,
  ["POST {app}/concepts/{concept_id}/languages", "POST /v2/concepts/{concept_id}/languages"]
)
/** Changes translations of a concept. Takes a `PatchConceptLanguagesRequest` and answers with a `MultiConceptLanguageResponse`. */
export const PatchConceptLanguages = /* @__PURE__ */ defineMethod(
  "PatchConceptLanguages",
  PatchConceptLanguagesRequestWire,
  MultiConceptLanguageResponseWire,
  ["PATCH {app}/concepts/{concept_id}/languages", "PATCH /v2/concepts/{concept_id}/languages"]
)
