/**
 * Folder `download`: downloads of the pictures of URL inputs, guarded against private addresses. This file: what `#download-
 * fetch` provides: a `fetch` for addresses that a stranger may have given.
 */

/** Which addresses that are not public may be reached: all, none, or those of the URLs that the function accepts. */
export type AllowPrivate = boolean | ((url: URL) => boolean)

/** Makes the `fetch`. Its `describe` returns a problem that can be shown, or undefined for an error that cannot. */
export interface DownloadFetch {
  readonly open: (allowPrivate: AllowPrivate) => typeof globalThis.fetch
  readonly describe: (cause: unknown) => string | undefined
}
