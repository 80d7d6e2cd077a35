/**
 * How good a model is on examples that it was not trained on: precision, recall, F1, ROC AUC, confusion, thresholds.
 * Definitions are those of scikit-learn's `precision_recall_fscore_support`, `roc_auc_score` and `confusion_matrix`
 * with `zero_division=0`.
 */

/** One test: what is in it, what is known not to be in it, and how the model scored each concept. */
export interface Tested {
  readonly name: string
  readonly concepts: ReadonlyArray<string>
  /** Scores by concept, 0 to 1. */
  readonly scores: Readonly<Record<string, number>>
}

/** How well one concept is found. */
export interface ConceptEvaluation {
  /** Tests that have the concept. */
  readonly positives: number
  /** Of those predicted, how many are right; 0 when none was predicted. */
  readonly precision: number
  /** Of those that are there, how many were predicted; 0 when there are none. */
  readonly recall: number
  readonly f1: number
  /** Area under the ROC curve; undefined where all tests have the concept or none has it. */
  readonly rocAuc: number | undefined
  /** The score that parts the tests best, by F1; 0.5 where there are no positives. */
  readonly threshold: number
}

/** A test that the model got wrong, and how sure it was. */
export interface Mistake {
  readonly name: string
  readonly predicted: string
  readonly truth: ReadonlyArray<string>
  readonly score: number
}

/** The whole evaluation. */
export interface Evaluation {
  readonly tests: number
  /** The share of tests whose highest score is a concept that is there. */
  readonly accuracy: number
  /** The mean of the concepts' F1. */
  readonly macroF1: number
  readonly concepts: Readonly<Record<string, ConceptEvaluation>>
  /** Tests by truth (outer, the first concept that is there) and prediction (inner, the highest score). */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** What went most wrong: highest score first, ten at most. */
  readonly worst: ReadonlyArray<Mistake>
  /** Tests that could not be predicted. */
  readonly failed: number
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)
const f1Of = (precision: number, recall: number): number => ratio(2 * precision * recall, precision + recall)

/** The concept with the highest score; the first of equals. */
export const best = (scores: Readonly<Record<string, number>>): readonly [string, number] | undefined =>
  Object.entries(scores).reduce<readonly [string, number] | undefined>(
    (top, entry) => (top === undefined || entry[1] > top[1] ? entry : top),
    undefined
  )

interface Scored {
  readonly score: number
  readonly positive: boolean
}

/** The probability that a positive scores above a negative, ties counting half. */
const rocAuc = (scored: ReadonlyArray<Scored>): number | undefined => {
  const positives = scored.filter((one) => one.positive).length
  const negatives = scored.length - positives
  if (positives === 0 || negatives === 0) return undefined
  const sorted = scored.toSorted((a, b) => a.score - b.score)
  let rankSum = 0
  for (let i = 0; i < sorted.length;) {
    let end = i
    while (end < sorted.length && sorted[end]?.score === sorted[i]?.score) end++
    const rank = (i + 1 + end) / 2
    for (let k = i; k < end; k++) if (sorted[k]?.positive === true) rankSum += rank
    i = end
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}

/** The threshold with the best F1, in the middle between the scores that it parts. */
const bestThreshold = (scored: ReadonlyArray<Scored>): number => {
  const positives = scored.filter((one) => one.positive).length
  if (positives === 0) return 0.5
  const sorted = scored.toSorted((a, b) => b.score - a.score)
  let found = 0
  let chosen = { f1: -1, threshold: 0.5 }
  sorted.forEach(({ positive, score }, i) => {
    if (positive) found++
    const next = sorted[i + 1]
    if (next?.score === score) return
    const f1 = f1Of(found / (i + 1), found / positives)
    if (f1 > chosen.f1) chosen = { f1, threshold: (score + (next?.score ?? 0)) / 2 }
  })
  return chosen.threshold
}

const evaluateConcept = (concept: string, tests: ReadonlyArray<Tested>): ConceptEvaluation => {
  const scored = tests.map(({ concepts, scores }) => ({
    score: scores[concept] ?? 0,
    positive: concepts.includes(concept)
  }))
  const predicted = tests.map(({ scores }) => best(scores)?.[0] === concept)
  const right = scored.filter(({ positive }, i) => positive && predicted[i] === true).length
  const positives = scored.filter(({ positive }) => positive).length
  const precision = ratio(right, predicted.filter(Boolean).length)
  const recall = ratio(right, positives)
  return {
    positives,
    precision,
    recall,
    f1: f1Of(precision, recall),
    rocAuc: rocAuc(scored),
    threshold: bestThreshold(scored)
  }
}

/** Evaluates predictions; `failed` counts the tests that have none. A prediction is the concept of the highest score. */
export const evaluate = (concepts: ReadonlyArray<string>, tests: ReadonlyArray<Tested>, failed = 0): Evaluation => {
  const each = Object.fromEntries(concepts.map((concept) => [concept, evaluateConcept(concept, tests)]))
  const confusion: Record<string, Record<string, number>> = Object.fromEntries(
    concepts.map((truth) => [truth, Object.fromEntries(concepts.map((predicted) => [predicted, 0]))])
  )
  const mistakes: Array<Mistake> = []
  let right = 0
  for (const { concepts: truth, name, scores } of tests) {
    const top = best(scores)
    const [first] = truth
    if (top === undefined) continue
    const [predicted, score] = top
    if (truth.includes(predicted)) right++
    else mistakes.push({ name, predicted, truth, score })
    const row = first === undefined ? undefined : confusion[truth.includes(predicted) ? predicted : first]
    if (row !== undefined && predicted in row) row[predicted] = (row[predicted] ?? 0) + 1
  }
  return {
    tests: tests.length,
    accuracy: ratio(right, tests.length),
    macroF1: ratio(
      Object.values(each).reduce((sum, { f1 }) => sum + f1, 0),
      concepts.length
    ),
    concepts: each,
    confusion,
    worst: mistakes.toSorted((a, b) => b.score - a.score).slice(0, 10),
    failed
  }
}
