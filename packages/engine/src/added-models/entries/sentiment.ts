import type { CatalogueEntry } from "../catalogue-entry.ts"

/** DistilBERT, fine-tuned on SST-2. Size and licence: the model's page as known on 2026-11-29. */
export const sentiment: CatalogueEntry = {
  name: "sentiment",
  purpose: "sentiment",
  goodFor: "whether an English text is positive or negative",
  source: { from: "hub", repository: "Xenova/distilbert-base-uncased-finetuned-sst-2-english", revision: "main" },
  sizeBytes: 67_000_000,
  license: "Apache-2.0",
  tried: false,
  files: {
    "config.json": "config.json",
    "tokenizer.json": "tokenizer.json",
    "tokenizer_config.json": "tokenizer_config.json",
    "onnx/model_quantized.onnx": "onnx/model_quantized.onnx"
  },
  manifest: { type: "text-classifier", runtime: "transformers", dtype: "q8" }
}
