/** Which of several names somebody may have meant. */

/** How many letters must be changed, added or left out to make one name of the other (Levenshtein). */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let k = 1; k <= b.length; k++) {
      const same = a[i - 1] === b[k - 1] ? 0 : 1
      next.push(Math.min((row[k] ?? 0) + 1, (next[k - 1] ?? 0) + 1, (row[k - 1] ?? 0) + same))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** Longer names are no typing errors of each other that this could tell in good time. */
const longest = 100

/**
 * The name that is spelt most alike, whatever its case; undefined where more than a third of it is otherwise.
 *
 * @example nearest("bananna", ["apple", "banana"]) // => "banana"
 */
export const nearest = (name: string, names: Iterable<string>): string | undefined => {
  let best: { readonly name: string; readonly off: number } | undefined
  for (const other of names) {
    const length = Math.max(name.length, other.length)
    if (length > longest) continue
    const off = distance(name.toLowerCase(), other.toLowerCase())
    if (off <= Math.max(1, Math.floor(length / 3)) && off < (best?.off ?? Infinity)) best = { name: other, off }
  }
  return best?.name
}
