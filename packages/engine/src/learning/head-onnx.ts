/**
 * A head as an ONNX model: input `embedding` `[N, dimensions]`, output `scores` `[N, concepts]`, float32. The model's
 * metadata names the encoder of the embeddings. Layout: onnx.proto3 of ONNX 1.16, IR version 8, opset 17.
 */
import { Result, Schema } from "effect"
import { UnreadableHead } from "./head-bytes.ts"
import type { Head } from "./head.ts"
import { concatBytes } from "@sightline/platform/bytes/view"
import { bytes, bytesOf, fieldsOf, int, text, textOf } from "../onnx/protobuf-bytes.ts"

const float = 1
const double = 11

/** The metadata. Metadata are strings, so numbers and lists are JSON. */
const Metadata = Schema.Struct({
  format: Schema.Literal("sightline-head-1"),
  embedder: Schema.String,
  concepts: Schema.fromJsonString(Schema.Array(Schema.String)),
  mutually_exclusive: Schema.fromJsonString(Schema.Boolean),
  dimensions: Schema.fromJsonString(Schema.Int)
})

const raw = (numbers: Float32Array | Float64Array): Uint8Array => {
  const size = numbers.BYTES_PER_ELEMENT
  const view = new DataView(new ArrayBuffer(numbers.length * size))
  numbers.forEach((value, i) =>
    size === 8 ? view.setFloat64(i * 8, value, true) : view.setFloat32(i * 4, value, true)
  )
  return new Uint8Array(view.buffer)
}

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9. */
const tensor = (name: string, shape: ReadonlyArray<number>, numbers: Float32Array | Float64Array) =>
  bytes(
    5,
    ...shape.map((size) => int(1, size)),
    int(2, numbers instanceof Float64Array ? double : float),
    text(8, name),
    bytes(9, raw(numbers))
  )

/** NodeProto: input 1, output 2, op_type 4, attribute 5 with name 1, i 3 and type 20 (2 is a whole number). */
const node = (
  op: string,
  inputs: ReadonlyArray<string>,
  output: string,
  attributes: Readonly<Record<string, number>> = {}
) =>
  bytes(
    1,
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, text(1, name), int(3, value), int(20, 2)))
  )

/** ValueInfoProto: name 1, type 2 with tensor_type 1: elem_type 1, shape 2 of dims 1 (dim_value 1, dim_param 2). */
const port = (field: number, name: string, size: number) =>
  bytes(
    field,
    text(1, name),
    bytes(2, bytes(1, int(1, float), bytes(2, bytes(1, text(2, "N")), bytes(1, int(1, size)))))
  )

/** Writes a head as an ONNX model. */
export const encodeHeadOnnx = (head: Head): Uint8Array => {
  const { bias, calibration, concepts, dimensions, embedder, mutuallyExclusive, weights } = head
  const count = concepts.length
  const metadata: typeof Metadata.Encoded = {
    format: "sightline-head-1",
    embedder,
    concepts: JSON.stringify(concepts),
    mutually_exclusive: JSON.stringify(mutuallyExclusive),
    dimensions: JSON.stringify(dimensions)
  }
  const graph = bytes(
    7,
    node("Cast", ["bias64"], "bias", { to: float }),
    node("Cast", ["scale64"], "scale", { to: float }),
    node("Cast", ["shift64"], "shift", { to: float }),
    node("Gemm", ["embedding", "weights", "bias"], "margins", { transB: 1 }),
    node("Mul", ["margins", "scale"], "scaled"),
    node("Add", ["scaled", "shift"], "logits"),
    mutuallyExclusive ? node("Softmax", ["logits"], "scores", { axis: 1 }) : node("Sigmoid", ["logits"], "scores"),
    text(2, "head"),
    tensor("weights", [count, dimensions], weights),
    tensor("bias64", [count], bias),
    tensor("scale64", [count], calibration.scale),
    tensor("shift64", [count], calibration.shift),
    port(11, "embedding", dimensions),
    port(12, "scores", count)
  )
  return concatBytes([
    int(1, 8),
    text(2, "sightline"),
    graph,
    bytes(8, text(1, ""), int(2, 17)),
    ...Object.entries(metadata).map(([key, value]) => bytes(14, text(1, key), text(2, value)))
  ])
}

/** The numbers of a tensor of known size. */
const numbersOf = (tensors: ReadonlyMap<string, Uint8Array>, name: string, count: number, size: 4 | 8): DataView => {
  const data = tensors.get(name)
  if (data === undefined || data.length !== count * size)
    throw new RangeError(`${name} is missing, cut short or too long`)
  return new DataView(data.buffer, data.byteOffset, data.byteLength)
}

/** Decodes a model that {@link encodeHeadOnnx} wrote; any other model is refused. */
export const decodeHeadOnnx = (model: Uint8Array): Result.Result<Head, UnreadableHead> => {
  try {
    const fields = fieldsOf(model)
    const entries = bytesOf(fields, 14).map((entry) => {
      const pair = fieldsOf(entry)
      return [textOf(pair, 1), textOf(pair, 2)] as const
    })
    const read = Schema.decodeUnknownResult(Metadata)(Object.fromEntries(entries))
    if (Result.isFailure(read))
      return Result.fail(
        new UnreadableHead({ details: "its metadata are not those of a head that an engine exported" })
      )
    const { concepts, dimensions, embedder, mutually_exclusive: mutuallyExclusive } = read.success
    const graph = fieldsOf(bytesOf(fields, 7)[0] ?? new Uint8Array())
    const tensors = new Map(
      bytesOf(graph, 5).map((one) => {
        const parts = fieldsOf(one)
        return [textOf(parts, 8), bytesOf(parts, 9)[0] ?? new Uint8Array()] as const
      })
    )
    const count = concepts.length
    const doubles = (name: string) => {
      const view = numbersOf(tensors, name, count, 8)
      return Float64Array.from({ length: count }, (_, i) => view.getFloat64(8 * i, true))
    }
    const view = numbersOf(tensors, "weights", count * dimensions, 4)
    const weights = Float32Array.from({ length: count * dimensions }, (_, i) => view.getFloat32(4 * i, true))
    const calibration = { scale: doubles("scale64"), shift: doubles("shift64") }
    if (new Set(concepts).size < count || concepts.includes(""))
      return Result.fail(new UnreadableHead({ details: "it names a concept twice, or without a name" }))
    if (count === 0 || ![...weights, ...calibration.scale, ...calibration.shift].every(Number.isFinite))
      return Result.fail(new UnreadableHead({ details: "it has no concepts, or numbers that are not finite" }))
    return Result.succeed({
      embedder,
      concepts,
      mutuallyExclusive,
      dimensions,
      weights,
      bias: doubles("bias64"),
      calibration
    })
  } catch (cause) {
    return Result.fail(
      new UnreadableHead({ details: cause instanceof RangeError ? cause.message : "it is not an ONNX model" })
    )
  }
}
