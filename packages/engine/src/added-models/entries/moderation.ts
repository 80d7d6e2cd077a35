import type { CatalogueEntry } from "../catalogue-entry.ts"

/** NSFW.js on MobileNetV2, of medium size. Size and licence: the package, read 2026-11-30. */
export const moderation: CatalogueEntry = {
  name: "moderation",
  purpose: "moderation",
  goodFor: "whether an image is neutral, a drawing, suggestive or pornographic",
  source: { from: "npm", name: "nsfwjs", version: "4.3.0" },
  sizeBytes: 25_336_605,
  license: "MIT",
  integrity: "sha512-WTKDte0vp1X97N1h34P79G/hG+sVT3+TnDz9di1WseIJR93v11E4viNX7Vg9WsO6HYoR772Nzq2iM8jo3XBZ+g==",
  tried: true,
  files: {
    "model.js": "dist/models/mobilenet_v2_mid/model.min.js",
    "group1-shard1of2.js": "dist/models/mobilenet_v2_mid/group1-shard1of2.min.js",
    "group1-shard2of2.js": "dist/models/mobilenet_v2_mid/group1-shard2of2.min.js",
    LICENSE: "LICENSE"
  },
  manifest: {
    type: "visual-classifier",
    runtime: "onnx",
    name: "NSFW.js",
    labels: ["drawing", "hentai", "neutral", "porn", "sexy"],
    aliases: ["moderation-recognition", "d16f390eb32cad478c7ae150069bd2c6"]
  }
}
