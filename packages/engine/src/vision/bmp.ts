/** Windows bitmaps, which sharp does not read: 1, 4, 8, 16, 24 and 32 bits a pixel, without compression. */

/** A bitmap that was read: red, green and blue in turn, rows from the top. */
export interface Bitmap {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** Where a bitmap's parts are, from its header. */
export interface BitmapHeader {
  readonly width: number
  readonly height: number
  readonly topDown: boolean
  readonly bits: number
  readonly pixelsAt: number
  readonly paletteAt: number
  readonly colors: number
  /** Which bits of a 16- or 32-bit pixel are red, green and blue. */
  readonly masks: readonly [number, number, number]
}

const bitsKnown = new Set([1, 4, 8, 16, 24, 32])

/** Reads the header, or says in a sentence why it cannot be used. */
export const readBitmapHeader = (bytes: Uint8Array): BitmapHeader | string => {
  if (bytes.length < 54) return "the header is cut short"
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerSize = view.getUint32(14, true)
  if (headerSize < 40 || headerSize > 124 || 14 + headerSize > bytes.length) return "an unknown kind of header"
  const [width, height] = [view.getInt32(18, true), view.getInt32(22, true)]
  const [bits, compression] = [view.getUint16(28, true), view.getUint32(30, true)]
  if (width <= 0 || height === 0) return "no pixels"
  if (!bitsKnown.has(bits)) return `${bits} bits a pixel are not known`
  const masked = compression === 3 && (bits === 16 || bits === 32)
  if (compression !== 0 && !masked) return "its compression is not known here"
  if (masked && bytes.length < 66) return "the header is cut short"
  const named = view.getUint32(46, true)
  const colors = bits > 8 ? 0 : named === 0 || named > 1 << bits ? 1 << bits : named
  const standard: BitmapHeader["masks"] = bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff]
  return {
    width,
    height: Math.abs(height),
    topDown: height < 0,
    bits,
    pixelsAt: view.getUint32(10, true),
    paletteAt: 14 + headerSize,
    colors,
    masks: masked ? [view.getUint32(54, true), view.getUint32(58, true), view.getUint32(62, true)] : standard
  }
}

// A masked field of a pixel as a level 0..255.
const level = (pixel: number, mask: number): number => {
  if (mask === 0) return 0
  const shift = 31 - Math.clz32(mask & -mask)
  return Math.round((((pixel & mask) >>> shift) * 255) / (mask >>> shift))
}

/** Reads the pixels, or says in a sentence why they cannot be read. */
export const readBitmap = (bytes: Uint8Array, header: BitmapHeader): Bitmap | string => {
  const { bits, colors, height, masks, paletteAt, pixelsAt, topDown, width } = header
  const line = Math.ceil((width * bits) / 32) * 4
  if (pixelsAt < paletteAt || pixelsAt + line * height > bytes.length) return "its pixels are cut short"
  if (paletteAt + colors * 4 > bytes.length) return "its palette is cut short"
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, to = 0; y < height; y++) {
    const from = pixelsAt + line * (topDown ? y : height - 1 - y)
    for (let x = 0; x < width; x++, to += 3) {
      if (bits <= 8) {
        const packed = bytes[from + ((x * bits) >> 3)] ?? 0
        const index = (packed >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1)
        const color = paletteAt + Math.min(index, colors - 1) * 4
        data[to] = bytes[color + 2] ?? 0
        data[to + 1] = bytes[color + 1] ?? 0
        data[to + 2] = bytes[color] ?? 0
      } else if (bits === 24) {
        data[to] = bytes[from + x * 3 + 2] ?? 0
        data[to + 1] = bytes[from + x * 3 + 1] ?? 0
        data[to + 2] = bytes[from + x * 3] ?? 0
      } else {
        const pixel = bits === 16 ? view.getUint16(from + x * 2, true) : view.getUint32(from + x * 4, true)
        for (let c = 0; c < 3; c++) data[to + c] = level(pixel, masks[c] ?? 0)
      }
    }
  }
  return { width, height, data }
}
