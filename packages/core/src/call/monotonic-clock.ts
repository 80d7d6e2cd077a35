/** Time for waits and durations: a clock that never goes back, whatever happens to the wall clock. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Milliseconds since some moment; only differences mean anything. */
export const monotonicMsUnsafe = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6

/** Milliseconds since some moment; only differences mean anything. */
export const monotonicMs: Effect.Effect<number> = Effect.withFiber((fiber) =>
  Effect.succeed(monotonicMsUnsafe(fiber.getRef(Clock.Clock)))
)
