/** Private values that logging does not show. */

/**
 * A private value, such as a position, a serial number or an owner.
 *
 * `reveal()` returns it. Logging, `inspect`, template strings and JSON show `<withheld>`.
 */
export class Withheld<out A> {
  readonly #value: A

  constructor(value: A) {
    this.#value = value
  }

  /** Returns the value. */
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
