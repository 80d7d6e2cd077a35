/** What carries HTTP requests beneath ky: one form for all runtimes, chosen by the package's `#http` import. */
import type { Fetch } from "./connection.ts"

/** An HTTP client of one connection. */
export interface Transport {
  readonly fetch: Fetch
  /** Closes the sockets that are kept open. */
  readonly close: () => Promise<void>
}

/** A `fetch` that may be done with a request's body as soon as its answer was read. */
export interface ReleasingFetch extends Fetch {
  readonly "~sightline/releasesBodies": () => boolean
}

/** True if a request body's memory may be written again once its answer was read. */
export const releasesBodies = (fetch: Fetch): boolean =>
  "~sightline/releasesBodies" in fetch && (fetch as ReleasingFetch)["~sightline/releasesBodies"]()
