/** One item of a series that failed before any step. */

/** An item that could not be made. It fails alone with `error`; the series continues after it. */
export class InvalidInput<out E = unknown> {
  readonly error: E
  constructor(error: E) {
    this.error = error
  }
}

/** An item of a source that fails alone with this error; the items after it are read as usual. */
export const invalidInput = <E>(error: E): InvalidInput<E> => new InvalidInput(error)
