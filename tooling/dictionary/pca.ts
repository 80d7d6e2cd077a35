/** Principal components of descriptors. */

/** Eigenvalues and eigenvectors (as rows) of a symmetric matrix by Jacobi's rotations, largest first. */
export const eigen = (symmetric: Float64Array, size: number) => {
  const a = symmetric.slice()
  const v = new Float64Array(size * size)
  for (let i = 0; i < size; i++) v[i * size + i] = 1
  const rotate = (m: Float64Array, from: number, to: number, step: number, c: number, s: number) => {
    for (let k = 0, i = from, j = to; k < size; k++, i += step, j += step) {
      const [x, y] = [m[i] ?? 0, m[j] ?? 0]
      m[i] = c * x - s * y
      m[j] = s * x + c * y
    }
  }
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const apq = a[p * size + q] ?? 0
        off += apq * apq
        if (apq === 0) continue
        const theta = ((a[q * size + q] ?? 0) - (a[p * size + p] ?? 0)) / (2 * apq)
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const c = 1 / Math.sqrt(t * t + 1)
        rotate(a, p, q, size, c, t * c)
        rotate(a, p * size, q * size, 1, c, t * c)
        rotate(v, p * size, q * size, 1, c, t * c)
      }
    }
    if (off < 1e-18) break
  }
  const order = Array.from({ length: size }, (_, i) => i).sort(
    (i, j) => (a[j * size + j] ?? 0) - (a[i * size + i] ?? 0)
  )
  return order.map((i) => ({ value: a[i * size + i] ?? 0, vector: v.slice(i * size, (i + 1) * size) }))
}

/** The mean of descriptors and the projection (`input` rows of `size`) onto their main directions, whitened. */
export const principal = (descriptors: Float32Array, input: number, size: number) => {
  const count = descriptors.length / input
  const mean = new Float64Array(input)
  for (let i = 0; i < descriptors.length; i++) mean[i % input] = (mean[i % input] ?? 0) + (descriptors[i] ?? 0) / count
  const covariance = new Float64Array(input * input)
  const row = new Float64Array(input)
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < input; i++) row[i] = (descriptors[n * input + i] ?? 0) - (mean[i] ?? 0)
    for (let i = 0; i < input; i++) {
      for (let j = i; j < input; j++) {
        covariance[i * input + j] = (covariance[i * input + j] ?? 0) + ((row[i] ?? 0) * (row[j] ?? 0)) / count
      }
    }
  }
  for (let i = 0; i < input; i++) for (let j = 0; j < i; j++) covariance[i * input + j] = covariance[j * input + i] ?? 0
  const projection = new Float32Array(input * size)
  for (const [d, { value, vector }] of eigen(covariance, input).slice(0, size).entries()) {
    // a direction has no sign of its own: its largest part is made positive
    const top = vector.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0)
    const scale = Math.sign(top) / Math.sqrt(Math.max(value, 1e-9))
    for (let i = 0; i < input; i++) projection[i * size + d] = (vector[i] ?? 0) * scale
  }
  return { mean: Float32Array.from(mean), projection }
}
