/** The memory of request bodies: taken as bytes arrive, shared by all requests, given back when a request ends. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Settings } from "../settings.ts"

/** The memory of one request. */
export interface BodyLease {
  /** Takes memory for bytes that arrived; waits until there is room. Rejects if the request is evicted. */
  readonly take: (bytes: number) => Promise<void>
  /** Called once the whole body has arrived: it is no longer evicted for being slow. */
  readonly complete: () => void
  /** Rejects when the request is evicted. */
  readonly evicted: Promise<never>
}

/** A request was ended because its body arrived slowly while others waited for its memory. */
export class BodyEvicted extends Error {
  constructor() {
    super("the request body arrived too slowly while other requests waited")
    this.name = "BodyEvicted"
  }
}

/** How often slow requests are looked for while others wait, and how much a request must have sent since. */
const checkMs = 1000
const minProgressBytes = 16 * 1024
/** A request that made no progress at so many checks in a row is evicted. */
const maxStalledChecks = 2

interface Entry {
  held: number
  progress: number
  stalled: number
  reading: boolean
  readonly evict: () => void
}

interface Waiter {
  readonly entry: Entry
  readonly bytes: number
  readonly resume: () => void
}

/**
 * Shares `limit` bytes among requests. The oldest request that still reads may exceed the limit, so that requests which
 * wait for each other cannot block; a request that is idle while others wait is evicted.
 */
export const makeBodyBudget = (limit: number) => {
  const entries = new Set<Entry>() // oldest first
  const waiters: Array<Waiter> = []
  let used = 0
  let timer: ReturnType<typeof setInterval> | undefined

  const oldestReading = (): Entry | undefined => {
    for (const entry of entries) if (entry.reading) return entry
    return undefined
  }
  const fits = (entry: Entry, bytes: number): boolean => used + bytes <= limit || entry === oldestReading()
  const grant = (entry: Entry, bytes: number): void => {
    used += bytes
    entry.held += bytes
    entry.progress += bytes
  }
  const resumeWaiters = (): void => {
    for (let at = 0; at < waiters.length;) {
      const waiter = waiters[at]
      if (waiter === undefined || !fits(waiter.entry, waiter.bytes)) {
        at++
        continue
      }
      waiters.splice(at, 1)
      grant(waiter.entry, waiter.bytes)
      waiter.resume()
    }
    if (waiters.length === 0 && timer !== undefined) {
      clearInterval(timer)
      timer = undefined
    }
  }
  const evictStalled = (): void => {
    const waiting = new Set(waiters.map(({ entry }) => entry))
    for (const entry of entries) {
      const stalled = entry.reading && !waiting.has(entry) && entry.progress < minProgressBytes
      entry.stalled = stalled ? entry.stalled + 1 : 0
      entry.progress = 0
      if (entry.stalled >= maxStalledChecks) entry.evict()
    }
  }
  const wait = (entry: Entry, bytes: number): Promise<void> =>
    new Promise((resume) => {
      waiters.push({ entry, bytes, resume })
      if (timer !== undefined) return
      for (const other of entries) [other.progress, other.stalled] = [0, 0]
      timer = setInterval(evictStalled, checkMs)
      timer.unref()
    })

  return {
    /** Bytes in memory, for tests. */
    used: () => used,
    open: (): { readonly lease: BodyLease; readonly close: () => void } => {
      const eviction = Promise.withResolvers<never>()
      eviction.promise.catch(() => {}) // it may have no listener
      const entry: Entry = {
        held: 0,
        progress: 0,
        stalled: 0,
        reading: true,
        evict: () => eviction.reject(new BodyEvicted())
      }
      entries.add(entry)
      return {
        lease: {
          evicted: eviction.promise,
          take: async (bytes) => {
            if (fits(entry, bytes)) return grant(entry, bytes)
            await Promise.race([wait(entry, bytes), eviction.promise])
          },
          complete: () => {
            entry.reading = false
            resumeWaiters()
          }
        },
        close: () => {
          entries.delete(entry)
          for (let at = waiters.length - 1; at >= 0; at--) if (waiters[at]?.entry === entry) waiters.splice(at, 1)
          used -= entry.held
          resumeWaiters()
        }
      }
    }
  }
}

/** The budget of an engine. */
export class BodyBudget extends Context.Service<
  BodyBudget,
  { readonly lease: Effect.Effect<BodyLease, never, Scope.Scope> }
>()("@sightline/engine/BodyBudget") {
  static readonly layer: Layer.Layer<BodyBudget, never, Settings> = Layer.effect(
    BodyBudget,
    Effect.map(Settings, ({ limits }) => {
      const budget = makeBodyBudget(limits.openBodyBytes)
      const acquire = Effect.acquireRelease(Effect.sync(budget.open), ({ close }) => Effect.sync(close))
      return BodyBudget.of({ lease: Effect.map(acquire, ({ lease }) => lease) })
    })
  )
}
