/** Bounded reading of bytes. This file: the exception of the byte-level code, which never leaves the package. */

/** `corrupt`: the bytes contradict their format. `unsupported`: they are valid, and this code does not handle them. */
export type FormatErrorKind = "corrupt" | "unsupported"

/** Thrown by parsers that cannot continue. `withFormat` turns it into a typed result. */
export class FormatError extends Error {
  override readonly name = "FormatError"
  readonly kind: FormatErrorKind

  /** `format` is a display name (`"JPEG"`); `at` is a byte offset, or -1 when no single place is at fault. */
  constructor(kind: FormatErrorKind, format: string, problem: string, at = -1) {
    super(at < 0 ? `${format}: ${problem}` : `${format}: ${problem} at byte ${at}`)
    this.kind = kind
  }
}

/** An error for bytes that contradict their format. */
export const corrupt = (format: string, problem: string, at = -1): FormatError =>
  new FormatError("corrupt", format, problem, at)

/** An error for valid bytes that this code does not handle. */
export const unsupported = (format: string, problem: string, at = -1): FormatError =>
  new FormatError("unsupported", format, problem, at)

/** `run()`, or undefined when it throws a `FormatError`. */
export const attempt = <A>(run: () => A): A | undefined => {
  try {
    return run()
  } catch (cause) {
    if (cause instanceof FormatError) return undefined
    throw cause
  }
}
