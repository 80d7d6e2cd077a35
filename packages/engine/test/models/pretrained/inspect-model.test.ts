/** What is reported about folders with models: graphs that a test writes, and layouts of transformers.js. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { inspectModel, ModelNotAdded } from "../../../src/index.ts"
import { freshFolder } from "../../support/fresh-engine.ts"
import { elements, type Operation, type Port, writeGraph } from "./onnx-graph.ts"
import { putClassifier } from "./tiny-models.ts"
import { putPainter } from "./tiny-multimodal-models.ts"

const float = (name: string, shape: ReadonlyArray<number | string>): Port => ({ name, type: elements.float, shape })
const image = float("image", [1, 3, 8, 8])

/** A graph whose outputs are constants, so that it has any shape. */
const constantGraph = (...outputs: ReadonlyArray<Port>): Uint8Array => {
  const sizeOf = ({ shape }: Port) => shape.reduce<number>((product, size) => product * Number(size), 1)
  const operations = outputs.map(({ name }): Operation => ({
    op: "Identity",
    inputs: [`${name}_values`],
    outputs: [name]
  }))
  const constants = outputs.map((port) => ({
    name: `${port.name}_values`,
    shape: port.shape.map(Number),
    data: Float32Array.from({ length: sizeOf(port) }, (_, i) => (i % 7) / 8)
  }))
  const used: Operation = { op: "ReduceMean", inputs: ["image"], outputs: ["unused"], attributes: { keepdims: 0 } }
  return writeGraph({ inputs: [image], outputs, operations: [used, ...operations], constants })
}

describe("inspecting a folder", () => {
  it("reports the graph of a model, and that it fits its manifest", async () => {
    using folder = freshFolder()
    putClassifier(folder.path, "reds")
    const { guessed, inputs, outputs, problems } = await inspectModel(join(folder.path, "reds"))
    assert.deepStrictEqual([guessed, problems], [false, []])
    assert.isAbove(inputs.length, 0)
    assert.isAbove(outputs.length, 0)
    rmSync(join(folder.path, "reds", "manifest.json"))
    const without = await inspectModel(join(folder.path, "reds"))
    assert.deepStrictEqual([without.guessed, without.manifest.type], [true, "visual-classifier"])
  })

  it("runs a model that makes images of texts with a text", async () => {
    using folder = freshFolder()
    putPainter(folder.path, "painter")
    const { inputs, manifest, problems } = await inspectModel(join(folder.path, "painter"))
    assert.deepStrictEqual([manifest.type, problems], ["text-to-image", []])
    assert.deepStrictEqual(
      inputs.map(({ name }) => name),
      ["input_ids"]
    )
  })

  it.each([
    ["a detector", [float("boxes", [1, 9, 4]), float("scores", [1, 9, 2])], "visual-detector"],
    ["a detector in one table", [float("out", [1, 9, 6])], "visual-detector"],
    ["a segmenter", [float("out", [1, 2, 8, 8])], "visual-segmenter"],
    ["an encoder of tokens", [float("hidden", [1, 5, 16])], "visual-embedder"],
    ["an encoder", [float("embedding", [1, 16])], "visual-embedder"],
    ["a classifier", [float("logits", [1, 5])], "visual-classifier"]
  ] as const)("guesses the manifest of %s", async (_, outputs, type) => {
    using folder = freshFolder()
    writeFileSync(join(folder.path, "model.onnx"), constantGraph(...outputs))
    const inspection = await inspectModel(folder.path)
    assert.deepStrictEqual([inspection.guessed, inspection.manifest.type], [true, type])
    assert.deepStrictEqual(
      inspection.outputs.map(({ name }) => name),
      outputs.map(({ name }) => name)
    )
  })

  it("says what a manifest has wrong", async () => {
    using folder = freshFolder()
    writeFileSync(join(folder.path, "model.onnx"), constantGraph(float("logits", [1, 5])))
    const manifest = {
      type: "visual-classifier",
      runtime: "onnx",
      labels: ["a", "b"],
      outputs: { activation: "softmax" }
    }
    writeFileSync(join(folder.path, "manifest.json"), JSON.stringify(manifest))
    const { problems } = await inspectModel(folder.path)
    assert.lengthOf(problems, 1)
    assert.include(problems[0], "has 5 scores, but manifest.json has 2 labels")
  })

  it.each([
    ["ViTForImageClassification", "visual-classifier"],
    ["YolosForObjectDetection", "visual-detector"],
    ["WhisperForConditionalGeneration", "audio-to-text"],
    ["Qwen3ForCausalLM", "text-to-text"],
    ["Dinov2Model", "visual-embedder"],
    ["BertModel", "text-embedder"]
  ])("guesses the type of transformers.js's %s", async (architecture, type) => {
    using folder = freshFolder()
    mkdirSync(join(folder.path, "onnx"))
    writeFileSync(join(folder.path, "onnx", "model_quantized.onnx"), "")
    writeFileSync(join(folder.path, "config.json"), JSON.stringify({ architectures: [architecture] }))
    const { manifest } = await inspectModel(folder.path)
    assert.deepStrictEqual([manifest.type, manifest.runtime, manifest.dtype], [type, "transformers", "q8"])
  })

  it.each([
    ["nothing", () => {}, "holds no model"],
    ["no graph", (folder: string) => writeFileSync(join(folder, "model.onnx"), "x"), "model.onnx cannot be opened"],
    [
      "no manifest",
      (folder: string) => writeFileSync(join(folder, "manifest.json"), "{"),
      "manifest.json cannot be used"
    ]
  ])("refuses a folder with %s", async (_, put, words) => {
    using folder = freshFolder()
    put(folder.path)
    const outcome: unknown = await inspectModel(folder.path).catch((cause: unknown) => cause)
    assert.instanceOf(outcome, ModelNotAdded)
    assert.include(outcome.message, words)
  })
})
