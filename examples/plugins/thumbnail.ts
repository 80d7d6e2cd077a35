// A plugin that builds on another: its verb calls the verb of exif with a fixed size, and uses the codec of its layer.
import { definePlugin } from "@sightline/core/plugin"
import { exif } from "@sightline/plugin-exif"

const pictures = exif()

export const thumbnail = () =>
  definePlugin({
    name: "thumbnail",
    version: 1,
    requires: [pictures],
    verbs: { thumbnail: (maxSide = 64) => pictures.verbs.resize({ maxSide }) }
  })
