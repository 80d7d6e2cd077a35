// Where videos are cut, for any order of pictures.
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { type Cut, type Cuttable, cutPictures } from "../src/split/cut.ts"

interface Item extends Cuttable {
  readonly id: number
}

/** Groups of pictures in decoding order: a key picture, some shown before it (an open group), the others after. */
const clip = fc
  .array(
    fc.record({
      leading: fc.integer({ min: 0, max: 3 }),
      after: fc.integer({ min: 0, max: 12 }),
      size: fc.integer({ min: 1, max: 400 })
    }),
    {
      minLength: 1,
      maxLength: 25
    }
  )
  .map((groups) => {
    const items: Array<Item> = []
    let us = 0
    const push = (ptsUs: number, sizeBytes: number, key: boolean) =>
      items.push({ id: items.length, ptsUs, sizeBytes, key })
    groups.forEach(({ after, leading, size }, g) => {
      const before = g === 0 ? 0 : leading
      push(us + before * 40_000, size * 5, true)
      for (let i = 0; i < before; i++) push(us + i * 40_000, size, false)
      for (let i = 1; i <= after; i++) push(us + (before + i) * 40_000, size, false)
      us += (before + after + 1) * 40_000
    })
    return items
  })

const cuts = async (items: ReadonlyArray<Item>, limits: { readonly bytes: number; readonly ms: number }) => {
  const found: Array<Cut<Item> | undefined> = []
  async function* each() {
    yield* items
  }
  for await (const cut of cutPictures(each(), limits, 0)) found.push(cut)
  return found
}

describe("cutting", () => {
  it("shows every picture in exactly one part, each part beginning with a key picture", async () => {
    await fc.assert(
      fc.asyncProperty(clip, fc.integer({ min: 300, max: 3000 }), async (items, ms) => {
        const found = await cuts(items, { bytes: 20_000, ms })
        const whole = !found.includes(undefined)
        const shown: Array<number> = []
        let untilUs = 0
        for (const cut of found) {
          if (cut === undefined) break
          assert.isTrue(cut.items[0]?.key)
          assert.strictEqual(cut.fromUs, untilUs)
          assert.isAbove(cut.toUs, cut.fromUs)
          untilUs = cut.toUs
          if (cut.toUs === Infinity) assert.strictEqual(cut, found.at(-1))
          else assert.isAtMost(cut.toUs - cut.fromUs, ms * 1000)
          const bytes = cut.items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
          assert.isTrue(cut.toUs === Infinity || bytes <= 20_000)
          for (const item of cut.items) if (item.ptsUs >= cut.fromUs && item.ptsUs < cut.toUs) shown.push(item.id)
        }
        if (whole)
          assert.deepStrictEqual(
            shown.toSorted((a, b) => a - b),
            items.map(({ id }) => id)
          )
        else assert.strictEqual(new Set(shown).size, shown.length)
      })
    )
  })
  it("prefers a key picture on the grid of the samples", async () => {
    const items = Array.from({ length: 400 }, (_, id) => ({
      id,
      ptsUs: id * 40_000,
      sizeBytes: 10,
      key: id % 15 === 0
    }))
    const found: Array<number> = []
    async function* each() {
      yield* items
    }
    for await (const cut of cutPictures(each(), { bytes: 1e9, ms: 5500, alignMs: 1000 }, 0))
      found.push(cut?.fromUs ?? -1)
    assert.isTrue(found.every((us) => us % 1_000_000 === 0))
  })
  it("says so when key pictures are too far apart", async () => {
    const items = Array.from({ length: 100 }, (_, id) => ({ id, ptsUs: id * 40_000, sizeBytes: 10, key: id === 0 }))
    assert.deepStrictEqual(await cuts(items, { bytes: 1e9, ms: 1000 }), [undefined])
  })
})
