/**
 * A plugin with every kind of part and no written type, as a published one may be: all that its declarations name must be
 * exported by `@sightline/core/plugin`.
 */
import {
  definePlugin,
  ending,
  extend,
  invalidInput,
  option,
  series,
  seriesSame,
  source,
  sourceOfMany,
  stage,
  stageMany,
  stageSame,
  toMedia,
  type Media,
  type Outcome,
  type RegionsAnswer,
  type ConceptsAnswer
} from "@sightline/core/plugin"
import { Context, Data, Effect, Layer, Stream } from "effect"
export class Own extends Data.TaggedError("Own")<{ readonly n: number }> {}
export class Svc extends Context.Service<Svc, { readonly n: number }>()("x/Svc") {}
export const base = definePlugin({
  name: "base",
  version: 1,
  verbs: { up: () => stageSame("base.up", {}, (m: Media<"image">) => Effect.as(Svc, m)) },
  layer: Layer.effect(Svc, Effect.fail(new Own({ n: 1 })))
})
export const every = definePlugin({
  name: "every",
  version: 1,
  requires: [base],
  verbs: {
    a: () => stage("a", {}, (image: Media<"image">) => Effect.map(Svc, ({ n }) => `${n} ${image.kind}`)),
    b: () => stageMany("b", {}, (m: Media<"image">) => Stream.make(m)),
    c: () =>
      extend("c", {}, (answer: { readonly concepts: ReadonlyArray<unknown> }) =>
        Effect.succeed({ count: answer.concepts.length })
      ),
    d: () => option("d", {}, { top: 3 }),
    e: (n: number) => seriesSame("e", { n }, (all) => Stream.take(all, n)),
    f: () => series("f", {}, (all: Stream.Stream<Outcome<Media, unknown>>) => all),
    g: () => ending("g", {}, (all: Stream.Stream<Outcome<unknown, unknown>>) => Stream.runCount(all)),
    h: <N extends string>(name: N) => stageSame("h", { name }, (answer: RegionsAnswer<N>) => Effect.succeed(answer)),
    i: <T extends { readonly concepts: ReadonlyArray<unknown> }>(least: number) =>
      stageSame("i", { least }, (answer: T) => Effect.succeed(answer))
  },
  sources: {
    s: () => source("s", [], Effect.succeed(toMedia("image", "https://a.test"))),
    t: () => sourceOfMany("t", [], () => [toMedia("image", "https://a.test"), invalidInput(new Own({ n: 1 }))])
  },
  members: ({ connection }) => ({
    where: () => connection.name
  }),
  hooks: {
    prepare: { filter: { kind: "image" }, run: (media) => Effect.as(Svc, media) },
    answer: (answer: ConceptsAnswer) => Effect.succeed(answer),
    request: { order: "pre", run: (r, next) => next(r.with({ headers: {} })) },
    run: () => Effect.as(Svc, () => Effect.void),
    input: () => Effect.fail(new Own({ n: 1 })),
    response: () => Effect.void
  }
})
