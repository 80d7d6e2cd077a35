/** Metrics of a classifier's scores, by scikit-learn's definitions. */

/** The receiver operating characteristic: from (0, 0), where the threshold is infinite, to (1, 1). */
export interface RocCurve {
  readonly fpr: ReadonlyArray<number>
  readonly tpr: ReadonlyArray<number>
  readonly thresholds: ReadonlyArray<number>
}

/** Precision over recall, by rising threshold; its last point is precision 1 at recall 0, without a threshold. */
export interface PrecisionRecallCurve {
  readonly precision: ReadonlyArray<number>
  readonly recall: ReadonlyArray<number>
  readonly thresholds: ReadonlyArray<number>
}

/** Counts of decisions for one concept. */
export interface Counts {
  readonly truePositives: number
  readonly falsePositives: number
  readonly falseNegatives: number
  readonly trueNegatives: number
}

/** A ratio; 0 if the denominator is 0 (`zero_division=0`). */
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

/** Counts decisions against labels, position by position. */
export const countDecisions = (truth: ReadonlyArray<boolean>, decided: ReadonlyArray<boolean>): Counts => {
  const count = (is: boolean, said: boolean) => truth.filter((t, i) => t === is && decided[i] === said).length
  return {
    truePositives: count(true, true),
    falsePositives: count(false, true),
    falseNegatives: count(true, false),
    trueNegatives: count(false, false)
  }
}

/** Precision, recall and their harmonic mean; each is 0 if undefined. */
export const precisionRecall = ({ falseNegatives, falsePositives, truePositives }: Counts) => ({
  precision: share(truePositives, truePositives + falsePositives),
  recall: share(truePositives, truePositives + falseNegatives),
  f1: share(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
})

interface Step {
  readonly threshold: number
  readonly hits: number
  readonly misses: number
}

// Running counts of positives and negatives at or above each distinct score, from the highest down.
const sweep = (truth: ReadonlyArray<boolean>, scores: ReadonlyArray<number>): ReadonlyArray<Step> => {
  const order = scores.map((score, i) => ({ score, is: truth[i] === true })).sort((a, b) => b.score - a.score)
  const steps: Array<Step> = []
  let [hits, misses] = [0, 0]
  for (const [i, { is, score }] of order.entries()) {
    if (is) hits++
    else misses++
    if (order[i + 1]?.score !== score) steps.push({ threshold: score, hits, misses })
  }
  return steps
}

/** The ROC curve at every distinct score (`roc_curve` with `drop_intermediate=False`). */
export const rocCurve = (truth: ReadonlyArray<boolean>, scores: ReadonlyArray<number>): RocCurve => {
  const steps = sweep(truth, scores)
  const last = steps.at(-1) ?? { hits: 0, misses: 0 }
  return {
    fpr: [0, ...steps.map(({ misses }) => share(misses, last.misses))],
    tpr: [0, ...steps.map(({ hits }) => share(hits, last.hits))],
    thresholds: [Infinity, ...steps.map(({ threshold }) => threshold)]
  }
}

/** The area under the ROC curve by trapezoids; undefined if all examples are positive or all negative. */
export const rocAuc = (truth: ReadonlyArray<boolean>, scores: ReadonlyArray<number>): number | undefined => {
  if (!truth.includes(true) || !truth.includes(false)) return undefined
  const { fpr, tpr } = rocCurve(truth, scores)
  return fpr.reduce((sum, x, i) => {
    const width = x - (fpr[i - 1] ?? 0)
    return sum + (width * ((tpr[i] ?? 0) + (tpr[i - 1] ?? 0))) / 2
  }, 0)
}

/** The precision-recall curve (`precision_recall_curve`). */
export const precisionRecallCurve = (
  truth: ReadonlyArray<boolean>,
  scores: ReadonlyArray<number>
): PrecisionRecallCurve => {
  const steps = sweep(truth, scores).toReversed()
  const positives = steps[0]?.hits ?? 0
  return {
    precision: [...steps.map(({ hits, misses }) => share(hits, hits + misses)), 1],
    recall: [...steps.map(({ hits }) => (positives === 0 ? 1 : hits / positives)), 0],
    thresholds: steps.map(({ threshold }) => threshold)
  }
}

/** Average precision: precision summed over the steps of recall (`average_precision_score`). 0 without positives. */
export const averagePrecision = (truth: ReadonlyArray<boolean>, scores: ReadonlyArray<number>): number => {
  if (!truth.includes(true)) return 0
  const { precision, recall } = precisionRecallCurve(truth, scores)
  return precision.reduce((sum, p, i) => sum + p * ((recall[i] ?? 0) - (recall[i + 1] ?? 0)), 0)
}

/** Expected calibration error: the mean gap of confidence and accuracy over ten equal bins, weighted by their counts. */
export const expectedCalibrationError = (
  decisions: ReadonlyArray<{ readonly confidence: number; readonly right: boolean }>
): number => {
  const gaps = new Float64Array(10)
  for (const { confidence, right } of decisions) {
    const bin = Math.min(Math.floor(confidence * 10), 9)
    gaps[bin] = (gaps[bin] ?? 0) + confidence - (right ? 1 : 0)
  }
  return share(
    gaps.reduce((sum, gap) => sum + Math.abs(gap), 0),
    decisions.length
  )
}

/** The mean and the standard deviation (of the population). */
export const meanAndDeviation = (
  values: ReadonlyArray<number>
): { readonly mean: number; readonly deviation: number } => {
  const mean = share(
    values.reduce((a, b) => a + b, 0),
    values.length
  )
  const variance = share(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0),
    values.length
  )
  return { mean, deviation: Math.sqrt(variance) }
}
