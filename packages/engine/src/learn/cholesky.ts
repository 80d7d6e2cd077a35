/** Positive definite systems by Cholesky's factors, in rows, in place. */

/** Factors the symmetric `size` × `size` matrix (its lower half is read) into L·Lᵀ; L takes its lower half's place. */
export const factor = (matrix: Float64Array, size: number): void => {
  for (let i = 0; i < size; i++) {
    const row = i * size
    for (let j = 0; j <= i; j++) {
      const other = j * size
      let sum = matrix[row + j] ?? 0
      for (let k = 0; k < j; k++) sum -= (matrix[row + k] ?? 0) * (matrix[other + k] ?? 0)
      matrix[row + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (matrix[other + j] ?? 0)
    }
  }
}

/** The inverse of L·Lᵀ from the factor L, as a whole symmetric matrix. */
export const invert = (factored: Float64Array, size: number): Float64Array => {
  // rows of `inverse` hold columns of L's inverse, so that all inner loops run along rows
  const inverse = new Float64Array(size * size)
  for (let column = 0; column < size; column++) {
    const own = column * size
    inverse[own + column] = 1 / (factored[own + column] ?? 0)
    for (let i = column + 1; i < size; i++) {
      const row = i * size
      let sum = 0
      for (let k = column; k < i; k++) sum -= (factored[row + k] ?? 0) * (inverse[own + k] ?? 0)
      inverse[own + i] = sum / (factored[row + i] ?? 0)
    }
  }
  const out = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let k = i; k < size; k++) sum += (inverse[i * size + k] ?? 0) * (inverse[j * size + k] ?? 0)
      out[i * size + j] = sum
      out[j * size + i] = sum
    }
  }
  return out
}
