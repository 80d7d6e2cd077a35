/** One item of a series that failed before any step. */

/** An item that could not be made. It fails alone with `error`; the series continues after it. */
export class InvalidInput<out E = unknown> {
  readonly error: E
  constructor(error: E) {
    this.error = error
  }
}
