/** ONNX models as bytes. */
import { concatBytes } from "@sightline/platform/bytes/view"
import { bytes, float, int, text } from "../onnx/protobuf-bytes.ts"

/** The value of an attribute: integers, a list of them, a string, or a float. */
export type OnnxAttribute = number | ReadonlyArray<number> | string | { readonly float: number }

/** One operation. */
export interface OnnxNode {
  readonly op: string
  readonly inputs: ReadonlyArray<string>
  readonly outputs: ReadonlyArray<string>
  readonly attributes: Readonly<Record<string, OnnxAttribute>>
}

/** A constant. */
export interface OnnxConstant {
  readonly name: string
  readonly shape: ReadonlyArray<number>
  readonly data: Float32Array | BigInt64Array | Uint8Array
}

/** An input or output; an output's shape is inferred by the runtime. */
export interface OnnxPort {
  readonly name: string
  readonly type: keyof typeof elementTypes
  /** Names stand for sizes that depend on the input. */
  readonly shape?: ReadonlyArray<number | string>
}

/** A graph. */
export interface OnnxGraph {
  readonly nodes: ReadonlyArray<OnnxNode>
  readonly constants: ReadonlyArray<OnnxConstant>
  readonly inputs: ReadonlyArray<OnnxPort>
  readonly outputs: ReadonlyArray<OnnxPort>
}

/** TensorProto.DataType. */
const elementTypes = { float32: 1, uint8: 2, int64: 7, bool: 9 } as const

/** AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20. */
const attribute = ([name, value]: readonly [string, OnnxAttribute]): Uint8Array => {
  if (typeof value === "number") return bytes(5, text(1, name), int(3, value), int(20, 2))
  if (typeof value === "string") return bytes(5, text(1, name), text(4, value), int(20, 3))
  if ("float" in value) return bytes(5, text(1, name), float(2, value.float), int(20, 1))
  return bytes(5, text(1, name), ...value.map((one) => int(8, one)), int(20, 7))
}

/** NodeProto: input 1, output 2, op_type 4, attribute 5. */
const node = ({ attributes, inputs, op, outputs }: OnnxNode): Uint8Array =>
  bytes(
    1,
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, op),
    ...Object.entries(attributes).map(attribute)
  )

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9 (little-endian, as every platform of Node.js is). */
const constant = ({ data, name, shape }: OnnxConstant): Uint8Array => {
  const type = data instanceof Float32Array ? "float32" : data instanceof BigInt64Array ? "int64" : "bool"
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return bytes(5, ...shape.map((size) => int(1, size)), int(2, elementTypes[type]), text(8, name), bytes(9, raw))
}

/** ValueInfoProto: name 1, type 2 with tensor_type 1: elem_type 1, shape 2 of dims 1 (dim_value 1, dim_param 2). */
const port = (field: number, { name, shape, type }: OnnxPort): Uint8Array => {
  const sizes = shape?.map((size) => bytes(1, typeof size === "number" ? int(1, size) : text(2, size)))
  const tensor = bytes(1, int(1, elementTypes[type]), ...(sizes === undefined ? [] : [bytes(2, ...sizes)]))
  return bytes(field, text(1, name), bytes(2, tensor))
}

/** Writes a model: onnx.proto3 of ONNX 1.16, IR version 9, operator set 18. */
export const writeOnnxModel = ({ constants, inputs, nodes, outputs }: OnnxGraph): Uint8Array => {
  const graph = bytes(
    7,
    ...nodes.map(node),
    text(2, "converted"),
    ...constants.map(constant),
    ...inputs.map((one) => port(11, one)),
    ...outputs.map((one) => port(12, one))
  )
  return concatBytes([int(1, 9), text(2, "sightline"), graph, bytes(8, text(1, ""), int(2, 18))])
}
