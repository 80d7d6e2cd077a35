// Where a video can be cut without decoding: before a key picture, so that each part stands alone.
import { reorderBound } from "../clip/track.ts"

/** A coded picture as the cutter sees it, in decoding order. Times are microseconds. */
export interface Cuttable {
  readonly ptsUs: number
  readonly sizeBytes: number
  readonly key: boolean
}

/** The largest a part may be. `alignMs`: cut at a multiple of it, counted from `originUs`, where that costs little. */
export interface PartLimits {
  readonly bytes: number
  readonly ms: number
  readonly alignMs?: number
}

/** A run of pictures that becomes one part: shown from `fromUs` up to `toUs`, Infinity for the last. */
export interface Cut<A> {
  readonly items: ReadonlyArray<A>
  readonly fromUs: number
  readonly toUs: number
}

/** What a container adds: for each picture, and once. */
const perPicture = 28
const perFile = 8_192

/** The pictures right behind a key picture that are shown before it; they need the part before. */
const leadingAfter = (items: ReadonlyArray<Cuttable>, at: number): ReadonlyArray<number> => {
  const key = items[at]
  const found: Array<number> = []
  if (key === undefined) return found
  for (let i = at + 1; i <= at + reorderBound; i++) {
    const item = items[i]
    if (item === undefined || item.key) break
    if (item.ptsUs < key.ptsUs) found.push(i)
  }
  return found
}

interface Candidate {
  readonly at: number
  readonly open: boolean
  readonly aligned: boolean
}

/** The best of several places to cut: late ones, and among those of the later half aligned and closed ones. */
const best = (candidates: ReadonlyArray<Candidate>): Candidate | undefined => {
  const last = candidates.at(-1)
  if (last === undefined) return undefined
  const late = candidates.filter(({ at }) => at >= last.at / 2)
  const pick = (test: (candidate: Candidate) => boolean) => late.findLast(test)
  return pick(({ aligned, open }) => aligned && !open) ?? pick(({ open }) => !open) ?? last
}

/**
 * Cuts pictures into parts within limits, as they come: memory holds the pictures of one part. Every picture that is
 * shown is shown by exactly one part. Gives undefined as the last value when no part can be made small enough.
 */
export async function* cutPictures<A extends Cuttable>(
  pictures: AsyncIterable<A>,
  limits: PartLimits,
  originUs: number
): AsyncGenerator<Cut<A> | undefined, void> {
  const alignUs = (limits.alignMs ?? 0) * 1000
  let items: Array<A> = []
  let bytes = perFile
  let fromUs = originUs
  let next: Array<number> = [] // key pictures at which this part may end
  const isAligned = (us: number): boolean => {
    const rest = alignUs === 0 ? 0 : (((us - originUs) % alignUs) + alignUs) % alignUs
    return Math.min(rest, alignUs - rest) <= 500
  }
  const cutNow = (): Cut<A> | undefined => {
    const candidates = next.map((at) => ({
      at,
      open: leadingAfter(items, at).length > 0,
      aligned: isAligned(items[at]?.ptsUs ?? 0)
    }))
    const chosen = best(candidates)
    const key = chosen === undefined ? undefined : items[chosen.at]
    if (chosen === undefined || key === undefined) return undefined
    // what is shown before the key picture but follows it needs it too: this part then ends with both
    const leading = leadingAfter(items, chosen.at)
    const tail = leading.length === 0 ? [] : [chosen.at, ...leading]
    const cut = {
      items: [...items.slice(0, chosen.at), ...tail.flatMap((i) => items[i] ?? [])],
      fromUs,
      toUs: key.ptsUs
    }
    const dropped = new Set(leading)
    items = items.filter((_, i) => i >= chosen.at && !dropped.has(i))
    fromUs = key.ptsUs
    bytes = items.reduce((sum, item) => sum + item.sizeBytes + perPicture, perFile)
    next = items.flatMap((item, i) => (i > 0 && item.key ? [i] : []))
    return cut
  }
  const over = (): boolean => {
    const latest = items.at(-1)?.ptsUs ?? fromUs
    return bytes > limits.bytes || latest - fromUs >= limits.ms * 1000
  }
  for await (const picture of pictures) {
    items.push(picture)
    bytes += picture.sizeBytes + perPicture
    while (over() && items.length > 1) {
      // a key picture that itself breaks the limit begins the next part
      const at = items.length - 1
      if (picture.key && at > 0 && !next.includes(at)) next.push(at)
      const cut = cutNow()
      yield cut
      if (cut === undefined) return
    }
    if (picture.key && items.length > 1 && !next.includes(items.length - 1)) next.push(items.length - 1)
  }
  if (items.length > 0) yield { items, fromUs, toUs: Infinity }
}
