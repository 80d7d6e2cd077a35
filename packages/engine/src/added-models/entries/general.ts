import type { CatalogueEntry } from "../catalogue-entry.ts"

/** MobileNetV4, small, trained on ImageNet. Size and licence: the model's page as known on 2026-11-29. */
export const general: CatalogueEntry = {
  name: "general",
  purpose: "general",
  goodFor: "what an image shows, among the 1000 classes of ImageNet",
  source: { from: "hub", repository: "onnx-community/mobilenetv4_conv_small.e2400_r224_in1k", revision: "main" },
  sizeBytes: 15_000_000,
  license: "Apache-2.0",
  tried: false,
  files: {
    "config.json": "config.json",
    "preprocessor_config.json": "preprocessor_config.json",
    "onnx/model.onnx": "onnx/model.onnx"
  },
  manifest: {
    type: "visual-classifier",
    runtime: "transformers",
    aliases: ["general-image-recognition", "aaa03c23b3724a16a56b629203edc62c"]
  }
}
