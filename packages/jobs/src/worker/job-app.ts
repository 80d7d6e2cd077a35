/** The app of a worker: what job chains are read with. */
import type { fromPortable } from "@sightline/core/portable"
import { ledgerPlugin } from "./current-unit.ts"

type PortableApp = Parameters<typeof fromPortable>[0]

/** An app with any plugins. */
export interface JobApp extends PortableApp {
  readonly use: (plugin: never) => unknown
}

/** The app whose calls ask the ledger. */
export const withLedger = (app: JobApp): JobApp => app.use(ledgerPlugin as never) as JobApp // the same app, with one plugin more
