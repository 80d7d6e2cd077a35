/**
 * Folder `tfjs`: TensorFlow.js graphs, converted to ONNX when a model is added. This file converts a graph, operation by
 * operation. Layouts stay as they are: height, width, channels.
 */
import { elementOperations } from "./element-operations.ts"
import { shapeOperations } from "./shape-operations.ts"
import { spatialOperations } from "./spatial-operations.ts"
import { type TfModel, type TfNode, type TfTensor, UnsupportedGraph } from "./tfjs-model.ts"
import { type OnnxAttribute, type OnnxConstant, type OnnxNode, type OnnxPort, writeOnnxModel } from "./write-onnx.ts"

/** What the conversion of one operation needs. */
export interface Operation {
  readonly node: TfNode
  /** How many inputs it has, without those that only state an order. */
  readonly count: number
  /** The value of an input. */
  readonly input: (index: number) => string
  /** The numbers of an input. Throws if they are only known when the graph runs. */
  readonly constant: (index: number) => TfTensor
  /** The integers of an input. Throws as `constant` does. */
  readonly integers: (index: number) => ReadonlyArray<number>
  /** Adds an operation with one result. */
  readonly add: (
    op: string,
    inputs: ReadonlyArray<string>,
    attributes?: Readonly<Record<string, OnnxAttribute>>
  ) => string
  /** Adds an operation with several results. */
  readonly addMany: (
    op: string,
    inputs: ReadonlyArray<string>,
    count: number,
    attributes?: Readonly<Record<string, OnnxAttribute>>
  ) => ReadonlyArray<string>
  /** Adds a list of integers. */
  readonly ints: (values: ReadonlyArray<number>) => string
  /** Adds one number. */
  readonly float: (value: number) => string
  /** Adds numbers of any shape. */
  readonly tensor: (shape: ReadonlyArray<number>, data: TfTensor["data"]) => string
}

/** Converts one operation. Returns its result, or several. */
export type Convert = (operation: Operation) => string | ReadonlyArray<string>

const operations: Readonly<Record<string, Convert>> = {
  ...elementOperations,
  ...shapeOperations,
  ...spatialOperations
}

/** Graphs of more operations are refused. */
const maxNodes = 50_000

/** The name of a node, and which of its results. */
const parseReference = (reference: string): readonly [name: string, index: number] => {
  const [, name = reference, index = "0"] = /^(.*?)(?::(\d+))?$/.exec(reference) ?? []
  return [name, Number(index)]
}

const dataInputs = ({ input = [] }: TfNode): ReadonlyArray<string> => input.filter((name) => !name.startsWith("^"))

/** Nodes that the outputs need, each after those that it needs. */
const inOrder = (nodes: ReadonlyMap<string, TfNode>, outputs: ReadonlyArray<string>): ReadonlyArray<TfNode> => {
  const sorted: Array<TfNode> = []
  const state = new Map<string, "open" | "done">()
  const stack = outputs.map((name) => parseReference(name)[0])
  while (stack.length > 0) {
    const name = stack.at(-1) ?? ""
    const node = nodes.get(name)
    if (node === undefined) throw new UnsupportedGraph(`it has no operation ${name}`)
    const known = state.get(name)
    const needs = dataInputs(node).map((one) => parseReference(one)[0])
    const missing = needs.filter((one) => state.get(one) !== "done")
    if (known === "done" || missing.length === 0) {
      if (known !== "done") sorted.push(node)
      state.set(name, "done")
      stack.pop()
      continue
    }
    if (known === "open") throw new UnsupportedGraph("it has a loop")
    state.set(name, "open")
    stack.push(...missing)
  }
  return sorted
}

const placeholder = ({ attr = {}, name }: TfNode): OnnxPort => {
  const type = String(attr["dtype"]?.type ?? "DT_FLOAT")
  if (type !== "DT_FLOAT" && type !== "DT_UINT8")
    throw new UnsupportedGraph(`its input ${name} takes ${type}; DT_FLOAT and DT_UINT8 are converted`)
  const sizes = (attr["shape"]?.shape?.dim ?? []).map(({ size = "-1" }) => Number(size))
  const shape = sizes.map((size, at) => (size >= 0 ? size : at === 0 ? "N" : `size${at}`))
  return { name, type: type === "DT_FLOAT" ? "float32" : "uint8", shape }
}

/**
 * Converts a graph. `wanted` names the outputs that are needed; the others, and what only they need, are left out. Throws
 * `UnsupportedGraph` for an operation that is not known here.
 */
export const convertGraph = (model: TfModel, wanted: ReadonlySet<string> = new Set()): Uint8Array => {
  const { nodes, weights } = model
  const named = model.outputs.filter((name) => wanted.has(name))
  const outputs = named.length > 0 ? named : model.outputs
  if (nodes.length > maxNodes) throw new UnsupportedGraph(`it has more than ${maxNodes} operations`)
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const emitted: Array<OnnxNode> = []
  const constants: Array<OnnxConstant> = []
  const inputs: Array<OnnxPort> = []
  const values = new Map<string, ReadonlyArray<string>>()
  const tensor: Operation["tensor"] = (shape, data) => {
    const name = `constant_${constants.length}`
    constants.push({ name, shape, data })
    return name
  }
  const addMany: Operation["addMany"] = (op, from, count, attributes = {}) => {
    const results = Array.from({ length: count }, (_, at) => `value_${emitted.length}_${at}`)
    emitted.push({ op, inputs: from, outputs: results, attributes })
    return results
  }
  const add: Operation["add"] = (op, from, attributes) => addMany(op, from, 1, attributes)[0] ?? ""
  const valueOf = (reference: string): string => {
    const [name, index] = parseReference(reference)
    const value = values.get(name)?.[index]
    if (value !== undefined) return value
    const found = byName.get(name)?.op === "Const" ? weights.get(name) : undefined
    if (found !== undefined) {
      // Constants that only filters and axes are made of are never written.
      const constant = tensor(found.shape, found.data)
      values.set(name, [constant])
      return constant
    }
    throw new UnsupportedGraph(`it has no value ${reference}`)
  }
  const constantOf = (reference: string, of: TfNode): TfTensor => {
    const node = byName.get(parseReference(reference)[0])
    const [behind] = node === undefined ? [] : dataInputs(node)
    if (node?.op === "Identity" && behind !== undefined) return constantOf(behind, of)
    const found = node?.op === "Const" ? weights.get(node.name) : undefined
    if (found !== undefined) return found
    throw new UnsupportedGraph(`its operation ${of.op} (${of.name}) takes ${reference}, which is not constant`)
  }
  const operation = (node: TfNode): Operation => {
    const given = dataInputs(node)
    const at = (index: number): string => {
      const reference = given[index]
      if (reference !== undefined) return reference
      throw new UnsupportedGraph(`its operation ${node.op} (${node.name}) has no input ${index}`)
    }
    return {
      node,
      count: given.length,
      input: (index) => valueOf(at(index)),
      constant: (index) => constantOf(at(index), node),
      integers: (index) => Array.from(constantOf(at(index), node).data, Number),
      add,
      addMany,
      ints: (list) => tensor([list.length], BigInt64Array.from(list, BigInt)),
      float: (value) => tensor([], Float32Array.of(value)),
      tensor
    }
  }
  for (const node of inOrder(byName, outputs)) {
    if (node.op === "Const") continue
    if (node.op === "Placeholder") {
      inputs.push(placeholder(node))
      values.set(node.name, [node.name])
    } else {
      const convert = operations[node.op]
      if (convert === undefined || !Object.hasOwn(operations, node.op))
        throw new UnsupportedGraph(`its operation ${node.op} (${node.name}) cannot be converted to ONNX`)
      const result = convert(operation(node))
      values.set(node.name, typeof result === "string" ? [result] : result)
    }
  }
  const ports = outputs.map((name): OnnxPort => {
    emitted.push({ op: "Identity", inputs: [valueOf(name)], outputs: [name], attributes: {} })
    return { name, type: "float32" }
  })
  return writeOnnxModel({ nodes: emitted, constants, inputs, outputs: ports })
}
