import { assert, describe, it } from "@effect/vitest"
import {
  averagePrecision,
  countDecisions,
  expectedCalibrationError,
  meanAndDeviation,
  precisionRecall,
  precisionRecallCurve,
  rocAuc,
  rocCurve
} from "../../src/learning/classifier-metrics.ts"

// The example of scikit-learn's own documentation of these four functions.
const truth = [false, false, true, true]
const scores = [0.1, 0.4, 0.35, 0.8]

const close = (found: ReadonlyArray<number>, expected: ReadonlyArray<number>) => {
  assert.strictEqual(found.length, expected.length)
  for (const [i, value] of expected.entries()) {
    if (Number.isFinite(value)) assert.closeTo(found[i] ?? Number.NaN, value, 1e-9)
    else assert.strictEqual(found[i], value)
  }
}

describe("curves and areas", () => {
  it("as scikit-learn defines them", () => {
    const roc = rocCurve(truth, scores)
    close(roc.fpr, [0, 0, 0.5, 0.5, 1])
    close(roc.tpr, [0, 0.5, 0.5, 1, 1])
    close(roc.thresholds, [Infinity, 0.8, 0.4, 0.35, 0.1])
    assert.closeTo(rocAuc(truth, scores) ?? Number.NaN, 0.75, 1e-9)
    const curve = precisionRecallCurve(truth, scores)
    close(curve.precision, [0.5, 2 / 3, 0.5, 1, 1])
    close(curve.recall, [1, 1, 0.5, 0.5, 0])
    close(curve.thresholds, [0.1, 0.35, 0.4, 0.8])
    assert.closeTo(averagePrecision(truth, scores), 0.8333333333, 1e-9)
  })

  it("ties count half, and one class only has no area", () => {
    assert.strictEqual(rocAuc([true, false], [0.5, 0.5]), 0.5)
    assert.strictEqual(rocAuc([true, true], [0.5, 0.6]), undefined)
    assert.strictEqual(averagePrecision([false], [0.5]), 0)
  })
})

describe("decisions", () => {
  it("counts, precision, recall and F1; nothing of nothing is 0", () => {
    const counts = countDecisions([true, true, true, false, false], [true, true, false, true, false])
    assert.deepStrictEqual(counts, { truePositives: 2, falsePositives: 1, falseNegatives: 1, trueNegatives: 1 })
    const { f1, precision, recall } = precisionRecall(counts)
    close([precision, recall, f1], [2 / 3, 2 / 3, 2 / 3])
    const none = precisionRecall(countDecisions([true], [false]))
    assert.deepStrictEqual(none, { precision: 0, recall: 0, f1: 0 })
  })

  it("calibration error weighs the bins by their counts", () => {
    const decisions = [
      { confidence: 0.95, right: true },
      { confidence: 0.95, right: false },
      { confidence: 0.55, right: true },
      { confidence: 1, right: true }
    ]
    assert.closeTo(expectedCalibrationError(decisions), (0.9 + 0.45) / 4, 1e-9)
    assert.deepStrictEqual(meanAndDeviation([1, 3]), { mean: 2, deviation: 1 })
  })
})
