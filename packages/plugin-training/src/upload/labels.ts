/** Uploads labelled examples. This file: comparing and merging the labels of examples. */

/** Which concepts an input shows, and which it does not. */
export interface Labels {
  readonly concepts: ReadonlyArray<string>
  readonly notConcepts: ReadonlyArray<string>
}

/** A concept on which two sets of labels contradict each other; undefined if they can be merged. */
export const contradiction = (a: Labels, b: Labels): string | undefined =>
  a.concepts.find((concept) => b.notConcepts.includes(concept)) ??
  a.notConcepts.find((concept) => b.concepts.includes(concept))

const union = (a: ReadonlyArray<string>, b: ReadonlyArray<string>) => [...new Set([...a, ...b])]

/** The labels of both. */
export const mergeLabels = (a: Labels, b: Labels): Labels => ({
  concepts: union(a.concepts, b.concepts),
  notConcepts: union(a.notConcepts, b.notConcepts)
})

/** A text that is equal for equal labels, in any order. */
export const labelsKey = ({ concepts, notConcepts }: Labels): string =>
  JSON.stringify([concepts.toSorted(), notConcepts.toSorted()])
