/** Estimates the quality that a lossy WebP was encoded with from the quantiser of its first frame. */

/** Reads bits that VP8 codes with a probability of one half (RFC 6386, section 7). Reads past the end return zeros. */
class EvenBits {
  readonly #bytes: Uint8Array
  #at: number
  #value: number
  #range = 255
  #count = 0
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#at = at + 2
    this.#value = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  }
  bit(): number {
    const split = 1 + (((this.#range - 1) * 128) >> 8)
    const above = this.#value >= split << 8
    if (above) {
      this.#range -= split
      this.#value -= split << 8
    } else this.#range = split
    while (this.#range < 128) {
      this.#value <<= 1
      this.#range <<= 1
      if (++this.#count < 8) continue
      this.#count = 0
      this.#value |= this.#bytes[this.#at++] ?? 0
    }
    return above ? 1 : 0
  }
  bits(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) value = (value << 1) | this.bit()
    return value
  }
  /** A number followed by its sign, if a flag says that it is present. */
  optional(count: number): number | undefined {
    if (this.bit() === 0) return undefined
    const value = this.bits(count)
    return this.bit() === 1 ? -value : value
  }
}

/** The quantiser index, 0 (finest) to 127, that a VP8 key frame uses on average (RFC 6386, section 9.3 and 9.6). */
const quantiserOf = (frame: Uint8Array): number => {
  const bits = new EvenBits(frame, 10)
  bits.bits(2)
  let segments: ReadonlyArray<number> = []
  let absolute = false
  if (bits.bit() === 1) {
    const updatesMap = bits.bit() === 1
    if (bits.bit() === 1) {
      absolute = bits.bit() === 1
      segments = [0, 1, 2, 3].map(() => bits.optional(7) ?? 0)
      for (let i = 0; i < 4; i++) bits.optional(6)
    }
    for (let i = 0; i < (updatesMap ? 3 : 0); i++) if (bits.bit() === 1) bits.bits(8)
  }
  bits.bits(10)
  if (bits.bit() === 1 && bits.bit() === 1) for (let i = 0; i < 8; i++) bits.optional(6)
  bits.bits(2)
  const base = bits.bits(7)
  if (segments.length === 0) return base
  const mean = segments.reduce((sum, value) => sum + value, 0) / segments.length
  return Math.min(127, Math.max(0, absolute ? mean : base + mean))
}

/**
 * The quality, 1 to 100 on libwebp's scale, that a VP8 key frame was probably encoded with.
 *
 * Source: the inverse of how libwebp turns quality into a quantiser (1 - q/127 is the cube root of a value that is two
 * thirds of the quality up to 0.75, and twice it less one above), as its encoder documentation describes it.
 */
export const vp8Quality = (frame: Uint8Array): number => {
  const linear = (1 - quantiserOf(frame) / 127) ** 3
  const quality = linear < 0.5 ? linear * 1.5 : (linear + 1) / 2
  return Math.min(100, Math.max(1, Math.round(quality * 100)))
}
