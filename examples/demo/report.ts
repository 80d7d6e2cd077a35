/** Output of the demo: a table, or one JSON document. */

/** The prediction of one held-out photograph. */
export interface Prediction {
  readonly file: string
  readonly predicted: string
  readonly score: number
  readonly truth: string
}

/** The result of a demo run. */
export interface Report {
  readonly photos: string
  readonly train: number
  readonly test: number
  /** Photographs that could not be used. */
  readonly unusable: number
  readonly accuracy: number
  readonly predictions: ReadonlyArray<Prediction>
}

/** Calls, bytes and time of a demo run. */
export interface Cost {
  readonly calls: number
  readonly bytes: number
  readonly ms: number
}

const columns = ["photo", "predicted", "score", "truth"] as const

/** The predictions as a table with aligned columns; wrong ones are marked. */
export const table = (predictions: ReadonlyArray<Prediction>): string => {
  const rows = predictions.map(({ file, predicted, score, truth }) => [
    file,
    predicted,
    score.toFixed(2),
    predicted === truth ? truth : `${truth}  ✗`
  ])
  const widths = columns.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: ReadonlyArray<string>) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd()
  return [line(columns), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n")
}

/** The summary below the table. */
export const summary = ({ accuracy, predictions, test, train }: Report, cost: Cost): string => {
  const right = predictions.filter(({ predicted, truth }) => predicted === truth).length
  return [
    `accuracy  ${(accuracy * 100).toFixed(1)} % (${right} of ${test} held-out photos; trained on ${train})`,
    `cost      ${cost.calls} calls, ${(cost.bytes / 1024).toFixed(0)} KiB sent, ${cost.ms.toFixed(0)} ms, no network`
  ].join("\n")
}
