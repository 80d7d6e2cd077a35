// Reads JSON from its bytes in UTF-8, without a text of the whole. Answers say the same words again and again: what was
// read before is compared, not made again. So a long answer takes two thirds of the time of `JSON.parse`, which is most
// of what a bulk prediction costs; `pnpm bench decode` compares the two.

/** Bytes that tell the text of a part of themselves: Node's `Buffer`. */
export interface Octets extends Uint8Array<ArrayBufferLike> {
  readonly toString: (encoding?: "latin1" | "utf8", from?: number, to?: number) => string
}

/** What was read; in an object, since `null` is JSON too. */
export interface ReadJson {
  readonly value: unknown
}

/**
 * What `JSON.parse` gives of these bytes' text; undefined for what is not JSON, and for what is out of the ordinary: that
 * is left to `JSON.parse`. The bytes are not needed afterwards.
 *
 * Objects that are values of the member `shared` may be one and the same where their bytes are.
 */
export const readJson = (bytes: Octets, shared?: string): ReadJson | undefined => {
  const reader = new Reader(bytes, shared)
  try {
    return { value: reader.whole() }
  } catch {
    return undefined
  }
}

/** Ends a reading; never leaves this file. */
const odd = new Error("left to JSON.parse")

const deepest = 100

const [tab, newline, carriage, space] = [9, 10, 13, 32]
const [quote, plus, comma, minus, dot, colon, backslash] = [0x22, 0x2b, 0x2c, 0x2d, 0x2e, 0x3a, 0x5c]
const [zero, nine, upperE, lowerE] = [0x30, 0x39, 0x45, 0x65]
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]

/** 1 for each byte of a text that stands for itself: ASCII without quotes, backslashes and control characters. */
const plain = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= space && byte < 0x7f && byte !== quote && byte !== backslash ? 1 : 0
)

const isWhite = (byte: number | undefined): boolean =>
  byte === space || byte === newline || byte === carriage || byte === tab

/** Powers of ten that a double holds exactly: fifteen digits divided by one of them are rounded once, and so right. */
const powers = /* @__PURE__ */ Array.from({ length: 16 }, (_, i) => 10 ** i)
const mostDigits = 15

/** A plain object, made without a literal: see `results/plain.ts`. */
const Plain = function () {} as unknown as new () => Record<string, unknown>
Plain.prototype = Object.prototype

const slots = 2048
const longestWord = 64

/** Short texts that were read lately, each in the slot that the hash of its bytes says. */
class Words {
  readonly #texts: Array<string | undefined> = Array.from({ length: slots })
  readonly #bytes = new Uint8Array(slots * longestWord)

  /** The text of these bytes, which are ASCII and not many. */
  text(bytes: Octets, from: number, to: number, hash: number): string {
    const slot = (hash ^ (hash >>> 11)) & (slots - 1)
    const at = slot * longestWord
    const length = to - from
    const known = this.#texts[slot]
    if (known !== undefined && known.length === length) {
      let same = 0
      while (same < length && this.#bytes[at + same] === bytes[from + same]) same++
      if (same === length) return known
    }
    for (let i = 0; i < length; i++) this.#bytes[at + i] = bytes[from + i] ?? 0
    return (this.#texts[slot] = bytes.toString("latin1", from, to))
  }
}

let words: Words | undefined

/** A member of an object, with what came after and inside it the last time, and is likely to come again. */
class Place {
  readonly key: string
  /** The bytes between the value before and this one's: comma, key, colon. */
  readonly from: number
  readonly length: number
  after: Place | undefined = undefined
  inside: Place | undefined = undefined
  /** The last value of a shared member. */
  last: { readonly from: number; readonly length: number; readonly value: unknown } | undefined = undefined

  constructor(key: string, from: number, length: number) {
    this.key = key
    this.from = from
    this.length = length
  }
}

class Reader {
  readonly #bytes: Octets
  /** Undefined within an object that is shared: one that is nested would be compared as often as it is deep. */
  #shared: string | undefined
  readonly #words = (words ??= new Words())
  #at = 0

  constructor(bytes: Octets, shared: string | undefined) {
    this.#bytes = bytes
    this.#shared = shared
  }

  whole(): unknown {
    const bytes = this.#bytes
    const value = this.#value(new Place("", 0, 0), 0)
    while (this.#at < bytes.length) if (!isWhite(bytes[this.#at++])) throw odd
    return value
  }

  #value(place: Place, depth: number): unknown {
    switch (this.#next()) {
      case quote:
        return this.#text()
      case openObject:
        return place.key === this.#shared ? this.#again(place, depth) : this.#object(place, depth)
      case openList:
        return this.#list(place, depth)
      case 0x74:
        return this.#word("true", true)
      case 0x66:
        return this.#word("false", false)
      case 0x6e:
        return this.#word("null", null)
      default:
        return this.#number()
    }
  }

  #object(place: Place, depth: number): unknown {
    if (depth > deepest) throw odd
    this.#at++
    const out = new Plain()
    const start = (place.inside ??= new Place("", 0, 0))
    let before = start
    for (;;) {
      let member = before.after
      if (member === undefined || !this.#passes(member)) {
        const from = this.#at
        if (before === start && this.#next() === closeObject) {
          this.#at++
          return out
        }
        if (before !== start && !this.#more(closeObject)) return out
        member = before.after = this.#member(from)
      }
      out[member.key] = this.#bytes[this.#at] === quote ? this.#text() : this.#value(member, depth + 1)
      before = member
    }
  }

  /** Reads a key and its colon; what comes before them began at `from`. */
  #member(from: number): Place {
    if (this.#next() !== quote) throw odd
    const key = this.#text()
    if (key === "__proto__" || this.#next() !== colon) throw odd // an object's prototype is no member
    this.#at++
    this.#next()
    return new Place(key, from, this.#at - from)
  }

  /** True if the same bytes come as at another place, which then are passed. */
  #passes({ from, length }: { readonly from: number; readonly length: number }): boolean {
    const bytes = this.#bytes
    const at = this.#at
    for (let i = 0; i < length; i++) if (bytes[at + i] !== bytes[from + i]) return false
    this.#at = at + length
    return true
  }

  /** An object; the last one of its place if the bytes are the same. */
  #again(place: Place, depth: number): unknown {
    if (place.last !== undefined && this.#passes(place.last)) return place.last.value
    const from = this.#at
    const shared = this.#shared
    this.#shared = undefined
    const value = this.#object(place, depth)
    this.#shared = shared
    place.last = { from, length: this.#at - from, value }
    return value
  }

  #list(place: Place, depth: number): unknown {
    if (depth > deepest) throw odd
    const from = this.#at++
    const first = this.#next()
    if (first === closeList) {
      this.#at++
      return []
    }
    const numbers = first === minus || (first >= zero && first <= nine) ? this.#numbers(from) : undefined
    if (numbers !== undefined) return numbers
    const out: Array<unknown> = []
    do out.push(this.#value(place, depth + 1))
    while (this.#more(closeList))
    return out
  }

  /** A list of numbers alone, which holds no bracket: those of an embedding are many, and quickest by other means. */
  #numbers(from: number): unknown {
    const first = this.#at
    const end = this.#bytes.indexOf(closeList, first)
    const inner = this.#bytes.indexOf(openList, first)
    if (end === -1 || (inner !== -1 && inner < end)) return undefined // so that no byte is tried twice
    try {
      return this.#parsed(from, end + 1)
    } catch {
      this.#at = first
      return undefined
    }
  }

  /** What `JSON.parse` makes of a part; throws where it does. */
  #parsed(from: number, to: number): unknown {
    this.#at = to
    return JSON.parse(this.#bytes.toString("utf8", from, to))
  }

  #word<A>(word: string, value: A): A {
    for (let i = 0; i < word.length; i++) if (this.#bytes[this.#at++] !== word.charCodeAt(i)) throw odd
    return value
  }

  /** The next byte that is not white space, which stays to be read; 0 at the end. */
  #next(): number {
    const bytes = this.#bytes
    let byte = bytes[this.#at] ?? 0
    while (isWhite(byte)) byte = bytes[++this.#at] ?? 0
    return byte
  }

  /** True after a comma, false after the bracket that is the end. */
  #more(end: number): boolean {
    const byte = this.#next()
    this.#at++
    if (byte === comma) return true
    if (byte === end) return false
    throw odd
  }

  #text(): string {
    const bytes = this.#bytes
    const from = this.#at + 1
    let to = from
    let hash = 0
    let byte = bytes[to] ?? 0
    while (plain[byte] === 1) {
      hash = (Math.imul(hash, 31) + byte) | 0
      byte = bytes[++to] ?? 0
    }
    if (byte !== quote || to - from > longestWord) return this.#longText(from, to)
    this.#at = to + 1
    return this.#words.text(bytes, from, to, hash)
  }

  /** A text that is long, or not plain from `at` on. */
  #longText(from: number, at: number): string {
    const bytes = this.#bytes
    let end = bytes.indexOf(quote, at)
    while (end !== -1 && this.#isEscaped(end)) end = bytes.indexOf(quote, end + 1)
    if (end === -1) throw odd
    if (end === at) {
      this.#at = end + 1
      return bytes.toString("latin1", from, end)
    }
    return String(this.#parsed(from - 1, end + 1)) // what begins with a quote is a text
  }

  /** True after an odd number of backslashes. */
  #isEscaped(at: number): boolean {
    let from = at
    while (this.#bytes[from - 1] === backslash) from--
    return (at - from) % 2 === 1
  }

  #number(): number {
    const bytes = this.#bytes
    const from = this.#at
    const first = bytes[from] === minus ? from + 1 : from
    let at = first
    let byte = bytes[at] ?? 0
    let whole = 0
    while (byte >= zero && byte <= nine) {
      whole = whole * 10 + (byte - zero)
      byte = bytes[++at] ?? 0
    }
    let digits = at - first
    if (digits === 0 || (digits > 1 && bytes[first] === zero)) throw odd
    let decimals = 0
    if (byte === dot) {
      byte = bytes[++at] ?? 0
      while (byte >= zero && byte <= nine) {
        whole = whole * 10 + (byte - zero)
        decimals++
        byte = bytes[++at] ?? 0
      }
      if (decimals === 0) throw odd
      digits += decimals
    }
    if (digits <= mostDigits && byte !== lowerE && byte !== upperE) {
      this.#at = at
      if (decimals > 0) whole /= powers[decimals] ?? 1
      return first > from ? -whole : whole
    }
    while ((byte >= zero && byte <= nine) || byte === plus || byte === minus || byte === lowerE || byte === upperE)
      byte = bytes[++at] ?? 0
    return Number(this.#parsed(from, at))
  }
}
