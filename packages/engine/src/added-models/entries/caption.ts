/** Folder `added-models/entries`: the entries of the catalogue, one model each. This file: a model that describes images. */
import type { CatalogueEntry } from "../catalogue-entry.ts"

/** ViT and GPT-2, trained on COCO's captions. Size and licence: the model's page as known on 2026-11-29. */
export const caption: CatalogueEntry = {
  name: "caption",
  purpose: "caption",
  goodFor: "a sentence in English about an image",
  source: { from: "hub", repository: "Xenova/vit-gpt2-image-captioning", revision: "main" },
  sizeBytes: 246_000_000,
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
  manifest: {
    type: "image-to-text",
    runtime: "transformers",
    dtype: "q8",
    aliases: ["general-english-image-caption-blip"]
  }
}
