/** Answers kept in memory: the same input through the same steps of the same chain is sent once. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Media } from "../media/media.ts"
import { readBytes } from "../media/read.ts"
import type { Step } from "./state.ts"

interface Kept {
  readonly value: unknown
  /** The time at which it is forgotten, in milliseconds. */
  readonly until: number
}

type CachedStep = Step & { readonly type: "cached" }

/** One memory for each `.cached()` step; it goes when the chains that hold the step go. */
const memories = new WeakMap<CachedStep, Map<string, Kept>>()

const hex = (digest: ArrayBuffer): string =>
  Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** What tells one input from another: its address, its text, or the hash of its bytes; undefined for a stream. */
const identityOf = (value: unknown): Effect.Effect<string | undefined> => {
  if (!(value instanceof Media)) return Effect.succeed(undefined)
  const { source } = value
  if (source.from === "stream") return Effect.succeed(undefined)
  if (source.from === "url") return Effect.succeed(`${value.kind} url ${source.url}`)
  if (source.from === "text") return Effect.succeed(`${value.kind} text ${source.text}`)
  if (source.from === "parts")
    return Effect.map(Effect.forEach(source.parts, identityOf), (parts) =>
      parts.includes(undefined) ? undefined : parts.join("\n")
    )
  return readBytes(value).pipe(
    Effect.flatMap(
      (bytes) => Effect.promise(() => crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)) // never shared memory here
    ),
    Effect.map((digest) => `${value.kind} sha256 ${hex(digest)}`),
    Effect.orElseSucceed(() => undefined)
  )
}

/** The kept answer for `value`, or that of `run`, which is then kept. Failures are not. */
export const remember = <A, E, R>(
  step: CachedStep,
  value: unknown,
  run: () => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.flatMap(identityOf(value), (identity) => {
    if (identity === undefined) return run()
    const memory = memories.get(step) ?? new Map<string, Kept>()
    memories.set(step, memory)
    return Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const kept = memory.get(identity)
      if (kept !== undefined && kept.until > now) {
        memory.delete(identity) // put back at the end: the first in the map is the one unused longest
        memory.set(identity, kept)
        return Effect.succeed(kept.value as A) // stored below by the same step
      }
      return Effect.map(run(), (answer) => {
        memory.delete(identity)
        memory.set(identity, { value: answer, until: now + step.ttlMs })
        const oldest = memory.keys().next()
        if (memory.size > step.capacity && !oldest.done) memory.delete(oldest.value)
        return answer
      })
    })
  })
