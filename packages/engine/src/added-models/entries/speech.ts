import type { CatalogueEntry } from "../catalogue-entry.ts"

/** Whisper, base. Size and licence: the model's page as known on 2026-11-29. */
export const speech: CatalogueEntry = {
  name: "speech",
  purpose: "speech",
  goodFor: "speech in many languages as text",
  source: { from: "hub", repository: "Xenova/whisper-base", revision: "main" },
  sizeBytes: 77_000_000,
  license: "Apache-2.0",
  tried: false,
  files: {
    "config.json": "config.json",
    "generation_config.json": "generation_config.json",
    "preprocessor_config.json": "preprocessor_config.json",
    "tokenizer.json": "tokenizer.json",
    "tokenizer_config.json": "tokenizer_config.json",
    "onnx/encoder_model_quantized.onnx": "onnx/encoder_model_quantized.onnx",
    "onnx/decoder_model_merged_quantized.onnx": "onnx/decoder_model_merged_quantized.onnx"
  },
  manifest: { type: "audio-to-text", runtime: "transformers", dtype: "q8" }
}
