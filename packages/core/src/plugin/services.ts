/** The services of an app's plugins: built when a chain first needs them, kept for the app, closed with it. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { PluginError } from "../errors/errors.ts"
import type { Plugin } from "./contract.ts"

const problemOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** Builds one plugin's layer after another. A layer that cannot be built is named. */
const build = (
  plugins: ReadonlyArray<Plugin>,
  scope: Scope.Scope
): Effect.Effect<Context.Context<never>, PluginError> =>
  Effect.gen(function* () {
    let context = Context.empty()
    for (const { layer, name } of plugins) {
      if (layer === undefined) continue
      const built = yield* Effect.mapError(
        Layer.buildWithScope(layer as Layer.Layer<never, unknown>, scope),
        (error) => new PluginError({ plugin: name, problem: `its layer cannot be built: ${problemOf(error)}` })
      )
      context = Context.merge(context, built)
    }
    return context
  })

/**
 * The services of these plugins; undefined where none has a layer.
 *
 * Built once and apart from whoever asks first, so that giving up one chain does not end the building for others. A
 * failed building is not kept: the next chain tries again. Fails as a defect with `PluginError`, since no type of a
 * chain speaks of what its plugins need inside.
 */
export const lazyServices = (
  plugins: ReadonlyArray<Plugin>,
  scope: Scope.Closeable
): Effect.Effect<Context.Context<never>> | undefined => {
  if (plugins.every((plugin) => plugin.layer === undefined)) return undefined
  let building: Fiber.Fiber<Context.Context<never>, PluginError> | undefined
  return Effect.suspend(() => {
    if (scope.state._tag === "Closed")
      return Effect.die(new PluginError({ plugin: plugins[0]?.name ?? "", problem: "the app was disposed" }))
    const started =
      building === undefined
        ? Effect.tap(Effect.forkIn(build(plugins, scope), scope, { startImmediately: true }), (fiber) =>
            Effect.sync(() => {
              building = fiber
            })
          )
        : Effect.succeed(building)
    return Effect.flatMap(started, (fiber) =>
      Effect.flatMap(Fiber.await(fiber), (exit) => {
        if (Exit.isSuccess(exit)) return Effect.succeed(exit.value)
        if (building === fiber) building = undefined
        return Effect.orDie(exit)
      })
    )
  })
}
