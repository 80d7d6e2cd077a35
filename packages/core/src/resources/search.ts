// Searching an app's inputs: by concept, by place, by metadata, by likeness to a picture.
import type { CallError } from "../errors.ts"
import type { Wire } from "../transport/exchange.ts"
import type { JsonObject } from "../wire/message.ts"
import {
  type AndWire,
  MultiSearchResponseWire,
  PostInputsSearchesRequestWire,
  PostSearchesRequestWire,
  type QueryWire
} from "../wire/search.ts"
import { bodyOf, type PageOptions, pages } from "./call.ts"
import { Listing } from "./operation.ts"
import { type HitRecord, type Place, toHit } from "./records.ts"

/** What hits must be; all that is given must hold. */
export interface Wanted {
  /** A concept that a model finds in it, by id or by name. */
  readonly concept?: { readonly id: string } | { readonly name: string }
  /** A concept that people have put on it, by id or by name. */
  readonly label?: { readonly id: string } | { readonly name: string }
  /** Metadata that it has, among others. */
  readonly metadata?: JsonObject
  /** Made within so many kilometres of a place. */
  readonly near?: Place & { readonly km: number }
  /** Like the picture at this address, best first. */
  readonly like?: { readonly url: string }
}

/** How a search is sent. */
export interface SearchOptions extends PageOptions {
  /** Hits below this score are left out. */
  readonly atLeast?: number
  /** `searches` is the call of the first clients, which older services know; the newer one is `inputs/searches`. */
  readonly via?: "inputs/searches" | "searches"
}

const oldQuery = ({ concept, label, like, metadata, near }: Wanted): QueryWire => {
  const ands: Array<AndWire> = []
  if (concept) ands.push({ output: { data: { concepts: [{ ...concept, value: 1 }] } } })
  if (label) ands.push({ input: { data: { concepts: [{ ...label, value: 1 }] } } })
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
    ...(label ? [{ annotation: { data: { concepts: [{ ...label, value: 1 }] } } }] : []),
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
    ...(concept ? [{ annotation: { data: { concepts: [{ ...concept, value: 1 }] } } }] : []),
    ...(like ? [{ annotation: { data: { image: { url: like.url } } } }] : [])
  ]
  return { ...(filters.length === 0 ? {} : { filters }), ...(ranks.length === 0 ? {} : { ranks }) }
}

/** Searches the app's inputs, best hits first. */
export const search = (wire: Wire) => ({
  inputs: (
    wanted: Wanted,
    { atLeast, via = "inputs/searches", ...options }: SearchOptions = {}
  ): Listing<HitRecord, CallError> =>
    new Listing(
      pages(
        wire,
        MultiSearchResponseWire,
        {
          method: "POST",
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
