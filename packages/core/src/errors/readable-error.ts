/** How a console shows a tagged error. */

const inspect = Symbol.for("nodejs.util.inspect.custom")

/** An error of Effect's, which can say its fields. */
interface Fielded extends Error {
  readonly toJSON: () => object
}

/** What the console gives to one who shows himself: how deep it still goes, its options, and itself. */
type Show = (value: unknown, options: object) => string

/** The address of the page of an error, given its tag. */
type PageOf = (tag: string) => string

const shownWith = (pageOf: PageOf | undefined) =>
  function (this: Fielded, depth: number, options: object, show?: Show): unknown {
    const { _tag, ...fields } = { _tag: undefined, ...this.toJSON() }
    const head = `${this.name}: ${this.message}`
    if (show === undefined || depth < 0) return head
    // Runtimes differ in whether a stack begins with the message, and in when they wrote that down.
    const frames = (this.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line))
    const page = pageOf === undefined ? [] : [`    see ${pageOf(this.name)}`]
    return `${[head, ...page, ...frames].join("\n")} ${show(fields, options)}`
  }

/**
 * The same class of errors, which a console shows as any other error: message, stack, then its fields.
 *
 * `console.log` shows an error of Effect's as plain data, without the message, which is what says what to do. `pageOf`: the
 * address of a page on the error of this tag, which a console shows below the message. @default no page
 *
 * @example class Jammed extends readableError(Data.TaggedError("Jammed"))<{ readonly tray: number }> {}
 */
export const readableError = <C extends abstract new (...args: never) => Error>(errors: C, pageOf?: PageOf): C => {
  Object.defineProperty(errors.prototype, inspect, { value: shownWith(pageOf) })
  return errors
}

/** `readableError` for the classes of Sightline's own packages, each of which has a page in `docs/errors`. */
export const sightlineError = <C extends abstract new (...args: never) => Error>(errors: C): C =>
  readableError(errors, (tag) => `https://github.com/sightline-js/sightline/blob/main/docs/errors/${tag}.md`)
