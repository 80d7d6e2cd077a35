/** Folder `library/entries`: the entries of the catalogue, one model each. This file: objects. */
import type { CatalogueEntry } from "../catalogue-entry.ts"

/** YOLOS, tiny. Size and licence: the model's page as known on 2026-11-29. */
export const detection: CatalogueEntry = {
  name: "detection",
  purpose: "detection",
  goodFor: "80 kinds of everyday objects",
  source: { from: "hub", repository: "Xenova/yolos-tiny", revision: "main" },
  sizeBytes: 10_000_000,
  license: "Apache-2.0",
  files: {
    "config.json": "config.json",
    "preprocessor_config.json": "preprocessor_config.json",
    "onnx/model_quantized.onnx": "onnx/model_quantized.onnx"
  },
  manifest: { type: "visual-detector", runtime: "transformers", dtype: "q8", aliases: ["general-image-detection"] }
}
