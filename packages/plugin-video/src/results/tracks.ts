// Object tracks: boxes joined over time by how much they overlap.
import type { ScoredConcept } from "./timeline.ts"

/** Edges as fractions of the picture. */
export interface TrackBox {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
}

/** The parts of regions and frames that tracking reads; frames are in order of time. */
export interface TrackRegion {
  readonly box: TrackBox
  readonly concepts: ReadonlyArray<ScoredConcept>
}
/** The regions of one frame: its position among the frames, from 0, and its time in milliseconds from the first. */
export interface RegionFrame<R extends TrackRegion = TrackRegion> {
  readonly index: number
  readonly timeMs: number
  readonly regions: ReadonlyArray<R>
}

/** One object over time: its regions in order, at most one for each frame. `name` is its first concept's. */
export interface Track<R extends TrackRegion = TrackRegion> {
  readonly id: number
  readonly name: string
  readonly fromMs: number
  readonly toMs: number
  readonly sightings: ReadonlyArray<{ readonly timeMs: number; readonly index: number; readonly region: R }>
}

/** `overlap`: the least intersection over union to be the same object, 0.3 by default. `gapMs`: how long it may be missing, 2000 by default. */
export interface TrackOptions {
  readonly overlap?: number
  readonly gapMs?: number
}

const area = ({ bottom, left, right, top }: TrackBox): number => Math.max(0, right - left) * Math.max(0, bottom - top)

/**
 * Intersection over union of two boxes, 0..1; 0 when either has no area.
 *
 * @example overlapOf({ top: 0, left: 0, bottom: 1, right: 1 }, { top: 0, left: 0, bottom: 1, right: 0.5 }) // => 0.5
 */
export const overlapOf = (a: TrackBox, b: TrackBox): number => {
  const shared = area({
    top: Math.max(a.top, b.top),
    left: Math.max(a.left, b.left),
    bottom: Math.min(a.bottom, b.bottom),
    right: Math.min(a.right, b.right)
  })
  const union = area(a) + area(b) - shared
  return union > 0 ? shared / union : 0
}

interface Open<R extends TrackRegion> {
  readonly name: string
  readonly sightings: Array<{ readonly timeMs: number; readonly index: number; readonly region: R }>
}

/**
 * Joins regions of the same first concept over frames, best overlaps first. Every region is in exactly one track.
 * Tracks come in the order in which they begin.
 */
export const trackBoxes = <R extends TrackRegion>(
  frames: ReadonlyArray<RegionFrame<R>>,
  options: TrackOptions = {}
): ReadonlyArray<Track<R>> => {
  const { gapMs = 2000, overlap = 0.3 } = options
  const tracks: Array<Open<R>> = []
  let active: Array<Open<R>> = []
  for (const { index, regions, timeMs } of frames) {
    active = active.filter(({ sightings }) => timeMs - (sightings.at(-1)?.timeMs ?? timeMs) <= gapMs)
    const pairs = active.flatMap((track) => {
      const last = track.sightings.at(-1)
      return regions.flatMap((region) => {
        const same = last !== undefined && (region.concepts[0]?.name ?? "") === track.name
        const shared = same ? overlapOf(last.region.box, region.box) : 0
        return shared > 0 && shared >= overlap ? [{ track, region, shared }] : []
      })
    })
    const taken = new Set<unknown>()
    for (const { region, track } of pairs.toSorted((a, b) => b.shared - a.shared)) {
      if (taken.has(region) || taken.has(track)) continue
      taken.add(region)
      taken.add(track)
      track.sightings.push({ timeMs, index, region })
    }
    for (const region of regions) {
      if (taken.has(region)) continue
      const track = { name: region.concepts[0]?.name ?? "", sightings: [{ timeMs, index, region }] }
      tracks.push(track)
      active.push(track)
    }
  }
  return tracks.map(({ name, sightings }, id) => ({
    id,
    name,
    fromMs: sightings[0]?.timeMs ?? 0,
    toMs: sightings.at(-1)?.timeMs ?? 0,
    sightings
  }))
}
