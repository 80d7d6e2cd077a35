/**
 * Rows of numbers that a thread reads in place: in shared memory while they are few, in an open file if they are many.
 * Readers read one row, or a part of one, at a time.
 */
import { readSync } from "node:fs"

/** Consecutive vectors: in memory, or from the start of the file with this descriptor. */
export interface Vectors {
  /** Numbers in each. */
  readonly size: number
  readonly from: Float32Array | number
  /** A factor for each number, by which readers multiply it. Without them, numbers are as they are stored. */
  readonly scales?: Float32Array
}

/** Some of those vectors as rows `0..count`: row `i` is the vector with the index `places[i]`. */
export interface Rows extends Vectors {
  readonly places: Uint32Array
}

/** All rows of a matrix in memory, in their order. */
export const allRows = (numbers: Float32Array, size: number): Rows => ({
  size,
  from: numbers,
  places: Uint32Array.from({ length: Math.floor(numbers.length / size) }, (_, i) => i)
})

/** Copies the vector with an index, or `count` numbers of it from `first` on, to `into` from `at` on. */
export const readVector = (
  { from, scales, size }: Vectors,
  place: number,
  into: Float32Array,
  { at = 0, count = size, first = 0 }: { readonly at?: number; readonly first?: number; readonly count?: number } = {}
): void => {
  const start = place * size + first
  if (typeof from === "number") readNumbers(from, start, into.subarray(at, at + count))
  else into.set(from.subarray(start, start + count), at)
  if (scales === undefined) return
  for (let i = 0; i < count; i++) into[at + i] = (into[at + i] ?? 0) * (scales[first + i] ?? 1)
}

/** Calls `use` with each row in turn, always in the same array. */
export const eachRow = (rows: Rows, use: (numbers: Float32Array, row: number) => void): void => {
  const numbers = new Float32Array(rows.size)
  for (const [row, place] of rows.places.entries()) {
    readVector(rows, place, numbers)
    use(numbers, row)
  }
}

const readNumbers = (file: number, start: number, into: Float32Array): void => {
  const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength)
  for (let done = 0; done < bytes.length;) {
    const read = readSync(file, bytes, done, bytes.length - done, start * 4 + done)
    if (read === 0) throw new Error("the file of vectors ends too early")
    done += read
  }
}
