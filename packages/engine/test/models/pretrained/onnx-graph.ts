/** Writes small ONNX graphs: just enough of its protobuf for models that tests make themselves. */

type Bytes = ReadonlyArray<number>

const varint = (value: number): Bytes => {
  const out: Array<number> = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest > 127n) {
    out.push(Number((rest & 127n) | 128n))
    rest >>= 7n
  }
  out.push(Number(rest))
  return out
}

const int = (field: number, value: number): Bytes => [...varint(field * 8), ...varint(value)]
const block = (field: number, bytes: Iterable<number>): Bytes => {
  const list = [...bytes]
  return [...varint(field * 8 + 2), ...varint(list.length), ...list]
}
const word = (field: number, text: string): Bytes => block(field, new TextEncoder().encode(text))
const float = (field: number, value: number): Bytes => [
  ...varint(field * 8 + 5),
  ...new Uint8Array(new Float32Array([value]).buffer)
]

/** Element types of tensors, by their ONNX numbers. */
export const elements = { float: 1, int64: 7 } as const

/** A named input or output; names of dimensions stand for any size. */
export interface Port {
  readonly name: string
  readonly type: number
  readonly shape: ReadonlyArray<number | string>
}

/** A constant. */
export interface Constant {
  readonly name: string
  readonly shape: ReadonlyArray<number>
  readonly data: Float32Array | BigInt64Array
}

/** One operation. */
export interface Operation {
  readonly op: string
  readonly inputs: ReadonlyArray<string>
  readonly outputs: ReadonlyArray<string>
  readonly attributes?: Readonly<Record<string, number | ReadonlyArray<number> | { readonly float: number }>>
}

const attribute = (name: string, value: number | ReadonlyArray<number> | { readonly float: number }): Bytes => {
  if (typeof value === "number") return [...word(1, name), ...int(3, value), ...int(20, 2)]
  if ("float" in value) return [...word(1, name), ...float(2, value.float), ...int(20, 1)]
  return [...word(1, name), ...value.flatMap((item) => int(8, item)), ...int(20, 7)]
}

const tensor = ({ data, name, shape }: Constant): Bytes => [
  ...shape.flatMap((size) => int(1, size)),
  ...int(2, data instanceof Float32Array ? elements.float : elements.int64),
  ...word(8, name),
  ...block(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
]

const port = ({ name, shape, type }: Port): Bytes => {
  const dims = shape.flatMap((size) => block(1, typeof size === "number" ? int(1, size) : word(2, size)))
  return [...word(1, name), ...block(2, block(1, [...int(1, type), ...block(2, dims)]))]
}

/** A whole model file, of operator set 17. */
export const writeGraph = (graph: {
  readonly inputs: ReadonlyArray<Port>
  readonly outputs: ReadonlyArray<Port>
  readonly constants?: ReadonlyArray<Constant>
  readonly operations: ReadonlyArray<Operation>
}): Uint8Array => {
  const body = [
    ...graph.operations.flatMap(({ attributes = {}, inputs, op, outputs }) =>
      block(1, [
        ...inputs.flatMap((name) => word(1, name)),
        ...outputs.flatMap((name) => word(2, name)),
        ...word(4, op),
        ...Object.entries(attributes).flatMap(([name, value]) => block(5, attribute(name, value)))
      ])
    ),
    ...word(2, "drawn by a test"),
    ...(graph.constants ?? []).flatMap((constant) => block(5, tensor(constant))),
    ...graph.inputs.flatMap((one) => block(11, port(one))),
    ...graph.outputs.flatMap((one) => block(12, port(one)))
  ]
  return Uint8Array.from([...int(1, 8), ...block(7, body), ...block(8, [...word(1, ""), ...int(2, 17)])])
}
