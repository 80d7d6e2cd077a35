/** Names with `*` wildcards, as searches use them. */

/** A pattern's parts between its wildcards, in lower case, and how long a name has to be. */
interface Pattern {
  readonly text: string
  readonly parts: ReadonlyArray<string>
  readonly leastLength: number
}

/** A search compares many names with one pattern, which may be long. */
let last: Pattern = { text: "", parts: [""], leastLength: 0 }

const read = (text: string): Pattern => {
  if (text === last.text) return last
  const parts = text.toLowerCase().split("*")
  last = { text, parts, leastLength: parts.reduce((sum, part) => sum + part.length, 0) }
  return last
}

/**
 * True if a name matches a pattern, ignoring case. `*` stands for any text; other characters for themselves. Linear in the
 * name, which neither SQLite's `GLOB` is, nor `indexOf` with a long part.
 *
 * @example matchesWildcard("a*c", "ABC") // => true
 */
export const matchesWildcard = (pattern: string, name: string): boolean => {
  const { leastLength, parts } = read(pattern)
  const text = name.toLowerCase()
  if (text.length < leastLength) return false
  const [first = "", ...rest] = parts
  const end = rest.pop()
  if (end === undefined) return text === first
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = indexOf(text, part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return text.length - end.length >= at && text.endsWith(end)
}

/** Shorter parts are left to `indexOf`, which compares each at most so many times. */
const longPart = 32

/** Like `text.indexOf(part, from)`, in time linear in both (Knuth, Morris and Pratt). */
const indexOf = (text: string, part: string, from: number): number => {
  if (part.length < longPart) return text.indexOf(part, from)
  if (text.length - from < part.length) return -1
  const borders = bordersOf(part)
  let matched = 0
  for (let at = from; at < text.length; at++) {
    while (matched > 0 && text.charCodeAt(at) !== part.charCodeAt(matched)) matched = borders[matched - 1] ?? 0
    if (text.charCodeAt(at) === part.charCodeAt(matched)) matched++
    if (matched === part.length) return at + 1 - matched
  }
  return -1
}

/** For each prefix, the length of the longest shorter prefix that it ends with. */
const bordersOf = (part: string): Uint32Array => {
  const borders = new Uint32Array(part.length)
  let length = 0
  for (let at = 1; at < part.length; at++) {
    while (length > 0 && part.charCodeAt(at) !== part.charCodeAt(length)) length = borders[length - 1] ?? 0
    if (part.charCodeAt(at) === part.charCodeAt(length)) length++
    borders[at] = length
  }
  return borders
}
