/** Media: what goes in, and where its bytes are. This file: the `fetch` that downloads go through. */
import type { DownloadOptions } from "./download-options.ts"

/** What `#download` provides: a `fetch` for addresses that a stranger may have given. */
export interface DownloadFetch {
  readonly open: (options: DownloadOptions) => typeof globalThis.fetch
  /** The problem in what the fetch threw, if it can be shown. */
  readonly describe: (cause: unknown) => string | undefined
}
