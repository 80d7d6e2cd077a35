/** Waiting for the service: polls that back off, follow the service's own estimate, end at a deadline, and at an unknown state at once. */
import { type CallError, type Wire } from "@sightline/core/plugin"
import { resourcesOf } from "@sightline/core/resources"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { TrainingDeadline, type TrainingError, trainingError } from "./errors.ts"
import { readVersion, type Standing } from "./service.ts"

/** When a wait ends in any case. */
export interface Deadline {
  readonly model: string
  /** The time it ends, in milliseconds since the epoch. */
  readonly atMs: number
  readonly timeoutMs: number
}

const first = 200
const longest = 15_000

/** The next wait: half as long again as the last, or a quarter of what the service thinks is left. */
export const nextWaitMs = (lastMs: number, secondsLeft: number | undefined): number =>
  Math.round(
    secondsLeft === undefined || secondsLeft <= 0
      ? Math.min(longest, lastMs * 1.5)
      : Math.min(2 * longest, Math.max(first, secondsLeft * 250))
  )

/** Polls until `done` gives a value, then gives that. */
const poll = <S, A, E>(
  deadline: Deadline,
  read: Effect.Effect<S, E>,
  done: (state: S) => Effect.Effect<A | undefined, E>,
  describe: (state: S) => { readonly state: string; readonly secondsLeft: number | undefined }
): Effect.Effect<A, E | TrainingDeadline> =>
  Effect.gen(function* () {
    for (let waitMs = first; ;) {
      const state = yield* read
      const value = yield* done(state)
      if (value !== undefined) return value
      const { secondsLeft, state: where } = describe(state)
      const left = deadline.atMs - (yield* Clock.currentTimeMillis)
      if (left <= 0)
        return yield* new TrainingDeadline({ model: deadline.model, state: where, timeoutMs: deadline.timeoutMs })
      yield* Effect.sleep(Math.min(waitMs, left))
      waitMs = nextWaitMs(waitMs, secondsLeft)
    }
  })

/** Waits until the service has looked at all inputs of the app. Gives how many it could not use. */
export const waitForInputs = (
  wire: Wire,
  deadline: Deadline,
  progress: (waiting: number) => void
): Effect.Effect<number, CallError | TrainingDeadline> =>
  poll(
    deadline,
    resourcesOf(wire).inputs.counts().asEffect(),
    ({ failed, processing, waiting }) => {
      progress(waiting + processing)
      return Effect.succeed(waiting + processing === 0 ? failed : undefined)
    },
    ({ processing, waiting }) => ({ state: `${waiting + processing} inputs not processed`, secondsLeft: undefined })
  )

/** The states that change by themselves: queued, training, uploading, building. */
const pending = new Set([21101, 21103, 21104, 21107])
/** Trained; whether it is deployed at the moment does not matter here. */
const trained = new Set([21100, 21352, 21353])

/** Waits until a version is trained. Any state that is neither that nor known to pass ends the wait with its error. */
export const waitForVersion = (
  wire: Wire,
  version: string,
  deadline: Deadline,
  progress: (standing: Standing) => void
): Effect.Effect<Standing, CallError | TrainingError | TrainingDeadline> =>
  poll(
    deadline,
    readVersion(wire, deadline.model, version) as Effect.Effect<Standing, CallError | TrainingError>,
    (standing) => {
      progress(standing)
      if (trained.has(standing.code)) return Effect.succeed(standing)
      if (pending.has(standing.code)) return Effect.succeed(undefined)
      const { code, details } = standing
      return Effect.fail(
        trainingError({ model: deadline.model, version, code, ...(details === undefined ? {} : { details }) })
      )
    },
    ({ code, secondsLeft }) => ({ state: code === 21103 ? "queued" : "training", secondsLeft })
  )
