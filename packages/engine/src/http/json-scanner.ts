/** Bounds a JSON text before it is parsed: its size in memory depends on the number of its values, not on its bytes. */

/** Bounds of a JSON text. */
export interface JsonBounds {
  /** Most commas, colons and opening brackets, which is about the number of its values. */
  readonly maxTokens: number
  /** Most brackets that are open at once. */
  readonly maxDepth: number
}

/** A JSON text is over a bound. */
export class JsonTooComplex extends Error {
  readonly bound: keyof JsonBounds
  constructor(bound: keyof JsonBounds) {
    super(`over ${bound}`)
    this.name = "JsonTooComplex"
    this.bound = bound
  }
}

const quote = 0x22
const backslash = 0x5c

/** The number of backslashes directly before `end`, no further back than `start`. */
const backslashesBefore = (bytes: Uint8Array, start: number, end: number): number => {
  let at = end
  while (at > start && bytes[at - 1] === backslash) at--
  return end - at
}

/**
 * Makes a function that takes a JSON text chunk by chunk, in UTF-8, and throws `JsonTooComplex` once it is over a bound. It
 * does not validate. Strings, such as media in base64, are skipped at the speed of a byte search.
 */
export const makeJsonScanner = ({ maxDepth, maxTokens }: JsonBounds): ((chunk: Uint8Array) => void) => {
  let inString = false
  /** True if the chunk before ended within a string and with an odd number of backslashes. */
  let escaped = false
  let depth = 0
  let tokens = 0

  /** Skips the rest of a string; returns the offset after it, or the end of the chunk. */
  const skipString = (chunk: Uint8Array, from: number): number => {
    for (let start = from; ;) {
      const end = chunk.indexOf(quote, start)
      const stop = end === -1 ? chunk.length : end
      const run = backslashesBefore(chunk, start, stop)
      const odd = (run + (escaped && run === stop - start ? 1 : 0)) % 2 === 1
      if (end === -1) {
        escaped = odd
        return stop
      }
      escaped = false
      start = end + 1
      if (odd) continue
      inString = false
      return start
    }
  }

  return (chunk) => {
    for (let at = 0; at < chunk.length;) {
      if (inString) {
        at = skipString(chunk, at)
        continue
      }
      switch (chunk[at++]) {
        case quote:
          inString = true
          break
        case 0x7b: // {
        case 0x5b: // [
          tokens++
          if (++depth > maxDepth) throw new JsonTooComplex("maxDepth")
          break
        case 0x7d: // }
        case 0x5d: // ]
          depth--
          break
        case 0x2c: // ,
        case 0x3a: // :
          tokens++
          break
        default:
      }
      if (tokens > maxTokens) throw new JsonTooComplex("maxTokens")
    }
  }
}
