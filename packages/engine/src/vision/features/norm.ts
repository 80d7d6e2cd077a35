/** Norms of parts of a vector, in place. */

/** Scales `vector[from..to)` to length `length`; a part that is all zero stays zero. */
export const scaleTo = (vector: Float32Array, from: number, to: number, length: number): void => {
  let sum = 0
  for (let i = from; i < to; i++) sum += (vector[i] ?? 0) ** 2
  if (sum === 0) return
  const factor = length / Math.sqrt(sum)
  for (let i = from; i < to; i++) vector[i] = (vector[i] ?? 0) * factor
}

/** Takes the signed square root of each number of `vector[from..to)`: Perronnin's power norm, Hellinger for counts. */
export const power = (vector: Float32Array, from: number, to: number): void => {
  for (let i = from; i < to; i++) {
    const value = vector[i] ?? 0
    vector[i] = value < 0 ? -Math.sqrt(-value) : Math.sqrt(value)
  }
}
