/** Views of a version's tests: one concept against the rest, all concepts together, and cells of the confusion matrix. */
import type { TestColumns } from "../document/report-data.ts"
import type { ScoredTest } from "./measures.ts"

/** Every test's score of one concept. */
export const testsOf = ({ scores, truth }: TestColumns, concept: number): ReadonlyArray<ScoredTest> =>
  scores.map((row, i) => ({ score: row[concept] ?? 0, positive: truth[i]?.includes(concept) ?? false }))

/** The concept with the highest score; the first of equals; -1 without concepts. */
export const topOf = (scores: ReadonlyArray<number>): number => {
  let top = -1
  for (const [i, score] of scores.entries()) if (top === -1 || score > (scores[top] ?? 0)) top = i
  return top
}

/** Every test's score of every concept. */
export const allTests = ({ scores, truth }: TestColumns): ReadonlyArray<ScoredTest> =>
  scores.flatMap((row, i) => row.map((score, concept) => ({ score, positive: truth[i]?.includes(concept) ?? false })))

/** Every test's highest score, and whether that concept is there: the confidence of a single prediction. */
export const topTests = ({ scores, truth }: TestColumns): ReadonlyArray<ScoredTest> =>
  scores.map((row, i) => {
    const top = topOf(row)
    return { score: row[top] ?? 0, positive: truth[i]?.includes(top) ?? false }
  })

/** Row and column of a test in the confusion matrix, as plugin-training counts it; undefined where it is in none. */
export const cellOf = (
  { scores, truth }: TestColumns,
  test: number
): { readonly truth: number; readonly predicted: number } | undefined => {
  const predicted = topOf(scores[test] ?? [])
  const there = truth[test] ?? []
  const actual = there.includes(predicted) ? predicted : there[0]
  return predicted === -1 || actual === undefined ? undefined : { truth: actual, predicted }
}

/** Concepts predicted for a test: the best alone where one excludes the others, else all that score 0.5 or more. */
export const predictedOf = ({ scores }: TestColumns, test: number, exclusive: boolean): ReadonlyArray<number> => {
  const row = scores[test] ?? []
  if (!exclusive) return row.flatMap((score, concept) => (score >= 0.5 ? [concept] : []))
  const top = topOf(row)
  return top === -1 ? [] : [top]
}

/** True if a test is predicted correctly: the best concept is there, or exactly those that are there were predicted. */
export const isRight = (columns: TestColumns, test: number, exclusive: boolean): boolean => {
  const truth = columns.truth[test] ?? []
  const predicted = predictedOf(columns, test, exclusive)
  if (exclusive) return predicted.every((concept) => truth.includes(concept))
  return predicted.length === truth.length && predicted.every((concept) => truth.includes(concept))
}
