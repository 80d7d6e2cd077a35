/** Waiting for the service: polls that back off, follow the service's own estimate, and end at an unknown state at once. */
import { type CallError, resourcesOf, type Wire } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import { trainingError, type TrainingError, VersionDeleted } from "./errors.ts"
import { readVersion, type Standing } from "./service.ts"

const first = 100
const longest = 15_000

/** The next wait in milliseconds: half as long again as the last, or a quarter of what the service thinks is left. */
export const nextWaitMs = (lastMs: number, secondsLeft: number | undefined): number =>
  Math.round(
    secondsLeft === undefined || secondsLeft <= 0
      ? Math.min(longest, lastMs * 1.5)
      : Math.min(2 * longest, Math.max(first, secondsLeft * 250))
  )

/** Polls in a row that may fail for now, each after all the repeats of a call: reading changes nothing. */
const patience = 5

/** Polls until `done` gives a value, then gives that. Its deadline is that of the whole training. */
const poll = <S, A, E>(
  read: Effect.Effect<S, CallError>,
  done: (state: S) => Effect.Effect<A | undefined, E>,
  secondsLeft: (state: S) => number | undefined
): Effect.Effect<A, E | CallError> =>
  Effect.gen(function* () {
    let failures = 0
    for (let waitMs = first; ;) {
      const state = yield* Effect.result(read)
      if (state._tag === "Failure") {
        if (!state.failure.retryable || ++failures >= patience) return yield* state.failure
        waitMs = nextWaitMs(waitMs, undefined)
      } else {
        failures = 0
        const value = yield* done(state.success)
        if (value !== undefined) return value
      }
      yield* Effect.sleep(waitMs)
      waitMs = nextWaitMs(waitMs, state._tag === "Failure" ? undefined : secondsLeft(state.success))
    }
  })

/** Waits until the service has looked at all inputs of the app. Gives how many it could not use. */
export const waitForInputs = (wire: Wire, progress: (waiting: number) => void): Effect.Effect<number, CallError> =>
  poll(
    resourcesOf(wire).inputs.counts().asEffect(),
    ({ failed, processing, waiting }) => {
      progress(waiting + processing)
      return Effect.succeed(waiting + processing === 0 ? failed : undefined)
    },
    () => undefined
  )

/** The states that change by themselves: queued, training, uploading, building. */
const pending = new Set([21101, 21103, 21104, 21107])
/** Trained; whether it is deployed at the moment does not matter here. */
const trained = new Set([21100, 21352, 21353])

/** Whether a version in this state can be predicted with. */
export const isTrained = ({ code }: Pick<Standing, "code">): boolean => trained.has(code)

/** Waits until a version is trained. Any state that is neither that nor known to pass ends the wait with its error. */
export const waitForVersion = (
  wire: Wire,
  model: string,
  version: string,
  progress: (standing: Standing) => void
): Effect.Effect<Standing, CallError | TrainingError | VersionDeleted> =>
  poll(
    readVersion(wire, model, version),
    (standing): Effect.Effect<Standing | undefined, TrainingError> => {
      progress(standing)
      if (isTrained(standing)) return Effect.succeed(standing)
      if (pending.has(standing.code)) return Effect.succeed(undefined)
      const { code, details } = standing
      return Effect.fail(trainingError({ model, version, code, ...(details === undefined ? {} : { details }) }))
    },
    ({ secondsLeft }) => secondsLeft
  ).pipe(Effect.catchTag("NotFound", () => Effect.fail(new VersionDeleted({ model, version }))))
