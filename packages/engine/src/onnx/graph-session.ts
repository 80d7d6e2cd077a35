/** Opens an ONNX graph with onnxruntime-node (an optional package), and runs it on plain arrays. */
import { join } from "node:path"
import type * as Runtime from "onnxruntime-node"
import { importOptional } from "../optional-import.ts"
import { GraphProblem, portText } from "./graph-problem.ts"

/** An input or output of a graph. Sizes that depend on the input are names. */
export interface GraphPort {
  readonly name: string
  readonly type: string
  readonly shape: ReadonlyArray<number | string>
}

/** A tensor that a graph returns: its numbers in rows. */
export interface GraphTensor {
  readonly name: string
  readonly shape: ReadonlyArray<number>
  /** True if its elements are integers, such as the numbers of classes. */
  readonly integers: boolean
  readonly data: Float32Array | Float64Array
}

/** The value of an input. */
export interface GraphFeed {
  readonly type: "float32" | "uint8" | "int64" | "int32"
  readonly shape: ReadonlyArray<number>
  readonly data: Float32Array | Uint8Array | ReadonlyArray<number>
}

/** An open graph. */
export interface OpenGraph {
  readonly inputs: ReadonlyArray<GraphPort>
  readonly outputs: ReadonlyArray<GraphPort>
  /** Runs the graph. Rejects with a `GraphProblem` for elements that are no numbers. */
  readonly run: (feeds: Readonly<Record<string, GraphFeed>>) => Promise<ReadonlyArray<GraphTensor>>
  readonly close: () => Promise<void>
}

/** The path of a file in the model's folder. Throws for a name that leads elsewhere. */
export const fileInFolder = (folder: string, file: string): string => {
  if (!/^[\w.-]+$/.test(file) || /^\.+$/.test(file))
    throw new GraphProblem(`${JSON.stringify(file)} in manifest.json must be the name of a file in the same folder`)
  return join(folder, file)
}

/** Sizes without a name come as "" or as a negative number. */
const sizeOf = (size: number | string): number | string =>
  size === "" || (typeof size === "number" && size < 0) ? "?" : size

const portsOf = (metadata: ReadonlyArray<Runtime.InferenceSession.ValueMetadata>): ReadonlyArray<GraphPort> =>
  metadata.map((value) =>
    value.isTensor
      ? { name: value.name, type: value.type, shape: value.shape.map(sizeOf) }
      : { name: value.name, type: "sequence", shape: [] }
  )

const integerTypes = new Set(["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"])

const toNumbers = (name: string, { data, dims, type }: Runtime.Tensor): GraphTensor => {
  const known = { name, shape: dims, integers: integerTypes.has(type) }
  if (type === "float32") return { ...known, data: data as Float32Array } // its type says so
  if (type === "float64" || integerTypes.has(type))
    return { ...known, data: Float64Array.from(data as ArrayLike<number | bigint>, Number) } // numbers of any width
  throw new GraphProblem(
    `the output ${portText({ name, shape: dims })} is ${type}; float32, float64 and integers are read. ` +
      `Convert the model to float32 outputs`
  )
}

const toTensor = (runtime: typeof Runtime, { data, shape, type }: GraphFeed): Runtime.Tensor => {
  if (data instanceof Float32Array) return new runtime.Tensor("float32", data, shape)
  if (data instanceof Uint8Array) return new runtime.Tensor("uint8", data, shape)
  if (type === "int64") return new runtime.Tensor("int64", BigInt64Array.from(data, BigInt), shape)
  if (type === "int32") return new runtime.Tensor("int32", Int32Array.from(data), shape)
  return type === "uint8"
    ? new runtime.Tensor("uint8", Uint8Array.from(data), shape)
    : new runtime.Tensor("float32", Float32Array.from(data), shape)
}

/** Opens a graph. Rejects if the package is not installed, or the file is no graph. */
export const openGraph = async (path: string): Promise<OpenGraph> => {
  const runtime = await importOptional<typeof Runtime>("onnxruntime-node")
  // Warnings about unused constants concern the model's maker.
  const session = await runtime.InferenceSession.create(path, { logSeverityLevel: 3 })
  return {
    inputs: portsOf(session.inputMetadata),
    outputs: portsOf(session.outputMetadata),
    run: async (feeds) => {
      const given = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, toTensor(runtime, feed)]))
      const results = await session.run(given)
      return session.outputNames.flatMap((name) => {
        const tensor = results[name]
        return tensor === undefined ? [] : [toNumbers(name, tensor)]
      })
    },
    close: () => session.release()
  }
}
