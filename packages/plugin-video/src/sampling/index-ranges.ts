// Ranges of indexes that are done out of order: their memory does not grow with their length.

/** Tracks which indexes are done. `next` is the first index that is not done. */
export class IndexRanges {
  #next: number
  #ahead: Array<{ readonly from: number; readonly to: number }> = []
  constructor(first: number) {
    this.#next = first
  }
  get next(): number {
    return this.#next
  }
  /** Marks `[from, to)` as done. */
  add(from: number, to: number): void {
    if (to <= from) return
    this.#ahead.push({ from, to })
    for (let moved = true; moved;) {
      moved = false
      this.#ahead = this.#ahead.filter((range) => {
        if (range.from > this.#next) return true
        if (range.to > this.#next) {
          this.#next = range.to
          moved = true
        }
        return false
      })
    }
  }
}
