// A world of its own: a clock that moves only when nothing else can, and a scheduler that picks fibers by a seed.
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Scheduler from "effect/Scheduler"
import { setImmediate as turn } from "node:timers/promises"

/** Numbers in 0..1 from a seed (mulberry32). */
export const randomFrom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}

/** Turns of the event loop in which promises of the HTTP client settle. */
const turnsForPromises = 8

/** Steps after which a schedule is taken for endless. */
const mostSteps = 200_000

interface Timer {
  readonly atMs: number
  readonly order: number
  readonly ring: () => void
}

/** The world of one schedule. */
export class World {
  readonly random: () => number
  /** What happened, for comparing two runs. */
  readonly trace: Array<string> = []
  /** How far the wall clock is off, in milliseconds. */
  wallOffsetMs = 0
  #nowMs = 1_000_000
  #tasks: Array<() => void> = []
  #timers: Array<Timer> = []
  #timersMade = 0
  #awaitsPromises = false

  constructor(seed: number) {
    this.random = randomFrom(seed)
  }

  /** Milliseconds since the start. */
  get nowMs(): number {
    return this.#nowMs - 1_000_000
  }

  /** Calls `ring` after a time. Returns how to cancel it. */
  after(ms: number, ring: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, order: this.#timersMade++, ring }
    this.#timers.push(timer)
    return () => void (this.#timers = this.#timers.filter((each) => each !== timer))
  }

  /** The same as a promise, which settles before time goes on. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) =>
      this.after(ms, () => {
        this.awaitPromises()
        resolve()
      })
    )
  }

  /** Lets promises settle before time goes on. */
  awaitPromises(): void {
    this.#awaitsPromises = true
  }

  get #clock(): Clock.Clock {
    const wallMs = () => this.#nowMs + this.wallOffsetMs
    const nanos = (ms: number) => BigInt(Math.round(ms * 1e6))
    return {
      currentTimeMillisUnsafe: wallMs,
      currentTimeMillis: Effect.sync(wallMs),
      currentTimeNanosUnsafe: () => nanos(wallMs()),
      currentTimeNanos: Effect.sync(() => nanos(wallMs())),
      monotonicTimeNanosUnsafe: () => nanos(this.#nowMs),
      monotonicTimeNanos: Effect.sync(() => nanos(this.#nowMs)),
      sleep: (duration) =>
        Effect.callback<void>((resume) => {
          const cancel = this.after(Duration.toMillis(duration), () => resume(Effect.void))
          return Effect.sync(cancel)
        })
    }
  }

  get #scheduler(): Scheduler.Scheduler {
    return {
      executionMode: "async",
      shouldYield: (fiber) => fiber.currentOpCount > 2048 || this.random() < 0.01,
      makeDispatcher: () => ({
        scheduleTask: (task) => void this.#tasks.push(task),
        flush: () => {
          while (this.#tasks.length > 0) this.#tasks.shift()?.()
        }
      })
    }
  }

  /** Starts an effect in this world. */
  fork<A, E>(effect: Effect.Effect<A, E>, onExit: (exit: Exit.Exit<A, E>) => void = () => {}): void {
    const context = Context.make(Clock.Clock, this.#clock).pipe(Context.add(Scheduler.Scheduler, this.#scheduler))
    Effect.runForkWith(context)(effect).addObserver(onExit)
  }

  /** Runs an effect to its end. */
  async result<A, E>(effect: Effect.Effect<A, E>): Promise<A> {
    const ended: Array<Exit.Exit<A, E>> = []
    this.fork(effect, (exit) => void ended.push(exit))
    await this.drive(() => ended.length > 0)
    const [exit] = ended
    if (exit?._tag === "Success") return exit.value
    throw new Error(`failed: ${String(exit?.cause)}`)
  }

  /** Goes on until `isDone`. Throws for a schedule that stands still or does not end. */
  async drive(isDone: () => boolean): Promise<void> {
    for (let step = 0; step < mostSteps; step++) {
      if (isDone()) return
      if (this.#tasks.length > 0) {
        const [task] = this.#tasks.splice(Math.floor(this.random() * this.#tasks.length), 1)
        task?.()
        continue
      }
      if (this.#awaitsPromises) {
        this.#awaitsPromises = false
        for (let i = 0; i < turnsForPromises; i++) await turn()
        continue
      }
      const next = this.#timers.reduce<Timer | undefined>(
        (first, timer) =>
          first === undefined || timer.atMs < first.atMs || (timer.atMs === first.atMs && timer.order < first.order)
            ? timer
            : first,
        undefined
      )
      if (next === undefined) throw new Error("nothing is left to happen, and the schedule is not done")
      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.ring()
    }
    throw new Error("the schedule does not end")
  }
}
