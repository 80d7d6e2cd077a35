// The default fetch in Node: it reaches public addresses only. Loaded where there are sockets.
import { guardedFetch } from "@sightline/platform/guarded-fetch"

/** A fetch that checks every address it connects to, redirects included. */
export const publicFetch = (allowPrivate: boolean) => guardedFetch({ allowPrivate })
