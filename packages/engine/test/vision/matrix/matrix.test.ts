import { assert, describe, it } from "@effect/vitest"
import { makeRandom } from "../../../src/learn/random.ts"
import { makeWorkspace, roundUp } from "../../../src/vision/matrix/matrix.ts"

describe("products of matrices", () => {
  for (const [rows, inner, columns, transposed] of [
    [4, 1, 8, false],
    [8, 17, 16, false],
    [12, 130, 48, false],
    [64, 33, 96, true]
  ] as const) {
    it(`${rows} × ${inner} by ${inner} × ${columns}${transposed ? ", the left one turned" : ""}`, () => {
      const random = makeRandom(rows + columns)
      const work = makeWorkspace(rows * inner + inner * columns + rows * columns + 16)
      const left = transposed ? work.matrix(inner, rows) : work.matrix(rows, inner)
      const right = work.matrix(inner, columns)
      const into = work.matrix(rows, columns)
      for (const { numbers } of [left, right, into]) numbers.forEach((_, i) => (numbers[i] = random() - 0.5))
      const before = into.numbers.slice()
      work.multiply({ left, transposed, right, into, rows, inner, columns })
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          let sum = before[r * columns + c] ?? 0
          for (let k = 0; k < inner; k++) {
            const l = left.numbers[transposed ? k * rows + r : r * inner + k] ?? 0
            sum += l * (right.numbers[k * columns + c] ?? 0)
          }
          assert.closeTo(into.numbers[r * columns + c] ?? Number.NaN, sum, 1e-4)
        }
      }
    })
  }

  it("says when there is no room, and rounds up", () => {
    assert.throws(() => makeWorkspace(8).matrix(1000, 1000), RangeError)
    assert.deepStrictEqual(
      [0, 1, 8, 9].map((n) => roundUp(n, 8)),
      [0, 8, 8, 16]
    )
  })
})
