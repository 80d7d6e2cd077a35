/** Collects the hooks of an app's plugins: in order, with the services of their layers, timed for those who listen. */
import * as Effect from "effect/Effect"
import type { CallEvent } from "../call/call-info.ts"
import type { CallRuntime } from "../call/call-runtime.ts"
import type { AppRequestHook } from "../call/request-hook.ts"
import { timeStage } from "../call/stage-timing.ts"
import type { AppAnswerHook } from "../predict/answer-hooks.ts"
import type { AppPrepareHook, DivideHook } from "../predict/prepare-hooks.ts"
import type { AppInputHook, AppRunHook } from "../run/run-hooks.ts"
import type { AnyPlugin } from "./contract.ts"
import { type Hook, hookOf, inOrder, type OrderedHook } from "./hooks.ts"
import { type PluginServices, resultWith } from "./provide.ts"

/** The services of a plugin, by its name. */
type ServicesOf = (plugin: string) => PluginServices

type Kind = "prepare" | "answer" | "request" | "run" | "input"

/** The hooks of one kind, with their plugins, in the order in which they run. */
const collect = <F extends (...args: any) => unknown>(
  plugins: ReadonlyArray<AnyPlugin>,
  kind: Kind
): ReadonlyArray<OrderedHook<F> & { readonly plugin: string }> =>
  inOrder(
    plugins.flatMap(({ hooks, name }) => {
      const hook = hooks[kind] as Hook<F> | undefined // the kind says which
      return hook === undefined ? [] : [{ plugin: name, ...hookOf(hook) }]
    })
  )

/** Request hooks, for the calls of the app. */
export const requestHooks = (plugins: ReadonlyArray<AnyPlugin>, services: ServicesOf): ReadonlyArray<AppRequestHook> =>
  collect<AppRequestHook["run"]>(plugins, "request").map((hook) => ({
    ...hook,
    run: (request, next) => resultWith(services(hook.plugin), hook.run(request, next))
  }))

/** Calls every observer of events. One that returns an Effect has it run; none can change the outcome of a call. */
export const observe = (
  onEvent: ((event: CallEvent) => void) | undefined,
  plugins: ReadonlyArray<AnyPlugin>,
  services: ServicesOf,
  fork: (effect: Effect.Effect<unknown, unknown, any>) => void
): ((event: CallEvent) => void) | undefined => {
  const observers = [
    ...(onEvent === undefined ? [] : [onEvent]),
    ...plugins.flatMap(({ hooks: { response }, name }) =>
      response === undefined
        ? []
        : [
            (event: CallEvent) => {
              const given = resultWith(services(name), response(event))
              if (Effect.isEffect(given)) fork(given)
            }
          ]
    )
  ]
  if (observers.length === 0) return undefined
  return (event) => {
    for (const observer of observers)
      try {
        observer(event)
      } catch {
        // observers cannot change the outcome of a call
      }
  }
}

/** The hooks of predictions and runs. */
export interface AppHooks {
  readonly prepare: ReadonlyArray<AppPrepareHook>
  readonly answer: ReadonlyArray<AppAnswerHook>
  readonly divide: ReadonlyArray<DivideHook>
  readonly run: ReadonlyArray<AppRunHook>
  readonly input: ReadonlyArray<AppInputHook>
}

/** The hooks of predictions and runs of an app's plugins. */
export const appHooks = (plugins: ReadonlyArray<AnyPlugin>, services: ServicesOf, wire: CallRuntime): AppHooks => {
  /** What is no Effect is refused by name where it is run. */
  const timed = <T>(plugin: string, name: string, index: number | undefined, given: T): T => {
    const result = resultWith(services(plugin), given)
    return Effect.isEffect(result) ? (timeStage(wire, { name, plugin, index }, result) as T) : result
  }
  return {
    prepare: collect<AppPrepareHook["run"]>(plugins, "prepare").map((hook) => ({
      ...hook,
      run: (media, context) => timed(hook.plugin, "prepare", context.index, hook.run(media, context))
    })),
    answer: collect<AppAnswerHook["run"]>(plugins, "answer").map((hook) => ({
      ...hook,
      run: (answer, context) => timed(hook.plugin, "answer", context.index, hook.run(answer, context))
    })),
    divide: plugins.flatMap(({ hooks }) => hooks.divide ?? []),
    run: collect<AppRunHook["run"]>(plugins, "run").map((hook) => ({
      ...hook,
      run: (context) => timed(hook.plugin, "run", undefined, hook.run(context))
    })),
    input: collect<AppInputHook["run"]>(plugins, "input").map((hook) => ({
      ...hook,
      run: (context) => timed(hook.plugin, "input", context.index, hook.run(context))
    }))
  }
}
