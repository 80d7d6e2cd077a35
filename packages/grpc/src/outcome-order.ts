// Outcomes in the order of their inputs, or as they come. Positions of inputs that were dropped are passed over.

/** Holds outcomes back until it is their turn. */
export class OutcomeOrder<A extends { readonly index: number }> {
  readonly #ordered: boolean
  readonly #waiting = new Map<number, A>()
  readonly #dropped = new Set<number>()
  #next = 0

  constructor(ordered: boolean) {
    this.#ordered = ordered
  }

  add(outcome: A): void {
    this.#waiting.set(outcome.index, outcome)
  }

  drop(index: number): void {
    this.#dropped.add(index)
  }

  /** The outcomes whose turn it is. */
  *ready(): Generator<A> {
    if (!this.#ordered) yield* this.rest()
    for (;;) {
      while (this.#dropped.delete(this.#next)) this.#next++
      const outcome = this.#waiting.get(this.#next)
      if (outcome === undefined) return
      this.#waiting.delete(this.#next++)
      yield outcome
    }
  }

  /** All that are left, by position: those before them will not come. */
  *rest(): Generator<A> {
    const left = [...this.#waiting.values()].toSorted((a, b) => a.index - b.index)
    this.#waiting.clear()
    yield* left
  }
}
