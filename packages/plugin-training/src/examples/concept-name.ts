/** The one spelling of a concept's name. */

/**
 * A concept's name in composed Unicode (NFC). Apple's file systems give decomposed names, keyboards composed ones, and
 * both are the same name to people.
 *
 * @example conceptName("cafe\u0301") === "caf\u00e9" // => true
 */
export const conceptName = (name: string): string => name.normalize("NFC")

/**
 * Finds the name that a model uses for a label, whatever the Unicode form of either; undefined for a label that is not
 * one of the names.
 */
export const conceptFinder = (names: ReadonlyArray<string>): ((label: string) => string | undefined) => {
  const spelling = new Map(names.map((name) => [conceptName(name), name]))
  return (label) => spelling.get(conceptName(label))
}
