/** `#download` of browsers and workers, where the runtime decides which addresses can be reached. */
import type { DownloadFetch } from "./download-fetch.ts"

export const downloadFetch: DownloadFetch = {
  open: () => (input, init) => globalThis.fetch(input, init),
  describe: () => undefined
}
