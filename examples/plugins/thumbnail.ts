// A plugin on another one: it resizes with exif's verb and codec.
import { definePlugin, type Media, stageSame } from "@sightline/core/plugin"
import { exif } from "@sightline/plugin-exif"

const pictures = exif()

export const thumbnail = () =>
  definePlugin({
    name: "thumbnail",
    version: 1,
    requires: [pictures],
    verbs: {
      thumbnail: (maxSide = 64) =>
        stageSame("thumbnail.small", { maxSide }, (image: Media<"image">, context) =>
          pictures.verbs.resize({ maxSide }).run(image, context)
        )
    }
  })
