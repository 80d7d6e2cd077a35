/** Decodes FLAC (RFC 9639): lossless audio of up to 24 bits. */
import { StatusCode } from "@sightline/core/status"
import { Refused } from "../../../vision/decoding/decode.ts"
import { checkSound, maxSamples, type Sound } from "./pcm.ts"

const damaged = (what: string): Refused =>
  new Refused(StatusCode.ALL_INPUT_INVALID_BYTES, `the FLAC file is damaged: ${what}`)
const unsupported = (what: string): Refused =>
  new Refused(StatusCode.INPUT_UNSUPPORTED_FORMAT, `FLAC ${what} is not supported`)

/** Reads bits, the most significant first. */
class BitReader {
  readonly #bytes: Uint8Array
  #bit: number
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#bit = at * 8
  }
  get byte(): number {
    return this.#bit >> 3
  }
  get isDone(): boolean {
    return this.byte >= this.#bytes.length
  }
  /** An unsigned number of up to 32 bits. */
  read(count: number): number {
    if (this.#bit + count > this.#bytes.length * 8) throw damaged("it ends early")
    let value = 0
    for (let left = count; left > 0;) {
      const free = 8 - (this.#bit & 7)
      const taken = Math.min(free, left)
      const bits = ((this.#bytes[this.#bit >> 3] ?? 0) >> (free - taken)) & ((1 << taken) - 1)
      value = value * 2 ** taken + bits
      this.#bit += taken
      left -= taken
    }
    return value
  }
  /** A number in two's complement. */
  signed(count: number): number {
    if (count === 0) return 0
    const value = this.read(count)
    return value >= 2 ** (count - 1) ? value - 2 ** count : value
  }
  /** The number of zeros before the next one. */
  unary(): number {
    for (let zeros = 0; ; zeros++) if (this.read(1) === 1) return zeros
  }
  align(): void {
    this.#bit = (this.#bit + 7) & ~7
  }
}

interface StreamInfo {
  readonly sampleRate: number
  readonly channels: number
  readonly bits: number
}

/** Reads the metadata blocks; returns what STREAMINFO says, and where the frames begin. */
const readMetadata = (bytes: Uint8Array): { readonly info: StreamInfo; readonly end: number } => {
  let info: StreamInfo | undefined
  let at = 4
  for (let last = false; !last;) {
    const header = new BitReader(bytes, at)
    last = header.read(1) === 1
    const type = header.read(7)
    const size = header.read(24)
    if (type === 0) {
      const block = new BitReader(bytes, at + 4 + 10)
      info = { sampleRate: block.read(20), channels: block.read(3) + 1, bits: block.read(5) + 1 }
    }
    at += 4 + size
  }
  if (info === undefined) throw damaged("it has no stream information")
  return { info, end: at }
}

/** Coefficients of the fixed predictors, the newest sample first. */
const fixed: ReadonlyArray<ReadonlyArray<number>> = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]]

const readResidual = (reader: BitReader, out: Float64Array, size: number, order: number): void => {
  const method = reader.read(2)
  if (method > 1) throw damaged("an unknown coding of residuals")
  const parameterBits = method === 0 ? 4 : 5
  const escape = 2 ** parameterBits - 1
  const partitions = 2 ** reader.read(4)
  if (size % partitions !== 0 || size / partitions < order) throw damaged("partitions that do not fit")
  for (let partition = 0, at = order; partition < partitions; partition++) {
    const end = (partition + 1) * (size / partitions)
    const parameter = reader.read(parameterBits)
    if (parameter === escape) {
      const bits = reader.read(5)
      for (; at < end; at++) out[at] = reader.signed(bits)
      continue
    }
    for (; at < end; at++) {
      const folded = reader.unary() * 2 ** parameter + reader.read(parameter)
      out[at] = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2
    }
  }
}

/** Adds the prediction from the samples before to each residual. */
const restore = (out: Float64Array, size: number, coefficients: ReadonlyArray<number>, shift: number): void => {
  const scale = 2 ** shift
  for (let i = coefficients.length; i < size; i++) {
    let sum = 0
    for (const [back, coefficient] of coefficients.entries()) sum += coefficient * (out[i - 1 - back] ?? 0)
    out[i] = (out[i] ?? 0) + Math.floor(sum / scale)
  }
}

const readSubframe = (reader: BitReader, out: Float64Array, size: number, sampleBits: number): void => {
  if (reader.read(1) !== 0) throw damaged("a subframe without its mark")
  const type = reader.read(6)
  const wasted = reader.read(1) === 1 ? reader.unary() + 1 : 0
  const bits = sampleBits - wasted
  if (bits < 1) throw damaged("samples without bits")
  if (type === 0) out.fill(reader.signed(bits), 0, size)
  else if (type === 1) for (let i = 0; i < size; i++) out[i] = reader.signed(bits)
  else if (type >= 8 && type <= 12) {
    const order = type - 8
    for (let i = 0; i < order; i++) out[i] = reader.signed(bits)
    readResidual(reader, out, size, order)
    restore(out, size, fixed[order] ?? [], 0)
  } else if (type >= 32) {
    const order = type - 31
    for (let i = 0; i < order; i++) out[i] = reader.signed(bits)
    const precision = reader.read(4) + 1
    const shift = reader.signed(5)
    if (precision === 16 || shift < 0) throw damaged("an unknown predictor")
    const coefficients = Array.from({ length: order }, () => reader.signed(precision))
    readResidual(reader, out, size, order)
    restore(out, size, coefficients, shift)
  } else throw damaged("an unknown kind of subframe")
  if (wasted > 0) for (let i = 0; i < size; i++) out[i] = (out[i] ?? 0) * 2 ** wasted
}

const blockSize = (reader: BitReader, code: number): number => {
  if (code === 0) throw damaged("a block without a size")
  if (code === 1) return 192
  if (code <= 5) return 576 << (code - 2)
  if (code === 6) return reader.read(8) + 1
  return code === 7 ? reader.read(16) + 1 : 256 << (code - 8)
}

/** The number of a frame, coded as UTF-8 codes characters. It is not needed. */
const skipNumber = (reader: BitReader): void => {
  const first = reader.read(8)
  let more = 0
  for (let mask = 0x80; (first & mask) !== 0; mask >>= 1) more++
  for (let i = 1; i < more; i++) reader.read(8)
}

const sampleSizes = [0, 8, 12, 0, 16, 20, 24, 32]

/** Reads one frame into `channels`; returns its number of samples. */
const readFrame = (reader: BitReader, info: StreamInfo, channels: ReadonlyArray<Float64Array>): number => {
  if (reader.read(15) !== 0x7ffc) throw damaged("a frame without its mark")
  reader.read(1)
  const sizeCode = reader.read(4)
  const rateCode = reader.read(4)
  const layout = reader.read(4)
  const bits = sampleSizes[reader.read(3)] || info.bits
  reader.read(1)
  skipNumber(reader)
  const size = blockSize(reader, sizeCode)
  if (rateCode === 12) reader.read(8)
  else if (rateCode >= 13) reader.read(16)
  reader.read(8) // the header's checksum
  const count = layout < 8 ? layout + 1 : 2
  if (layout > 10 || count !== info.channels || bits > 24) throw damaged("a frame unlike its stream")
  const [left, right] = channels
  for (const [index, channel] of channels.entries()) {
    // A difference of two channels needs one more bit.
    const side = (layout === 8 && index === 1) || (layout === 9 && index === 0) || (layout === 10 && index === 1)
    readSubframe(reader, channel, size, bits + (side ? 1 : 0))
  }
  reader.align()
  reader.read(16) // the frame's checksum
  if (layout >= 8 && left !== undefined && right !== undefined) joinStereo(left, right, size, layout)
  return size
}

/** Turns left and side (8), side and right (9) or mid and side (10) into left and right. */
const joinStereo = (a: Float64Array, b: Float64Array, size: number, layout: number): void => {
  for (let i = 0; i < size; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0]
    if (layout === 8) b[i] = x - y
    else if (layout === 9) a[i] = x + y
    else {
      const sum = x * 2 + (Math.abs(y) % 2)
      a[i] = (sum + y) / 2
      b[i] = (sum - y) / 2
    }
  }
}

/** Decodes the sound; channels are averaged. Throws `Refused`. */
export const readFlac = (bytes: Uint8Array): Sound => {
  const { end, info } = readMetadata(bytes)
  checkSound(info.channels, info.sampleRate, 0)
  if (info.bits > 24) throw unsupported(`with ${info.bits} bits`)
  const channels = Array.from({ length: info.channels }, () => new Float64Array(65_536))
  const parts: Array<Float32Array> = []
  let total = 0
  const scale = 2 ** (info.bits - 1) * info.channels
  for (const reader = new BitReader(bytes, end); !reader.isDone;) {
    // Tags of other formats may follow the last frame.
    if (total > 0 && (bytes[reader.byte] !== 0xff || ((bytes[reader.byte + 1] ?? 0) & 0xfe) !== 0xf8)) break
    const size = readFrame(reader, info, channels)
    total += size
    if (total > maxSamples) checkSound(info.channels, info.sampleRate, total)
    const part = new Float32Array(size)
    for (let i = 0; i < size; i++) {
      let sum = 0
      for (const channel of channels) sum += channel[i] ?? 0
      part[i] = sum / scale
    }
    parts.push(part)
  }
  const samples = new Float32Array(total)
  let at = 0
  for (const part of parts) {
    samples.set(part, at)
    at += part.length
  }
  return { samples, sampleRate: info.sampleRate }
}
