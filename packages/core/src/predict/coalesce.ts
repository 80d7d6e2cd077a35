/**
 * Merges single predictions that are asked for within one turn of the event loop into the same calls.
 * Each caller gets its own answer; one that gives up leaves the others standing.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { Deadline, never } from "../call/deadline.ts"
import type { CallInput, InputResult } from "./batch.ts"
import type { Endpoint } from "./endpoint.ts"

interface Waiting {
  readonly input: CallInput
  readonly resume: (settled: Effect.Effect<InputResult>) => void
  /** The group's fiber once it runs, so that the last caller to give up can stop it. */
  group: Group | undefined
  gone: boolean
}

interface Group {
  readonly members: ReadonlyArray<Waiting>
  fiber: Fiber.Fiber<void> | undefined
}

interface Queue {
  readonly endpoint: Endpoint
  readonly context: Context.Context<never>
  readonly waiting: Array<Waiting>
}

/** How groups are cut and sent. */
export interface CoalesceOptions {
  /** True when the input still fits into a group of that fill. */
  readonly fits: (
    endpoint: Endpoint,
    fill: { readonly items: number; readonly bytes: number },
    bytes: number
  ) => boolean
  readonly send: (endpoint: Endpoint, inputs: ReadonlyArray<CallInput>) => Effect.Effect<ReadonlyArray<InputResult>>
  /** Runs an effect in the background. */
  readonly fork: (effect: Effect.Effect<void>, context: Context.Context<never>) => Fiber.Fiber<void>
  /** Most calls in flight. */
  readonly concurrency: number
}

/** Predicts for one input, sharing a call with those asked for in the same turn. */
export type Coalesce = (endpoint: Endpoint, input: CallInput) => Effect.Effect<InputResult>

const host = globalThis as { readonly setImmediate?: (f: () => void) => unknown }

/** Runs `f` after what is due in this turn of the event loop. */
const afterThisTurn = (f: () => void): void => {
  if (host.setImmediate === undefined) setTimeout(f, 0)
  else host.setImmediate(f)
}

/** A dispatcher for one app. */
export const makeCoalesce = ({ concurrency, fits, fork, send }: CoalesceOptions): Coalesce => {
  const queues = new Map<string, Queue>()
  const due: Array<() => void> = []
  let inFlight = 0
  let starting = false

  const next = () => (inFlight < concurrency ? due.shift() : undefined)
  /** Starts what is due, in its order, as long as there is room. A group that ends at once makes room for the next. */
  const startDue = (): void => {
    if (starting) return // one within another would exhaust the stack
    starting = true
    try {
      for (let begin = next(); begin !== undefined; begin = next()) begin()
    } finally {
      starting = false
    }
  }

  const start = (queue: Queue, asked: ReadonlyArray<Waiting>): void => {
    const members = asked.filter((member) => !member.gone)
    if (members.length === 0) return
    inFlight++
    const group: Group = { members, fiber: undefined }
    for (const member of members) member.group = group
    const sent = Effect.suspend(() =>
      send(
        queue.endpoint,
        members.map((member) => member.input)
      )
    )
    // those who share a call do not share the first one's deadline; each has its own around all this
    const work = Effect.provideService(sent, Deadline, never)
    const told = Effect.onExit(work, (exit) =>
      Effect.sync(() => {
        inFlight--
        members.forEach((member, i) => {
          if (member.gone) return
          if (Exit.isFailure(exit)) return member.resume(Effect.failCause(exit.cause))
          const settlement = exit.value[i]
          if (settlement !== undefined) member.resume(Effect.succeed(settlement))
        })
        startDue()
      })
    )
    group.fiber = fork(Effect.asVoid(Effect.exit(told)), queue.context)
  }

  const flush = (key: string): void => {
    const queue = queues.get(key)
    if (queue === undefined) return
    queues.delete(key)
    let members: Array<Waiting> = []
    let bytes = 0
    for (const waiting of queue.waiting) {
      if (waiting.gone) continue
      const size = waiting.input.encoded.sizeBytes
      if (!fits(queue.endpoint, { items: members.length, bytes }, size)) {
        const full = members
        due.push(() => start(queue, full))
        members = []
        bytes = 0
      }
      members.push(waiting)
      bytes += size
    }
    const last = members
    due.push(() => start(queue, last))
    startDue()
  }

  return (endpoint, input) =>
    Effect.flatMap(Effect.context(), (context) =>
      Effect.callback<InputResult>((resume) => {
        const waiting: Waiting = {
          input,
          resume,
          group: undefined,
          gone: false
        }
        const queue = queues.get(endpoint.key)
        if (queue === undefined) {
          queues.set(endpoint.key, { endpoint, context, waiting: [waiting] })
          afterThisTurn(() => flush(endpoint.key))
        } else queue.waiting.push(waiting)
        return Effect.suspend(() => {
          waiting.gone = true
          const { group } = waiting
          return group?.fiber !== undefined && group.members.every((member) => member.gone)
            ? Effect.asVoid(Fiber.interrupt(group.fiber))
            : Effect.void
        })
      })
    )
}
