/**
 * Plain objects made by a constructor instead of a literal; they are equal in every respect.
 *
 * For those made by the hundred thousand: V8 guesses from the first of them which literals live long, and makes those
 * in old space from then on. An answer made there is garbage soon, but keeps what it was read from, and the parsed
 * body with it, until the next full collection: a third of a bulk prediction's time went into that. Of what
 * constructors make nothing is guessed.
 */
export const plainly = <Args extends ReadonlyArray<unknown>, A extends object>(
  fill: (this: { -readonly [K in keyof A]: A[K] }, ...args: Args) => void
): new (...args: Args) => A => {
  fill.prototype = Object.prototype
  return fill as unknown as new (...args: Args) => A // a function that fills `this` is a constructor
}
