/** How much callers may make the engine hold at once: bodies being read and worked on, in bytes together. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { Settings } from "../settings.ts"

/** One permit. Smaller bodies count as one: they still cost their parsing. */
const unitBytes = 64 * 1024

/** The budget. A request waits until its body fits; one that is larger than all of it waits to be alone. */
export class Load extends Context.Service<
  Load,
  { readonly within: (bodyBytes: number) => <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> }
>()("@sightline/engine/Load") {
  static readonly layer: Layer.Layer<Load, never, Settings> = Layer.effect(
    Load,
    Effect.gen(function* () {
      const { limits } = yield* Settings
      const permits = Math.max(1, Math.floor(limits.openBodyBytes / unitBytes))
      const budget = yield* Semaphore.make(permits)
      return Load.of({
        within: (bodyBytes) =>
          bodyBytes === 0
            ? (work) => work
            : budget.withPermits(Math.min(permits, Math.max(1, Math.ceil(bodyBytes / unitBytes))))
      })
    })
  )
}
