/** TensorFlow.js graphs, converted to ONNX, against their meaning written out here. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { InferenceSession, Tensor } from "onnxruntime-node"
import { convertGraph } from "../../src/tfjs/convert-graph.ts"
import { readModuleLiteral } from "../../src/tfjs/module-literal.ts"
import { readTfModel, UnsupportedGraph } from "../../src/tfjs/tfjs-model.ts"
import { freshFolder } from "../support/fresh-engine.ts"
import { attributes, colourScores, putTfjs, type TfGraph, type TfOperation, tfjsModel } from "./write-tfjs.ts"

const { flag, int, ints, text, texts, type } = attributes

/** The same numbers each time, from -1 to 1. */
const numbers = (count: number, seed = 1): ReadonlyArray<number> => {
  let state = seed
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 16) / 32_768 - 1
  })
}

const runGraph = async (graph: TfGraph, values: ReadonlyArray<number>, output: string) => {
  using folder = freshFolder()
  putTfjs(folder.path, graph)
  const model = await readTfModel(folder.path)
  assert.isDefined(model)
  const session = await InferenceSession.create(convertGraph(model, new Set([output])), { logSeverityLevel: 3 })
  const [name, shape] = Object.entries(graph.inputs)[0] ?? ["", []]
  const results = await session.run({ [name]: new Tensor("float32", Float32Array.from(values), shape) })
  const tensor = results[output]
  assert.isDefined(tensor)
  return { shape: tensor.dims, values: Array.from(tensor.data as Float32Array) } // the graphs here return floats
}

const near = (found: ReadonlyArray<number>, wanted: ReadonlyArray<number>) => {
  assert.lengthOf(found, wanted.length)
  found.forEach((value, i) => assert.closeTo(value, wanted[i] ?? Number.NaN, 1e-4, `number ${i}`))
}

interface Convolution {
  readonly image: ReadonlyArray<number>
  readonly size: readonly [height: number, width: number, channels: number]
  readonly filter: ReadonlyArray<number>
  readonly kernel: readonly [height: number, width: number]
  readonly out: number
  readonly stride: number
  readonly depthwise: boolean
  readonly same: boolean
}

/** Convolution as TensorFlow defines it: the padding of SAME is split with the odd pixel at the end. */
const convolve = ({
  depthwise,
  filter,
  image,
  kernel,
  out,
  same,
  size,
  stride
}: Convolution): ReadonlyArray<number> => {
  const [height, width, channels] = size
  const [kh, kw] = kernel
  const side = (length: number, k: number) => (same ? Math.ceil(length / stride) : Math.ceil((length - k + 1) / stride))
  const before = (length: number, k: number) =>
    same ? Math.floor(Math.max(0, (side(length, k) - 1) * stride + k - length) / 2) : 0
  const result: Array<number> = []
  for (let y = 0; y < side(height, kh); y++)
    for (let x = 0; x < side(width, kw); x++)
      for (let o = 0; o < out; o++) {
        let sum = 0
        for (let i = 0; i < kh; i++)
          for (let j = 0; j < kw; j++)
            for (let c = 0; c < channels; c++) {
              const [row, column] = [y * stride + i - before(height, kh), x * stride + j - before(width, kw)]
              if (row < 0 || column < 0 || row >= height || column >= width) continue
              const per = out / channels
              if (depthwise && Math.floor(o / per) !== c) continue
              const at = depthwise
                ? ((i * kw + j) * channels + c) * per + (o % per)
                : ((i * kw + j) * channels + c) * out + o
              sum += (image[(row * width + column) * channels + c] ?? 0) * (filter[at] ?? 0)
            }
        result.push(sum)
      }
  return result
}

const clip6 = (value: number) => Math.min(6, Math.max(0, value))

describe("a converted graph", () => {
  it.each([
    [2, true, [3, 3]],
    [2, false, [3, 2]],
    [1, true, [2, 3]],
    [3, true, [1, 1]]
  ] as const)("convolves with stride %i, padding SAME: %s", async (stride, same, kernel) => {
    const image = numbers(7 * 6 * 2)
    const [filter, bias] = [numbers(kernel[0] * kernel[1] * 2 * 4, 7), [0.5, -0.5, 1, 0]]
    const graph: TfGraph = {
      inputs: { image: [1, 7, 6, 2] },
      constants: {
        filter: { shape: [...kernel, 2, 4], values: filter },
        bias: { shape: [4], values: bias },
        deep: { shape: [...kernel, 2, 2], values: filter.slice(0, kernel[0] * kernel[1] * 4) }
      },
      operations: [
        {
          name: "fused",
          op: "_FusedConv2D",
          input: ["image", "filter", "bias"],
          attr: {
            strides: ints(1, stride, stride, 1),
            dilations: ints(1, 1, 1, 1),
            padding: text(same ? "SAME" : "VALID"),
            data_format: text("NHWC"),
            fused_ops: texts("BiasAdd", "Relu6")
          }
        },
        {
          name: "depthwise",
          op: "DepthwiseConv2dNative",
          input: ["image", "deep"],
          attr: { strides: ints(1, stride, stride, 1), padding: text(same ? "SAME" : "VALID") }
        }
      ]
    }
    const shared = { image, size: [7, 6, 2], kernel, out: 4, stride, same } as const
    const full = convolve({ ...shared, filter, depthwise: false }).map((value, i) => clip6(value + (bias[i % 4] ?? 0)))
    near((await runGraph(graph, image, "fused")).values, full)
    near(
      (await runGraph(graph, image, "depthwise")).values,
      convolve({ ...shared, filter: filter.slice(0, kernel[0] * kernel[1] * 4), depthwise: true })
    )
  })

  it("enlarges: transposed convolution, and both kinds of resizing", async () => {
    const image = [1, 2, 3, 4]
    const shape = { input: { size: { shape: [4], values: [1, 4, 4, 1], dtype: "int32" } } } as const
    const graph: TfGraph = {
      inputs: { image: [1, 2, 2, 1] },
      constants: {
        ...shape.input,
        filter: { shape: [2, 2, 1, 1], values: [1, 2, 3, 4] },
        target: { shape: [2], values: [4, 4], dtype: "int32" }
      },
      operations: [
        {
          name: "grown",
          op: "Conv2DBackpropInput",
          input: ["size", "filter", "image"],
          attr: { strides: ints(1, 2, 2, 1), padding: text("SAME") }
        },
        {
          name: "smooth",
          op: "ResizeBilinear",
          input: ["image", "target"],
          attr: { half_pixel_centers: flag(false), align_corners: flag(false) }
        },
        { name: "blocks", op: "ResizeNearestNeighbor", input: ["image", "target"] }
      ]
    }
    const { shape: grown, values } = await runGraph(graph, image, "grown")
    assert.deepStrictEqual(grown, [1, 4, 4, 1])
    near(values, [1, 2, 2, 4, 3, 4, 6, 8, 3, 6, 4, 8, 9, 12, 12, 16])
    const smooth = [1, 1.5, 2, 2, 2, 2.5, 3, 3, 3, 3.5, 4, 4, 3, 3.5, 4, 4]
    near((await runGraph(graph, image, "smooth")).values, smooth)
    near((await runGraph(graph, image, "blocks")).values, [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4])
  })

  it("finds the best places: pooling, slices, quotients and the highest numbers", async () => {
    const image = [5, 1, 4, 2, 9, 3, 7, 8, 6]
    const one = (name: string, op: string, input: ReadonlyArray<string>, attr = {}): TfOperation => ({
      name,
      op,
      input,
      attr
    })
    const whole = { T: type("DT_INT32") }
    const graph: TfGraph = {
      inputs: { image: [1, 3, 3, 1] },
      constants: {
        flat: { shape: [2], values: [1, -1], dtype: "int32" },
        k: { shape: [], values: [2], dtype: "int32" },
        three: { shape: [], values: [3], dtype: "int32" },
        axis: { shape: [], values: [-1], dtype: "int32" },
        from: { shape: [4], values: [0, 1, 0, 0], dtype: "int32" },
        to: { shape: [4], values: [0, 3, 2, 0], dtype: "int32" },
        step: { shape: [4], values: [1, 1, 1, 1], dtype: "int32" }
      },
      operations: [
        one("pooled", "AvgPool", ["image"], {
          ksize: ints(1, 2, 2, 1),
          strides: ints(1, 2, 2, 1),
          padding: text("SAME")
        }),
        one("row", "Reshape", ["image", "flat"]),
        one("best", "TopKV2", ["row", "k"]),
        one("lines", "FloorDiv", ["best:1", "three"], whole),
        one("columns", "FloorMod", ["best:1", "three"], whole),
        one("rows", "Cast", ["lines"], { DstT: type("DT_FLOAT") }),
        one("cells", "Cast", ["columns"], { DstT: type("DT_FLOAT") }),
        one("places", "ConcatV2", ["rows", "cells", "best", "axis"]),
        one("part", "StridedSlice", ["image", "from", "to", "step"], {
          begin_mask: int(1),
          end_mask: int(1 + 8),
          shrink_axis_mask: int(2)
        })
      ]
    }
    near((await runGraph(graph, image, "pooled")).values, [4.25, 3.5, 7.5, 6])
    near((await runGraph(graph, image, "places")).values, [1, 2, 1, 1, 9, 8])
    const part = await runGraph(graph, image, "part")
    assert.deepStrictEqual(
      [part.shape, part.values],
      [
        [1, 2, 1],
        [2, 9]
      ]
    )
  })

  it("has weights that were stored as bytes, and leaves out what its output does not need", async () => {
    const graph: TfGraph = {
      inputs: { image: [1, 2] },
      constants: {
        scale: { shape: [2], values: [-1, 1.5], quantized: { scale: 0.5, min: -2 } },
        behind: { shape: [2], values: [1, 1] }
      },
      operations: [
        { name: "same", op: "Identity", input: ["scale"] },
        { name: "product", op: "Mul", input: ["image", "same", "^image"] },
        { name: "other", op: "NotAnOperation", input: ["image"] }
      ]
    }
    near((await runGraph(graph, [3, 4], "product")).values, [-3, 6])
  })
})

describe("a graph that cannot be converted", () => {
  const wrong = (operation: Partial<TfOperation>, constants: TfGraph["constants"] = {}): TfGraph => ({
    inputs: { image: [1, 4, 4, 3] },
    constants,
    operations: [{ name: "x", op: "Relu", input: ["image"], ...operation }]
  })
  it.each([
    [
      "an operation that is not known",
      wrong({ op: "NonMaxSuppressionV5" }),
      "NonMaxSuppressionV5 (x) cannot be converted"
    ],
    ["an operation named as a member of objects", wrong({ op: "toString" }), "toString (x) cannot be converted"],
    ["a loop", wrong({ input: ["x"] }), "loop"],
    ["an input that is missing", wrong({ input: ["y"] }), "no operation y"],
    ["a filter that is computed", wrong({ op: "Conv2D", input: ["image", "image"] }), "image, which is not constant"],
    ["another layout", wrong({ op: "MaxPool", attr: { data_format: text("NCHW") } }), "MaxPool (x) has the layout NCHW"]
  ])("names %s", async (_, graph, words) => {
    using folder = freshFolder()
    putTfjs(folder.path, graph)
    const model = await readTfModel(folder.path)
    assert.isDefined(model)
    assert.throws(() => convertGraph({ ...model, outputs: ["x"] }), UnsupportedGraph, words)
  })

  it("names weights that are cut or elsewhere", async () => {
    const refusal = async (change: (folder: string, description: object) => void) => {
      using folder = freshFolder()
      const { description } = tfjsModel(colourScores)
      putTfjs(folder.path, colourScores)
      change(folder.path, description)
      const outcome: unknown = await readTfModel(folder.path).catch((cause: unknown) => cause)
      assert.instanceOf(outcome, UnsupportedGraph)
      return outcome.message
    }
    const rename = (path: string) => (folder: string, description: object) =>
      writeFileSync(
        join(folder, "model.json"),
        JSON.stringify(description).replace('"weights.bin"', JSON.stringify(path))
      )
    assert.include(await refusal((folder) => writeFileSync(join(folder, "weights.bin"), "short")), "end within axes")
    assert.include(await refusal(rename("gone.bin")), "gone.bin are missing")
    assert.include(await refusal(rename("../weights.bin")), "not beside its model.json")
    assert.include(
      await refusal((folder) => writeFileSync(join(folder, "model.json"), '{"modelTopology":{"model_config":{}}}')),
      "no TensorFlow.js graph model"
    )
  })
})

describe("a model in modules", () => {
  it("is read without running them", async () => {
    using folder = freshFolder()
    const { description, weights } = tfjsModel(colourScores, "group1")
    const literal = JSON.stringify(description)
      .replaceAll(/"(\w+)":/g, "$1:")
      .replaceAll("true", "!0")
      .replaceAll("false", "!1")
    const wrap = (value: string) => `!function(e){throw new Error("run"),u={exports:{}},e.exports=${value}}({});`
    mkdirSync(join(folder.path, "model"))
    writeFileSync(join(folder.path, "model", "model.js"), wrap(literal))
    writeFileSync(join(folder.path, "model", "group1.js"), wrap(JSON.stringify(weights.toString("base64"))))
    const model = await readTfModel(join(folder.path, "model"))
    assert.deepStrictEqual(model?.files, ["model.js", "group1.js"])
    assert.deepStrictEqual(Array.from(model?.weights.get("weights")?.data ?? [], Number), [9, 0, 0, 0, 0, 9])
  })

  it.each([
    [
      'a.exports={a:-.5e-3,"b c":[1,!0,null,{}],c:\'it\\\'s "so"\',d:void 0}',
      { a: -0.0005, "b c": [1, true, null, {}], c: `it's "so"`, d: undefined }
    ],
    ['export default"x\\\\"', "x\\"],
    ["a.exports=[1", undefined],
    ["a.exports={a:b()}", undefined],
    ["nothing", undefined],
    [`a.exports=${"[".repeat(9999)}`, undefined]
  ])("%# holds a literal, or none", (source, value) => {
    assert.deepStrictEqual(readModuleLiteral(source), value)
  })
})
