/** `#download` of Node, Bun and Deno: checks every address and every redirect before it connects. */
import { guardedFetch, GuardedFetchError } from "@sightline/platform/guarded-fetch"
import type { DownloadFetch } from "./download-fetch.ts"

export const downloadFetch: DownloadFetch = {
  open: ({ allowPrivate = false }) => guardedFetch({ allowPrivate }),
  // its messages name the host at most
  describe: (cause) => {
    if (!(cause instanceof GuardedFetchError)) return undefined
    const advice =
      cause.reason === "refused" ? "; sightline(connection, { downloads: { allowPrivate: true } }) allows it" : ""
    return cause.message + advice
  }
}
