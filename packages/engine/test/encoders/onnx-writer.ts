/** Writes tiny ONNX models: the parts of protobuf and of ONNX's schema (onnx.proto3) that tests need. */

type Bytes = ReadonlyArray<number>

const varint = (value: number): Bytes =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]
const number = (field: number, value: number): Bytes => [...varint(field << 3), ...varint(value)]
const nested = (field: number, body: Bytes): Bytes => [...varint((field << 3) | 2), ...varint(body.length), ...body]
const text = (field: number, value: string): Bytes => nested(field, [...new TextEncoder().encode(value)])

/** One operation: `output = type(inputs)`. Its attributes are integers and lists of them. */
export interface Node {
  readonly type: string
  readonly inputs: ReadonlyArray<string>
  readonly output: string
  readonly attributes?: Readonly<Record<string, number | ReadonlyArray<number>>>
}

/** A constant of 32-bit floats. */
export interface Constant {
  readonly name: string
  readonly shape: ReadonlyArray<number>
  readonly values: ReadonlyArray<number>
}

/** A graph with one input and one output. */
export interface Graph {
  readonly input: { readonly name: string; readonly shape: ReadonlyArray<number> }
  readonly output: { readonly name: string; readonly shape: ReadonlyArray<number> }
  readonly nodes: ReadonlyArray<Node>
  readonly constants: ReadonlyArray<Constant>
}

const float = 1
const integer = 2
const integerList = 7

const attribute = (value: number | ReadonlyArray<number>): Bytes =>
  typeof value === "number"
    ? [...number(3, value), ...number(20, integer)]
    : [...value.flatMap((one) => number(8, one)), ...number(20, integerList)]

const valueInfo = ({ name, shape }: Graph["input"]): Bytes => {
  const dimensions = nested(
    2,
    shape.flatMap((size) => nested(1, number(1, size)))
  )
  return [...text(1, name), ...nested(2, nested(1, [...number(1, float), ...dimensions]))]
}

const node = ({ attributes = {}, inputs, output, type }: Node): Bytes => [
  ...inputs.flatMap((input) => text(1, input)),
  ...text(2, output),
  ...text(4, type),
  ...Object.entries(attributes).flatMap(([name, value]) => nested(5, [...text(1, name), ...attribute(value)]))
]

const constant = ({ name, shape, values }: Constant): Bytes => [
  ...shape.flatMap((size) => number(1, size)),
  ...number(2, float),
  ...text(8, name),
  ...nested(9, [...new Uint8Array(Float32Array.from(values).buffer)])
]

/** The bytes of a model with that graph, operator set 13. */
export const writeOnnx = ({ constants, input, nodes, output }: Graph): Uint8Array => {
  const graph = [
    ...nodes.flatMap((one) => nested(1, node(one))),
    ...text(2, "g"),
    ...constants.flatMap((one) => nested(5, constant(one))),
    ...nested(11, valueInfo(input)),
    ...nested(12, valueInfo(output))
  ]
  return Uint8Array.from([...number(1, 8), ...nested(7, graph), ...nested(8, number(2, 13))])
}
