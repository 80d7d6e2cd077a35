/** The app of a worker: what job chains are read with. */
import type { AppTelemetry, fromPortable } from "@sightline/core/portable"

/** An app with any plugins. */
export type JobApp = Parameters<typeof fromPortable>[0] & {
  /** Where its spans and metrics go. */
  readonly "~sightline/telemetry": AppTelemetry
}
