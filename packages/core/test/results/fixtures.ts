// PNGs by hand, and outputs to convert.
import { deflateSync } from "node:zlib"
import { decode } from "../../src/wire/codec/decode-json.ts"
import { OutputWire } from "../../src/wire/messages/output-messages.ts"

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c >>> 0
})
const crc = (bytes: Uint8Array): number => {
  let c = 0xffffffff
  for (const byte of bytes) c = (crcTable[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}

export const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const out = new Uint8Array(12 + data.length)
  const view = new DataView(out.buffer)
  view.setUint32(0, data.length)
  out.set(Buffer.from(type, "latin1"), 4)
  out.set(data, 8)
  view.setUint32(8 + data.length, crc(out.subarray(4, 8 + data.length)))
  return out
}

export interface PngSpec {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colour: number
  readonly interlace?: number
  /** Filtered scanlines, not compressed. */
  readonly raw: Uint8Array
  readonly palette?: Uint8Array
}

export const png = ({
  colour,
  depth,
  height,
  interlace = 0,
  palette,
  raw,
  width
}: PngSpec): Uint8Array<ArrayBuffer> => {
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([depth, colour, 0, 0, interlace], 8)
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
  const parts = [signature, chunk("IHDR", header), ...(palette ? [chunk("PLTE", palette)] : [])]
  const compressed = deflateSync(raw)
  const half = compressed.length >> 1 // two IDAT chunks, as encoders may
  parts.push(
    chunk("IDAT", compressed.subarray(0, half)),
    chunk("IDAT", compressed.subarray(half)),
    chunk("IEND", new Uint8Array())
  )
  return new Uint8Array(Buffer.concat(parts))
}

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")

export const output = (json: object): OutputWire => {
  const decoded = decode(OutputWire, json)
  if (!decoded.ok) throw new Error(`${decoded.problem.path}: ${decoded.problem.problem}`)
  return decoded.value
}
