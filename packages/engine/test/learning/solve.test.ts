import { assert, describe, it } from "@effect/vitest"
import { makeRandom } from "../../src/seeded-random.ts"
import { allRows } from "../../src/learning/rows.ts"
import { conjugateGradients, normalEquations } from "../../src/learning/solve.ts"

const [rows, size, concepts, lambda] = [700, 21, 3, 0.8]

const system = () => {
  const random = makeRandom(12)
  const numbers = (count: number) => Array.from({ length: count }, () => random() - 0.5)
  const matrix = Float32Array.from(numbers(rows * size))
  return {
    matrix,
    rows: allRows(matrix, size),
    targets: Float64Array.from(numbers(rows * concepts), Math.sign),
    concepts
  }
}

/** How far the gradient of the ridge loss is from zero, relative to where it starts. */
const gradient = (given: ReturnType<typeof system>, chosen: Uint32Array, solution: Float64Array): number => {
  const out = new Float64Array((size + 1) * concepts)
  const start = new Float64Array((size + 1) * concepts)
  for (const row of chosen) {
    const x = [...given.matrix.subarray(row * size, (row + 1) * size), 1]
    for (let c = 0; c < concepts; c++) {
      const target = given.targets[row * concepts + c] ?? 0
      const margin = x.reduce((sum, value, k) => sum + value * (solution[k * concepts + c] ?? 0), 0)
      for (const [k, value] of x.entries()) {
        out[k * concepts + c] = (out[k * concepts + c] ?? 0) + value * (margin - target)
        start[k * concepts + c] = (start[k * concepts + c] ?? 0) + value * target
      }
    }
  }
  return Math.hypot(...out.map((value, i) => value + lambda * (solution[i] ?? 0))) / Math.hypot(...start)
}

describe("ridge regression", () => {
  const all = Uint32Array.from({ length: rows }, (_, i) => i)
  for (const [name, method] of Object.entries({ normalEquations, conjugateGradients })) {
    it(`${name} is where the loss is flat, learned at once or in two parts`, () => {
      const given = system()
      const { learn, solve } = method(given)
      learn(all.filter((row) => row % 5 !== 0))
      assert.isBelow(
        gradient(
          given,
          all.filter((row) => row % 5 !== 0),
          solve(lambda)
        ),
        2e-3
      )
      learn(all.filter((row) => row % 5 === 0))
      assert.isBelow(gradient(given, all, solve(lambda)), 2e-3)
    })
  }
})
