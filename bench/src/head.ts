// `pnpm bench head [--json]`: training a head on 10,000 examples of 512 numbers for 10 concepts, against plain loops
// over typed arrays that reach the same accuracy. The engine's time holds what theirs does not: the choice of its
// regularisation and the calibration of its scores.
import { fit } from "../../packages/engine/src/learning/fit.ts"
import { makeRandom } from "../../packages/engine/src/seeded-random.ts"
import { allRows } from "../../packages/engine/src/learning/rows.ts"
import { asTable, median } from "./harness.ts"

const [count, size, concepts, rounds] = [10_000, 512, 10, 7]

const random = makeRandom(3)
const deviate = () => random() + random() + random() + random() - 2
const centres = Float32Array.from({ length: concepts * size }, deviate)

/** Vectors of length 1 around ten centres, so near each other that the best head errs now and then. */
const draw = (rows: number): Float32Array => {
  const out = new Float32Array(rows * size)
  for (let i = 0; i < rows; i++) {
    let squares = 0
    for (let k = i * size; k < (i + 1) * size; k++) {
      const value = 0.1 * (centres[(i % concepts) * size + (k % size)] ?? 0) + deviate()
      out[k] = value
      squares += value * value
    }
    for (let k = i * size; k < (i + 1) * size; k++) out[k] = (out[k] ?? 0) / Math.sqrt(squares)
  }
  return out
}
const [train, test] = [draw(count), draw(2000)]

/** Weights of `size + 1` numbers for each concept, the bias last. */
type Weights = ReadonlyArray<Float64Array>

const accuracy = (weights: Weights): number => {
  let right = 0
  for (let i = 0; i < 2000; i++) {
    const margins = weights.map((own) => {
      let sum = own[size] ?? 0
      for (let k = 0; k < size; k++) sum += (own[k] ?? 0) * (test[i * size + k] ?? 0)
      return sum
    })
    if (margins.indexOf(Math.max(...margins)) === i % concepts) right++
  }
  return right / 2000
}

const engine = (): Weights => {
  const targets = Int8Array.from({ length: count * concepts }, (_, i) =>
    Math.floor(i / concepts) % concepts === i % concepts ? 1 : -1
  )
  const starts = Uint32Array.from({ length: count + 1 }, (_, i) => i)
  const { bias, weights } = fit({
    rows: allRows(train, size),
    starts,
    targets,
    concepts,
    mutuallyExclusive: true,
    seed: 1
  })
  return Array.from({ length: concepts }, (_, c) =>
    Float64Array.from([...weights.subarray(c * size, (c + 1) * size), bias[c] ?? 0])
  )
}

// The products of all columns, half of them, four rows at once so that each sum is read and written less often.
const plainNormal = (): Weights => {
  const wide = size + 1
  const matrix = new Float64Array(wide * wide)
  const moments = new Float64Array(concepts * wide)
  const rows = Array.from({ length: 4 }, () => new Float64Array(wide).fill(1))
  const [r0, r1, r2, r3] = rows
  if (!r0 || !r1 || !r2 || !r3) throw new Error("four rows")
  for (let i = 0; i < count; i += 4) {
    for (const [j, row] of rows.entries()) {
      row.set(train.subarray((i + j) * size, (i + j + 1) * size))
      for (let c = 0; c < concepts; c++) {
        const target = (i + j) % concepts === c ? 1 : -1
        for (let k = 0; k < wide; k++) moments[c * wide + k] = (moments[c * wide + k] ?? 0) + target * (row[k] ?? 0)
      }
    }
    for (let a = 0; a < wide; a++) {
      const x0 = r0[a] ?? 0
      const x1 = r1[a] ?? 0
      const x2 = r2[a] ?? 0
      const x3 = r3[a] ?? 0
      for (let b = 0, at = a * wide; b <= a; b++, at++) {
        const sum = x0 * (r0[b] ?? 0) + x1 * (r1[b] ?? 0) + (x2 * (r2[b] ?? 0) + x3 * (r3[b] ?? 0))
        matrix[at] = (matrix[at] ?? 0) + sum
      }
    }
  }
  for (let a = 0; a < wide; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = (matrix[a * wide + b] ?? 0) + (a === b ? 10 : 0)
      for (let k = 0; k < b; k++) sum -= (matrix[a * wide + k] ?? 0) * (matrix[b * wide + k] ?? 0)
      matrix[a * wide + b] = a === b ? Math.sqrt(sum) : sum / (matrix[b * wide + b] ?? 1)
    }
  }
  return Array.from({ length: concepts }, (_, c) => {
    const x = moments.slice(c * wide, (c + 1) * wide)
    for (let a = 0; a < wide; a++) {
      for (let k = 0; k < a; k++) x[a] = (x[a] ?? 0) - (matrix[a * wide + k] ?? 0) * (x[k] ?? 0)
      x[a] = (x[a] ?? 0) / (matrix[a * wide + a] ?? 1)
    }
    for (let a = wide - 1; a >= 0; a--) {
      x[a] = (x[a] ?? 0) / (matrix[a * wide + a] ?? 1)
      for (let k = 0; k < a; k++) x[k] = (x[k] ?? 0) - (matrix[a * wide + k] ?? 0) * (x[a] ?? 0)
    }
    return x
  })
}

// Softmax regression by stochastic steps of one example each, until it is as accurate as the engine's head.
const plainSteps = (goal: number) => (): Weights => {
  const weights = Array.from({ length: concepts }, () => new Float64Array(size + 1))
  const order = Uint32Array.from({ length: count }, (_, i) => (i * 7919) % count)
  const logits = new Float64Array(concepts)
  for (let epoch = 0; epoch < 10; epoch++) {
    const rate = 2 / (1 + epoch)
    for (const i of order) {
      const from = i * size
      for (let c = 0; c < concepts; c++) {
        const own = weights[c]
        if (!own) continue
        let s0 = own[size] ?? 0
        let s1 = 0
        for (let k = 0; k < size; k += 2) {
          s0 += (own[k] ?? 0) * (train[from + k] ?? 0)
          s1 += (own[k + 1] ?? 0) * (train[from + k + 1] ?? 0)
        }
        logits[c] = Math.exp(s0 + s1)
      }
      const total = logits.reduce((a, b) => a + b, 0)
      for (let c = 0; c < concepts; c++) {
        const own = weights[c]
        if (!own) continue
        const step = rate * ((i % concepts === c ? 1 : 0) - (logits[c] ?? 0) / total)
        own[size] = (own[size] ?? 0) + step
        for (let k = 0; k < size; k++) own[k] = (own[k] ?? 0) + step * (train[from + k] ?? 0)
      }
    }
    if (accuracy(weights) >= goal) break
  }
  return weights
}

const goal = accuracy(engine()) - 0.003
const contenders: Readonly<Record<string, () => Weights>> = {
  "plain loops, normal equations": plainNormal,
  "plain loops, stochastic steps": plainSteps(goal),
  "the engine": engine
}
const runs = new Map(Object.keys(contenders).map((name) => [name, [] as Array<number>]))
const accuracies = new Map<string, number>()
for (let round = -1; round < rounds; round++) {
  for (const [name, run] of Object.entries(contenders)) {
    const start = performance.now()
    const weights = run()
    if (round >= 0) runs.get(name)?.push(performance.now() - start)
    accuracies.set(name, accuracy(weights))
  }
}
const medians = [...runs].map(([name, ms]) => ({ name, ms, median: median(ms) }))
const best = Math.min(...medians.filter(({ name }) => name !== "the engine").map((one) => one.median))
const rows = medians.map(({ median: medianMs, ms, name }) => ({
  contender: `${name}, accuracy ${((accuracies.get(name) ?? 0) * 100).toFixed(1)} %`,
  medianMs: Math.round(medianMs * 10) / 10,
  ratio: Math.round((medianMs / best) * 100) / 100,
  peakRssMb: Math.round(process.memoryUsage().rss / 1e6),
  runsMs: ms.map((one) => Math.round(one * 10) / 10)
}))
const title = `training a head on ${count} × ${size} for ${concepts} concepts; ratio to the faster plain loop`
console.log(process.argv.includes("--json") ? JSON.stringify({ benchmark: "head", title, rows }) : asTable(title, rows))
