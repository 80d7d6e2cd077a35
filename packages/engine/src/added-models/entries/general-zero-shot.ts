import type { CatalogueEntry } from "../catalogue-entry.ts"

/** CLIP, base, with patches of 32 pixels. Size and licence: the model's page as known on 2026-11-29. */
export const generalZeroShot: CatalogueEntry = {
  name: "general-zero-shot",
  purpose: "general",
  goodFor: "which of the words of a call (.concepts) describes an image",
  source: { from: "hub", repository: "Xenova/clip-vit-base-patch32", revision: "main" },
  sizeBytes: 153_000_000,
  license: "MIT",
  tried: false,
  files: {
    "config.json": "config.json",
    "preprocessor_config.json": "preprocessor_config.json",
    "tokenizer.json": "tokenizer.json",
    "tokenizer_config.json": "tokenizer_config.json",
    "onnx/model_quantized.onnx": "onnx/model_quantized.onnx"
  },
  manifest: { type: "visual-classifier", runtime: "transformers", dtype: "q8" }
}
