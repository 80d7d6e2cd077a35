/** A worker: leases units, runs them, and reports itself. An Effect, so that tests own its time. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { LedgerUnavailable } from "../errors.ts"
import type { Delivery, UnitFeed } from "../executors/unit-feed.ts"
import type { Ledger, Lease } from "../ledger/ledger.ts"
import type { JobApp } from "./job-app.ts"
import { type JobChains, jobChains } from "./job-chains.ts"
import { joinWorkers, type Membership } from "./membership.ts"
import { persist } from "./persist.ts"
import { runUnit } from "./run-unit.ts"
import { type JobTelemetry, jobTelemetry } from "./telemetry.ts"

/** How a worker works. */
export interface WorkerSettings {
  readonly ledger: Ledger
  /** What brings units; without one, the ledger is asked for the next. */
  readonly feed?: UnitFeed
  readonly app: JobApp
  /** Units at once. */
  readonly concurrency: number
  /** After so long without a report a worker is taken for dead, in milliseconds. */
  readonly leaseMs: number
  /** The longest pause before the ledger is asked for work again, in milliseconds. */
  readonly pollMs: number
  /** True to end when nothing is left to do. */
  readonly untilIdle: boolean
  readonly newId: () => string
  /** True once the worker is to end: it starts no further unit. */
  readonly isStopping: () => boolean
  readonly onProblem: (job: string, error: unknown) => void
}

interface Slot {
  readonly number: number
  /** True after a claim whose answer was lost: the ledger may have leased a unit to this slot. */
  isUncertain: boolean
  /** What the queue delivered for the unit that is claimed or run. */
  delivery: Delivery | undefined
}

const firstPauseMs = 20

/** The pause from which on the ledger is asked for a unit although there is a queue: it may have lost a message. */
const quietMs = 320

class Worker {
  readonly #settings: WorkerSettings
  readonly #members: Membership
  readonly #jobs: JobChains
  readonly #telemetry: JobTelemetry

  constructor(settings: WorkerSettings, members: Membership) {
    this.#settings = settings
    this.#members = members
    this.#jobs = jobChains(settings.ledger, settings.app, settings.onProblem)
    this.#telemetry = jobTelemetry(settings.app)
  }

  /** The next unit of any job that this worker can run. */
  #claimAny(slot: Slot, pauseMs: number): Effect.Effect<Lease | undefined, LedgerUnavailable> {
    const { feed, ledger } = this.#settings
    if (feed === undefined) return Effect.flatMap(ledger.running, (running) => this.#claimOf(slot, running))
    return Effect.flatMap(this.#claimDelivered(slot, feed), (delivered) => {
      if (delivered !== undefined) return Effect.succeed(delivered)
      return Effect.flatMap(this.#listen(feed), (jobs) =>
        pauseMs < quietMs
          ? Effect.succeed(undefined)
          : Effect.tap(this.#claimOf(slot, jobs), (found) =>
              found === undefined ? Effect.void : feed.refill(found.job)
            )
      )
    })
  }

  /** Listens to the running jobs that this worker can run, and returns them. */
  #listen(feed: UnitFeed): Effect.Effect<ReadonlyArray<string>, LedgerUnavailable> {
    return Effect.tap(
      Effect.flatMap(this.#settings.ledger.running, (running) =>
        Effect.filter(running, (job) => Effect.map(this.#jobs.get(job), (form) => form !== undefined))
      ),
      (jobs) => Effect.sync(() => feed.listen(jobs))
    )
  }

  #claimOf(slot: Slot, [job, ...others]: ReadonlyArray<string>): Effect.Effect<Lease | undefined, LedgerUnavailable> {
    if (job === undefined) return Effect.succeed(undefined)
    return Effect.flatMap(this.#jobs.get(job), (form) =>
      form === undefined
        ? this.#claimOf(slot, others)
        : Effect.flatMap(this.#settings.ledger.claim(this.#members.id(), slot.number, job), (lease) =>
            lease === undefined ? this.#claimOf(slot, others) : Effect.succeed(lease)
          )
    )
  }

  /** The next delivered unit that can still be leased. */
  #claimDelivered(slot: Slot, feed: UnitFeed): Effect.Effect<Lease | undefined, LedgerUnavailable> {
    return Effect.suspend(() => {
      const delivery = (slot.delivery ??= feed.next())
      if (delivery === undefined) return Effect.succeed(undefined)
      const { job, unit } = delivery
      return Effect.flatMap(this.#settings.ledger.claim(this.#members.id(), slot.number, job, unit), (lease) => {
        if (lease !== undefined) return Effect.succeed(lease)
        this.#endDelivery(slot)
        return this.#claimDelivered(slot, feed)
      })
    })
  }

  #endDelivery(slot: Slot): void {
    slot.delivery?.done()
    slot.delivery = undefined
  }

  /** A claim. One that fails may have leased a unit all the same, which the next one finds. */
  #claim(
    slot: Slot,
    claim: Effect.Effect<Lease | undefined, LedgerUnavailable>
  ): Effect.Effect<Lease | undefined, LedgerUnavailable> {
    const recovered = slot.isUncertain
      ? this.#settings.ledger.recover(this.#members.id(), slot.number)
      : Effect.succeed(undefined)
    return Effect.suspend(() =>
      Effect.onExit(
        Effect.flatMap(recovered, (lease) => {
          slot.isUncertain = true
          return lease === undefined ? claim : Effect.succeed(lease)
        }),
        (exit) =>
          Effect.sync(() => {
            if (exit._tag === "Success") slot.isUncertain = false
          })
      )
    )
  }

  #run(lease: Lease): Effect.Effect<void> {
    const { app, ledger } = this.#settings
    return Effect.flatMap(persist(this.#jobs.get(lease.job)), (form) =>
      form === undefined
        ? persist(ledger.release(lease))
        : runUnit({ ledger, app, form, lease, telemetry: this.#telemetry })
    )
  }

  #runDelivered(slot: Slot, lease: Lease): Effect.Effect<void> {
    return Effect.ensuring(
      this.#run(lease),
      Effect.sync(() => this.#endDelivery(slot))
    )
  }

  /** True if no job has anything to do that this worker could do, now or when another worker fails. */
  get #isIdle(): Effect.Effect<boolean, LedgerUnavailable> {
    return Effect.map(this.#settings.ledger.list, (jobs) =>
      jobs.every(({ id, openUnits, state }) => state !== "running" || openUnits === 0 || this.#jobs.problems.has(id))
    )
  }

  /** Leases and runs units until the worker is to end. */
  #slot(number: number): Effect.Effect<void> {
    const { feed, isStopping, pollMs, untilIdle } = this.#settings
    const pause = (ms: number) => feed?.wait(ms) ?? Effect.sleep(ms)
    const slot: Slot = { number, isUncertain: false, delivery: undefined }
    const next = (pauseMs: number): Effect.Effect<void> =>
      Effect.suspend(() => {
        if (isStopping()) return Effect.void
        return Effect.flatMap(
          persist(Effect.suspend(() => this.#claim(slot, this.#claimAny(slot, pauseMs)))),
          (lease) => {
            if (lease !== undefined) return Effect.andThen(this.#runDelivered(slot, lease), next(firstPauseMs))
            const rest = Effect.andThen(pause(pauseMs), next(Math.min(pollMs, pauseMs * 2)))
            return untilIdle ? Effect.flatMap(persist(this.#isIdle), (idle) => (idle ? Effect.void : rest)) : rest
          }
        )
      })
    return Effect.ensuring(
      next(firstPauseMs),
      Effect.sync(() => this.#endDelivery(slot))
    )
  }

  /** Reports itself several times in the time after which it would be taken for dead. */
  get heartbeat(): Effect.Effect<never> {
    const { feed, leaseMs } = this.#settings
    // slots that are always busy do not ask which jobs run
    const listen = feed === undefined ? Effect.void : Effect.ignore(Effect.suspend(() => this.#listen(feed)))
    return Effect.forever(
      Effect.andThen(Effect.ignore(this.#members.beat), Effect.andThen(listen, Effect.sleep(leaseMs / 5)))
    )
  }

  get work(): Effect.Effect<void> {
    const { concurrency, feed, ledger } = this.#settings
    const slots = Array.from({ length: concurrency }, (_, number) => this.#slot(number))
    return Effect.gen({ self: this }, function* () {
      const heart = yield* Effect.forkChild(this.heartbeat)
      yield* Effect.ensuring(
        Effect.all(slots, { concurrency: "unbounded", discard: true }), // as many as the concurrency
        Effect.andThen(
          Fiber.interrupt(heart),
          Effect.ignore(Effect.suspend(() => ledger.leave(this.#members.id())))
        ).pipe(Effect.andThen(feed?.close ?? Effect.void))
      )
      const [problem] = this.#jobs.problems.values()
      if (this.#settings.untilIdle && problem !== undefined) yield* Effect.die(problem)
    })
  }
}

/** Works until it is to end, or with `untilIdle` until nothing is left. Dies with why it could not run a job. */
export const workerProgram = (settings: WorkerSettings): Effect.Effect<void, LedgerUnavailable> =>
  Effect.flatMap(
    joinWorkers(settings.ledger, settings.newId, settings.leaseMs),
    (members) => new Worker(settings, members).work
  )
