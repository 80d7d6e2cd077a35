/** The Gram matrix: inner products of all rows with all rows. */
import { columnTile, makeWorkspace, roundUp } from "../vision/matrix/matrix.ts"
import type { Rows } from "./rows.ts"
import { readVector } from "./rows.ts"

const chunk = 512

/** Consecutive numbers of each row. */
export interface Columns {
  readonly first: number
  readonly count: number
}

/** The symmetric matrix of inner products of rows, or of some of their numbers: `places.length` rows and columns. */
export const gram = (matrix: Rows, columns: Columns = { first: 0, count: matrix.size }): Float64Array => {
  const { places } = matrix
  const end = columns.first + columns.count
  const rows = places.length
  const all = roundUp(rows, columnTile)
  const work = makeWorkspace(2 * all * chunk + all * all + 64)
  const left = work.matrix(all, chunk)
  const right = work.matrix(chunk, all)
  const into = work.matrix(all, all)
  for (let from = columns.first; from < end; from += chunk) {
    const inner = Math.min(chunk, end - from)
    for (const [row, place] of places.entries()) {
      const at = row * chunk
      readVector(matrix, place, left.numbers, { at, first: from, count: inner })
      for (let k = 0; k < inner; k++) right.numbers[k * all + row] = left.numbers[at + k] ?? 0
    }
    work.multiply({ left, right, into, rows: all, inner, columns: all })
  }
  const out = new Float64Array(rows * rows)
  for (let i = 0; i < rows; i++) out.set(into.numbers.subarray(i * all, i * all + rows), i * rows)
  return out
}
