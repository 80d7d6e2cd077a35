/**
 * Classification metrics: precision, recall, F1, ROC AUC, confusion matrix, thresholds. The definitions are those of
 * scikit-learn's `precision_recall_fscore_support`, `roc_auc_score`, `confusion_matrix`,
 * `multilabel_confusion_matrix` and `accuracy_score` with `zero_division=0`.
 */
import type { ConceptEvaluation, Evaluation, Mistake } from "./evaluation.ts"

/** One test: the concepts that it shows, and the model's score for each concept. */
export interface Tested {
  readonly name: string
  /** Its path or address; absent for bytes. */
  readonly input?: string
  /** Concepts that it shows; it shows no others. */
  readonly concepts: ReadonlyArray<string>
  /** Scores by concept, 0 to 1; a missing score counts as 0. */
  readonly scores: Readonly<Record<string, number>>
}

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  /**
   * True: the concept with the highest score is the only prediction. False: every concept with a score of at least 0.5 is
   * predicted.
   *
   * @default false
   */
  readonly mutuallyExclusive?: boolean
  /** How many tests have no prediction. @default 0 */
  readonly failed?: number
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)
const f1Of = (precision: number, recall: number): number => ratio(2 * precision * recall, precision + recall)

const scoreOf = ({ scores }: Tested, concept: string): number =>
  Object.hasOwn(scores, concept) ? (scores[concept] ?? 0) : 0

/** The concept with the highest score; the first one of equal scores. */
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

/** The threshold with the best F1: midway between the two scores that it separates. */
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
    // Between two adjacent floats there is nothing.
    if (f1 > chosen.f1) chosen = { f1, threshold: middle > (next?.score ?? -1) ? middle : score }
  })
  return chosen.threshold
}

/** A test with its predictions. */
interface Predicted {
  readonly test: Tested
  readonly top: string | undefined
  readonly predicted: ReadonlyArray<string>
}

const evaluateConcept = (concept: string, predictions: ReadonlyArray<Predicted>): ConceptEvaluation => {
  const scored = predictions.map(({ test }) => ({
    score: scoreOf(test, concept),
    positive: test.concepts.includes(concept)
  }))
  const count = (positive: boolean, predicted: boolean) =>
    predictions.filter((one, i) => scored[i]?.positive === positive && one.predicted.includes(concept) === predicted)
      .length
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

/** How wrong the most wrong score of a test is, 0 to 1; undefined for a correct test. */
const errorOf = ({ predicted, test }: Predicted, exclusive: boolean): number | undefined => {
  const falsePositives = predicted.filter((concept) => !test.concepts.includes(concept))
  const falseNegatives = exclusive ? [] : test.concepts.filter((concept) => !predicted.includes(concept))
  const errors = [
    ...falsePositives.map((concept) => scoreOf(test, concept)),
    ...falseNegatives.map((concept) => 1 - scoreOf(test, concept))
  ]
  return errors.length === 0 ? undefined : Math.max(...errors)
}

const classify = (test: Tested, concepts: ReadonlyArray<string>, exclusive: boolean): Predicted => {
  const top = bestOf(test, concepts)
  if (exclusive) return { test, top, predicted: top === undefined ? [] : [top] }
  return { test, top, predicted: concepts.filter((concept) => scoreOf(test, concept) >= 0.5) }
}

/** Counts by true concept and highest score. A `Map`, because a concept may be called `__proto__`. */
const confusionOf = (
  concepts: ReadonlyArray<string>,
  predictions: ReadonlyArray<Predicted>
): Evaluation["confusion"] => {
  const rows = new Map(concepts.map((truth) => [truth, new Map(concepts.map((predicted) => [predicted, 0]))]))
  for (const { test, top } of predictions) {
    if (top === undefined) continue
    const row = rows.get((test.concepts.includes(top) ? top : test.concepts[0]) ?? "")
    row?.set(top, (row.get(top) ?? 0) + 1)
  }
  return Object.fromEntries([...rows].map(([truth, row]) => [truth, Object.fromEntries(row)]))
}

/**
 * Evaluates predictions. Cost: O(concepts × tests × log tests).
 *
 * @example evaluate(["cat"], [{ name: "1", concepts: ["cat"], scores: { cat: 0.9 } }]).accuracy // => 1
 */
export const evaluate = (
  concepts: ReadonlyArray<string>,
  tests: ReadonlyArray<Tested>,
  { failed = 0, mutuallyExclusive = false }: EvaluateOptions = {}
): Evaluation => {
  const predictions = tests.map((test) => classify(test, concepts, mutuallyExclusive))
  const each = concepts.map((concept) => [concept, evaluateConcept(concept, predictions)] as const)
  const mistakes = predictions.flatMap((one): ReadonlyArray<Mistake> => {
    const score = errorOf(one, mutuallyExclusive)
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
    confusion: confusionOf(concepts, predictions),
    worst: mistakes.toSorted((a, b) => b.score - a.score).slice(0, 10)
  }
}
