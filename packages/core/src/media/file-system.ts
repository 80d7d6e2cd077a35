/** The service that reads local files. The package's `#files` import decides what reads them: nothing in a browser. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import { platformFiles } from "#files"

/** What reading a file needs; replace it to read from elsewhere, such as an archive. */
export interface Files {
  /** The whole file's bytes, at most `maxBytes` of them. Fails with a line that says why not. */
  readonly read: (path: string, maxBytes?: number) => Effect.Effect<Uint8Array, string>
  /** The file's size in bytes. */
  readonly size: (path: string) => Effect.Effect<number, string>
}

/** The files that paths name; the platform's own unless replaced. */
export const Files: Context.Reference<Files> = Context.Reference("@sightline/core/Files", {
  defaultValue: () => platformFiles
})
