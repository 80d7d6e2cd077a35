// Searches in the inputs of an app: by concept, position, metadata, or visual similarity.
import type { CallError } from "../errors/errors.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import type { ConceptWire } from "../wire/messages/concept-messages.ts"
import type { JsonObject } from "../wire/messages/field.ts"
import {
  type AndWire,
  MultiSearchResponseWire,
  PostInputsSearchesRequestWire,
  PostSearchesRequestWire,
  type QueryWire
} from "../wire/messages/search-messages.ts"
import { type PageOptions, pages } from "./pages.ts"
import { bodyOf } from "./resource-call.ts"
import { Listing } from "./operation.ts"
import { type HitRecord, type Place, toHit } from "./records.ts"

/** A concept by id or name; `language` if it is not the app's default; `present: false` for an absent concept. */
export type Sought = ({ readonly id: string } | { readonly name: string }) & {
  readonly language?: string
  readonly present?: boolean
}

/** The conditions of a search; all must hold. */
export interface Wanted {
  /** One or several concepts that a model predicts for the input. */
  readonly concept?: Sought | ReadonlyArray<Sought>
  /** One or several concepts that the input is labelled with. */
  readonly label?: Sought | ReadonlyArray<Sought>
  /** A subset of the input's metadata. */
  readonly metadata?: JsonObject
  /** Maximum distance from a position, in kilometres. */
  readonly near?: Place & { readonly km: number }
  /** Visual similarity to the image at this URL, best first. */
  readonly like?: { readonly url: string }
}

/** Options of a search. */
export interface SearchOptions extends PageOptions {
  /** Hits below this score are left out. */
  readonly atLeast?: number
  /** `searches` is the call of the first clients, which older services know; the newer one is `inputs/searches`. */
  readonly via?: "inputs/searches" | "searches"
}

const soughtIn = (sought: Wanted["concept"]): ReadonlyArray<ConceptWire> =>
  (sought === undefined ? [] : [sought].flat()).map(({ present = true, ...concept }) => ({
    ...concept,
    value: present ? 1 : 0
  }))

const oldQuery = ({ concept, label, like, metadata, near }: Wanted): QueryWire => {
  const ands: Array<AndWire> = []
  for (const one of soughtIn(label)) ands.push({ input: { data: { concepts: [one] } } })
  for (const one of soughtIn(concept)) ands.push({ output: { data: { concepts: [one] } } })
  if (metadata) ands.push({ input: { data: { metadata } } })
  if (near)
    ands.push({
      input: {
        data: {
          geo: {
            geo_point: { longitude: near.longitude, latitude: near.latitude },
            geo_limit: { type: "withinKilometers", value: near.km }
          }
        }
      }
    })
  if (like) ands.push({ output: { input: { data: { image: { url: like.url } } } } })
  return { ands }
}

const newQuery = ({ concept, label, like, metadata, near }: Wanted): QueryWire => {
  const filters = [
    ...soughtIn(label).map((one) => ({ annotation: { data: { concepts: [one] } } })),
    ...(metadata ? [{ annotation: { data: { metadata } } }] : []),
    ...(near
      ? [
          {
            annotation: {
              data: {
                geo: {
                  geo_point: { longitude: near.longitude, latitude: near.latitude },
                  geo_limit: { type: "withinKilometers", value: near.km }
                }
              }
            }
          }
        ]
      : [])
  ]
  const ranks = [
    ...soughtIn(concept).map((one) => ({ annotation: { data: { concepts: [one] } } })),
    ...(like ? [{ annotation: { data: { image: { url: like.url } } } }] : [])
  ]
  return { ...(filters.length === 0 ? {} : { filters }), ...(ranks.length === 0 ? {} : { ranks }) }
}

/** Searches the app's inputs, best hits first. */
export const search = (runtime: CallRuntime) => ({
  inputs: (
    wanted: Wanted,
    { atLeast, via = "inputs/searches", ...options }: SearchOptions = {}
  ): Listing<HitRecord, CallError> =>
    new Listing(
      pages(
        runtime,
        MultiSearchResponseWire,
        {
          method: "POST",
          intent: "read",
          path: via.split("/"),
          body:
            via === "searches"
              ? bodyOf(PostSearchesRequestWire, { query: oldQuery(wanted) })
              : bodyOf(PostInputsSearchesRequestWire, {
                  searches: [{ query: newQuery(wanted), ...(atLeast === undefined ? {} : { min_value: atLeast }) }]
                })
        },
        (answer) => answer.hits.filter((hit) => hit.score >= (atLeast ?? 0)).map(toHit),
        options
      )
    )
})
