// Answers over time, for any frames.
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { bestFrames, overlapOf, timeline, trackBoxes, type TrackBox } from "../src/index.ts"
import { turn } from "../src/picture/picture.ts"
import { makeProgress } from "../src/sampling/progress.ts"
import { dropSimilar, greatestDifference, sceneStarts } from "../src/sampling/choose.ts"

const score = fc.double({ min: 0, max: 1, noNaN: true })
const name = fc.constantFrom("train", "sky", "dog")
const frames = fc
  .array(fc.record({ step: fc.integer({ min: 1, max: 3000 }), concepts: fc.dictionary(name, score) }), {
    maxLength: 40
  })
  .map((steps) => {
    let timeMs = 0
    return steps.map(({ concepts, step }, index) => {
      timeMs += step
      return { index, timeMs, concepts: Object.entries(concepts).map(([name, score]) => ({ name, score })) }
    })
  })

describe("timeline", () => {
  it("puts each frame that shows a concept into exactly one of its segments, apart by more than the gap", () => {
    fc.assert(
      fc.property(frames, score, fc.integer({ min: 0, max: 5000 }), (all, above, gapMs) => {
        for (const { name, segments, totalMs } of timeline(all, { above, gapMs })) {
          const shown = all.filter((frame) => frame.concepts.some((c) => c.name === name && c.score >= above))
          for (const { timeMs } of shown) {
            const holding = segments.filter(
              ({ fromMs, toMs }) => timeMs >= fromMs && (timeMs < toMs || fromMs === toMs)
            )
            assert.strictEqual(holding.length, 1)
          }
          assert.strictEqual(
            segments.reduce((sum, segment) => sum + segment.frames, 0),
            shown.length
          )
          for (const [i, segment] of segments.entries()) {
            const next = segments[i + 1]
            assert.isTrue(next === undefined || next.fromMs - segment.toMs > gapMs)
            assert.isTrue(segment.best.score >= segment.score - 1e-12)
            assert.isTrue(segment.best.timeMs >= segment.fromMs)
          }
          assert.approximately(
            totalMs,
            segments.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0),
            1e-6
          )
        }
      })
    )
  })
  it("merges over gaps that are short enough", () => {
    const at = (timeMs: number, value: number) => ({
      index: timeMs / 1000,
      timeMs,
      concepts: [{ name: "train", score: value }]
    })
    const all = [at(0, 0.9), at(1000, 0.95), at(2000, 0.1), at(3000, 0.85), at(4000, 0.2)]
    const spans = (gapMs: number) =>
      timeline(all, { above: 0.8, gapMs })[0]?.segments.map(({ fromMs, toMs }) => [fromMs, toMs])
    assert.deepStrictEqual(spans(0), [
      [0, 2000],
      [3000, 4000]
    ])
    assert.deepStrictEqual(spans(1000), [[0, 4000]])
  })
  it("names the best frame of each concept", () => {
    fc.assert(
      fc.property(frames, (all) => {
        for (const [concept, { frame, score }] of bestFrames(all))
          for (const other of all)
            for (const { name, score: value } of other.concepts)
              if (name === concept) assert.isTrue(value <= score && (value < score || frame.timeMs <= other.timeMs))
      })
    )
  })
})

const box = fc.tuple(score, score, score, score).map(([a, b, c, d]): TrackBox => ({
  top: Math.min(a, b),
  bottom: Math.max(a, b),
  left: Math.min(c, d),
  right: Math.max(c, d)
}))

describe("tracks", () => {
  it("hold every region exactly once, and at most one of a frame", () => {
    const regions = fc.array(fc.record({ box, concepts: fc.array(fc.record({ name, score }), { maxLength: 2 }) }), {
      maxLength: 5
    })
    fc.assert(
      fc.property(fc.array(regions, { maxLength: 12 }), score, (all, overlap) => {
        const tracked = all.map((regions, index) => ({ index, timeMs: index * 500, regions }))
        const tracks = trackBoxes(tracked, { overlap, gapMs: 1000 })
        const seen = tracks.flatMap(({ sightings }) => sightings.map(({ region }) => region))
        assert.strictEqual(seen.length, all.flat().length)
        assert.strictEqual(new Set(seen).size, seen.length)
        for (const { sightings } of tracks)
          for (const [i, { region, timeMs }] of sightings.entries()) {
            const next = sightings[i + 1]
            if (next === undefined) continue
            assert.isTrue(next.timeMs > timeMs && next.timeMs - timeMs <= 1000)
            assert.isTrue(overlapOf(region.box, next.region.box) >= overlap)
          }
      })
    )
  })
  it("follow a thing that moves and one that stands", () => {
    const at = (left: number) => ({
      box: { top: 0.1, bottom: 0.5, left, right: left + 0.3 },
      concepts: [{ name: "car", score: 1 }]
    })
    const tracks = trackBoxes(
      [0, 1, 2, 3].map((i) => ({ index: i, timeMs: i * 100, regions: [at(0.6), at(i * 0.08)] }))
    )
    assert.deepStrictEqual(
      tracks.map(({ sightings }) => sightings.map(({ region }) => Math.round(region.box.left * 100))),
      [
        [60, 60, 60, 60],
        [0, 8, 16, 24]
      ]
    )
  })
})

describe("choosing pictures", () => {
  const picture = fc.uint8Array({ minLength: 48, maxLength: 48 })
  it("leaves out only pictures within the stated bound of the one kept last", () => {
    fc.assert(
      fc.property(fc.array(picture, { maxLength: 20 }), fc.integer({ min: 0, max: 255 }), (pictures, bound) => {
        const { keep } = dropSimilar(bound)()
        let kept: Uint8Array | undefined
        for (const tiny of pictures) {
          const near = kept !== undefined && greatestDifference(kept, tiny) <= bound
          assert.strictEqual(keep(tiny), !near)
          if (!near) kept = tiny
        }
      })
    )
  })
  it("sees a cut, and no cut in steady motion", () => {
    const flat = (level: number) => new Uint8Array(48).fill(level)
    const starts = (levels: ReadonlyArray<number>) => {
      const { keep } = sceneStarts(0.3)()
      return levels.map((level) => keep(flat(level)))
    }
    assert.deepStrictEqual(starts([10, 10, 200, 200, 10]), [true, false, true, false, true])
    assert.deepStrictEqual(starts([0, 20, 40, 60, 80, 100]), [true, false, false, false, false, false])
  })
  it("refuses bounds that make no sense", () => {
    assert.throws(() => dropSimilar(-1))
    assert.throws(() => sceneStarts(0))
  })
})

it("turning four quarters, or mirroring twice, gives the same picture", () => {
  const turns = fc.constantFrom<90 | 180 | 270>(90, 180, 270)
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      turns,
      fc.boolean(),
      (w, h, by, flip) => {
        const cells = Uint8Array.from({ length: w * h * 3 }, (_, i) => i)
        const across = by % 180 !== 0
        const [w2, h2] = across ? [h, w] : [w, h]
        const turned = turn(cells, w, h, 3, by, flip)
        const unflipped = flip ? turn(turned, w2, h2, 3, 0, true) : turned
        const back = turn(unflipped, w2, h2, 3, by === 90 ? 270 : by === 270 ? 90 : 180, false)
        assert.deepStrictEqual(back, cells)
      }
    )
  )
})

it("estimates the seconds left from the speed so far", () => {
  let now = 0
  const progress = makeProgress(10_000, () => now)
  assert.deepStrictEqual(progress(0), { frames: 1, positionMs: 0, totalMs: 10_000, secondsLeft: undefined })
  now = 2000
  assert.deepStrictEqual(progress(4000), { frames: 2, positionMs: 4000, totalMs: 10_000, secondsLeft: 3 })
})
