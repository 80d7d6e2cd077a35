/**
 * Merges single predictions that start within one turn of the event loop into shared calls.
 *
 * Each caller gets the result of its input. A caller that is interrupted leaves the others running; the last one
 * stops the call. Effect's `RequestResolver` does the first half, in 1.5 to 2.9 times the time, and does not stop a
 * running call: see decision 0014.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { Permit } from "../call/call-permit.ts"
import { Deadline, noDeadline } from "../call/deadline.ts"
import { afterThisTurn } from "../call/event-loop-turn.ts"
import type { InputResult } from "./batch.ts"
import { endpointKey } from "./encode-request.ts"
import type { Endpoint } from "./endpoint.ts"
import type { CallInput } from "./predict-call.ts"

/** One caller that waits for the result of its input. */
interface Caller {
  readonly input: CallInput
  readonly resume: (result: Effect.Effect<InputResult>) => void
  isGone: boolean
  /** The call that carries the input, once it runs. */
  call: SharedCall | undefined
}

interface SharedCall {
  readonly callers: ReadonlyArray<Caller>
  fiber: Fiber.Fiber<void> | undefined
}

/** The callers of one turn that may share calls. */
interface Queue {
  readonly endpoint: Endpoint
  /** The first caller's: its tracer and its services are those of the call. */
  readonly context: Context.Context<never>
  readonly callers: Array<Caller>
}

/** How calls are filled and sent. */
export interface CoalesceOptions {
  /** True when an input of `sizeBytes` still fits into a call of that size. */
  readonly fits: (
    endpoint: Endpoint,
    call: { readonly items: number; readonly bytes: number },
    sizeBytes: number
  ) => boolean
  readonly send: (endpoint: Endpoint, inputs: ReadonlyArray<CallInput>) => Effect.Effect<ReadonlyArray<InputResult>>
  /** Runs an effect in the background. */
  readonly fork: (effect: Effect.Effect<void>, context: Context.Context<never>) => Fiber.Fiber<void>
  /** Most calls in flight. */
  readonly concurrency: number
}

/** Predicts for one input, in a call that is shared with other inputs of the same turn. */
export type Coalesce = (endpoint: Endpoint, input: CallInput) => Effect.Effect<InputResult>

/** Starts tasks in order, so many at a time. A task calls `done` once. */
const makeLimiter = (concurrency: number) => {
  const tasks: Array<(done: () => void) => void> = []
  let running = 0
  let isStarting = false
  /** A task that ends at once makes room for the next: a loop, since a call inside a call would exhaust the stack. */
  const startAll = (): void => {
    if (isStarting) return
    isStarting = true
    try {
      for (let task = tasks[0]; task !== undefined && running < concurrency; task = tasks[0]) {
        tasks.shift()
        running++
        task(() => {
          running--
          startAll()
        })
      }
    } finally {
      isStarting = false
    }
  }
  return {
    add: (task: (done: () => void) => void): void => void tasks.push(task),
    startAll
  }
}

/** A function that merges predictions, for one app. */
export const makeCoalesce = ({ concurrency, fits, fork, send }: CoalesceOptions): Coalesce => {
  const queues = new Map<string, Queue>()
  const limiter = makeLimiter(concurrency)

  const start = ({ context, endpoint }: Queue, queued: ReadonlyArray<Caller>, done: () => void): void => {
    const callers = queued.filter(({ isGone }) => !isGone)
    if (callers.length === 0) return done()
    const call: SharedCall = { callers, fiber: undefined }
    for (const caller of callers) caller.call = call
    const sent = Effect.suspend(() =>
      send(
        endpoint,
        callers.map(({ input }) => input)
      )
    )
    // each caller has its deadline around its own effect; the first one's is not for all
    const answered = Effect.onExit(Effect.provideService(sent, Deadline, noDeadline), (exit) =>
      Effect.sync(() => {
        callers.forEach((caller, i) => {
          if (caller.isGone) return
          if (Exit.isFailure(exit)) return caller.resume(Effect.failCause(exit.cause))
          const result = exit.value[i]
          if (result !== undefined) caller.resume(Effect.succeed(result)) // there is one for each input
        })
        done()
      })
    )
    call.fiber = fork(Effect.asVoid(Effect.exit(answered)), context)
  }

  /** Cuts the callers of a turn into calls, in order, and starts as many as there is room for. */
  const flush = (key: string): void => {
    const queue = queues.get(key)
    if (queue === undefined) return
    queues.delete(key)
    let callers: Array<Caller> = []
    let bytes = 0
    const cut = (): void => {
      const full = callers
      limiter.add((done) => start(queue, full, done))
      callers = []
      bytes = 0
    }
    for (const caller of queue.callers) {
      if (caller.isGone) continue
      const { sizeBytes } = caller.input.encoded
      if (callers.length > 0 && !fits(queue.endpoint, { items: callers.length, bytes }, sizeBytes)) cut()
      callers.push(caller)
      bytes += sizeBytes
    }
    cut()
    limiter.startAll()
  }

  return (endpoint, input) =>
    Effect.contextWith((context: Context.Context<never>) =>
      Effect.callback<InputResult>((resume) => {
        const caller: Caller = { input, resume, isGone: false, call: undefined }
        const key = `${Context.get(context, Permit)?.name ?? ""} ${endpointKey(endpoint)}`
        const queue = queues.get(key)
        if (queue === undefined) {
          queues.set(key, { endpoint, context, callers: [caller] })
          afterThisTurn(() => flush(key))
        } else queue.callers.push(caller)
        return Effect.suspend(() => {
          caller.isGone = true
          const { call } = caller
          return call?.fiber !== undefined && call.callers.every(({ isGone }) => isGone)
            ? Effect.asVoid(Fiber.interrupt(call.fiber))
            : Effect.void
        })
      })
    )
}
