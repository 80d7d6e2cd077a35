/** Where effects become promises and iterables: the only file that runs them. */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import { Scheduler } from "effect/Scheduler"
import * as Stream from "effect/Stream"
import { turnScheduler } from "./call/event-loop-turn.ts"
import type { RunOptions } from "./chain/run-options.ts"
import type { RunResult } from "./results/outcome.ts"

export type { RunOptions }

const ownScheduler = { scheduler: turnScheduler }
const ownContext = /* @__PURE__ */ Context.make(Scheduler, turnScheduler)

/** Not part of the language: some engines lack it. */
const v8: {
  readonly prototype: Error
  readonly captureStackTrace?: (site: object, above: (...args: never) => unknown) => void
} = Error

/** Where the caller stands. Formatted only when read, so it costs little where nothing fails. */
const callSite = (above: (...args: never) => unknown): { readonly stack?: string } => {
  const site: { stack?: string } = {}
  v8.captureStackTrace?.(site, above)
  return site
}

/**
 * Makes the stack of a typed error show the line that ran the chain, which the error was made far away from: the
 * frames of this package and of Effect say nothing to those who read it.
 */
const pointAt = (error: unknown, { stack }: { readonly stack?: string }): unknown => {
  if (!(error instanceof Error) || !("_tag" in error) || stack === undefined) return error
  error.stack = `${error.name}: ${error.message}${stack.slice(stack.indexOf("\n"))}` // the frames are one text for all
  return error
}

/** The same for the errors of outcomes. */
const pointEach = (values: ReadonlyArray<unknown>, site: { readonly stack?: string }): void => {
  for (const value of values)
    if (typeof value === "object" && value !== null && "ok" in value)
      if ("error" in value) pointAt(value.error, site)
      else if ("value" in value && Array.isArray(value.value)) pointEach(value.value, site)
}

const exitOf = async <A, E>(effect: Effect.Effect<A, E>, signal: AbortSignal | undefined): Promise<Exit.Exit<A, E>> => {
  signal?.throwIfAborted() // an effect that never suspends would win against a signal that is aborted already
  const exit = await Effect.runPromiseExit(effect, signal ? { signal, scheduler: turnScheduler } : ownScheduler)
  if (Exit.isFailure(exit) && signal?.aborted && Cause.hasInterruptsOnly(exit.cause)) throw signal.reason
  return exit
}

/** Runs an effect for a Promise user. Rejects with the typed error itself, or with `signal.reason`. */
export const run = async <A, E>(effect: Effect.Effect<A, E>, { signal }: RunOptions = {}): Promise<A> => {
  const site = callSite(run)
  const exit = await exitOf(effect, signal)
  if (Exit.isSuccess(exit)) {
    if (Array.isArray(exit.value)) pointEach(exit.value, site)
    return exit.value
  }
  throw pointAt(Cause.squash(exit.cause), site)
}

/** Runs an effect; a typed failure comes back as a value. Rejects only for defects and aborts. */
export const settle = async <A, E>(
  effect: Effect.Effect<A, E>,
  { signal }: RunOptions = {}
): Promise<RunResult<A, E>> => {
  const site = callSite(settle)
  const exit = await exitOf(Effect.result(effect), signal)
  if (Exit.isFailure(exit)) throw Cause.squash(exit.cause)
  if (exit.value._tag === "Success") {
    const value = exit.value.success
    if (Array.isArray(value)) pointEach(value, site)
    return { ok: true, value }
  }
  pointAt(exit.value.failure, site)
  return { ok: false, error: exit.value.failure }
}

/** Runs an effect in the background, in the given context; for work that several callers share. */
export const fork = (effect: Effect.Effect<void>, context: Context.Context<never>): Fiber.Fiber<void> =>
  Effect.runForkWith(context)(effect)

/** The same items until the signal aborts: that closes their source, and the next read gets `signal.reason`. */
const until = <A>(signal: AbortSignal, items: AsyncIterator<A, unknown>): AsyncIterator<A, undefined> => {
  const close = async (): Promise<IteratorResult<A, undefined>> => {
    signal.removeEventListener("abort", stop)
    await items.return?.()
    return { done: true, value: undefined }
  }
  const stop = () => void close().catch(() => {}) // the next read fails with the reason
  return {
    next: async () => {
      signal.throwIfAborted()
      signal.addEventListener("abort", stop) // there once: it is the same listener each time
      let going = false
      try {
        const step = await items.next()
        going = step.done !== true
        if (step.done !== true) return step
      } finally {
        if (!going) signal.removeEventListener("abort", stop)
      }
      signal.throwIfAborted()
      return { done: true, value: undefined }
    },
    return: close
  }
}

/** A stream for `for await`: leaving the loop, or aborting, interrupts the source and closes what it opened. */
export const iterate = <A, E>(stream: Stream.Stream<A, E>, { signal }: RunOptions = {}): AsyncIterable<A> => {
  const site = callSite(iterate)
  const pointed = Stream.mapArray(stream, (values) => {
    pointEach(values, site)
    return values
  })
  const items = Stream.toAsyncIterableWith(pointed, ownContext)
  return signal === undefined ? items : { [Symbol.asyncIterator]: () => until(signal, items[Symbol.asyncIterator]()) }
}
