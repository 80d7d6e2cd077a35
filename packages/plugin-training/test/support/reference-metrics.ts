/**
 * A second implementation of scikit-learn's metrics from their definitions: with matrices of zeros and ones, and the area
 * under the curve by trapezoids.
 */
import type { Tested } from "../../src/index.ts"

interface Reference {
  readonly accuracy: number
  readonly macroF1: number
  readonly confusion: ReadonlyArray<ReadonlyArray<number>>
  readonly concepts: ReadonlyArray<{
    readonly precision: number
    readonly recall: number
    readonly f1: number
    readonly rocAuc: number | undefined
    /** True negatives, false positives, false negatives, true positives. */
    readonly counts: readonly [number, number, number, number]
  }>
}

type Column = ReadonlyArray<number>

const sum = (column: Column) => column.reduce((total, value) => total + value, 0)
const zeroSafe = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)

/** `roc_curve`, then `auc`: points at each distinct score, connected by straight lines. */
const area = (truth: Column, scores: Column): number | undefined => {
  const positives = sum(truth)
  const negatives = truth.length - positives
  if (positives === 0 || negatives === 0) return undefined
  const thresholds = [Infinity, ...[...new Set(scores)].sort((a, b) => b - a)]
  const points = thresholds.map((threshold) => {
    const above = scores.map((score) => (score >= threshold ? 1 : 0))
    const right = sum(above.map((one, i) => one * (truth[i] ?? 0)))
    return [(sum(above) - right) / negatives, right / positives] as const
  })
  return sum(points.slice(1).map(([x, y], i) => ((x - (points[i]?.[0] ?? 0)) * (y + (points[i]?.[1] ?? 0))) / 2))
}

export const referenceOf = (
  tests: ReadonlyArray<Tested>,
  concepts: ReadonlyArray<string>,
  exclusive: boolean
): Reference => {
  const score = concepts.map((concept) => tests.map(({ scores }) => scores[concept] ?? 0))
  const truth = concepts.map((concept) => tests.map((test) => (test.concepts.includes(concept) ? 1 : 0)))
  const argmax = tests.map((_, t) => {
    const row = concepts.map((_, c) => score[c]?.[t] ?? 0)
    return row.indexOf(Math.max(...row))
  })
  const predicted = concepts.map((_, c) =>
    tests.map((_, t) => ((exclusive ? argmax[t] === c : (score[c]?.[t] ?? 0) >= 0.5) ? 1 : 0))
  )
  const each = concepts.map((_, c) => {
    const y: Column = truth[c] ?? []
    const guess: Column = predicted[c] ?? []
    const both = sum(y.map((one, t) => one * (guess[t] ?? 0)))
    const precision = zeroSafe(both, sum(guess))
    const recall = zeroSafe(both, sum(y))
    const surplus = sum(guess) - both
    const lacking = sum(y) - both
    return {
      precision,
      recall,
      f1: zeroSafe(2 * precision * recall, precision + recall),
      rocAuc: area(y, score[c] ?? []),
      counts: [tests.length - both - surplus - lacking, surplus, lacking, both] as const
    }
  })
  // accuracy_score: one class for each row, or every label of a row
  const exact = tests.map((_, t) => (concepts.every((_, c) => truth[c]?.[t] === predicted[c]?.[t]) ? 1 : 0))
  const confusion = concepts.map((_, row) =>
    concepts.map((_, column) => tests.filter((_, t) => truth[row]?.[t] === 1 && argmax[t] === column).length)
  )
  return {
    accuracy: zeroSafe(sum(exact), tests.length),
    macroF1: zeroSafe(sum(each.map(({ f1 }) => f1)), concepts.length),
    confusion,
    concepts: each
  }
}
