// Answers over time, for any frames.
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { bestFrames, overlapOf, timeline, trackBoxes, type TrackBox } from "../../src/index.ts"

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
