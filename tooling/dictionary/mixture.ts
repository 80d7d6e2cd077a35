/** A mixture of diagonal Gaussians, by k-means++ and expectation maximisation. */

interface Mixture {
  readonly weights: Float32Array
  readonly means: Float32Array
  readonly variances: Float32Array
}

const distance = (rows: Float32Array, a: number, centres: Float32Array, b: number, size: number): number => {
  let sum = 0
  for (let d = 0; d < size; d++) sum += ((rows[a * size + d] ?? 0) - (centres[b * size + d] ?? 0)) ** 2
  return sum
}

// Centres far from each other to begin with (Arthur and Vassilvitskii 2007).
const spreadCentres = (rows: Float32Array, size: number, words: number, random: () => number): Float32Array => {
  const count = rows.length / size
  const centres = new Float32Array(words * size)
  const nearest = new Float64Array(count).fill(Infinity)
  let pick = Math.floor(random() * count)
  for (let w = 0; w < words; w++) {
    centres.set(rows.subarray(pick * size, (pick + 1) * size), w * size)
    let total = 0
    for (let n = 0; n < count; n++) {
      nearest[n] = Math.min(nearest[n] ?? 0, distance(rows, n, centres, w, size))
      total += nearest[n] ?? 0
    }
    let left = random() * total
    for (pick = 0; pick < count - 1 && left > (nearest[pick] ?? 0); pick++) left -= nearest[pick] ?? 0
  }
  return centres
}

const nearestCentre = (rows: Float32Array, n: number, centres: Float32Array, size: number, words: number): number => {
  let [best, least] = [0, Infinity]
  for (let w = 0; w < words; w++) {
    const far = distance(rows, n, centres, w, size)
    if (far < least) [best, least] = [w, far]
  }
  return best
}

/** Learns a mixture from rows of `size` numbers. */
export const learnMixture = (rows: Float32Array, size: number, words: number, random: () => number): Mixture => {
  const count = rows.length / size
  const means = spreadCentres(rows, size, words, random)
  const weights = new Float32Array(words).fill(1 / words)
  const variances = new Float32Array(words * size).fill(1)
  const floor = new Float32Array(size)
  for (let i = 0; i < rows.length; i++) floor[i % size] = (floor[i % size] ?? 0) + (0.01 * (rows[i] ?? 0) ** 2) / count
  const share = new Float64Array(words)
  for (let round = 0; round < 40; round++) {
    const hard = round < 10
    const [s0, s1, s2] = [new Float64Array(words), new Float64Array(words * size), new Float64Array(words * size)]
    const constants = Array.from(weights, (weight, w) => {
      let sum = Math.log(Math.max(weight, 1e-12))
      for (let d = 0; d < size; d++) sum -= 0.5 * Math.log(variances[w * size + d] ?? 1)
      return sum
    })
    for (let n = 0; n < count; n++) {
      share.fill(0)
      if (hard) share[nearestCentre(rows, n, means, size, words)] = 1
      else expect(rows, n, { weights, means, variances }, constants, size, share)
      for (let w = 0; w < words; w++) {
        const part = share[w] ?? 0
        if (part < 1e-4) continue
        s0[w] = (s0[w] ?? 0) + part
        for (let d = 0, at = w * size; d < size; d++, at++) {
          const value = rows[n * size + d] ?? 0
          s1[at] = (s1[at] ?? 0) + part * value
          s2[at] = (s2[at] ?? 0) + part * value * value
        }
      }
    }
    for (let w = 0; w < words; w++) {
      const mass = Math.max(s0[w] ?? 0, 1e-6)
      weights[w] = mass / count
      for (let d = 0, at = w * size; d < size; d++, at++) {
        const mean = (s1[at] ?? 0) / mass
        means[at] = mean
        variances[at] = Math.max((s2[at] ?? 0) / mass - mean * mean, floor[d] ?? 0)
      }
    }
  }
  return { weights, means, variances }
}

const expect = (
  rows: Float32Array,
  n: number,
  { means, variances }: Mixture,
  constants: ReadonlyArray<number>,
  size: number,
  share: Float64Array
): void => {
  let top = -Infinity
  for (let w = 0; w < share.length; w++) {
    let sum = constants[w] ?? 0
    for (let d = 0, at = w * size; d < size; d++, at++) {
      sum -= (0.5 * ((rows[n * size + d] ?? 0) - (means[at] ?? 0)) ** 2) / (variances[at] ?? 1)
    }
    share[w] = sum
    top = Math.max(top, sum)
  }
  let total = 0
  for (let w = 0; w < share.length; w++) {
    share[w] = Math.exp((share[w] ?? 0) - top)
    total += share[w] ?? 0
  }
  for (let w = 0; w < share.length; w++) share[w] = (share[w] ?? 0) / total
}
