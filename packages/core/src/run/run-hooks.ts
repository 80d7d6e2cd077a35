/** Hooks of plugins around a run and around an input: each is called at the start, what it returns at the end. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { requireEffect } from "../errors/require-effect.ts"
import type { InputContext, Outcome } from "../results/outcome.ts"
import type { InputRun } from "./input-run.ts"

type AnyEffect = Effect.Effect<any, any, any>
type Finish<A> = (result: A) => Effect.Effect<void>

/** Called when a run starts; returns what is called when it ends. */
export type RunHook = (run: {
  readonly chain: string
}) => Effect.Effect<void | Finish<{ readonly ok: boolean }>, never, any>

/** Called when an input starts; returns what is called with its outcome. */
export type InputHook = (input: InputContext) => Effect.Effect<void | Finish<Outcome<unknown, unknown>>, never, any>

/** Starts the hooks in order: the functions to call at the end, last first. What a hook throws changes nothing. */
const startAll = <A, B>(
  hooks: ReadonlyArray<(about: A) => Effect.Effect<void | Finish<B>, never, any>>,
  about: A
): Effect.Effect<ReadonlyArray<Finish<B>>, never, any> =>
  Effect.map(
    Effect.forEach(hooks, (hook) =>
      Effect.catchDefect(
        Effect.suspend(() => requireEffect("hook", hook(about))),
        () => Effect.succeed(undefined)
      )
    ),
    (started) => started.filter((finish): finish is Finish<B> => typeof finish === "function").toReversed()
  )

const finishAll = <B>(finishes: ReadonlyArray<Finish<B>>, result: B): Effect.Effect<void> =>
  Effect.forEach(finishes, (finish) => Effect.ignoreCause(Effect.suspend(() => finish(result))), { discard: true })

/** A run with the hooks around it. */
export const aroundRun = (hooks: ReadonlyArray<RunHook>, chain: string, run: AnyEffect): AnyEffect =>
  hooks.length === 0
    ? run
    : Effect.flatMap(startAll(hooks, { chain }), (finishes) =>
        Effect.onExit(run, (exit) => finishAll(finishes, { ok: Exit.isSuccess(exit) }))
      )

/** A streamed run with the hooks around it. */
export const aroundStream = (
  hooks: ReadonlyArray<RunHook>,
  chain: string,
  stream: Stream.Stream<any, any, any>
): Stream.Stream<any, any, any> =>
  hooks.length === 0
    ? stream
    : Stream.unwrap(
        Effect.map(startAll(hooks, { chain }), (finishes) =>
          Stream.onExit(stream, (exit) => finishAll(finishes, { ok: Exit.isSuccess(exit) }))
        )
      )

/** Starts the input hooks for one input. */
export const startInput = (run: InputRun): Effect.Effect<void, never, any> =>
  run.predictor.inputHooks.length === 0
    ? Effect.void
    : Effect.map(startAll(run.predictor.inputHooks, run.context), (finishes) => {
        run.finishes = finishes
      })

/** Ends the input hooks with the outcome. */
export const finishInput = <O extends Outcome<unknown, unknown>>(run: InputRun, outcome: O): Effect.Effect<O> =>
  run.finishes.length === 0 ? Effect.succeed(outcome) : Effect.as(finishAll(run.finishes, outcome), outcome)
