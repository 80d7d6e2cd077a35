/** Values that are there for whoever asks, and for nobody who merely prints. */

/**
 * A private value: positions, serial numbers, owners.
 *
 * Shape: `reveal()` gives it; logging, `inspect`, template strings and JSON give `<withheld>`.
 */
export class Withheld<out A> {
  readonly #value: A

  constructor(value: A) {
    this.#value = value
  }

  /** The value itself. */
  reveal(): A {
    return this.#value
  }

  toString(): string {
    return "<withheld>"
  }

  toJSON(): string {
    return "<withheld>"
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "<withheld>"
  }
}
