import type { CatalogueEntry } from "../catalogue-entry.ts"

/** DINOv2, small. Size and licence: the model's page as known on 2026-11-29. */
export const imageEmbedding: CatalogueEntry = {
  name: "image-embedding",
  purpose: "image-embedding",
  goodFor: "vectors of images, for search and as the embedder of custom models",
  source: { from: "hub", repository: "Xenova/dinov2-small", revision: "main" },
  sizeBytes: 24_000_000,
  license: "Apache-2.0",
  tried: false,
  files: {
    "config.json": "config.json",
    "preprocessor_config.json": "preprocessor_config.json",
    "onnx/model_quantized.onnx": "onnx/model_quantized.onnx"
  },
  manifest: { type: "visual-embedder", runtime: "transformers", dtype: "q8" }
}
