import type { CatalogueEntry } from "../catalogue-entry.ts"

/** Qwen3 of 0.6 billion parameters. Size and licence: the model's page as known on 2026-11-29. */
export const text: CatalogueEntry = {
  name: "text",
  purpose: "text",
  goodFor: "short answers and summaries in many languages",
  source: { from: "hub", repository: "onnx-community/Qwen3-0.6B-ONNX", revision: "main" },
  sizeBytes: 570_000_000,
  license: "Apache-2.0",
  tried: false,
  files: {
    "config.json": "config.json",
    "generation_config.json": "generation_config.json",
    "tokenizer.json": "tokenizer.json",
    "tokenizer_config.json": "tokenizer_config.json",
    "onnx/model_q4f16.onnx": "onnx/model_q4f16.onnx"
  },
  manifest: { type: "text-to-text", runtime: "transformers", dtype: "q4f16" }
}
