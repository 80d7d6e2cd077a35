// When concepts appear: answers of frames as segments of time. Pure functions over any answer with frames.

/** The part of a concept that these functions read. */
export interface ScoredConcept {
  readonly name: string
  readonly score: number
}

/** The part of a frame that these functions read; frames are in order of time. */
export interface ConceptFrame {
  readonly index: number
  readonly timeMs: number
  readonly concepts: ReadonlyArray<ScoredConcept>
}

/** A span of time in which a concept appears. `score` is its mean over the frames that show it. */
export interface Segment {
  readonly fromMs: number
  readonly toMs: number
  readonly frames: number
  readonly score: number
  readonly best: { readonly timeMs: number; readonly index: number; readonly score: number }
}

/** A concept and when it appears; `totalMs` is the sum of its segments. */
export interface ConceptTimeline {
  readonly name: string
  readonly segments: ReadonlyArray<Segment>
  readonly totalMs: number
}

/**
 * `above`: the least score, 0.5 by default. `gapMs`: pauses up to this long do not end a segment; by default none does.
 * `endMs`: where the clip ends; by default the last frame lasts as long as the one before it.
 */
export interface TimelineOptions {
  readonly above?: number
  readonly gapMs?: number
  readonly endMs?: number
}

/** Where the time of each frame ends: at the next frame. */
const endsOf = (frames: ReadonlyArray<ConceptFrame>, endMs: number | undefined): ReadonlyArray<number> =>
  frames.map(({ timeMs }, i) => {
    const next = frames[i + 1]?.timeMs
    if (next !== undefined) return next
    const before = frames[i - 1]?.timeMs
    return Math.max(timeMs, endMs ?? (before === undefined ? timeMs : 2 * timeMs - before))
  })

interface Open {
  fromMs: number
  toMs: number
  frames: number
  sum: number
  best: Segment["best"]
}

const close = ({ best, frames, fromMs, sum, toMs }: Open): Segment => ({
  fromMs,
  toMs,
  frames,
  score: sum / frames,
  best
})

/**
 * For each concept, when it scores at least `above`: segments in order, apart by more than `gapMs`. A frame stands for
 * the time until the next one. Concepts come in the order of their total time, longest first.
 *
 * Units: milliseconds; scores 0..1. Cost: one pass over all concepts of all frames.
 *
 * @example timeline([{ index: 0, timeMs: 0, concepts: [{ name: "train", score: 0.9 }] }], { endMs: 1000 })[0]?.totalMs // => 1000
 */
export const timeline = (
  frames: ReadonlyArray<ConceptFrame>,
  options: TimelineOptions = {}
): ReadonlyArray<ConceptTimeline> => {
  const { above = 0.5, gapMs = 0 } = options
  const ends = endsOf(frames, options.endMs)
  const segments = new Map<string, Array<Open>>()
  for (const [i, { concepts, index, timeMs }] of frames.entries()) {
    const toMs = ends[i] ?? timeMs
    const counted = new Set<string>()
    for (const { name, score } of concepts) {
      // an answer lists a concept once; of two the first has the higher score
      if (score < above || counted.has(name)) continue
      counted.add(name)
      const known = segments.get(name) ?? []
      segments.set(name, known)
      const last = known.at(-1)
      if (last === undefined || timeMs - last.toMs > gapMs) {
        known.push({ fromMs: timeMs, toMs, frames: 1, sum: score, best: { timeMs, index, score } })
        continue
      }
      last.toMs = Math.max(last.toMs, toMs)
      last.frames++
      last.sum += score
      if (score > last.best.score) last.best = { timeMs, index, score }
    }
  }
  return [...segments]
    .map(([name, open]) => ({
      name,
      segments: open.map(close),
      totalMs: open.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
    }))
    .sort((a, b) => b.totalMs - a.totalMs || a.name.localeCompare(b.name))
}

/** For each concept the frame that shows it best; the earliest of equals. */
export const bestFrames = <F extends ConceptFrame>(
  frames: ReadonlyArray<F>
): ReadonlyMap<string, { readonly frame: F; readonly score: number }> => {
  const best = new Map<string, { readonly frame: F; readonly score: number }>()
  for (const frame of frames)
    for (const { name, score } of frame.concepts)
      if (score > (best.get(name)?.score ?? Number.NEGATIVE_INFINITY)) best.set(name, { frame, score })
  return best
}
