/** Which addresses media may be downloaded from, by those steps that need their pixels here. */
import * as Context from "effect/Context"

/** How media are downloaded. */
export interface DownloadOptions {
  /**
   * Whether addresses that are not public may be reached: all, none, or those of the URLs that the function accepts. It is
   * asked again for every redirect. Browsers and workers decide themselves, and ignore it.
   *
   * @default false
   */
  readonly allowPrivate?: boolean | ((url: URL) => boolean)
}

/** The options of the app whose chain runs. */
export const Downloads: Context.Reference<DownloadOptions> = Context.Reference("@sightline/core/Downloads", {
  defaultValue: () => ({})
})
