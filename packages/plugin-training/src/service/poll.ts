/** Waits for the service by polling: with increasing delays, by the service's own estimate where it has one. */
import { type CallError, resourcesOf, type CallRuntime } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import { VersionDeleted } from "../errors/run-errors.ts"
import { toTrainingError, type TrainingError } from "../errors/service-errors.ts"
import { isPending, isTrained, readVersion, type VersionStatus } from "./version-status.ts"

const minDelayMs = 100
const maxDelayMs = 15_000

/** The next delay in milliseconds: 1.5 times the last one, or a quarter of the time that the service says is left. */
export const nextDelayMs = (lastMs: number, secondsLeft: number | undefined): number =>
  Math.round(
    secondsLeft === undefined || secondsLeft <= 0
      ? Math.min(maxDelayMs, lastMs * 1.5)
      : Math.min(2 * maxDelayMs, Math.max(minDelayMs, secondsLeft * 250))
  )

/** How many polls in a row may fail with a retryable error, each after the connection's own retries. */
const maxFailures = 5

interface Poll<S, A, E> {
  readonly read: Effect.Effect<S, CallError>
  /** Succeeds with undefined while the state is pending. */
  readonly check: (state: S) => Effect.Effect<A | undefined, E>
  readonly secondsLeft: (state: S) => number | undefined
}

/** Polls until `check` succeeds with a value. Has no deadline: that of the run interrupts it. */
const poll = <S, A, E>({ check, read, secondsLeft }: Poll<S, A, E>): Effect.Effect<A, E | CallError> =>
  Effect.gen(function* () {
    let failures = 0
    let delayMs = minDelayMs
    for (;;) {
      const state = yield* Effect.result(read)
      if (state._tag === "Failure") {
        if (!state.failure.retryable || ++failures >= maxFailures) return yield* state.failure
        delayMs = nextDelayMs(delayMs, undefined)
      } else {
        failures = 0
        const value = yield* check(state.success)
        if (value !== undefined) return value
      }
      yield* Effect.sleep(delayMs)
      delayMs = nextDelayMs(delayMs, state._tag === "Failure" ? undefined : secondsLeft(state.success))
    }
  })

/** Waits until the service has processed all inputs of the app. Succeeds with the number that it could not process. */
export const waitForInputs = (
  wire: CallRuntime,
  onProgress: (waiting: number) => void
): Effect.Effect<number, CallError> =>
  poll({
    read: resourcesOf(wire).inputs.counts().asEffect(),
    check: ({ failed, processing, waiting }) => {
      onProgress(waiting + processing)
      return Effect.succeed(waiting + processing === 0 ? failed : undefined)
    },
    secondsLeft: () => undefined
  })

/** Waits until a version is trained. A failed or unknown status ends the wait at once with its error. */
export const waitForVersion = (
  wire: CallRuntime,
  model: string,
  version: string,
  onProgress: (status: VersionStatus) => void
): Effect.Effect<VersionStatus, CallError | TrainingError | VersionDeleted> =>
  poll({
    read: readVersion(wire, model, version),
    check: (status): Effect.Effect<VersionStatus | undefined, TrainingError> => {
      onProgress(status)
      if (isTrained(status)) return Effect.succeed(status)
      if (isPending(status)) return Effect.succeed(undefined)
      const { code, details } = status
      return Effect.fail(toTrainingError({ model, version, code, ...(details === undefined ? {} : { details }) }))
    },
    secondsLeft: (status) => status.secondsLeft
  }).pipe(Effect.catchTag("NotFound", () => Effect.fail(new VersionDeleted({ model, version }))))
