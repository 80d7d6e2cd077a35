/** Text in pictures that EXIF turns: it is read upright, and its boxes are those of the stored picture. */
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import sharp from "sharp"
import { freshEngine } from "../../../support/fresh-engine.ts"
import { elements, writeGraph } from "../onnx-graph.ts"
import { put } from "../tiny-models.ts"

/** Letters are colours here: a line of red, green and blue is read as "rgb". */
const putReader = (folder: string, id: string): void => {
  const image = { name: "x", type: elements.float, shape: [1, 3, "height", "width"] }
  put(folder, id, {
    "manifest.json": {
      type: "optical-character-recognizer",
      runtime: "onnx",
      file: "detector.onnx",
      reader: { file: "reader.onnx", dictionary: "letters.txt" }
    },
    "letters.txt": new TextEncoder().encode("r\ng\nb\n"),
    "detector.onnx": writeGraph({
      inputs: [image],
      outputs: [{ name: "map", type: elements.float, shape: [1, 1, "height", "width"] }],
      constants: [
        { name: "three", shape: [1], data: new Float32Array([3]) },
        { name: "one", shape: [1], data: new Float32Array([1]) }
      ],
      operations: [
        { op: "ReduceMean", inputs: ["x"], outputs: ["mean"], attributes: { axes: [1], keepdims: 1 } },
        { op: "Mul", inputs: ["mean", "three"], outputs: ["much"] },
        { op: "Min", inputs: ["much", "one"], outputs: ["map"] }
      ]
    }),
    "reader.onnx": writeGraph({
      inputs: [image],
      outputs: [{ name: "letters", type: elements.float, shape: [1, "steps", 4] }],
      constants: [
        { name: "blank", shape: [4], data: new Float32Array([0.2, 0, 0, 0]) },
        {
          name: "colors",
          shape: [3, 4],
          data: new Float32Array([0, 3, -3, -3, 0, -3, 3, -3, 0, -3, -3, 3])
        }
      ],
      operations: [
        { op: "ReduceMean", inputs: ["x"], outputs: ["columns"], attributes: { axes: [2], keepdims: 0 } },
        { op: "Transpose", inputs: ["columns"], outputs: ["steps"], attributes: { perm: [0, 2, 1] } },
        { op: "MatMul", inputs: ["steps", "colors"], outputs: ["scores"] },
        { op: "Add", inputs: ["scores", "blank"], outputs: ["letters"] }
      ]
    })
  })
}

/** A reader of grey lines of a fixed size, which reads anything bright as "x". */
const putGreyReader = (folder: string, id: string): void => {
  putReader(folder, id)
  put(folder, id, {
    "letters.txt": new TextEncoder().encode("x\n"),
    "reader.onnx": writeGraph({
      inputs: [{ name: "x", type: elements.float, shape: [1, 1, 32, 96] }],
      outputs: [{ name: "letters", type: elements.float, shape: [1, 96, 2] }],
      constants: [
        { name: "blank", shape: [2], data: new Float32Array([1, 0]) },
        { name: "bright", shape: [1, 2], data: new Float32Array([0, 5]) }
      ],
      operations: [
        { op: "ReduceMean", inputs: ["x"], outputs: ["columns"], attributes: { axes: [2], keepdims: 0 } },
        { op: "Transpose", inputs: ["columns"], outputs: ["steps"], attributes: { perm: [0, 2, 1] } },
        { op: "MatMul", inputs: ["steps", "bright"], outputs: ["scores"] },
        { op: "Add", inputs: ["scores", "blank"], outputs: ["letters"] }
      ]
    })
  })
}

/** A black picture with a line near its top left corner. */
const upright = async (colors = ["#ff0000", "#00ff00", "#0000ff"]): Promise<Buffer> => {
  const letters = colors.map(async (background, at) => ({
    input: await sharp({ create: { width: 80, height: 40, channels: 3, background } })
      .png()
      .toBuffer(),
    left: 20 + at * 80,
    top: 30
  }))
  return await sharp({ create: { width: 480, height: 240, channels: 3, background: "#000000" } })
    .composite(await Promise.all(letters))
    .png()
    .toBuffer()
}

/** The stored picture for some orientations: what its reader undoes. */
const stores: ReadonlyArray<readonly [number, (image: Buffer) => Promise<Buffer>]> = [
  [3, (image) => sharp(image).rotate(180).png().toBuffer()],
  [
    5,
    async (image) =>
      await sharp(await sharp(image).rotate(90).png().toBuffer())
        .flop()
        .png()
        .toBuffer()
  ],
  [6, (image) => sharp(image).rotate(270).png().toBuffer()]
]

/** Where a picture is not black, as fractions. */
const colored = async (image: Buffer) => {
  const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true })
  let [left, top, right, bottom] = [1, 1, 0, 0]
  for (let y = 0; y < info.height; y++)
    for (let x = 0; x < info.width; x++) {
      const at = (y * info.width + x) * info.channels
      if (Math.max(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0) < 128) continue
      ;[left, right] = [Math.min(left, x / info.width), Math.max(right, (x + 1) / info.width)]
      ;[top, bottom] = [Math.min(top, y / info.height), Math.max(bottom, (y + 1) / info.height)]
    }
  return { left, top, right, bottom }
}

describe("a reader of grey lines of one size", { timeout: 60_000 }, () => {
  it("gets them so", async () => {
    await using local = freshEngine({ limits: { modelTimeoutMs: 60_000 } })
    putGreyReader(join(local.directory, "models"), "tiny")
    const image = await upright(["#ffffff", "#ffffff", "#ffffff"])
    const { body } = await local.ask("POST /v2/models/tiny/outputs", {
      inputs: [{ data: { image: { base64: image.toString("base64") } } }]
    })
    assert.strictEqual(body.outputs[0].data.text?.raw, "x", body.outputs[0].status.details)
  })
})

describe("text in a picture that EXIF turns", { timeout: 180_000 }, () => {
  it("is read upright, with boxes of the stored picture", async () => {
    await using local = freshEngine({ limits: { modelTimeoutMs: 60_000 } })
    putReader(join(local.directory, "models"), "tiny")
    const image = await upright()
    for (const [orientation, store] of stores) {
      const stored = await store(image)
      const jpeg = await sharp(stored)
        .withMetadata({ orientation })
        .jpeg({ quality: 95, chromaSubsampling: "4:4:4" })
        .toBuffer()
      const { body } = await local.ask("POST /v2/models/tiny/outputs", {
        inputs: [{ data: { image: { base64: jpeg.toString("base64") } } }]
      })
      const [output] = body.outputs
      assert.strictEqual(output.data.text?.raw, "rgb", `orientation ${orientation}: ${output.status.details}`)
      assert.lengthOf(output.data.regions, 1)
      const box = output.data.regions[0].region_info.bounding_box
      const line = await colored(stored)
      assert.isAtMost(box.left_col ?? 0, line.left + 0.01)
      assert.isAtMost(box.top_row ?? 0, line.top + 0.01)
      assert.isAtLeast(box.right_col, line.right - 0.01)
      assert.isAtLeast(box.bottom_row, line.bottom - 0.01)
      // It holds the line with a margin, and not the rest of the picture.
      assert.isBelow((box.right_col - (box.left_col ?? 0)) * (box.bottom_row - (box.top_row ?? 0)), 0.4)
    }
  })
})
