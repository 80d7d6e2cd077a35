/**
 * Measures of scored tests: precision and recall by threshold, and how well scores are calibrated. Pure functions, shared
 * by the writer, its callers and the page.
 *
 * Definitions: precision and recall as scikit-learn's `precision_recall_curve`, with `zero_division=0`; the expected
 * calibration error of Guo et al. 2017, "On Calibration of Modern Neural Networks", with bins of equal width.
 */

/** One score and whether the concept is there. */
export interface ScoredTest {
  /** 0 to 1. */
  readonly score: number
  readonly positive: boolean
}

/** The four counts at one threshold, and what follows from them. */
export interface ThresholdFigures {
  readonly threshold: number
  readonly truePositives: number
  readonly falsePositives: number
  readonly falseNegatives: number
  readonly trueNegatives: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

/** One bin of a reliability curve. */
export interface ReliabilityBin {
  readonly from: number
  readonly to: number
  readonly count: number
  /** Mean score of the tests in the bin; 0 where there are none. */
  readonly meanScore: number
  /** The share of them that is positive; 0 where there are none. */
  readonly share: number
}

/** How well scores agree with how often they are right. */
export interface Reliability {
  readonly bins: ReadonlyArray<ReliabilityBin>
  /** The mean distance of score and share over all tests, 0 to 1. */
  readonly calibrationError: number
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

const figuresOf = (
  threshold: number,
  truePositives: number,
  falsePositives: number,
  positives: number,
  tests: number
) => {
  const precision = ratio(truePositives, truePositives + falsePositives)
  const recall = ratio(truePositives, positives)
  return {
    threshold,
    truePositives,
    falsePositives,
    falseNegatives: positives - truePositives,
    trueNegatives: tests - positives - falsePositives,
    precision,
    recall,
    f1: ratio(2 * precision * recall, precision + recall)
  }
}

/**
 * The figures when every score of at least `threshold` counts as a prediction.
 *
 * @example figuresAt([{ score: 0.9, positive: true }, { score: 0.6, positive: false }], 0.5).precision // => 0.5
 */
export const figuresAt = (tests: ReadonlyArray<ScoredTest>, threshold: number): ThresholdFigures => {
  let [positives, truePositives, falsePositives] = [0, 0, 0]
  for (const { positive, score } of tests) {
    if (positive) positives++
    if (score < threshold) continue
    if (positive) truePositives++
    else falsePositives++
  }
  return figuresOf(threshold, truePositives, falsePositives, positives, tests.length)
}

/**
 * The figures at every threshold that changes them: each distinct score, highest first.
 *
 * Cost: O(tests × log tests).
 *
 * @example precisionRecall([{ score: 0.9, positive: true }, { score: 0.6, positive: false }]).map(({ recall }) => recall) // => [1, 1]
 */
export const precisionRecall = (tests: ReadonlyArray<ScoredTest>): ReadonlyArray<ThresholdFigures> => {
  const sorted = tests.toSorted((a, b) => b.score - a.score)
  const positives = tests.filter(({ positive }) => positive).length
  const curve: Array<ThresholdFigures> = []
  let [truePositives, falsePositives] = [0, 0]
  sorted.forEach(({ positive, score }, i) => {
    if (positive) truePositives++
    else falsePositives++
    if (sorted[i + 1]?.score !== score)
      curve.push(figuresOf(score, truePositives, falsePositives, positives, tests.length))
  })
  return curve
}

/**
 * Average precision: the sum over the curve of precision times the step in recall.
 *
 * @example averagePrecision([{ score: 0.9, positive: true }, { score: 0.6, positive: false }]) // => 1
 */
export const averagePrecision = (tests: ReadonlyArray<ScoredTest>): number => {
  let before = 0
  let sum = 0
  for (const { precision, recall } of precisionRecall(tests)) {
    sum += precision * (recall - before)
    before = recall
  }
  return sum
}

/**
 * A reliability curve with its expected calibration error. A score of exactly 1 is in the last bin.
 *
 * @example reliability([{ score: 0.75, positive: true }, { score: 0.75, positive: false }]).calibrationError // => 0.25
 */
export const reliability = (tests: ReadonlyArray<ScoredTest>, bins = 10): Reliability => {
  const sums = Array.from({ length: bins }, () => ({ count: 0, score: 0, positives: 0 }))
  for (const { positive, score } of tests) {
    const bin = sums[Math.max(0, Math.min(bins - 1, Math.floor(score * bins)))]
    if (bin === undefined) continue
    bin.count++
    bin.score += score
    if (positive) bin.positives++
  }
  const made = sums.map(({ count, positives, score }, i) => ({
    from: i / bins,
    to: (i + 1) / bins,
    count,
    meanScore: ratio(score, count),
    share: ratio(positives, count)
  }))
  const distance = made.reduce((sum, bin) => sum + bin.count * Math.abs(bin.share - bin.meanScore), 0)
  return { bins: made, calibrationError: ratio(distance, tests.length) }
}
