/**
 * How good a model is on examples that it was not trained on: precision, recall, F1, ROC AUC, confusion, thresholds.
 * Definitions are those of scikit-learn's `precision_recall_fscore_support`, `roc_auc_score`, `confusion_matrix`,
 * `multilabel_confusion_matrix` and `accuracy_score`, with `zero_division=0`.
 */
import type { ConceptEvaluation, Evaluation, Mistake } from "./report.ts"

/** One test: what is in it, and how the model scored each concept. */
export interface Tested {
  readonly name: string
  /** Its path or address, where it has one. */
  readonly input?: string
  /** Concepts that are in it; all others are not. */
  readonly concepts: ReadonlyArray<string>
  /** Scores by concept, 0 to 1. */
  readonly scores: Readonly<Record<string, number>>
}

/** How predictions are read. */
export interface EvaluateOptions {
  /** True: the concept of the highest score is predicted, and no other. Else each that scores 0.5 or more. */
  readonly mutuallyExclusive?: boolean
  /** Tests that have no prediction. */
  readonly failed?: number
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)
const f1Of = (precision: number, recall: number): number => ratio(2 * precision * recall, precision + recall)

const scoreOf = ({ scores }: Tested, concept: string): number =>
  Object.hasOwn(scores, concept) ? (scores[concept] ?? 0) : 0

/** The concept with the highest score; the first of equals. */
const bestOf = (test: Tested, concepts: ReadonlyArray<string>): string | undefined =>
  concepts.reduce<string | undefined>(
    (top, concept) => (top === undefined || scoreOf(test, concept) > scoreOf(test, top) ? concept : top),
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
    const middle = (score + (next?.score ?? 0)) / 2
    // between numbers that are next to each other there is none
    if (f1 > chosen.f1) chosen = { f1, threshold: middle > (next?.score ?? -1) ? middle : score }
  })
  return chosen.threshold
}

/** A test with what is predicted of it. */
interface Judged {
  readonly test: Tested
  readonly top: string | undefined
  readonly predicted: ReadonlyArray<string>
}

const evaluateConcept = (concept: string, judged: ReadonlyArray<Judged>): ConceptEvaluation => {
  const scored = judged.map(({ test }) => ({
    score: scoreOf(test, concept),
    positive: test.concepts.includes(concept)
  }))
  const count = (positive: boolean, predicted: boolean) =>
    judged.filter((one, i) => scored[i]?.positive === positive && one.predicted.includes(concept) === predicted).length
  const truePositives = count(true, true)
  const falsePositives = count(false, true)
  const falseNegatives = count(true, false)
  const precision = ratio(truePositives, truePositives + falsePositives)
  const recall = ratio(truePositives, truePositives + falseNegatives)
  return {
    positives: truePositives + falseNegatives,
    truePositives,
    falsePositives,
    falseNegatives,
    trueNegatives: count(false, false),
    precision,
    recall,
    f1: f1Of(precision, recall),
    rocAuc: rocAuc(scored),
    threshold: bestThreshold(scored)
  }
}

/** How sure a model was of what it told wrongly; undefined where it told nothing wrongly. */
const wrongness = ({ predicted, test }: Judged, exclusive: boolean): number | undefined => {
  const surplus = predicted.filter((concept) => !test.concepts.includes(concept))
  const lacking = exclusive ? [] : test.concepts.filter((concept) => !predicted.includes(concept))
  const errors = [
    ...surplus.map((concept) => scoreOf(test, concept)),
    ...lacking.map((concept) => 1 - scoreOf(test, concept))
  ]
  return errors.length === 0 ? undefined : Math.max(...errors)
}

const predictedOf = (test: Tested, concepts: ReadonlyArray<string>, exclusive: boolean): Judged => {
  const top = bestOf(test, concepts)
  if (exclusive) return { test, top, predicted: top === undefined ? [] : [top] }
  return { test, top, predicted: concepts.filter((concept) => scoreOf(test, concept) >= 0.5) }
}

/** How often each first truth went with each highest score. Names are the caller's: `__proto__` is one like any other. */
const confusionOf = (concepts: ReadonlyArray<string>, judged: ReadonlyArray<Judged>): Evaluation["confusion"] => {
  const rows = new Map(concepts.map((truth) => [truth, new Map(concepts.map((predicted) => [predicted, 0]))]))
  for (const { test, top } of judged) {
    if (top === undefined) continue
    const row = rows.get((test.concepts.includes(top) ? top : test.concepts[0]) ?? "")
    row?.set(top, (row.get(top) ?? 0) + 1)
  }
  return Object.fromEntries([...rows].map(([truth, row]) => [truth, Object.fromEntries(row)]))
}

/** Evaluates predictions. Cost: O(concepts × tests × log tests). */
export const evaluate = (
  concepts: ReadonlyArray<string>,
  tests: ReadonlyArray<Tested>,
  { failed = 0, mutuallyExclusive = false }: EvaluateOptions = {}
): Evaluation => {
  const judged = tests.map((test) => predictedOf(test, concepts, mutuallyExclusive))
  const each = concepts.map((concept) => [concept, evaluateConcept(concept, judged)] as const)
  const mistakes = judged.flatMap((one): ReadonlyArray<Mistake> => {
    const score = wrongness(one, mutuallyExclusive)
    const { concepts: truth, input, name } = one.test
    return score === undefined
      ? []
      : [{ name, ...(input === undefined ? {} : { input }), predicted: one.predicted, truth, score }]
  })
  return {
    tests: tests.length,
    failed,
    accuracy: ratio(tests.length - mistakes.length, tests.length),
    macroF1: ratio(
      each.reduce((sum, [, { f1 }]) => sum + f1, 0),
      concepts.length
    ),
    concepts: Object.fromEntries(each),
    confusion: confusionOf(concepts, judged),
    worst: mistakes.toSorted((a, b) => b.score - a.score).slice(0, 10)
  }
}
