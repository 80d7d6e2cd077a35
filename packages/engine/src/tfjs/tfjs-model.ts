/** A TensorFlow.js graph model as it is published: `model.json`, and its weights in one or several files beside it. */
import { halfFloat } from "@sightline/platform/bytes/half-float"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readModuleLiteral } from "./module-literal.ts"

const Size = Schema.Struct({ size: Schema.optionalKey(Schema.String) })
const Shape = Schema.Struct({ dim: Schema.optionalKey(Schema.Array(Size)) })

/** The value of an attribute: the forms of TensorFlow's `AttrValue` that are used here; strings are base64. */
const Attribute = Schema.Struct({
  s: Schema.optionalKey(Schema.String),
  i: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite])),
  f: Schema.optionalKey(Schema.Union([Schema.Finite, Schema.String])),
  b: Schema.optionalKey(Schema.Boolean),
  type: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite])),
  shape: Schema.optionalKey(Shape),
  list: Schema.optionalKey(
    Schema.Struct({
      s: Schema.optionalKey(Schema.Array(Schema.String)),
      i: Schema.optionalKey(Schema.Array(Schema.Union([Schema.String, Schema.Finite])))
    })
  )
})

const GraphNode = Schema.Struct({
  name: Schema.String,
  op: Schema.String,
  input: Schema.optionalKey(Schema.Array(Schema.String)),
  attr: Schema.optionalKey(Schema.Record(Schema.String, Attribute))
})

const WeightSpec = Schema.Struct({
  name: Schema.String,
  shape: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 28 }))),
  dtype: Schema.Literals(["float32", "int32", "bool"]),
  quantization: Schema.optionalKey(
    Schema.Struct({
      dtype: Schema.Literals(["uint8", "uint16", "float16"]),
      scale: Schema.optionalKey(Schema.Finite),
      min: Schema.optionalKey(Schema.Finite)
    })
  )
})

const Signature = Schema.Struct({
  outputs: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Struct({ name: Schema.String, dtype: Schema.optionalKey(Schema.String) }))
  )
})

const ModelFile = Schema.Struct({
  modelTopology: Schema.Struct({ node: Schema.Array(GraphNode) }),
  signature: Schema.optionalKey(Signature),
  userDefinedMetadata: Schema.optionalKey(Schema.Struct({ signature: Schema.optionalKey(Signature) })),
  weightsManifest: Schema.Array(
    Schema.Struct({ paths: Schema.Array(Schema.String), weights: Schema.Array(WeightSpec) })
  )
})

/** A node of the graph. */
export type TfNode = typeof GraphNode.Type

/** A constant: integers are of 64 bits, as ONNX takes them. */
export interface TfTensor {
  readonly shape: ReadonlyArray<number>
  readonly data: Float32Array | BigInt64Array | Uint8Array
}

/** A graph with its weights. */
export interface TfModel {
  readonly nodes: ReadonlyArray<TfNode>
  readonly weights: ReadonlyMap<string, TfTensor>
  /** Names of the nodes that the graph returns. */
  readonly outputs: ReadonlyArray<string>
  /** The files that it was read from. */
  readonly files: ReadonlyArray<string>
}

/** A graph that is not converted: what it has, and why. */
export class UnsupportedGraph extends Error {
  constructor(message: string) {
    super(message)
    this.name = "UnsupportedGraph"
  }
}

const decodeModel = Schema.decodeUnknownResult(ModelFile)

type Spec = typeof WeightSpec.Type

const widthOf = ({ dtype, quantization }: Spec): number =>
  quantization === undefined ? (dtype === "bool" ? 1 : 4) : quantization.dtype === "uint8" ? 1 : 2

const decodeWeight = (spec: Spec, view: DataView, count: number): TfTensor["data"] => {
  const { dtype, quantization } = spec
  if (dtype === "bool") return Uint8Array.from({ length: count }, (_, i) => view.getUint8(i))
  const read =
    quantization === undefined
      ? dtype === "int32"
        ? (i: number) => view.getInt32(i * 4, true)
        : (i: number) => view.getFloat32(i * 4, true)
      : quantization.dtype === "float16"
        ? (i: number) => halfFloat(view.getUint16(i * 2, true))
        : (i: number) => {
            const { dtype: width, min = 0, scale = 1 } = quantization
            return (width === "uint8" ? view.getUint8(i) : view.getUint16(i * 2, true)) * scale + min
          }
  if (dtype === "int32") return BigInt64Array.from({ length: count }, (_, i) => BigInt(Math.round(read(i))))
  const out = new Float32Array(count)
  for (let i = 0; i < count; i++) out[i] = read(i)
  return out
}

const readWeights = (bytes: Uint8Array, specs: ReadonlyArray<Spec>): ReadonlyArray<readonly [string, TfTensor]> => {
  let at = 0
  return specs.map((spec) => {
    const count = spec.shape.reduce((product, size) => product * size, 1)
    const length = count * widthOf(spec)
    if (at + length > bytes.length) throw new UnsupportedGraph(`its weights end within ${spec.name}`)
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, length)
    at += length
    return [spec.name, { shape: spec.shape, data: decodeWeight(spec, view, count) }] as const
  })
}

const textOf = async (path: string): Promise<string | undefined> => await readFile(path, "utf8").catch(() => undefined)

/** A file of weights, or the module that holds it as base64. */
const readShard = async (folder: string, path: string): Promise<readonly [file: string, bytes: Uint8Array]> => {
  if (!/^\w[\w.-]*$/.test(path))
    throw new UnsupportedGraph(`its weights ${JSON.stringify(path)} are not beside its model.json`)
  const found = await readFile(join(folder, path)).catch(() => undefined)
  if (found !== undefined) return [path, found]
  const module = await textOf(join(folder, `${path}.js`))
  const literal = module === undefined ? undefined : readModuleLiteral(module)
  if (typeof literal !== "string") throw new UnsupportedGraph(`its weights ${path} are missing`)
  return [`${path}.js`, Buffer.from(literal, "base64")]
}

/** The names of the two forms of a model's description. */
const descriptions = ["model.json", "model.js"] as const

const readDescription = async (folder: string): Promise<readonly [file: string, value: unknown] | undefined> => {
  const [json, module] = await Promise.all(descriptions.map((name) => textOf(join(folder, name))))
  if (json !== undefined) {
    try {
      return [descriptions[0], JSON.parse(json)]
    } catch {
      return undefined
    }
  }
  return module === undefined ? undefined : [descriptions[1], readModuleLiteral(module)]
}

const isTopology = (value: unknown): boolean => typeof value === "object" && value !== null && "modelTopology" in value

/**
 * Reads the graph model in a folder; undefined if there is none. A description and weights may be modules that export them:
 * `model.js` and `WEIGHTS.js`. Throws `UnsupportedGraph` for a model of layers, or one whose weights are missing.
 */
export const readTfModel = async (folder: string): Promise<TfModel | undefined> => {
  const found = await readDescription(folder)
  if (found === undefined || !isTopology(found[1])) return undefined
  const decoded = decodeModel(found[1])
  if (Result.isFailure(decoded))
    throw new UnsupportedGraph(
      `its ${found[0]} is no TensorFlow.js graph model: ${decoded.failure.message.replaceAll(/\s+/g, " ").slice(0, 200)}`
    )
  const { modelTopology, signature, userDefinedMetadata, weightsManifest } = decoded.success
  const nodes = modelTopology.node
  const weights = new Map<string, TfTensor>()
  const files: Array<string> = [found[0]]
  for (const group of weightsManifest) {
    const shards = await Promise.all(group.paths.map((path) => readShard(folder, path)))
    files.push(...shards.map(([file]) => file))
    const bytes = Buffer.concat(shards.map(([, shard]) => shard))
    for (const [name, tensor] of readWeights(bytes, group.weights)) weights.set(name, tensor)
  }
  const named = Object.values((signature ?? userDefinedMetadata?.signature)?.outputs ?? {}).map(({ name }) =>
    name.replace(/:0$/, "")
  )
  const used = new Set(nodes.flatMap(({ input = [] }) => input.map((name) => name.replace(/^\^|:\d+$/g, ""))))
  const ends = nodes.filter(({ name, op }) => !used.has(name) && op !== "Const" && op !== "NoOp")
  return { nodes, weights, outputs: named.length > 0 ? named : ends.map(({ name }) => name), files }
}
