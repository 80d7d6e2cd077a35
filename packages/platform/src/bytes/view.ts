/** Windows of a file whose every access is checked. */
import { corrupt } from "./format-error.ts"

/**
 * A window of a file. Offsets count from its start; reading outside it throws a `FormatError`.
 *
 * `littleEndian` applies to all numbers; `format` is the display name used in messages.
 */
export class View {
  readonly bytes: Uint8Array
  readonly format: string
  readonly littleEndian: boolean
  readonly #data: DataView

  constructor(bytes: Uint8Array, format: string, littleEndian = false) {
    this.bytes = bytes
    this.format = format
    this.littleEndian = littleEndian
    this.#data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get length(): number {
    return this.bytes.length
  }

  /** True when `count` bytes at `at` lie inside. */
  has(at: number, count: number): boolean {
    return at >= 0 && count >= 0 && at + count <= this.bytes.length
  }

  #need(at: number, count: number): void {
    if (!this.has(at, count)) throw corrupt(this.format, `${count} bytes past the end are needed`, at)
  }

  u8(at: number): number {
    this.#need(at, 1)
    return this.#data.getUint8(at)
  }

  u16(at: number): number {
    this.#need(at, 2)
    return this.#data.getUint16(at, this.littleEndian)
  }

  u24(at: number): number {
    return this.littleEndian ? this.u16(at) | (this.u8(at + 2) << 16) : (this.u8(at) << 16) | this.u16(at + 1)
  }

  u32(at: number): number {
    this.#need(at, 4)
    return this.#data.getUint32(at, this.littleEndian)
  }

  i32(at: number): number {
    this.#need(at, 4)
    return this.#data.getInt32(at, this.littleEndian)
  }

  /** A 64-bit number; values over 2^53 are returned as infinity, which is past every end. */
  u64(at: number): number {
    this.#need(at, 8)
    const value = this.#data.getBigUint64(at, this.littleEndian)
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value)
  }

  f32(at: number): number {
    this.#need(at, 4)
    return this.#data.getFloat32(at, this.littleEndian)
  }

  f64(at: number): number {
    this.#need(at, 8)
    return this.#data.getFloat64(at, this.littleEndian)
  }

  /** `count` bytes as Latin-1 text. */
  text(at: number, count: number): string {
    this.#need(at, count)
    return latin1(this.bytes.subarray(at, at + count))
  }
}

/**
 * The same bytes as a plain `Uint8Array`, without a copy. A Node `Buffer` is one too, but its `slice` shares memory
 * where that of every other array copies.
 */
export const asPlainBytes = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Bytes as Latin-1 text; for short texts. */
export const latin1 = (bytes: Uint8Array): string => {
  let text = ""
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/** True when `bytes` contain this Latin-1 text at `at`. */
export const startsWith = (bytes: Uint8Array, text: string, at = 0): boolean => {
  if (at + text.length > bytes.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
  return true
}

/** The parts in one array. */
export const concatBytes = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
