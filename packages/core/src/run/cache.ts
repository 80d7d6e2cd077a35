/** Answers kept in memory: the same input through the same steps of the same chain is sent once. */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Media } from "../media/media.ts"
import { readBytes } from "../media/read-bytes.ts"
import type { CachedStep } from "./program.ts"

interface Kept {
  readonly value: unknown
  /** The time at which it is forgotten, in milliseconds. */
  readonly until: number
}

interface Memory {
  /** The first in the map is the one unused longest. */
  readonly kept: Map<string, Kept>
  /** Inputs that are being answered now; done when that ended, well or not. */
  readonly asked: Map<string, Deferred.Deferred<void>>
}

/** One memory for each `.cached()` step; it goes when the chains that hold the step go. */
const memories = new WeakMap<CachedStep, Memory>()

const memoryOf = (step: CachedStep): Memory => {
  const known = memories.get(step)
  if (known !== undefined) return known
  const memory: Memory = { kept: new Map(), asked: new Map() }
  memories.set(step, memory)
  return memory
}

const hex = (digest: ArrayBuffer): string =>
  Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** Where the pixels come from: its address, its text, or the hash of its bytes; undefined where it cannot be read. */
const contentOf = (media: Media): Effect.Effect<string | undefined> => {
  const { source } = media
  if (source.from === "url") return Effect.succeed(`url ${source.url}`)
  if (source.from === "text") return Effect.succeed(`text ${source.text}`)
  if (source.from === "parts")
    return Effect.map(Effect.forEach(source.parts, identityOf), (parts) =>
      parts.includes(undefined) ? undefined : JSON.stringify(parts)
    )
  return readBytes(media).pipe(
    Effect.flatMap(
      (bytes) => Effect.promise(() => crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)) // never shared memory here
    ),
    Effect.map((digest) => `sha256 ${hex(digest)}`),
    Effect.orElseSucceed(() => undefined)
  )
}

/** What tells one input from another: its content, and what an answer says of it beside. */
const identityOf = (value: unknown): Effect.Effect<string | undefined> =>
  value instanceof Media
    ? Effect.map(contentOf(value), (content) => {
        const { key, reference, timeMs } = value.facts
        return content === undefined ? undefined : JSON.stringify([value.kind, content, key, reference, timeMs])
      })
    : Effect.succeed(undefined)

const recall = (memory: Memory, identity: string, now: number): Kept | undefined => {
  const kept = memory.kept.get(identity)
  if (kept === undefined) return undefined
  memory.kept.delete(identity)
  if (kept.until <= now) return undefined
  memory.kept.set(identity, kept)
  return kept
}

const store = (memory: Memory, step: CachedStep, identity: string, value: unknown, now: number): void => {
  memory.kept.delete(identity)
  memory.kept.set(identity, { value, until: now + step.ttlMs })
  const oldest = memory.kept.keys().next()
  if (memory.kept.size > step.capacity && oldest.done !== true) memory.kept.delete(oldest.value)
}

/**
 * The kept answer for `value`, or that of `run`, which is then kept. Failures are not.
 *
 * Equal inputs at the same time share one run; where that one fails or is given up, the next runs for itself.
 */
export const withCache = <A, E, R>(
  step: CachedStep,
  value: unknown,
  run: () => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.flatMap(identityOf(value), (identity) => {
    if (identity === undefined) return run()
    const memory = memoryOf(step)
    const attempt: Effect.Effect<A, E, R> = Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const kept = recall(memory, identity, now)
      if (kept !== undefined) return Effect.succeed(kept.value as A) // stored below by the same step
      const asked = memory.asked.get(identity)
      if (asked !== undefined) return Effect.andThen(Deferred.await(asked), attempt)
      return Effect.uninterruptibleMask((restore) => {
        const mine = Deferred.makeUnsafe<void>()
        memory.asked.set(identity, mine)
        return Effect.onExit(restore(run()), (exit) =>
          Effect.map(Clock.currentTimeMillis, (then) => {
            if (Exit.isSuccess(exit)) store(memory, step, identity, exit.value, then)
            memory.asked.delete(identity)
            Deferred.doneUnsafe(mine, Effect.void)
          })
        )
      })
    })
    return attempt
  })
