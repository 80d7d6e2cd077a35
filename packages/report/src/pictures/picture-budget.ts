/**
 * Keeps the thumbnails of a report within a number of bytes, whatever order they arrive in: what is kept depends on the
 * set of pictures alone, so that the same run gives the same file.
 *
 * Each level has a ceiling: the first picture, by order, at which the sum of all before it passes the budget. Nothing
 * from there on is kept at that level, and nothing before it is ever dropped.
 */
import { type Level, levels, type Thumbnail } from "./thumbnail.ts"

interface Kept {
  readonly order: number
  readonly thumbnail: Thumbnail
}

/** The thumbnails of one level, sorted by order. */
class LevelStore {
  readonly #budget: number
  readonly #kept: Array<Kept> = []
  #sum = 0
  /** The first order that is not kept. */
  ceiling: number = Infinity

  constructor(budget: number) {
    this.#budget = budget
  }
  add(order: number, thumbnail: Thumbnail): void {
    if (order >= this.ceiling) return
    // pictures arrive almost in order: the place is at or near the end
    let at = this.#kept.length
    while (at > 0 && (this.#kept[at - 1]?.order ?? 0) > order) at--
    this.#kept.splice(at, 0, { order, thumbnail })
    this.#sum += thumbnail.bytes.byteLength
    while (this.#sum > this.#budget) this.#dropLast()
  }
  #dropLast(): void {
    const last = this.#kept.pop()
    if (last === undefined) return
    this.#sum -= last.thumbnail.bytes.byteLength
    this.ceiling = last.order
  }
  byOrder(): ReadonlyMap<number, Thumbnail> {
    return new Map(this.#kept.map(({ order, thumbnail }) => [order, thumbnail]))
  }
}

/** Thumbnails that are kept while a report is made. `order` is the picture's place in the report; each is added once. */
export class PictureBudget {
  readonly #stores: ReadonlyArray<readonly [Level, LevelStore]>
  #pictures = 0

  constructor(budget: number, most: Level = 2) {
    const wanted = ([0, 1, 2] as const).filter((level) => level <= most)
    this.#stores = wanted.map((level) => [level, new LevelStore(budget)])
  }
  /** The levels at which a picture of that order may still be kept: others need not be made. */
  wanted(order: number): ReadonlyArray<Level> {
    return this.#stores.flatMap(([level, store]) => (order < store.ceiling ? [level] : []))
  }
  /** Pictures that were added, whether they are kept or not. */
  get pictures(): number {
    return this.#pictures
  }
  add(order: number, thumbnails: ReadonlyMap<Level, Thumbnail>): void {
    this.#pictures++
    for (const [level, store] of this.#stores) {
      const thumbnail = thumbnails.get(level)
      if (thumbnail !== undefined) store.add(order, thumbnail)
    }
  }
  /**
   * One thumbnail for each picture, together at most `bytes`: the smallest of all first, then larger ones, level by
   * level in order, while they fit.
   */
  choose(bytes: number): ReadonlyMap<number, Thumbnail> {
    const chosen = new Map<number, Thumbnail>()
    let left = bytes
    for (const [, store] of this.#stores)
      for (const [order, thumbnail] of store.byOrder()) {
        const before = chosen.get(order)?.bytes.byteLength ?? 0
        const more = thumbnail.bytes.byteLength - before
        if (more > left) break
        left -= more
        chosen.set(order, thumbnail)
      }
    return chosen
  }
}

/** The highest level whose pictures are no longer than `maxSide`; the smallest where none is. */
export const levelFor = (maxSide: number): Level =>
  levels[2].maxSide <= maxSide ? 2 : levels[1].maxSide <= maxSide ? 1 : 0
