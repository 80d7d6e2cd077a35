// Parses JSON from its bytes in UTF-8, without making one text of all. Responses repeat the same keys and words: what was
// read before is compared, not made again. A long response takes three quarters of the time of `JSON.parse`, which is
// most of the cost of a bulk prediction; `pnpm bench decode` compares the two.

/** Bytes that can return a part as text: Node's `Buffer`. */
export interface Octets extends Uint8Array<ArrayBufferLike> {
  readonly toString: (encoding?: "latin1" | "utf8", from?: number, to?: number) => string
}

/** The parsed value, in an object because `null` is JSON too. */
export interface ReadJson {
  readonly value: unknown
}

/**
 * Returns what `JSON.parse` returns for the text of these bytes, or undefined for what is not JSON or is unusual: the
 * caller then falls back to `JSON.parse`. The bytes are not referenced afterwards.
 *
 * Values of the key `shared` whose bytes are the same may be the same object.
 */
export const readJson = (bytes: Octets, shared?: string): ReadJson | undefined => {
  const reader = new Reader(bytes, shared)
  try {
    return { value: reader.whole() }
  } catch {
    return undefined
  }
}

/** Internal bail-out: the caller falls back to `JSON.parse`. */
const unusual = new Error("left to JSON.parse")

const maxDepth = 100

const [tab, newline, carriage, space] = [9, 10, 13, 32]
const [quote, plus, comma, minus, dot, colon, backslash] = [0x22, 0x2b, 0x2c, 0x2d, 0x2e, 0x3a, 0x5c]
const [zero, nine, upperE, lowerE] = [0x30, 0x39, 0x45, 0x65]
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]

/** 1 for each byte that stands for itself in a text: ASCII without quotes, backslashes and control characters. */
const plain = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= space && byte < 0x7f && byte !== quote && byte !== backslash ? 1 : 0
)

const isWhite = (byte: number | undefined): boolean =>
  byte === space || byte === newline || byte === carriage || byte === tab

/** Powers of ten that a double holds exactly: fifteen digits divided by one of them are rounded once, so correctly. */
const powers = /* @__PURE__ */ Array.from({ length: 16 }, (_, i) => 10 ** i)
const mostDigits = 15

/** Constructor of plain objects: see `results/plain-object.ts`. */
const Plain = function () {} as unknown as new () => Record<string, unknown>
Plain.prototype = Object.prototype

const slots = 2048
const maxCachedLength = 64

/** Cache of short texts, each in the slot of its hash. */
class TextCache {
  readonly #texts: Array<string | undefined> = Array.from({ length: slots })
  readonly #bytes = new Uint8Array(slots * maxCachedLength)

  /** The text of these bytes: ASCII, at most `maxCachedLength`. */
  text(bytes: Octets, from: number, to: number, hash: number): string {
    const slot = (hash ^ (hash >>> 11)) & (slots - 1)
    const at = slot * maxCachedLength
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

let textCache: TextCache | undefined

/** Cached member: its key, and the members that followed it and began its value last time. */
class Member {
  readonly key: string
  /** Position of the bytes between the value before and this one: comma, key, colon. */
  readonly from: number
  readonly length: number
  next: Member | undefined = undefined
  first: Member | undefined = undefined
  /** The last value of a shared key. */
  last: { readonly from: number; readonly length: number; readonly value: unknown } | undefined = undefined

  constructor(key: string, from: number, length: number) {
    this.key = key
    this.from = from
    this.length = length
  }
}

class Reader {
  readonly #bytes: Octets
  /** Undefined within a shared object: a nested one would be compared once for each level. */
  #shared: string | undefined
  readonly #texts = (textCache ??= new TextCache())
  #at = 0
  /** Where the first list ends that was last searched for. */
  #listEnd = -1

  constructor(bytes: Octets, shared: string | undefined) {
    this.#bytes = bytes
    this.#shared = shared
  }

  whole(): unknown {
    const bytes = this.#bytes
    const value = this.#value(new Member("", 0, 0), 0)
    while (this.#at < bytes.length) if (!isWhite(bytes[this.#at++])) throw unusual
    return value
  }

  #value(member: Member, depth: number): unknown {
    switch (this.#next()) {
      case quote:
        return this.#text()
      case openObject:
        return member.key === this.#shared ? this.#again(member, depth) : this.#object(member, depth)
      case openList:
        return this.#list(member, depth)
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

  #object(parent: Member, depth: number): unknown {
    if (depth > maxDepth) throw unusual
    this.#at++
    const out = new Plain()
    const start = (parent.first ??= new Member("", 0, 0))
    let before = start
    for (;;) {
      let member = before.next
      if (member === undefined || !this.#passes(member)) {
        const from = this.#at
        if (before === start && this.#next() === closeObject) {
          this.#at++
          return out
        }
        if (before !== start && !this.#more(closeObject)) return out
        member = before.next = this.#member(from)
      }
      out[member.key] = this.#bytes[this.#at] === quote ? this.#text() : this.#value(member, depth + 1)
      before = member
    }
  }

  /** Reads a key and its colon; the bytes before them began at `from`. */
  #member(from: number): Member {
    if (this.#next() !== quote) throw unusual
    const key = this.#text()
    if (key === "__proto__" || this.#next() !== colon) throw unusual // an object's prototype is no member
    this.#at++
    this.#next()
    return new Member(key, from, this.#at - from)
  }

  /** True if the next bytes are the same as the given ones, which are then consumed. */
  #passes({ from, length }: { readonly from: number; readonly length: number }): boolean {
    const bytes = this.#bytes
    const at = this.#at
    for (let i = 0; i < length; i++) if (bytes[at + i] !== bytes[from + i]) return false
    this.#at = at + length
    return true
  }

  /** Reads an object; returns the last one of this key where the bytes are the same. */
  #again(member: Member, depth: number): unknown {
    if (member.last !== undefined && this.#passes(member.last)) return member.last.value
    const from = this.#at
    const shared = this.#shared
    this.#shared = undefined
    const value = this.#object(member, depth)
    this.#shared = shared
    member.last = { from, length: this.#at - from, value }
    return value
  }

  #list(member: Member, depth: number): unknown {
    if (depth > maxDepth) throw unusual
    const from = this.#at++
    const first = this.#next()
    if (first === closeList) {
      this.#at++
      return []
    }
    const numbers = first === minus || (first >= zero && first <= nine) ? this.#numbers(from) : undefined
    if (numbers !== undefined) return numbers
    const out: Array<unknown> = []
    do out.push(this.#value(member, depth + 1))
    while (this.#more(closeList))
    return out
  }

  /** Reads a list of numbers by `JSON.parse`, which is fastest for the many numbers of an embedding. */
  #numbers(from: number): unknown {
    const first = this.#at
    // lists that begin within each other have their first end in common, which is searched for once
    if (this.#listEnd < first) this.#listEnd = this.#bytes.indexOf(closeList, first)
    const end = this.#listEnd
    if (end === -1) throw unusual
    const inner = this.#bytes.indexOf(openList, first)
    if (inner !== -1 && inner < end) return undefined
    try {
      return this.#parsed(from, end + 1)
    } catch {
      this.#at = first
      return undefined
    }
  }

  /** Parses a part by `JSON.parse`; throws where it does. */
  #parsed(from: number, to: number): unknown {
    this.#at = to
    return JSON.parse(this.#bytes.toString("utf8", from, to))
  }

  #word<A>(word: string, value: A): A {
    for (let i = 0; i < word.length; i++) if (this.#bytes[this.#at++] !== word.charCodeAt(i)) throw unusual
    return value
  }

  /** The next byte that is not white space, which is not consumed; 0 at the end. */
  #next(): number {
    const bytes = this.#bytes
    let byte = bytes[this.#at] ?? 0
    while (isWhite(byte)) byte = bytes[++this.#at] ?? 0
    return byte
  }

  /** Consumes a comma (true) or the closing bracket (false). */
  #more(end: number): boolean {
    const byte = this.#next()
    this.#at++
    if (byte === comma) return true
    if (byte === end) return false
    throw unusual
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
    if (byte !== quote || to - from > maxCachedLength) return this.#longText(from, to)
    this.#at = to + 1
    return this.#texts.text(bytes, from, to, hash)
  }

  /** Reads a text that is long, or has a byte at `at` that does not stand for itself. */
  #longText(from: number, at: number): string {
    const bytes = this.#bytes
    let end = bytes.indexOf(quote, at)
    while (end !== -1 && this.#isEscaped(end)) end = bytes.indexOf(quote, end + 1)
    if (end === -1) throw unusual
    if (end === at) {
      this.#at = end + 1
      return bytes.toString("latin1", from, end)
    }
    return String(this.#parsed(from - 1, end + 1)) // it begins with a quote, so it is a text
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
    if (digits === 0 || (digits > 1 && bytes[first] === zero)) throw unusual
    let decimals = 0
    if (byte === dot) {
      byte = bytes[++at] ?? 0
      while (byte >= zero && byte <= nine) {
        whole = whole * 10 + (byte - zero)
        decimals++
        byte = bytes[++at] ?? 0
      }
      if (decimals === 0) throw unusual
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
