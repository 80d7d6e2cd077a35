/** Names with `*` wildcards, as searches use them. */

/**
 * True if a name matches a pattern, ignoring case. `*` stands for any text; other characters for themselves. Linear in the
 * name for each part of the pattern, which SQLite's `GLOB` is not.
 *
 * @example matchesWildcard("a*c", "ABC") // => true
 */
export const matchesWildcard = (pattern: string, name: string): boolean => {
  const parts = pattern.toLowerCase().split("*")
  const text = name.toLowerCase()
  const [first = "", ...rest] = parts
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}
