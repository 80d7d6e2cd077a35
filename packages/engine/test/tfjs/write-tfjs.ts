/** Writes small TensorFlow.js graph models for tests. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** A constant of a graph. */
interface TfConstant {
  readonly shape: ReadonlyArray<number>
  readonly values: ReadonlyArray<number>
  readonly dtype?: "float32" | "int32"
  /** Stored as one byte each. */
  readonly quantized?: { readonly scale: number; readonly min: number }
}

/** An operation: its inputs by name, and its attributes as TensorFlow writes them. */
export interface TfOperation {
  readonly name: string
  readonly op: string
  readonly input: ReadonlyArray<string>
  readonly attr?: Readonly<Record<string, object>>
}

/** A graph. */
export interface TfGraph {
  readonly inputs: Readonly<Record<string, ReadonlyArray<number>>>
  readonly constants: Readonly<Record<string, TfConstant>>
  readonly operations: ReadonlyArray<TfOperation>
}

const base64 = (text: string) => Buffer.from(text).toString("base64")

/** Attributes in TensorFlow's form. */
export const attributes = {
  text: (value: string) => ({ s: base64(value) }),
  texts: (...values: ReadonlyArray<string>) => ({ list: { s: values.map(base64) } }),
  ints: (...values: ReadonlyArray<number>) => ({ list: { i: values.map(String) } }),
  int: (value: number) => ({ i: String(value) }),
  flag: (value: boolean) => ({ b: value }),
  type: (value: string) => ({ type: value })
}

const bytesOf = ({ dtype = "float32", quantized, values }: TfConstant): Uint8Array => {
  if (quantized !== undefined)
    return Uint8Array.from(values, (value) => Math.round((value - quantized.min) / quantized.scale))
  return new Uint8Array((dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values)).buffer)
}

/** The description and the weights of a graph model. */
export const tfjsModel = ({ constants, inputs, operations }: TfGraph, weightsFile = "weights.bin") => ({
  description: {
    format: "graph-model",
    modelTopology: {
      node: [
        ...Object.entries(inputs).map(([name, shape]) => ({
          name,
          op: "Placeholder",
          attr: {
            dtype: { type: "DT_FLOAT" },
            shape: { shape: { dim: shape.map((size) => ({ size: String(size) })) } }
          }
        })),
        ...Object.keys(constants).map((name) => ({ name, op: "Const" })),
        ...operations
      ]
    },
    weightsManifest: [
      {
        paths: [weightsFile],
        weights: Object.entries(constants).map(([name, { dtype = "float32", quantized, shape }]) => ({
          name,
          shape,
          dtype,
          ...(quantized === undefined ? {} : { quantization: { dtype: "uint8", ...quantized } })
        }))
      }
    ]
  },
  weights: Buffer.concat(Object.values(constants).map(bytesOf))
})

/** Puts a graph model into a folder. */
export const putTfjs = (folder: string, graph: TfGraph): void => {
  const { description, weights } = tfjsModel(graph)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "model.json"), JSON.stringify(description))
  writeFileSync(join(folder, "weights.bin"), weights)
}

/** The mean colour of an image of 8 by 8 pixels: red and blue as two scores that sum to 1. */
export const colourScores: TfGraph = {
  inputs: { image: [1, 8, 8, 3] },
  constants: {
    axes: { shape: [2], values: [1, 2], dtype: "int32" },
    weights: { shape: [3, 2], values: [9, 0, 0, 0, 0, 9] }
  },
  operations: [
    { name: "mean", op: "Mean", input: ["image", "axes"], attr: { keep_dims: attributes.flag(false) } },
    { name: "product", op: "MatMul", input: ["mean", "weights"] },
    { name: "scores", op: "Softmax", input: ["product"] }
  ]
}
