// Where a video can be cut without decoding: before a key picture, so that each part stands alone.
import { reorderBound } from "../track/track.ts"

/** A coded picture, in decoding order. Times are microseconds. */
export interface Cuttable {
  readonly ptsUs: number
  readonly durationUs: number
  readonly sizeBytes: number
  readonly key: boolean
}

/**
 * The largest a part may be. `targetBytes`: at that size it is full, and is larger only where the next key picture is
 * further away. `alignMs`: cut at a multiple of it, counted from the first frame, where that costs little. `onGrid`: show
 * parts from such a multiple on, wherever they are cut, and leave out those that show none.
 */
export interface PartLimits {
  readonly bytes: number
  readonly ms: number
  readonly targetBytes?: number
  readonly alignMs?: number
  readonly onGrid?: boolean
}

/** A run of pictures that becomes one part: shown from `fromUs` up to `toUs`, Infinity for the last. */
export interface Cut<A> {
  readonly items: ReadonlyArray<A>
  readonly fromUs: number
  readonly toUs: number
}

/** Bytes that a container adds for each picture, and once for the file. */
const perPicture = 28
const perFile = 8_192

/** Leading pictures: they follow a key picture in decoding order, are shown before it, and need the part before. */
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
  readonly bytes: number
  readonly open: boolean
  readonly aligned: boolean
}

/** The best of several places to cut: the latest, preferring aligned and closed ones in the later half. */
const best = (candidates: ReadonlyArray<Candidate>): Candidate | undefined => {
  const last = candidates.at(-1)
  if (last === undefined) return undefined
  const late = candidates.filter(({ at }) => at >= last.at / 2)
  const pick = (test: (candidate: Candidate) => boolean) => late.findLast(test)
  return pick(({ aligned, open }) => aligned && !open) ?? pick(({ open }) => !open) ?? last
}

/** Collects the pictures of the next part, and those known to follow it. */
class PartBuilder<A extends Cuttable> {
  readonly #limits: PartLimits
  readonly #originUs: number
  #items: Array<A> = []
  #admitted = 0
  #bytes = perFile
  /** When its first picture is shown, and where the part starts showing pictures. */
  #startUs: number
  #fromUs: number
  /** Key pictures among the admitted, at which this part may end. */
  #keys: Array<number> = []
  constructor(limits: PartLimits, originUs: number) {
    this.#limits = limits
    this.#originUs = originUs
    this.#startUs = originUs
    this.#fromUs = originUs
  }
  add(picture: A): void {
    this.#items.push(picture)
  }
  /** Adds the next picture to the part, once those that may be shown before it are known. */
  admit(ended: boolean): boolean {
    const picture = this.#items[this.#admitted]
    if (picture === undefined || (!ended && this.#items.length - this.#admitted <= reorderBound)) return false
    if (picture.key && this.#admitted > 0) this.#keys.push(this.#admitted)
    this.#admitted++
    this.#bytes += picture.sizeBytes + perPicture
    return true
  }
  /** Whether a limit is reached. */
  get isOver(): boolean {
    const latestUs = this.#items[this.#admitted - 1]?.ptsUs ?? this.#startUs
    return this.#bytes > this.#limits.bytes || latestUs - this.#startUs >= this.#limits.ms * 1000
  }
  /** Whether it has its target size and a place where it may end. */
  get isFull(): boolean {
    return this.#keys.length > 0 && this.#bytes > this.#targetBytes
  }
  get #targetBytes(): number {
    return Math.min(this.#limits.targetBytes ?? Infinity, this.#limits.bytes)
  }
  /** Ends the part at the best place within the limits; undefined if there is none. */
  cut(): Cut<A> | undefined {
    let before = perFile
    const bytesBefore = this.#items.map(({ sizeBytes }) => (before += sizeBytes + perPicture) - sizeBytes - perPicture)
    const candidates = this.#keys.flatMap((at) => this.#candidate(at, bytesBefore[at] ?? 0) ?? [])
    const chosen = best(candidates.filter(({ bytes }) => bytes <= this.#targetBytes)) ?? candidates[0]
    const key = chosen === undefined ? undefined : this.#items[chosen.at]
    if (chosen === undefined || key === undefined) return undefined
    const items = this.#upTo(chosen.at)
    const toUs = this.#limits.onGrid === true ? this.#gridFrom(key.ptsUs) : key.ptsUs
    const cut = { items, fromUs: this.#fromUs, toUs }
    const dropped = new Set(leadingAfter(this.#items, chosen.at))
    const stays = (i: number) => i >= chosen.at && !dropped.has(i)
    const admitted = this.#items.filter((_, i) => i < this.#admitted && stays(i))
    this.#items = this.#items.filter((_, i) => stays(i))
    this.#admitted = admitted.length
    this.#startUs = key.ptsUs
    this.#fromUs = toUs
    this.#bytes = admitted.reduce((sum, item) => sum + item.sizeBytes + perPicture, perFile)
    this.#keys = admitted.flatMap((item, i) => (i > 0 && item.key ? [i] : []))
    return cut
  }
  rest(): Cut<A> | undefined {
    const endUs = this.#items.reduce((most, { durationUs, ptsUs }) => Math.max(most, ptsUs + durationUs), -Infinity)
    if (this.#items.length === 0 || (this.#limits.onGrid === true && endUs <= this.#fromUs)) return undefined
    return { items: this.#items, fromUs: this.#fromUs, toUs: Infinity }
  }
  /** How far a time is behind the last multiple of the grid, in microseconds. */
  #behindGrid(us: number): number {
    const alignUs = (this.#limits.alignMs ?? 0) * 1000
    return alignUs === 0 ? 0 : (((us - this.#originUs) % alignUs) + alignUs) % alignUs
  }
  #isOnGrid(us: number): boolean {
    const rest = this.#behindGrid(us)
    return Math.min(rest, (this.#limits.alignMs ?? 0) * 1000 - rest) <= 500
  }
  /** The first multiple of the grid that is not before `us`. */
  #gridFrom(us: number): number {
    return this.#isOnGrid(us) ? us : us + (this.#limits.alignMs ?? 0) * 1000 - this.#behindGrid(us)
  }
  /** The pictures up to a key picture. Its leading pictures need it too, so the part then ends with all of them. */
  #upTo(at: number): ReadonlyArray<A> {
    const leading = leadingAfter(this.#items, at)
    const tail = leading.length === 0 ? [] : [at, ...leading]
    return [...this.#items.slice(0, at), ...tail.flatMap((i) => this.#items[i] ?? [])]
  }
  #candidate(at: number, bytesBefore: number): Candidate | undefined {
    const us = this.#items[at]?.ptsUs ?? this.#startUs
    if (us - this.#startUs > this.#limits.ms * 1000 || us <= this.#startUs) return undefined
    const leading = leadingAfter(this.#items, at)
    const tail = leading.length === 0 ? [] : [at, ...leading]
    const repeated = tail.reduce((sum, i) => sum + (this.#items[i]?.sizeBytes ?? 0) + perPicture, 0)
    const bytes = bytesBefore + repeated
    if (bytes > this.#limits.bytes) return undefined
    return { at, bytes, open: leading.length > 0, aligned: this.#isOnGrid(us) }
  }
}

/**
 * Cuts a stream of pictures into parts within limits; memory holds the pictures of one part. Every
 * moment is shown by exactly one part (on a grid: every multiple of it). Yields undefined as the last value if no part can be made small
 * enough.
 */
export async function* cutPictures<A extends Cuttable>(
  pictures: AsyncIterable<ReadonlyArray<A>>,
  limits: PartLimits,
  originUs: number
): AsyncGenerator<Cut<A> | undefined, void> {
  const builder = new PartBuilder<A>(limits, originUs)
  function* settle(ended: boolean): Generator<Cut<A> | undefined, boolean> {
    while (builder.admit(ended)) {
      while (builder.isOver || builder.isFull) {
        const cut = builder.cut()
        if (cut === undefined && !builder.isOver) break // a better place may come
        if (cut === undefined || cut.toUs > cut.fromUs) yield cut
        if (cut === undefined) return false
      }
    }
    return true
  }
  for await (const some of pictures)
    for (const picture of some) {
      builder.add(picture)
      if (!(yield* settle(false))) return
    }
  if (!(yield* settle(true))) return
  const rest = builder.rest()
  if (rest !== undefined) yield rest
}
