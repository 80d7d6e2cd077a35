/**
 * Keeps answers in memory: an input that equals an earlier one is answered without a call.
 *
 * Effect's `Cache` does the same in 1.6 to 4.1 times the time: see decision 0014.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Media } from "../media/media.ts"
import { readBytes } from "../media/read-bytes.ts"
import { sha256 } from "../media/sha256.ts"
import type { CachedStep } from "./program.ts"

interface Kept {
  readonly value: unknown
  /** When it expires, in milliseconds. */
  readonly untilMs: number
}

/** The answers of one `.cached()` step, by the identity of the input. */
class Memory {
  /** Least recently used first. */
  readonly #kept = new Map<string, Kept>()
  /** Inputs that are being answered; done when that ended, with success or without. */
  readonly pending = new Map<string, Deferred.Deferred<void>>()

  /** The answer of an input, which becomes the most recently used; undefined where there is none. */
  get(identity: string, nowMs: number): Kept | undefined {
    const kept = this.#kept.get(identity)
    if (kept === undefined) return undefined
    this.#kept.delete(identity)
    if (kept.untilMs <= nowMs) return undefined
    this.#kept.set(identity, kept)
    return kept
  }
  /** Keeps an answer, and drops the least recently used one beyond the capacity. */
  set(identity: string, value: unknown, { capacity, ttlMs }: CachedStep, nowMs: number): void {
    this.#kept.delete(identity)
    this.#kept.set(identity, { value, untilMs: nowMs + ttlMs })
    const oldest = this.#kept.keys().next()
    if (this.#kept.size > capacity && oldest.done !== true) this.#kept.delete(oldest.value)
  }
}

/** The memory of each `.cached()` step. It goes with the chains that have the step. */
const memories = new WeakMap<CachedStep, Memory>()

const memoryOf = (step: CachedStep): Memory => {
  const known = memories.get(step)
  if (known !== undefined) return known
  const memory = new Memory()
  memories.set(step, memory)
  return memory
}

/** Where the pixels come from: an address, a text, or a hash of bytes; undefined for bytes that cannot be read. */
const contentOf = (media: Media): Effect.Effect<string | undefined> => {
  const { source } = media
  if (source.from === "url") return Effect.succeed(`url ${source.url}`)
  if (source.from === "text") return Effect.succeed(`text ${source.text}`)
  if (source.from === "parts")
    return Effect.map(Effect.forEach(source.parts, identityOf), (parts) =>
      parts.includes(undefined) ? undefined : JSON.stringify(parts)
    )
  return readBytes(media).pipe(
    Effect.flatMap((bytes) => sha256(bytes as Uint8Array<ArrayBuffer>)), // never shared memory here
    Effect.map((hash) => `sha256 ${hash}`),
    Effect.orElseSucceed(() => undefined)
  )
}

/** Equal for inputs that get the same answer: their content, and what an answer repeats of them. */
const identityOf = (value: unknown): Effect.Effect<string | undefined> =>
  value instanceof Media
    ? Effect.map(contentOf(value), (content) => {
        const { key, reference, timeMs } = value.facts
        return content === undefined ? undefined : JSON.stringify([value.kind, content, key, reference, timeMs])
      })
    : Effect.succeed(undefined)

/**
 * The kept answer for `value`, or that of `run`, which is then kept. Failures are not kept.
 *
 * Equal inputs at the same time share one run. Where it fails or is interrupted, the next of them runs separately.
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
      const kept = memory.get(identity, now)
      if (kept !== undefined) return Effect.succeed(kept.value as A) // stored below by the same step
      const pending = memory.pending.get(identity)
      if (pending !== undefined) return Effect.andThen(Deferred.await(pending), attempt)
      return Effect.uninterruptibleMask((restore) => {
        const own = Deferred.makeUnsafe<void>()
        memory.pending.set(identity, own)
        return Effect.onExit(restore(run()), (exit) =>
          Effect.map(Clock.currentTimeMillis, (then) => {
            if (Exit.isSuccess(exit)) memory.set(identity, exit.value, step, then)
            memory.pending.delete(identity)
            Deferred.doneUnsafe(own, Effect.void)
          })
        )
      })
    })
    return attempt
  })
