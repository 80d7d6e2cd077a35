/** Suggestions for misspelt names. */

/** The Levenshtein distance: how many letters to change, add or remove to turn one name into the other. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let k = 1; k <= b.length; k++) {
      const change = a[i - 1] === b[k - 1] ? 0 : 1
      next.push(Math.min((row[k] ?? 0) + 1, (next[k - 1] ?? 0) + 1, (row[k - 1] ?? 0) + change))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** Longer names are skipped: the distance costs the product of both lengths. */
const maxLength = 100

/**
 * The most similar name, regardless of case; undefined if more than a third of its letters differ.
 *
 * @example nearestName("bananna", ["apple", "banana"]) // => "banana"
 */
export const nearestName = (name: string, names: Iterable<string>): string | undefined => {
  let best: { readonly name: string; readonly off: number } | undefined
  for (const other of names) {
    const length = Math.max(name.length, other.length)
    if (length > maxLength) continue
    const off = distance(name.toLowerCase(), other.toLowerCase())
    if (off <= Math.max(1, Math.floor(length / 3)) && off < (best?.off ?? Infinity)) best = { name: other, off }
  }
  return best?.name
}
