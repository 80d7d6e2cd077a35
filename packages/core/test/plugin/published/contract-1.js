// A plugin as its author published it for contract 1. It is not built again: core has to load it for good.
import { definePlugin, extend, source, stageSame, toMedia } from "@sightline/core/plugin"
import { Context, Data, Effect, Layer } from "effect"

export class Smudged extends Data.TaggedError("Smudged") {}

export class Lens extends Context.Service()("contract-1/Lens") {}

export const lens = ({ text }) =>
  definePlugin({
    contract: 1,
    name: "lens",
    version: 3,
    verbs: {
      polished: (strength) =>
        stageSame("lens.polished", { strength }, (media) =>
          strength > 0
            ? Effect.map(Lens, ({ label }) => media.with({ name: label(text) }))
            : Effect.fail(new Smudged({ strength }))
        ),
      counted: () => extend("lens.counted", {}, ({ concepts }) => Effect.succeed({ count: concepts.length }))
    },
    sources: { still: (url) => source("still", [url], Effect.succeed(toMedia("image", url))) },
    members: () => ({ lensName: () => text }),
    hooks: {
      prepare: { filter: { kind: "image" }, order: "post", run: (media) => Effect.as(Lens, media) },
      request: (request, next) => next(request.with({ headers: { "x-lens": text } })),
      input: ({ index }) => (index > 1 ? Effect.fail(new Smudged({ strength: index })) : Effect.void)
    },
    layer: Layer.succeed(Lens, { label: (name) => `seen through ${name}` })
  })
