// A verb, a service from a layer, and a custom error.
import { definePlugin, type Media, stageSame } from "@sightline/core/plugin"
import { Context, Data, Effect, Layer } from "effect"

export class Faded extends Data.TaggedError("Faded")<{ readonly opacity: number }> {}

/** Draws text over a picture. */
export class Pen extends Context.Service<
  Pen,
  { readonly draw: (image: Media<"image">, text: string) => Media<"image"> }
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
    layer: Layer.succeed(Pen, { draw: (image, name) => image.with({ name }) })
  })
