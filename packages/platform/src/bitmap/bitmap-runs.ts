/** Run-length coded pixels of BMP files: RLE8, RLE4 and OS/2's RLE24. */
import { corrupt } from "../bytes/format-error.ts"
import type { BitmapHeader } from "./bitmap-header.ts"

/** One run of pixels. `valueOf(i)` is a palette index, or in RLE24 a colour as 0xRRGGBB. */
export interface Run {
  readonly x: number
  /** Counts from the first row in the file. */
  readonly row: number
  readonly count: number
  readonly valueOf: (i: number) => number
}

/**
 * Reads run lengths and returns the offset of their end. Pixels that no run covers are not reported; runs are clipped to the
 * picture. `onRun` is called once per run, in file order.
 *
 * Source: Microsoft's "Bitmap Compression" page.
 *
 * @throws {FormatError} `corrupt`, when the data ends before the picture does.
 */
export const readRuns = (bytes: Uint8Array, header: BitmapHeader, onRun: (run: Run) => void): number => {
  const { compression, height, pixelsAt, width } = header
  const at8 = (at: number) => bytes[at] ?? 0
  const valueAt = (from: number, i: number): number => {
    if (compression === "rle8") return at8(from + i)
    if (compression === "rle4") return (at8(from + (i >> 1)) >> (4 - 4 * (i & 1))) & 15
    return at8(from + 3 * i) | (at8(from + 3 * i + 1) << 8) | (at8(from + 3 * i + 2) << 16)
  }
  const bytesOf = (count: number) =>
    compression === "rle8" ? count : compression === "rle4" ? (count + 1) >> 1 : 3 * count
  const need = (at: number, count: number): void => {
    if (at + count > bytes.length) throw corrupt("BMP", "the picture is cut short", at)
  }
  let [x, row, at] = [0, 0, pixelsAt]
  const emit = (count: number, valueOf: Run["valueOf"]): void => {
    if (row < height && x < width) onRun({ x, row, count: Math.min(count, width - x), valueOf })
    x += count
  }
  while (row < height) {
    need(at, 2)
    const [count, code] = [at8(at), at8(at + 1)]
    at += 2
    if (count > 0) {
      // A run repeats one value; in RLE4 it alternates between the two halves of a byte.
      const from = at - 1
      const values = compression === "rle4" ? 2 : 1
      need(from, bytesOf(values))
      emit(count, (i) => valueAt(from, i % values))
      at = from + bytesOf(values)
    } else if (code === 0) {
      row++
      x = 0
    } else if (code === 1) return at
    else if (code === 2) {
      need(at, 2)
      x += at8(at)
      row += at8(at + 1)
      at += 2
    } else {
      const [from, size] = [at, bytesOf(code)]
      need(from, size)
      emit(code, (i) => valueAt(from, i))
      at = from + size + (size & 1)
    }
  }
  // Some writers end the last row and the picture, others only one of the two.
  const endsHere = at + 2 <= bytes.length && at8(at) === 0 && at8(at + 1) === 1
  return Math.min(endsHere ? at + 2 : at, bytes.length)
}
