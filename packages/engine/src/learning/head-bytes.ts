/** A head as bytes: "SLHD", a version, a JSON header, then its numbers, little-endian on every machine. */
import { Result, Schema } from "effect"
import type { Head } from "./head.ts"

const magic = "SLHD"
const version = 1

/** Bytes that are not a head of a known version. `details` is the reason. */
export class UnreadableHead extends Schema.TaggedError<UnreadableHead>()("UnreadableHead", { details: Schema.String }) {
  readonly retryable = false
  override get message() {
    return `the stored head cannot be read: ${this.details}`
  }
}

const Header = Schema.fromJsonString(
  Schema.Struct({
    embedder: Schema.String,
    concepts: Schema.Array(Schema.String),
    mutuallyExclusive: Schema.Boolean,
    dimensions: Schema.Int
  })
)

/** Encodes a head in `4 + 4 + 4 + header + 24 × concepts + 4 × concepts × dimensions` bytes. */
export const encodeHead = (head: Head): Uint8Array => {
  const { bias, calibration, concepts, dimensions, embedder, mutuallyExclusive, weights } = head
  const header = new TextEncoder().encode(JSON.stringify({ embedder, concepts, mutuallyExclusive, dimensions }))
  const out = new Uint8Array(12 + header.length + 24 * concepts.length + 4 * weights.length)
  const view = new DataView(out.buffer)
  for (let i = 0; i < 4; i++) view.setUint8(i, magic.charCodeAt(i))
  view.setUint32(4, version, true)
  view.setUint32(8, header.length, true)
  out.set(header, 12)
  let at = 12 + header.length
  for (const numbers of [bias, calibration.scale, calibration.shift]) {
    for (const number of numbers) {
      view.setFloat64(at, number, true)
      at += 8
    }
  }
  for (const weight of weights) {
    view.setFloat32(at, weight, true)
    at += 4
  }
  return out
}

/** Decodes a head, or fails with the reason why the bytes are not one. */
export const decodeHead = (bytes: Uint8Array): Result.Result<Head, UnreadableHead> => {
  const fail = (details: string) => Result.fail(new UnreadableHead({ details }))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 4)) !== magic) return fail("no head begins so")
  if (view.getUint32(4, true) !== version) return fail(`version ${view.getUint32(4, true)}; known here is ${version}`)
  const from = 12 + view.getUint32(8, true)
  const header = Schema.decodeUnknownResult(Header)(new TextDecoder().decode(bytes.subarray(12, from)))
  if (Result.isFailure(header)) return fail("its header is broken")
  const { concepts, dimensions } = header.success
  const count = concepts.length
  if (bytes.length !== from + 24 * count + 4 * count * dimensions) return fail("it is cut short or too long")
  const doubles = (at: number) => Float64Array.from({ length: count }, (_, i) => view.getFloat64(at + 8 * i, true))
  const weights = Float32Array.from({ length: count * dimensions }, (_, i) =>
    view.getFloat32(from + 24 * count + 4 * i, true)
  )
  const calibration = { scale: doubles(from + 8 * count), shift: doubles(from + 16 * count) }
  return Result.succeed({ ...header.success, weights, bias: doubles(from), calibration })
}
