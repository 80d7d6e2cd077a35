/** How a console shows a tagged error. */

const inspect = Symbol.for("nodejs.util.inspect.custom")

/** An error of Effect's, which can say its fields. */
interface Fielded extends Error {
  readonly toJSON: () => object
}

/** What the console gives to one who shows himself: how deep it still goes, its options, and itself. */
type Show = (value: unknown, options: object) => string

function shown(this: Fielded, depth: number, options: object, show?: Show): unknown {
  const { _tag, ...fields } = { _tag: undefined, ...this.toJSON() }
  const head = `${this.name}: ${this.message}`
  if (show === undefined || depth < 0) return head
  // Runtimes differ in whether a stack begins with the message, and in when they wrote that down.
  const frames = (this.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line))
  return `${[head, ...frames].join("\n")} ${show(fields, options)}`
}

/**
 * The same class of errors, which a console shows as any other error: message, stack, then its fields.
 *
 * `console.log` shows an error of Effect's as plain data, without the message, which is what says what to do.
 *
 * @example class Jammed extends readableError(Data.TaggedError("Jammed"))<{ readonly tray: number }> {}
 */
export const readableError = <C extends abstract new (...args: never) => Error>(errors: C): C => {
  Object.defineProperty(errors.prototype, inspect, { value: shown })
  return errors
}
