/** Hooks of plugins around a run and around an input: each is called at the start, what it returns at the end. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { StepFailed } from "../errors/errors.ts"
import { notAnEffect } from "../errors/require-effect.ts"
import type { Predictor } from "../predict/predictor.ts"
import type { Outcome } from "../results/outcome.ts"
import type { InputRun } from "./input-run.ts"

type AnyEffect = Effect.Effect<any, any, any>
type Finish<A> = (result: A) => Effect.Effect<void>

/** A hook around a run or an input, which gets `about`. */
interface AroundHook<A, B> {
  readonly plugin: string
  readonly order?: "pre" | "post" | undefined
  readonly run: (about: A) => Effect.Effect<void | Finish<B>, any, any>
}

/** Called when a run starts; returns what is called when it ends. */
export type AppRunHook = AroundHook<{ readonly chain: string }, { readonly ok: boolean }>

/** Called when an input starts; returns what is called with its outcome. */
export type AppInputHook = Predictor["inputHooks"][number]

/** Starts the hooks in order, until one fails. Adds the functions to call at the end, last first. A throw is ignored. */
const startAll = <A, B>(
  hooks: ReadonlyArray<AroundHook<A, B>>,
  about: A,
  finishes: Array<Finish<B>>
): Effect.Effect<void, any, any> =>
  Effect.forEach(
    hooks,
    ({ plugin, run }) =>
      Effect.suspend((): Effect.Effect<void | Finish<B>, any, any> => {
        const given = run(about)
        if (Effect.isEffect(given)) return given
        return Effect.fail(new StepFailed({ step: `${plugin}: hook`, problem: notAnEffect, cause: undefined }))
      }).pipe(
        Effect.catchDefect(() => Effect.void),
        Effect.map((finish) => {
          if (typeof finish === "function") finishes.unshift(finish)
        })
      ),
    { discard: true }
  )

const finishAll = <B>(finishes: ReadonlyArray<Finish<B>>, result: B): Effect.Effect<void> =>
  Effect.forEach(finishes, (finish) => Effect.ignoreCause(Effect.suspend(() => finish(result))), { discard: true })

/** How the hooks of a run started: a failure of one is the run's. */
export type Started = Effect.Effect<void, any>

/** A run with the hooks around it. */
export const aroundRun = (
  hooks: ReadonlyArray<AppRunHook>,
  chain: () => string,
  run: (started: Started) => AnyEffect
): AnyEffect => {
  if (hooks.length === 0) return run(Effect.void)
  const finishes: Array<Finish<{ readonly ok: boolean }>> = []
  return Effect.flatMap(Effect.exit(startAll(hooks, { chain: chain() }, finishes)), (started) =>
    Effect.onExit(run(started), (exit) => finishAll(finishes, { ok: Exit.isSuccess(exit) }))
  )
}

/** A streamed run with the hooks around it. */
export const aroundStream = (
  hooks: ReadonlyArray<AppRunHook>,
  chain: () => string,
  stream: (started: Started) => Stream.Stream<any, any, any>
): Stream.Stream<any, any, any> => {
  if (hooks.length === 0) return stream(Effect.void)
  const finishes: Array<Finish<{ readonly ok: boolean }>> = []
  return Stream.unwrap(
    Effect.map(Effect.exit(startAll(hooks, { chain: chain() }, finishes)), (started) =>
      Stream.onExit(stream(started), (exit) => finishAll(finishes, { ok: Exit.isSuccess(exit) }))
    )
  )
}

/** What an input starts with, after the input hooks. These are called once, however often the input is run again. */
export const startInput = (run: InputRun, start: AnyEffect): AnyEffect => {
  const { context, predictor } = run
  if (predictor.inputHooks.length === 0) return start
  const once = Effect.suspend(
    () =>
      run.started ??
      Effect.flatMap(Effect.exit(startAll(predictor.inputHooks, context, run.finishes)), (exit) => (run.started = exit))
  )
  return Effect.andThen(once, start)
}

/** Ends the input hooks with the outcome. */
export const finishInput = <O extends Outcome<unknown, unknown>>(run: InputRun, outcome: O): Effect.Effect<O> =>
  run.finishes.length === 0 ? Effect.succeed(outcome) : Effect.as(finishAll(run.finishes, outcome), outcome)
