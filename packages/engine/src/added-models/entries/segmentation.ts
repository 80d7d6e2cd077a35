import type { CatalogueEntry } from "../catalogue-entry.ts"

/** DETR for panoptic segmentation, trained on COCO. Size and licence: the model's page as known on 2026-11-29. */
export const segmentation: CatalogueEntry = {
  name: "segmentation",
  purpose: "segmentation",
  goodFor: "everyday objects and their surroundings, to the pixel",
  source: { from: "hub", repository: "Xenova/detr-resnet-50-panoptic", revision: "main" },
  sizeBytes: 45_000_000,
  license: "Apache-2.0",
  tried: false,
  files: {
    "config.json": "config.json",
    "preprocessor_config.json": "preprocessor_config.json",
    "onnx/model_quantized.onnx": "onnx/model_quantized.onnx"
  },
  manifest: {
    type: "visual-segmenter",
    runtime: "transformers",
    dtype: "q8",
    aliases: ["image-general-segmentation"]
  }
}
