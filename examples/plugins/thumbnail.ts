// A plugin on another one: its verb is exif's, with a size of its own, and uses the codec of exif's layer.
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
