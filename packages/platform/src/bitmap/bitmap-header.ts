/** The header of a BMP file, in all its versions. */

import { corrupt as formatError } from "../bytes/format-error.ts"

/** How pixels are coded. Fax codes (`huffman`) and embedded `jpeg` and `png` files are recognised, not decoded. */
export type BitmapCompression = "none" | "rle8" | "rle4" | "rle24" | "bitfields" | "huffman" | "jpeg" | "png"

/** A bitmap's header. Offsets count from the start of the file. */
export interface BitmapHeader {
  readonly width: number
  readonly height: number
  /** True when the first row in the file is the top one. */
  readonly topDown: boolean
  /** Bits per pixel: 1, 2, 4, 8, 16, 24 or 32. */
  readonly bits: number
  readonly compression: BitmapCompression
  /** The end of the header and of the masks that may follow it, where the palette starts. */
  readonly headerEnd: number
  readonly paletteEntryBytes: 3 | 4
  /** Palette entries that lie before the pixels; 0 for pixels of more than 8 bits. */
  readonly colours: number
  readonly pixelsAt: number
  /** The bits of a 16- or 32-bit pixel that are red, green, blue and alpha; an alpha mask of 0 means opaque. */
  readonly masks: readonly [number, number, number, number]
  /** An embedded colour profile. */
  readonly profile?: { readonly start: number; readonly end: number }
  /** True when the header (version 5) embeds a profile or names the path of one. */
  readonly hasProfileField: boolean
}

/** File offsets of the fields of a version 5 header that describe a profile. */
export const profileFields = { colourSpace: 70, data: 126, size: 130 } as const

/** Sizes of headers: OS/2 1.x; Windows 3.x, with masks and with an alpha mask; OS/2 2.x. */
const [coreSize, infoSize, maskedSize, alphaSize, os2Size] = [12, 40, 52, 56, 64]

const windowsCompressions: ReadonlyArray<BitmapCompression> = [
  "none",
  "rle8",
  "rle4",
  "bitfields",
  "jpeg",
  "png",
  "bitfields"
]
const os2Compressions: ReadonlyArray<BitmapCompression> = ["none", "rle8", "rle4", "huffman", "rle24"]

const depthsOf: Readonly<Record<BitmapCompression, ReadonlyArray<number>>> = {
  none: [1, 2, 4, 8, 16, 24, 32],
  rle8: [8],
  rle4: [4],
  rle24: [24],
  bitfields: [16, 32],
  huffman: [1],
  jpeg: [0, 24],
  png: [0, 24, 32]
}

const corrupt = (problem: string) => formatError("BMP", problem)

/**
 * Reads a header: OS/2 version 1 (12 bytes) and 2 (16 to 64 bytes), Windows version 3 to 5 (40 to 124 bytes).
 *
 * Sources: Microsoft's BITMAPINFOHEADER, BITMAPV5HEADER and "Bitmap Header Types" pages; for OS/2, the "Graphics
 * Programming Guide", chapter on bitmaps.
 *
 * @throws {FormatError} `corrupt`, when the header is cut short or contradicts itself.
 */
export const readBitmapHeader = (bytes: Uint8Array): BitmapHeader => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 26) throw corrupt("the header is cut short")
  const size = view.getUint32(14, true)
  if (size !== coreSize && (size < 16 || size > 1024)) throw corrupt(`a header of ${size} bytes`)
  if (14 + size > bytes.length) throw corrupt("the header is cut short")
  const isCore = size === coreSize
  // A header of OS/2 version 2 may end after any field; the fields left out are 0.
  const field = (at: number): number => (at + 4 <= size ? view.getUint32(14 + at, true) : 0)
  const width = isCore ? view.getUint16(18, true) : view.getInt32(18, true)
  const height = isCore ? view.getUint16(20, true) : view.getInt32(22, true)
  const bits = view.getUint16(isCore ? 24 : 28, true)
  if (width <= 0 || height === 0) throw corrupt("a picture without pixels")
  const code = isCore ? 0 : field(16)
  const isOs2 = size < infoSize || size === os2Size
  const compression = (isOs2 ? os2Compressions : windowsCompressions)[code]
  if (compression === undefined) throw corrupt(`unknown compression ${code}`)
  if (!depthsOf[compression].includes(bits)) throw corrupt(`${bits} bits a pixel with compression ${compression}`)
  // Masks follow a 40-byte header, with one for alpha in compression 6. Longer headers contain them.
  const maskBytes = compression !== "bitfields" || size !== infoSize ? 0 : code === 6 ? 16 : 12
  const headerEnd = 14 + size + maskBytes
  if (headerEnd > bytes.length) throw corrupt("the header is cut short")
  const isMasked = compression === "bitfields"
  if (isMasked && size > infoSize && size < maskedSize) throw corrupt(`masks in a header of ${size} bytes`)
  const maskCount = !isMasked ? 0 : size === infoSize ? maskBytes / 4 : size >= alphaSize ? 4 : 3
  const mask = (i: number): number => (i < maskCount ? view.getUint32(54 + 4 * i, true) : 0)
  const pixelsAt = view.getUint32(10, true)
  if (pixelsAt < headerEnd || pixelsAt > bytes.length) throw corrupt("pixels outside the file")
  const paletteEntryBytes = isCore ? 3 : 4
  const stated = isCore ? 0 : field(32)
  const colours = bits > 8 ? 0 : stated === 0 ? 1 << bits : Math.min(stated, 1 << bits)
  // "MBED" and "LINK", stored as little-endian numbers.
  const colourSpace = field(profileFields.colourSpace - 14)
  const [start, profileBytes] = [14 + field(profileFields.data - 14), field(profileFields.size - 14)]
  const isEmbedded = colourSpace === 0x4d424544 && profileBytes > 0 && start + profileBytes <= bytes.length
  const masks = [mask(0), mask(1), mask(2), mask(3)] as const
  if (isMasked && (masks[0] | masks[1] | masks[2]) === 0) throw corrupt("masks that show nothing")
  return {
    width,
    height: Math.abs(height),
    topDown: height < 0,
    bits,
    compression,
    headerEnd,
    paletteEntryBytes,
    colours: Math.min(colours, Math.floor((pixelsAt - headerEnd) / paletteEntryBytes)),
    pixelsAt,
    masks: isMasked ? masks : bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0],
    ...(isEmbedded ? { profile: { start, end: start + profileBytes } } : {}),
    hasProfileField: profileBytes > 0 && (isEmbedded || colourSpace === 0x4d424544 || colourSpace === 0x4c494e4b)
  }
}

/** Bytes of one row of unpacked pixels: whole 4-byte words. */
export const bitmapRowBytes = ({ bits, width }: BitmapHeader): number => Math.ceil((width * bits) / 32) * 4
