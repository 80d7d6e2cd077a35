// A verb, a hook and a service: what is not drawn on by hand is drawn on before it is sent.
import { definePlugin, type Kind, type Media, stageSame } from "@sightline/core/plugin"
import { Context, Data, Effect, Layer } from "effect"

export class Faded extends Data.TaggedError("Faded")<{ readonly opacity: number }> {}

/** Draws text over a picture, and names the picture after it. */
export class Pen extends Context.Service<
  Pen,
  { readonly draw: <K extends Kind>(media: Media<K>, text: string) => Media<K> }
>()("examples/Pen") {}

export const watermark = ({ text }: { readonly text: string }) =>
  definePlugin({
    name: "watermark",
    version: 1,
    verbs: {
      watermark: (opacity = 0.5) =>
        stageSame("watermark.draw", { opacity }, (image: Media<"image">) =>
          opacity > 0 ? Effect.map(Pen, ({ draw }) => draw(image, text)) : Effect.fail(new Faded({ opacity }))
        )
    },
    hooks: {
      prepare: {
        filter: { kind: "image" },
        run: (media) => Effect.map(Pen, ({ draw }) => (media.facts.name === text ? media : draw(media, text)))
      }
    },
    layer: Layer.succeed(Pen, { draw: (media, name) => media.with({ name }) })
  })
