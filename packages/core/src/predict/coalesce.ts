/**
 * Merges single predictions that are asked for within one turn of the event loop into the same calls.
 * Each caller gets its own answer; one that gives up leaves the others standing.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { Deadline, never } from "../call/deadline.ts"
import type { Entry, Settlement } from "./batch.ts"
import type { Target } from "./endpoint.ts"

interface Waiting {
  readonly entry: Entry
  readonly resume: (settled: Effect.Effect<Settlement>) => void
  /** The group's fiber once it runs, so that the last caller to give up can stop it. */
  group: Group | undefined
  gone: boolean
}

interface Group {
  readonly members: ReadonlyArray<Waiting>
  fiber: Fiber.Fiber<void> | undefined
}

interface Lane {
  readonly target: Target
  readonly context: Context.Context<never>
  readonly waiting: Array<Waiting>
}

/** How groups are cut and sent. */
export interface DispatchOptions {
  /** True when the entry still fits into a group of that fill. */
  readonly fits: (target: Target, fill: { readonly items: number; readonly bytes: number }, bytes: number) => boolean
  readonly send: (target: Target, entries: ReadonlyArray<Entry>) => Effect.Effect<ReadonlyArray<Settlement>>
  /** Runs an effect in the background. */
  readonly fork: (effect: Effect.Effect<void>, context: Context.Context<never>) => Fiber.Fiber<void>
  /** Most calls in flight. */
  readonly concurrency: number
}

/** Predicts for one input, sharing a call with those asked for in the same turn. */
export type Dispatch = (target: Target, entry: Entry) => Effect.Effect<Settlement>

const host = globalThis as { readonly setImmediate?: (f: () => void) => unknown }

/** Runs `f` after what is due in this turn of the event loop. */
const afterThisTurn = (f: () => void): void => {
  if (host.setImmediate === undefined) setTimeout(f, 0)
  else host.setImmediate(f)
}

/** A dispatcher for one app. */
export const makeDispatch = ({ concurrency, fits, fork, send }: DispatchOptions): Dispatch => {
  const lanes = new Map<string, Lane>()
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

  const start = (lane: Lane, asked: ReadonlyArray<Waiting>): void => {
    const members = asked.filter((member) => !member.gone)
    if (members.length === 0) return
    inFlight++
    const group: Group = { members, fiber: undefined }
    for (const member of members) member.group = group
    const sent = Effect.suspend(() =>
      send(
        lane.target,
        members.map((member) => member.entry)
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
    group.fiber = fork(Effect.asVoid(Effect.exit(told)), lane.context)
  }

  const flush = (key: string): void => {
    const lane = lanes.get(key)
    if (lane === undefined) return
    lanes.delete(key)
    let members: Array<Waiting> = []
    let bytes = 0
    for (const waiting of lane.waiting) {
      if (waiting.gone) continue
      const size = waiting.entry.encoded.sizeBytes
      if (!fits(lane.target, { items: members.length, bytes }, size)) {
        const full = members
        due.push(() => start(lane, full))
        members = []
        bytes = 0
      }
      members.push(waiting)
      bytes += size
    }
    const last = members
    due.push(() => start(lane, last))
    startDue()
  }

  return (target, entry) =>
    Effect.flatMap(Effect.context(), (context) =>
      Effect.callback<Settlement>((resume) => {
        const waiting: Waiting = {
          entry,
          resume,
          group: undefined,
          gone: false
        }
        const lane = lanes.get(target.key)
        if (lane === undefined) {
          lanes.set(target.key, { target, context, waiting: [waiting] })
          afterThisTurn(() => flush(target.key))
        } else lane.waiting.push(waiting)
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
