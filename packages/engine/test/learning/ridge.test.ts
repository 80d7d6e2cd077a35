import { assert, it } from "@effect/vitest"
import { gram } from "../../src/learning/gram.ts"
import { makeRandom } from "../../src/seeded-random.ts"
import { fitDual } from "../../src/learning/ridge.ts"
import { allRows } from "../../src/learning/rows.ts"

const [groups, size, concepts, lambda] = [9, 6, 2, 0.3]

/** Two rows for each of the groups that are kept, with their targets. */
const rowsOf = (keep: ReadonlyArray<number>) => {
  const random = makeRandom(8)
  const rows = Float32Array.from({ length: groups * 2 * size }, () => random() - 0.5)
  const targets = Array.from({ length: groups }, () => [random() < 0.5 ? 1 : -1, random() < 0.5 ? 1 : -1])
  const kept = keep.flatMap((group) => [2 * group, 2 * group + 1])
  return {
    rows: Float32Array.from(kept.flatMap((row) => [...rows.subarray(row * size, (row + 1) * size)])),
    targets: Float64Array.from(kept.flatMap((row) => targets[row >> 1] ?? [])),
    starts: Uint32Array.from({ length: keep.length + 1 }, (_, i) => 2 * i),
    all: rows
  }
}

it("held-out margins are those of a fit without the picture and its mirror image", () => {
  const everyone = Array.from({ length: groups }, (_, i) => i)
  const whole = rowsOf(everyone)
  const fitOf = ({ rows, starts, targets }: ReturnType<typeof rowsOf>) =>
    fitDual(
      {
        kernel: gram(allRows(rows, size)),
        count: targets.length / concepts,
        starts,
        targets,
        concepts
      },
      lambda
    )
  const { margins } = fitOf(whole)
  for (const left of everyone) {
    const rest = rowsOf(everyone.filter((group) => group !== left))
    const { dual } = fitOf(rest)
    for (let c = 0; c < concepts; c++) {
      let margin = 0
      for (let row = 0; row < rest.rows.length / size; row++) {
        for (let k = 0; k < size; k++) {
          margin +=
            (dual[row * concepts + c] ?? 0) * (rest.rows[row * size + k] ?? 0) * (whole.all[2 * left * size + k] ?? 0)
        }
      }
      assert.closeTo(margins[left * concepts + c] ?? Number.NaN, margin, 1e-5)
    }
  }
})
