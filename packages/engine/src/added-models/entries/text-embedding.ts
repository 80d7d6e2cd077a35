import type { CatalogueEntry } from "../catalogue-entry.ts"

/** MiniLM for sentences. Size and licence: the model's page as known on 2026-11-29. */
export const textEmbedding: CatalogueEntry = {
  name: "text-embedding",
  purpose: "text-embedding",
  goodFor: "vectors of English sentences, for search",
  source: { from: "hub", repository: "Xenova/all-MiniLM-L6-v2", revision: "main" },
  sizeBytes: 23_000_000,
  license: "Apache-2.0",
  tried: false,
  files: {
    "config.json": "config.json",
    "tokenizer.json": "tokenizer.json",
    "tokenizer_config.json": "tokenizer_config.json",
    "onnx/model_quantized.onnx": "onnx/model_quantized.onnx"
  },
  manifest: { type: "text-embedder", runtime: "transformers", dtype: "q8" }
}
