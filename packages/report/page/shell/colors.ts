/** Colours of concepts: the same name has the same colour everywhere, in both themes. */

/** Number of colours; `--c0` to `--c7` in the style sheet. */
const colors = 8

const known = new Map<string, number>()

/** Gives each of these names a colour, in turn. */
export const colorConcepts = (names: ReadonlyArray<string>): void => {
  for (const name of names) colorOf(name)
}

/** Position of a concept's colour. */
export const colorOf = (name: string): number => {
  const found = known.get(name)
  if (found !== undefined) return found
  const color = known.size % colors
  known.set(name, color)
  return color
}

/** The same as a class of the style sheet. */
export const colorClass = (name: string): string => `c${colorOf(name)}`

/** The colour as it is now on the page, for a canvas. */
export const colorValue = (name: string): string =>
  getComputedStyle(document.documentElement)
    .getPropertyValue(`--c${colorOf(name)}`)
    .trim()
