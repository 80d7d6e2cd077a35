/** The app of a worker: what job chains are read with. */
import type { OpenTelemetryMeter } from "@sightline/core"
import type { fromPortable } from "@sightline/core/portable"
import type * as Effect from "effect/Effect"
import type { Tracer } from "effect/Tracer"

/** An app with any plugins. */
export type JobApp = Parameters<typeof fromPortable>[0] & {
  /** Where its spans and metrics go. */
  readonly "~sightline/telemetry": {
    readonly tracer: Effect.Effect<Tracer> | undefined
    readonly meter: OpenTelemetryMeter | undefined
  }
}
