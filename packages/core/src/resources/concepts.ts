// Concepts of an app: its vocabulary.
import * as Effect from "effect/Effect"
import { type CallError, MalformedAnswer } from "../errors/errors.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import {
  MultiConceptCountResponseWire,
  MultiConceptResponseWire,
  PatchConceptsRequestWire,
  PostConceptsRequestWire,
  PostConceptsSearchesRequestWire,
  SingleConceptResponseWire
} from "../wire/messages/concept-requests.ts"
import { type PageOptions, pages } from "./pages.ts"
import { bodyOf, request } from "./resource-call.ts"
import { Listing, Operation } from "./operation.ts"
import { type ConceptRecord, type NewConcept, toConceptRecord, toLabels } from "./records.ts"

/** Number of positive and negative examples. */
export interface ConceptCount extends ConceptRecord {
  readonly positive: number
  readonly negative: number
}

/** The error of a successful response without the resource. */
export const missing = (what: string): MalformedAnswer => new MalformedAnswer({ problem: `it has no ${what}` })

/** Concepts: list, get, add, rename. The protocol cannot delete one. */
export const concepts = (runtime: CallRuntime) => ({
  /** Lists all concepts. */
  list: (options: PageOptions = {}): Listing<ConceptRecord, CallError> =>
    new Listing(
      pages(
        runtime,
        MultiConceptResponseWire,
        { method: "GET", path: ["concepts"] },
        (a) => a.concepts.map(toConceptRecord),
        options
      )
    ),
  /** Gets a concept by id. */
  get: (id: string): Operation<ConceptRecord, CallError> =>
    new Operation(
      `concepts.get(${id})`,
      request(runtime, SingleConceptResponseWire, { method: "GET", path: ["concepts", id] }).pipe(
        Effect.flatMap(({ concept }) =>
          concept ? Effect.succeed(toConceptRecord(concept)) : Effect.fail(missing("concept"))
        )
      )
    ),
  /** Adds concepts. Fails with `Conflict` if an id is taken. */
  add: (added: ReadonlyArray<NewConcept>): Operation<ReadonlyArray<ConceptRecord>, CallError> =>
    new Operation(
      "concepts.add",
      request(runtime, MultiConceptResponseWire, {
        method: "POST",
        path: ["concepts"],
        items: added.length,
        body: bodyOf(PostConceptsRequestWire, { concepts: toLabels(added, []) })
      }).pipe(Effect.map((answer) => answer.concepts.map(toConceptRecord)))
    ),
  /** Renames a concept. Its id does not change. */
  rename: (id: string, name: string): Operation<ReadonlyArray<ConceptRecord>, CallError> =>
    new Operation(
      `concepts.rename(${id})`,
      request(runtime, MultiConceptResponseWire, {
        method: "PATCH",
        path: ["concepts"],
        body: bodyOf(PatchConceptsRequestWire, { concepts: [{ id, name, value: 1 }], action: "overwrite" })
      }).pipe(Effect.map((answer) => answer.concepts.map(toConceptRecord)))
    ),
  /** Finds concepts by name; `*` matches any text. */
  search: (
    name: string,
    { language, ...options }: PageOptions & { readonly language?: string } = {}
  ): Listing<ConceptRecord, CallError> =>
    new Listing(
      pages(
        runtime,
        MultiConceptResponseWire,
        {
          method: "POST",
          path: ["concepts", "searches"],
          body: bodyOf(PostConceptsSearchesRequestWire, {
            concept_query: { name, ...(language === undefined ? {} : { language }) }
          })
        },
        (answer) => answer.concepts.map(toConceptRecord),
        options
      )
    ),
  /** Counts the examples of each concept. */
  counts: (options: PageOptions = {}): Listing<ConceptCount, CallError> =>
    new Listing(
      pages(
        runtime,
        MultiConceptCountResponseWire,
        { method: "GET", path: ["concepts", "status"] },
        (answer) =>
          answer.concept_counts.map(({ concept_type_count, id = "", name = id }) => ({
            id,
            name,
            positive: concept_type_count?.positive ?? 0,
            negative: concept_type_count?.negative ?? 0
          })),
        options
      )
    )
})
