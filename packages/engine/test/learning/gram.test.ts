import { assert, it } from "@effect/vitest"
import { gram } from "../../src/learning/gram.ts"
import { makeRandom } from "../../src/seeded-random.ts"
import { allRows } from "../../src/learning/rows.ts"

it("gives every inner product, symmetric to the bit", () => {
  const random = makeRandom(4)
  const [rows, size] = [13, 1100]
  const matrix = Float32Array.from({ length: rows * size }, () => random() - 0.5)
  const found = gram(allRows(matrix, size))
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      let sum = 0
      for (let k = 0; k < size; k++) sum += (matrix[i * size + k] ?? 0) * (matrix[j * size + k] ?? 0)
      assert.closeTo(found[i * rows + j] ?? Number.NaN, sum, 1e-3)
      assert.strictEqual(found[i * rows + j], found[j * rows + i])
    }
  }
})
