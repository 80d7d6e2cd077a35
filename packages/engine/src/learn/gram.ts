/** Inner products of all rows with all rows. */
import { columnTile, makeWorkspace, roundUp } from "../vision/matrix/matrix.ts"

const chunk = 512

/** The symmetric `rows` × `rows` matrix of inner products of the rows of a `rows` × `size` matrix. */
export const gram = (matrix: Float32Array, rows: number, size: number): Float64Array => {
  const all = roundUp(rows, columnTile)
  const work = makeWorkspace(2 * all * chunk + all * all + 64)
  const left = work.matrix(all, chunk)
  const right = work.matrix(chunk, all)
  const into = work.matrix(all, all)
  for (let from = 0; from < size; from += chunk) {
    const inner = Math.min(chunk, size - from)
    for (let row = 0; row < rows; row++) {
      for (let k = 0, at = row * size + from; k < inner; k++, at++) {
        const value = matrix[at] ?? 0
        left.numbers[row * chunk + k] = value
        right.numbers[k * all + row] = value
      }
    }
    work.multiply({ left, right, into, rows: all, inner, columns: all })
  }
  const out = new Float64Array(rows * rows)
  for (let i = 0; i < rows; i++) out.set(into.numbers.subarray(i * all, i * all + rows), i * rows)
  return out
}
