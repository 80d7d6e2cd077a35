/** Decodes BMP files, which sharp does not. Pure: no `node:` modules. */
import { corrupt, unsupported } from "../bytes/format-error.ts"
import { type BitmapHeader, bitmapRowBytes, readBitmapHeader } from "./bitmap-header.ts"
import { readRuns } from "./bitmap-runs.ts"

export { type BitmapHeader, profileFields, readBitmapHeader } from "./bitmap-header.ts"

/** Decoded pixels: `[height × width × channels]`, rows from the top; red, green, blue and, with 4 channels, alpha. */
export interface BitmapPixels {
  readonly width: number
  readonly height: number
  readonly channels: 3 | 4
  readonly data: Uint8Array
}

/**
 * The offset behind the pixels.
 *
 * @throws {FormatError} `corrupt` when they are cut short, `unsupported` for fax codes and embedded files.
 */
export const endOfPixels = (bytes: Uint8Array, header: BitmapHeader): number => {
  const { bits, compression, height, pixelsAt, width } = header
  if (compression === "jpeg" || compression === "png" || compression === "huffman")
    throw unsupported("BMP", `pixels coded as ${compression}`)
  if (compression !== "none" && compression !== "bitfields") return readRuns(bytes, header, () => {})
  const rowBytes = bitmapRowBytes(header)
  // The padding of the last row is often left out.
  if (pixelsAt + rowBytes * (height - 1) + Math.ceil((width * bits) / 8) > bytes.length)
    throw corrupt("BMP", "the picture is cut short")
  return Math.min(pixelsAt + rowBytes * height, bytes.length)
}

/** Red, green and blue of all 256 palette indices; those beyond the palette are black, as Windows shows them. */
const paletteOf = (bytes: Uint8Array, { colours, headerEnd, paletteEntryBytes }: BitmapHeader): Uint8Array => {
  const palette = new Uint8Array(256 * 3)
  for (let i = 0; i < colours; i++) {
    const at = headerEnd + i * paletteEntryBytes
    for (let c = 0; c < 3; c++) palette[3 * i + c] = bytes[at + 2 - c] ?? 0
  }
  return palette
}

/** Reads the level 0 to 255 of one masked field of a pixel. */
const fieldOf = (mask: number): ((pixel: number) => number) => {
  if (mask === 0) return () => 0
  const shift = 31 - Math.clz32(mask & -mask)
  const most = mask >>> shift
  return (pixel) => Math.round((((pixel & mask) >>> shift) * 255) / most)
}

/** Fills `data` from pixels that are packed in rows. */
const unpack = (bytes: Uint8Array, header: BitmapHeader, data: Uint8Array, channels: 3 | 4): void => {
  const { bits, height, masks, pixelsAt, topDown, width } = header
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const palette = paletteOf(bytes, header)
  const fields = masks.slice(0, channels).map(fieldOf)
  const rowBytes = bitmapRowBytes(header)
  for (let row = 0; row < height; row++) {
    const from = pixelsAt + row * rowBytes
    let to = (topDown ? row : height - 1 - row) * width * channels
    for (let x = 0; x < width; x++, to += channels) {
      if (bits <= 8) {
        const packed = bytes[from + ((x * bits) >> 3)] ?? 0
        const index = (packed >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1)
        for (let c = 0; c < 3; c++) data[to + c] = palette[3 * index + c] ?? 0
      } else if (bits === 24) {
        for (let c = 0; c < 3; c++) data[to + c] = bytes[from + 3 * x + 2 - c] ?? 0
      } else {
        const pixel = bits === 16 ? view.getUint16(from + 2 * x, true) : view.getUint32(from + 4 * x, true)
        for (let c = 0; c < channels; c++) data[to + c] = fields[c]?.(pixel) ?? 0
      }
    }
  }
}

/** Fills `data` (3 channels) from run lengths. */
const unpackRuns = (bytes: Uint8Array, header: BitmapHeader, data: Uint8Array): void => {
  const { compression, height, topDown, width } = header
  const palette = paletteOf(bytes, header)
  const background = compression === "rle24" ? [0, 0, 0] : palette.subarray(0, 3)
  for (let i = 0; i < data.length; i += 3) data.set(background, i)
  readRuns(bytes, header, ({ count, row, valueOf, x }) => {
    let to = ((topDown ? row : height - 1 - row) * width + x) * 3
    for (let i = 0; i < count; i++, to += 3) {
      const value = valueOf(i)
      for (let c = 0; c < 3; c++)
        data[to + c] = compression === "rle24" ? value >> (16 - 8 * c) : (palette[3 * value + c] ?? 0)
    }
  })
}

/** Files whose alpha is 0 everywhere mean it as unused; browsers show them as opaque. */
const withOpaqueAlpha = (data: Uint8Array): void => {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 0) return
  for (let i = 3; i < data.length; i += 4) data[i] = 255
}

/**
 * Decodes a bitmap: 1 to 32 bits a pixel, any masks, RLE8, RLE4 and RLE24. Pixels that run lengths leave out have palette
 * index 0, as in Windows.
 *
 * Cost: 3 or 4 bytes a pixel; check the header's size first, since run lengths can state a large picture in few bytes.
 *
 * @throws {FormatError} as `readBitmapHeader` and `endOfPixels` do.
 */
export const decodeBitmap = (bytes: Uint8Array): BitmapPixels => {
  const header = readBitmapHeader(bytes)
  endOfPixels(bytes, header)
  const { compression, height, masks, width } = header
  const isPacked = compression === "none" || compression === "bitfields"
  const channels = isPacked && masks[3] !== 0 ? 4 : 3
  const data = new Uint8Array(width * height * channels)
  if (isPacked) unpack(bytes, header, data, channels)
  else unpackRuns(bytes, header, data)
  if (channels === 4) withOpaqueAlpha(data)
  return { width, height, channels, data }
}
