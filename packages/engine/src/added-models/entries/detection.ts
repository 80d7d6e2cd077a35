import type { CatalogueEntry } from "../catalogue-entry.ts"
import { cocoNames } from "./coco-names.ts"

/**
 * CenterNet on MobileNetV3, trained on COCO. Size and licence: the package, read 2026-11-30. The score floor: of 25
 * photographs, people are found in 5 of 6, and a dog, a bench and a boat; about a third of what is found is wrong.
 */
export const detection: CatalogueEntry = {
  name: "detection",
  purpose: "detection",
  goodFor: "80 kinds of everyday objects that take up a good part of the image",
  source: { from: "npm", name: "@vladmandic/human", version: "3.3.6" },
  sizeBytes: 28_615_417,
  license: "MIT",
  integrity: "sha512-Nr5mPfq1gQ+uKeXY5uM3Fj8UxvF5CEh2s6txM5wRThqaW0mF9huooOuZSrT8hhGho0hGaXLFdAwfD/2+teCv6A==",
  tried: true,
  files: { "model.json": "models/centernet.json", "centernet.bin": "models/centernet.bin", LICENSE: "LICENSE" },
  manifest: {
    type: "visual-detector",
    runtime: "onnx",
    name: "CenterNet MobileNetV3",
    labels: cocoNames,
    // The graph normalizes levels 0..255 itself.
    image: { scale: 1 },
    outputs: {
      rows: "tower_0/detections",
      columns: "box-score-class",
      normalized: false,
      minScore: 0.25,
      maxOverlap: 0.5
    },
    aliases: ["general-image-detection"]
  }
}
