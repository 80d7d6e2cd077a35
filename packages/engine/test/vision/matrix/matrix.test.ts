import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { makeRandom } from "../../../src/seeded-random.ts"
import { adderRoom, finderRoom, makeWorkspace, roundUp } from "../../../src/vision/matrix/matrix.ts"

describe("products of matrices", () => {
  for (const [rows, inner, columns, transposed] of [
    [4, 1, 8, false],
    [8, 17, 16, false],
    [12, 130, 48, false],
    [64, 33, 96, true]
  ] as const) {
    it(`${rows} × ${inner} by ${inner} × ${columns}${transposed ? ", the left one transposed" : ""}`, () => {
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

  it("adds scaled rows, however many they are", () => {
    const random = makeRandom(9)
    const [rows, columns, targets] = [50, 24, 3]
    const work = makeWorkspace(rows * columns + targets * columns + adderRoom + 16)
    const from = work.matrix(rows, columns)
    const into = work.matrix(targets, columns)
    from.numbers.forEach((_, i) => (from.numbers[i] = random() - 0.5))
    const expected = new Float64Array(targets * columns)
    const { flush, note } = work.adder(from, into, columns)
    for (let n = 0; n < 3000; n++) {
      const [row, target, share] = [Math.floor(random() * rows), Math.floor(random() * targets), random()]
      note(target, row, share)
      for (let c = 0; c < columns; c++) {
        const at = target * columns + c
        expected[at] = (expected[at] ?? 0) + share * (from.numbers[row * columns + c] ?? 0)
      }
    }
    flush()
    for (const [i, value] of expected.entries()) assert.closeTo(into.numbers[i] ?? Number.NaN, value, 1e-2)
  })

  for (const columns of [8, 16, 24, 64]) {
    it(`finds the numbers near the largest of rows of ${columns}`, () => {
      const random = makeRandom(columns)
      const rows = 40
      const work = makeWorkspace(rows * columns + finderRoom(rows, columns) + 16)
      const from = work.matrix(rows, columns)
      from.numbers.forEach((_, i) => (from.numbers[i] = random() * 20 - 30))
      const find = work.finder(from, rows, columns, 4)
      const seen: Array<number> = []
      find(rows - 3, (row, top, near, found) => {
        const own = from.numbers.subarray(row * columns, (row + 1) * columns)
        assert.strictEqual(top, Math.max(...own))
        assert.deepStrictEqual(
          Array.from(near.subarray(0, found)),
          Array.from(own.keys()).filter((c) => (own[c] ?? 0) >= Math.fround(top - 4))
        )
        seen.push(row)
      })
      assert.deepStrictEqual(
        seen,
        Array.from({ length: rows - 3 }, (_, row) => row)
      )
    })
  }

  it("gives the same numbers on every machine, to the bit", () => {
    const random = makeRandom(5)
    const hash = createHash("sha256")
    for (const [rows, inner, columns, transposed] of [
      [8, 17, 16, false],
      [12, 130, 48, true],
      [64, 333, 96, false]
    ] as const) {
      const work = makeWorkspace(rows * inner + inner * columns + rows * columns + 16)
      const left = transposed ? work.matrix(inner, rows) : work.matrix(rows, inner)
      const right = work.matrix(inner, columns)
      const into = work.matrix(rows, columns)
      for (const { numbers } of [left, right, into]) {
        for (let i = 0; i < numbers.length; i++) numbers[i] = (random() - 0.5) * 10 ** Math.floor(random() * 8 - 4)
      }
      work.multiply({ left, transposed, right, into, rows, inner, columns })
      hash.update(new Uint8Array(into.numbers.buffer, into.numbers.byteOffset, into.numbers.byteLength))
    }
    assert.strictEqual(hash.digest("hex"), "051692b5be6fc62f49e103906b4cf3a56cd873e35189d21b4eccab52ae6fab10")
  })

  it("throws if there is no room, and rounds up", () => {
    assert.throws(() => makeWorkspace(8).matrix(1000, 1000), RangeError)
    assert.deepStrictEqual(
      [0, 1, 8, 9].map((n) => roundUp(n, 8)),
      [0, 8, 8, 16]
    )
  })
})
