/** Inner products of all rows with all rows. */

/** The symmetric `rows` × `rows` matrix of inner products of the rows of a `rows` × `size` matrix. */
export const gram = (matrix: Float32Array, rows: number, size: number): Float64Array => {
  const out = new Float64Array(rows * rows)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let k = 0, a = i * size, b = j * size; k < size; k++, a++, b++) {
        sum += (matrix[a] ?? 0) * (matrix[b] ?? 0)
      }
      out[i * rows + j] = sum
      out[j * rows + i] = sum
    }
  }
  return out
}
