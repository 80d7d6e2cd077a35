/** Positive definite systems by Cholesky decomposition, row by row, in place. */

/** The inner product of `count` numbers at two offsets; four partial sums, so that additions do not wait for each other. */
const dot = (a: Float64Array, aFrom: number, b: Float64Array, bFrom: number, count: number): number => {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let k = 0
  for (; k + 3 < count; k += 4) {
    s0 += (a[aFrom + k] ?? 0) * (b[bFrom + k] ?? 0)
    s1 += (a[aFrom + k + 1] ?? 0) * (b[bFrom + k + 1] ?? 0)
    s2 += (a[aFrom + k + 2] ?? 0) * (b[bFrom + k + 2] ?? 0)
    s3 += (a[aFrom + k + 3] ?? 0) * (b[bFrom + k + 3] ?? 0)
  }
  for (; k < count; k++) s0 += (a[aFrom + k] ?? 0) * (b[bFrom + k] ?? 0)
  return s0 + s1 + (s2 + s3)
}

/** Factors the symmetric `size` × `size` matrix (its lower half is read) into L·Lᵀ; L replaces its lower half. */
export const factor = (matrix: Float64Array, size: number): void => {
  for (let i = 0; i < size; i++) {
    const row = i * size
    for (let j = 0; j < i; j++) {
      const other = j * size
      matrix[row + j] = ((matrix[row + j] ?? 0) - dot(matrix, row, matrix, other, j)) / (matrix[other + j] ?? 1)
    }
    matrix[row + i] = Math.sqrt(Math.max((matrix[row + i] ?? 0) - dot(matrix, row, matrix, row, i), 1e-12))
  }
}

/** The inverse of the factor L, its columns written as rows: element (i, j) of L⁻¹ is at `j * size + i`. */
export const invertFactor = (factored: Float64Array, size: number): Float64Array => {
  const out = new Float64Array(size * size)
  for (let column = 0; column < size; column++) {
    const own = column * size
    out[own + column] = 1 / (factored[own + column] ?? 1)
    for (let i = column + 1; i < size; i++) {
      const row = i * size
      out[own + i] = -dot(factored, row + column, out, own + column, i - column) / (factored[row + i] ?? 1)
    }
  }
  return out
}

/** Element (i, j) of the inverse of L·Lᵀ, from the result of `invertFactor`. */
export const inverseAt = (inverse: Float64Array, size: number, i: number, j: number): number => {
  const from = Math.max(i, j)
  return dot(inverse, i * size + from, inverse, j * size + from, size - from)
}

/** Solves L·Lᵀ·x = `vector` in place, from the factor L. */
export const substitute = (factored: Float64Array, size: number, vector: Float64Array): void => {
  for (let i = 0; i < size; i++) {
    vector[i] = ((vector[i] ?? 0) - dot(factored, i * size, vector, 0, i)) / (factored[i * size + i] ?? 1)
  }
  for (let i = size - 1; i >= 0; i--) {
    const value = (vector[i] ?? 0) / (factored[i * size + i] ?? 1)
    vector[i] = value
    for (let k = 0; k < i; k++) vector[k] = (vector[k] ?? 0) - (factored[i * size + k] ?? 0) * value
  }
}
