/** The services of an app's plugins: each layer is built when a step of its plugin first runs, and closed with the app. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { PluginError } from "../errors/errors.ts"
import type { AnyPlugin } from "./contract.ts"

type Services = Context.Context<never>

/** Identifies one run: a layer that could not be built is not built again in it. */
export const CurrentRun: Context.Reference<object | undefined> = Context.Reference("@sightline/core/CurrentRun", {
  defaultValue: (): object | undefined => undefined
})

/**
 * One plugin's layer, on the services of the plugins that it requires.
 *
 * It is built apart from the step that needs it first, so that interrupting that step does not end the building for
 * others. A failure is that of every step of the run that needs the layer; the next run builds again.
 */
const buildOnce = (
  { layer, name }: AnyPlugin,
  required: Effect.Effect<Services, unknown>,
  scope: Scope.Closeable
): Effect.Effect<Services, unknown> => {
  if (layer === undefined) return required
  let building: Fiber.Fiber<Services, unknown> | undefined
  const failures = new WeakMap<object, Exit.Exit<Services, unknown>>()
  const build = Effect.flatMap(required, (context) =>
    Effect.map(
      Effect.provideContext(Layer.buildWithScope(layer as Layer.Layer<any, unknown>, scope), context),
      (built) => Context.merge(context, built as Services)
    )
  )
  const start = Effect.suspend(() =>
    building === undefined
      ? Effect.map(Effect.forkIn(build, scope, { startImmediately: true }), (fiber) => (building = fiber))
      : Effect.succeed(building)
  )
  return Effect.flatMap(CurrentRun, (run) => {
    const failed = run === undefined ? undefined : failures.get(run)
    if (failed !== undefined) return failed
    if (scope.state._tag === "Closed")
      return Effect.die(new PluginError({ plugin: name, problem: "the app was disposed" }))
    return Effect.flatMap(start, (fiber) =>
      Effect.flatMap(Fiber.await(fiber), (exit) => {
        if (Exit.isSuccess(exit)) return exit
        if (building === fiber) building = undefined
        if (run !== undefined) failures.set(run, exit)
        return exit
      })
    )
  })
}

/** Services for the whole app: of plugins that are nothing but a layer, such as one that replaces `Files`. */
export const layersAlone = (plugins: ReadonlyArray<AnyPlugin>): ReadonlyArray<string> =>
  plugins.flatMap(({ hooks, layer, name, sources, verbs }) =>
    layer !== undefined && [verbs, sources, hooks].every((part) => Object.keys(part).length === 0) ? [name] : []
  )

/** The services of these plugins together. */
export const mergedServices = (
  services: ReadonlyMap<string, Effect.Effect<Services, unknown>>,
  names: ReadonlyArray<string>
): Effect.Effect<Services, unknown> | undefined => {
  const needed = names.flatMap((name) => services.get(name) ?? [])
  if (needed.length === 0) return undefined
  return Effect.map(
    Effect.forEach(needed, (each) => each),
    (all) => all.reduce<Services>((merged, each) => Context.merge(merged, each), Context.empty())
  )
}

/** The services of each plugin that has a layer or requires one that has, by the plugin's name. */
export const servicesOf = (
  plugins: ReadonlyArray<AnyPlugin>,
  scope: Scope.Closeable
): ReadonlyMap<string, Effect.Effect<Services, unknown>> => {
  const services = new Map<string, Effect.Effect<Services, unknown>>()
  for (const plugin of plugins) {
    const required = mergedServices(services, plugin.requires)
    if (plugin.layer === undefined && required === undefined) continue
    services.set(plugin.name, buildOnce(plugin, required ?? Effect.succeed(Context.empty()), scope))
  }
  return services
}
