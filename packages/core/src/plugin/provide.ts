/** Gives the stages, sources and hooks of a plugin the services of its layers. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Source } from "../chain/chain-state.ts"
import type { AnyVerbStage, Verbs } from "../chain/stage.ts"

/** The services of one plugin; undefined where it has none. */
export type PluginServices = Effect.Effect<Context.Context<never>, unknown> | undefined

/** An effect with the services. A layer that cannot be built is the effect's failure. */
export const withServices = <A, E, R>(
  services: PluginServices,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, any, R> =>
  services === undefined ? effect : Effect.flatMap(services, (context) => Effect.provideContext(effect, context))

/** The same for a stream. */
export const streamWithServices = <A, E, R>(
  services: PluginServices,
  stream: Stream.Stream<A, E, R>
): Stream.Stream<A, any, R> =>
  services === undefined
    ? stream
    : Stream.unwrap(Effect.map(services, (context) => Stream.provideContext(stream, context)))

/** What a plugin's function returned, with the services. Anything but an Effect is refused where it is run. */
export const resultWith = <T>(services: PluginServices, result: T): T =>
  services !== undefined && Effect.isEffect(result) ? (withServices(services, result) as T) : result

const stageWith = (services: PluginServices, stage: AnyVerbStage): AnyVerbStage => {
  if ("series" in stage)
    return {
      ...stage,
      series: (outcomes) => streamWithServices(services, stage.series(outcomes)) as ReturnType<typeof stage.series>
    }
  if ("ending" in stage) return { ...stage, ending: (outcomes) => resultWith(services, stage.ending(outcomes)) }
  const { open } = stage
  return {
    ...stage,
    run: (input, context) => resultWith(services, stage.run(input, context)),
    ...(open === undefined ? {} : { open: (input, context) => streamWithServices(services, open(input, context)) })
  }
}

/** A plugin's verbs, whose stages have the services. */
export const verbsWith = (services: PluginServices, verbs: Verbs): Verbs =>
  services === undefined
    ? verbs
    : Object.fromEntries(
        Object.entries<(...args: ReadonlyArray<any>) => AnyVerbStage>(verbs).map(([name, make]) => [
          name,
          (...args: ReadonlyArray<any>) => stageWith(services, make(...args))
        ])
      )

/** A plugin's source, which has the services. */
export const sourceWith = (services: PluginServices, source: Source): Source => {
  if (services === undefined) return source
  return source.type === "one"
    ? { ...source, open: withServices(services, source.open) }
    : { ...source, open: () => streamWithServices(services, Stream.suspend(source.open)) }
}
