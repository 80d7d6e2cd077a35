// Where videos are cut, for any order of pictures.
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { type Cut, type Cuttable, cutPictures, type PartLimits } from "../../src/split/cut-points.ts"

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
      items.push({ id: items.length, ptsUs, durationUs: 40_000, sizeBytes, key })
    groups.forEach(({ after, leading, size }, g) => {
      const before = g === 0 ? 0 : leading
      push(us + before * 40_000, size * 5, true)
      for (let i = 0; i < before; i++) push(us + i * 40_000, size, false)
      for (let i = 1; i <= after; i++) push(us + (before + i) * 40_000, size, false)
      us += (before + after + 1) * 40_000
    })
    return items
  })

const cuts = async (items: ReadonlyArray<Item>, limits: PartLimits) => {
  const found: Array<Cut<Item> | undefined> = []
  async function* each() {
    for (let at = 0; at < items.length; at += 7) yield items.slice(at, at + 7)
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
      durationUs: 40_000,
      sizeBytes: 10,
      key: id % 15 === 0
    }))
    const found: Array<number> = []
    async function* each() {
      for (let at = 0; at < items.length; at += 7) yield items.slice(at, at + 7)
    }
    for await (const cut of cutPictures(each(), { bytes: 1e9, ms: 5500, alignMs: 1000 }, 0))
      found.push(cut?.fromUs ?? -1)
    assert.isTrue(found.every((us) => us % 1_000_000 === 0))
  })
  it("makes a part larger than its target only where no key picture comes before", async () => {
    await fc.assert(
      fc.asyncProperty(clip, fc.integer({ min: 9000, max: 15_000 }), async (items, targetBytes) => {
        const found = await cuts(items, { bytes: 1e9, ms: 1e9, targetBytes })
        const shown = found.flatMap((cut) =>
          (cut?.items ?? []).filter((item) => item.ptsUs >= (cut?.fromUs ?? 0) && item.ptsUs < (cut?.toUs ?? 0))
        )
        assert.deepStrictEqual(
          shown.map(({ id }) => id).toSorted((a, b) => a - b),
          items.map(({ id }) => id)
        )
        for (const cut of found.slice(0, -1)) {
          const bytes = 8192 + (cut?.items ?? []).reduce((sum, { sizeBytes }) => sum + sizeBytes + 28, 0)
          // the key picture that a part ends before may be repeated in it, with what is shown before that
          const keysInside = (cut?.items ?? []).slice(1, -4).filter(({ key }) => key)
          if (bytes > targetBytes) assert.deepStrictEqual(keysInside, [])
        }
      })
    )
  })
  it("on a grid shows each multiple of it in exactly one part, which holds the picture on screen then", async () => {
    await fc.assert(
      fc.asyncProperty(
        clip,
        fc.integer({ min: 500, max: 3000 }),
        fc.integer({ min: 50, max: 2000 }),
        async (items, ms, alignMs) => {
          const found = await cuts(items, { bytes: 1e9, ms, alignMs, onGrid: true })
          const endUs = items.length * 40_000
          const untilUs = found.at(-1) === undefined ? (found.at(-2)?.toUs ?? 0) : endUs
          for (let us = 0; us < Math.min(untilUs, endUs); us += alignMs * 1000) {
            const showing = found.filter((cut) => cut !== undefined && us >= cut.fromUs && us < cut.toUs)
            assert.lengthOf(showing, 1)
            const onScreenUs = Math.floor(us / 40_000) * 40_000
            assert.isTrue(showing[0]?.items[0]?.key)
            assert.isTrue(showing[0]?.items.some(({ ptsUs }) => ptsUs === onScreenUs))
          }
          for (const cut of found.slice(1)) assert.isTrue(cut === undefined || cut.fromUs % (alignMs * 1000) === 0)
        }
      )
    )
  })
  it("says so when key pictures are too far apart", async () => {
    const items = Array.from({ length: 100 }, (_, id) => ({
      id,
      ptsUs: id * 40_000,
      durationUs: 40_000,
      sizeBytes: 10,
      key: id === 0
    }))
    assert.deepStrictEqual(await cuts(items, { bytes: 1e9, ms: 1000 }), [undefined])
  })
})
