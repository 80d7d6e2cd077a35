/** Calibration: from margins on held-out examples to probabilities. */

/** Scores are `softmax(scale · margin)`, or `sigmoid(scale · margin + shift)` for each concept. */
export interface Calibration {
  readonly scale: Float64Array
  readonly shift: Float64Array
}

/** `log(1 + exp(x))` without overflow. */
const softplus = (x: number): number => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)))

/** The minimum of a unimodal function between `low` and `high`, by golden section. */
const lowest = (f: (x: number) => number, low: number, high: number): number => {
  const ratio = (Math.sqrt(5) - 1) / 2
  let [from, to] = [low, high]
  let [a, b] = [to - ratio * (to - from), from + ratio * (to - from)]
  let [fa, fb] = [f(a), f(b)]
  for (let i = 0; i < 18; i++) {
    if (fa < fb) {
      ;[to, b, fb] = [b, a, fa]
      a = to - ratio * (to - from)
      fa = f(a)
    } else {
      ;[from, a, fa] = [a, b, fb]
      b = from + ratio * (to - from)
      fb = f(b)
    }
  }
  return (from + to) / 2
}

/** Held-out margins, `count` rows of `concepts` numbers, and their targets (1, -1) of the same shape. */
export interface HeldOut {
  readonly margins: Float64Array
  readonly targets: Int8Array
  readonly count: number
  readonly concepts: number
}

/** A calibration and its mean log loss. */
export interface Fit {
  readonly calibration: Calibration
  readonly loss: number
}

/** One temperature for a softmax (Guo et al., ICML 2017). Rows with no or several positives are left out. */
export const fitTemperature = ({ concepts, count, margins, targets }: HeldOut): Fit => {
  const rows: Array<{ readonly at: number; readonly own: number }> = []
  for (let i = 0; i < count; i++) {
    const row = targets.subarray(i * concepts, (i + 1) * concepts)
    const own = row.indexOf(1)
    if (own >= 0 && row.lastIndexOf(1) === own) rows.push({ at: i * concepts, own })
  }
  // label smoothing, so that few and easy examples do not lead to certainty
  const smooth = 1 / (rows.length + 2)
  const loss = (logScale: number): number => {
    const scale = Math.exp(logScale)
    let sum = 0
    for (const { at, own } of rows) {
      const row = margins.subarray(at, at + concepts)
      let top = -Infinity
      let mean = 0
      for (const margin of row) {
        top = Math.max(top, margin * scale)
        mean += (margin * scale) / concepts
      }
      let total = 0
      for (const margin of row) total += Math.exp(margin * scale - top)
      sum += top + Math.log(total) - (1 - smooth) * (row[own] ?? 0) * scale - smooth * mean
    }
    return sum / Math.max(rows.length, 1)
  }
  const best = rows.length === 0 ? 1 : lowest(loss, 0, Math.log(100))
  return {
    calibration: { scale: new Float64Array(concepts).fill(Math.exp(best)), shift: new Float64Array(concepts) },
    loss: loss(best)
  }
}

/** A scale and a shift for each concept (Platt 1999, with smoothed targets), by Newton's method (Lin et al. 2007). */
export const fitSigmoids = (held: HeldOut): Fit => {
  const scale = new Float64Array(held.concepts)
  const shift = new Float64Array(held.concepts)
  let loss = 0
  for (let c = 0; c < held.concepts; c++) {
    const fit = fitSigmoid(held, c)
    scale[c] = fit.scale
    shift[c] = fit.shift
    loss += fit.loss / held.concepts
  }
  return { calibration: { scale, shift }, loss }
}

const fitSigmoid = ({ concepts, count, margins, targets }: HeldOut, concept: number) => {
  let positives = 0
  for (let i = 0; i < count; i++) positives += targets[i * concepts + concept] === 1 ? 1 : 0
  const high = (positives + 1) / (positives + 2)
  const low = 1 / (count - positives + 2)
  const lossAt = (scale: number, shift: number): number => {
    let sum = 0
    for (let i = 0; i < count; i++) {
      const at = i * concepts + concept
      const z = scale * (margins[at] ?? 0) + shift
      sum += softplus(z) - (targets[at] === 1 ? high : low) * z
    }
    return sum / count
  }
  let [scale, shift] = [2, Math.log(positives + 1) - Math.log(count - positives + 1)]
  let loss = lossAt(scale, shift)
  for (let round = 0; round < 50; round++) {
    let [g0, g1, h00, h01, h11] = [0, 0, 1e-9, 0, 1e-9]
    for (let i = 0; i < count; i++) {
      const at = i * concepts + concept
      const margin = margins[at] ?? 0
      const p = 1 / (1 + Math.exp(-(scale * margin + shift)))
      const gap = p - (targets[at] === 1 ? high : low)
      const curve = Math.max(p * (1 - p), 1e-9)
      g0 += gap * margin
      g1 += gap
      h00 += curve * margin * margin
      h01 += curve * margin
      h11 += curve
    }
    const det = h00 * h11 - h01 * h01
    if (!(det > 0)) break
    const [d0, d1] = [(h11 * g0 - h01 * g1) / det, (h00 * g1 - h01 * g0) / det]
    let step = 1
    while (step > 1e-6 && lossAt(scale - step * d0, shift - step * d1) > loss) step /= 2
    const next = lossAt(scale - step * d0, shift - step * d1)
    if (loss - next < 1e-10) break
    ;[scale, shift, loss] = [scale - step * d0, shift - step * d1, next]
  }
  // held-out margins of the wrong sign mean that little was learned, not that the sign should be inverted
  return scale > 0 ? { scale, shift, loss } : { scale: 0.1, shift, loss: lossAt(0.1, shift) }
}
