import { assert, describe, it } from "@effect/vitest"
import { levelFor, PictureBudget } from "../src/pictures/picture-budget.ts"
import type { Level, Thumbnail } from "../src/pictures/thumbnail.ts"

const thumbnail = (bytes: number): Thumbnail => ({ bytes: new Uint8Array(bytes), width: 1, height: 1 })

/** Sizes of one picture by level, which differ from picture to picture. */
const sizesOf = (order: number): ReadonlyArray<readonly [Level, number]> => [
  [0, 10 + (order % 7)],
  [1, 40 + ((order * 13) % 29)],
  [2, 160 + ((order * 31) % 97)]
]

const fill = (budget: PictureBudget, orders: ReadonlyArray<number>) => {
  for (const order of orders) {
    const wanted = budget.wanted(order)
    const made = sizesOf(order).filter(([level]) => wanted.includes(level))
    budget.add(order, new Map(made.map(([level, bytes]) => [level, thumbnail(bytes)])))
  }
  return budget
}

const chosenBy = (budget: PictureBudget, bytes: number) =>
  [...budget.choose(bytes)]
    .map(([order, { bytes: own }]) => [order, own.byteLength])
    .toSorted(([a = 0], [b = 0]) => a - b)

const inOrder = Array.from({ length: 200 }, (_, i) => i)
/** A few other orders in which the same pictures may arrive. */
const shuffles = [
  inOrder.toReversed(),
  inOrder.toSorted((a, b) => ((a * 7919) % 200) - ((b * 7919) % 200)),
  inOrder.toSorted((a, b) => ((a * 104_729) % 211) - ((b * 104_729) % 211)),
  [...inOrder.filter((i) => i % 2 === 1), ...inOrder.filter((i) => i % 2 === 0)]
]

describe("the budget of pictures", () => {
  it.each([500, 2000, 8000, 1e9])("keeps the same pictures in whatever order they arrive (%d bytes)", (bytes) => {
    const expected = chosenBy(fill(new PictureBudget(bytes), inOrder), bytes)
    for (const orders of shuffles)
      assert.deepStrictEqual(chosenBy(fill(new PictureBudget(bytes), orders), bytes), expected)
  })
  it.each([0, 100, 2600, 9000])("chooses at most %d bytes", (bytes) => {
    const chosen = chosenBy(fill(new PictureBudget(20_000), inOrder), bytes)
    assert.isAtMost(
      chosen.reduce((sum, [, own = 0]) => sum + own, 0),
      bytes
    )
  })
  it("takes every picture small before it takes one larger, and the larger ones in order", () => {
    const small = inOrder.reduce((sum, order) => sum + (sizesOf(order)[0]?.[1] ?? 0), 0)
    const chosen = chosenBy(fill(new PictureBudget(20_000), inOrder), small + 300)
    assert.lengthOf(chosen, 200)
    const larger = chosen.filter(([order = 0, own = 0]) => own > (sizesOf(order)[0]?.[1] ?? 0)).map(([order]) => order)
    assert.deepStrictEqual(larger, inOrder.slice(0, larger.length))
    assert.isAbove(larger.length, 2)
  })
  it("takes the largest of all where there is room", () => {
    const chosen = chosenBy(fill(new PictureBudget(1e9), inOrder.slice(0, 5)), 1e9)
    assert.deepStrictEqual(
      chosen.map(([, own]) => own),
      inOrder.slice(0, 5).map((order) => sizesOf(order)[2]?.[1])
    )
  })
  it("asks for no level that would not be kept, and counts what was left out", () => {
    const budget = fill(new PictureBudget(400), inOrder)
    assert.deepStrictEqual(budget.wanted(199), [])
    assert.strictEqual(budget.pictures, 200)
    assert.isBelow(budget.choose(400).size, 200)
  })
  it("makes no level that is longer than was asked for", () => {
    assert.deepStrictEqual(
      [levelFor(10_000), levelFor(720), levelFor(500), levelFor(320), levelFor(1)],
      [2, 2, 1, 1, 0]
    )
    assert.deepStrictEqual(new PictureBudget(100, levelFor(320)).wanted(0), [0, 1])
  })
})
