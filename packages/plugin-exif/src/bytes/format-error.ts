/** The one exception of the byte-level code; the package's doors turn it into a typed result. */

/** `broken`: the bytes contradict their own format. `unsupported`: they are fine, and beyond this code. */
export type MalformedKind = "broken" | "unsupported"

/**
 * Thrown by parsers when they cannot go on, and by nothing else.
 *
 * Shape: `kind`, `format` (`"JPEG"` …), `at` (byte offset, or -1 when no single place is at fault).
 */
export class Malformed extends Error {
  override readonly name = "Malformed"
  readonly kind: MalformedKind
  readonly format: string
  readonly at: number
  constructor(kind: MalformedKind, format: string, what: string, at = -1) {
    super(at < 0 ? `${format}: ${what}` : `${format}: ${what} at byte ${at}`)
    this.kind = kind
    this.format = format
    this.at = at
  }
}

/** A failure that says the bytes contradict their own format. */
export const broken = (format: string, what: string, at = -1): Malformed => new Malformed("broken", format, what, at)

/** A failure that says the bytes are legal and this code does not go that far. */
export const unsupported = (format: string, what: string, at = -1): Malformed =>
  new Malformed("unsupported", format, what, at)
