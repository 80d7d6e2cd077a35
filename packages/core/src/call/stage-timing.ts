/** Time of steps and hooks, for those who listen to events. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { CallRuntime } from "./call-runtime.ts"

/** Whether stages are timed; a plan, which takes steps without sending anything, does not time them. */
export const TimesStages: Context.Reference<boolean> = Context.Reference("@sightline/core/TimesStages", {
  defaultValue: () => true
})

/** Whose time it is. */
export interface TimedStage {
  readonly name: string
  /** The plugin, where it is not part of the name. */
  readonly plugin?: string
  /** Undefined for a hook about a call or a run. */
  readonly index: number | undefined
}

/** Stages of plugins are named `plugin.stage`. */
const pluginOf = ({ name, plugin }: TimedStage): string | undefined =>
  plugin ?? (name.includes(".") ? name.split(".")[0] : undefined)

/** Emits the time of a stage or hook. */
export const emitStage = (runtime: CallRuntime, stage: TimedStage, nanos: bigint): void =>
  runtime.emit({
    type: "stage",
    name: stage.name,
    plugin: pluginOf(stage),
    index: stage.index,
    ms: Number(nanos) / 1e6
  })

/** The effect, with an event of its time when it ends. Unchanged without a listener. */
export const timeStage = <A, E, R>(
  runtime: CallRuntime,
  stage: TimedStage,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => {
  if (!runtime.watched) return effect
  return Effect.withFiber((fiber) => {
    if (!fiber.getRef(TimesStages)) return effect
    const clock = fiber.getRef(Clock.Clock)
    const began = clock.monotonicTimeNanosUnsafe()
    return Effect.onExit(effect, () =>
      Effect.sync(() => emitStage(runtime, stage, clock.monotonicTimeNanosUnsafe() - began))
    )
  })
}

/** The stream, with an event when it ends: the time in which its items were waited for. */
export const timeStream = <A, E, R>(
  runtime: CallRuntime,
  stage: TimedStage,
  stream: Stream.Stream<A, E, R>
): Stream.Stream<A, E, R> => {
  if (!runtime.watched) return stream
  return Stream.transformPull(stream, (pull, scope) =>
    Effect.withFiber((fiber) => {
      if (!fiber.getRef(TimesStages)) return Effect.succeed(pull)
      const clock = fiber.getRef(Clock.Clock)
      let nanos = 0n
      const timed = Effect.suspend(() => {
        const began = clock.monotonicTimeNanosUnsafe()
        return Effect.onExit(pull, () =>
          Effect.sync(() => {
            nanos += clock.monotonicTimeNanosUnsafe() - began
          })
        )
      })
      const ended = Effect.sync(() => emitStage(runtime, stage, nanos))
      return Effect.as(Scope.addFinalizer(scope, ended), timed)
    })
  )
}
