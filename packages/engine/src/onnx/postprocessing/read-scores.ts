/** Scores of a graph: one number for each label, as probabilities. */
import { GraphProblem, portText } from "../graph-problem.ts"
import type { GraphTensor } from "../graph-session.ts"
import type { ModelLabel, ModelScore } from "../label.ts"

/** What is done to scores before they are probabilities. */
export type Activation = "none" | "softmax" | "sigmoid"

/** The label at a position. Without labels a position is its own. Throws if there is no such label. */
export const labelAt = (labels: ReadonlyArray<ModelLabel>, index: number): ModelLabel => {
  const label = labels[index]
  if (label !== undefined) return label
  if (labels.length > 0 || !Number.isInteger(index) || index < 0)
    throw new GraphProblem(`the graph returned class ${index}; manifest.json has ${labels.length} labels, from 0`)
  return { id: `LABEL_${index}`, name: `LABEL_${index}` }
}

/** The scores of a classifier, in the order of the labels. Throws `GraphProblem` for a shape that is not one row. */
export const oneRow = (tensor: GraphTensor, labels: ReadonlyArray<ModelLabel>): Float32Array | Float64Array => {
  const { data, shape } = tensor
  if (tensor.integers) throw new GraphProblem(`the output ${portText(tensor)} holds integers, which are no scores`)
  if (shape.filter((size) => size !== 1).length > 1 || data.length === 0)
    throw new GraphProblem(`the output ${portText(tensor)} is not one row of scores, [1, labels]`)
  if (labels.length > 0 && labels.length !== data.length)
    throw new GraphProblem(
      `the output ${portText(tensor)} has ${data.length} scores, but manifest.json has ${labels.length} labels`
    )
  return data
}

/** Rounding of 16-bit floats included. */
const tolerance = 2e-3

const isShare = (value: number): boolean => value >= -tolerance && value <= 1 + tolerance

const sumOf = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0
  return sum
}

const rangeOf = (values: ArrayLike<number>): string => {
  let [low, high] = [Infinity, -Infinity]
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i] ?? 0)
    high = Math.max(high, values[i] ?? 0)
  }
  return `${Number(low.toPrecision(3))} to ${Number(high.toPrecision(3))}`
}

/** True if every value is a number from 0 to 1. */
export const areShares = (values: ArrayLike<number>): boolean => {
  for (let i = 0; i < values.length; i++) if (!isShare(values[i] ?? Number.NaN)) return false
  return true
}

/** Throws for values that are no numbers. */
export const checkNumbers = (tensor: GraphTensor): void => {
  const { data } = tensor
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new GraphProblem(`the output ${portText(tensor)} holds ${String(data[i])}, which is not a number`)
}

/**
 * Which activation makes probabilities of a classifier's scores, by the rows of some images. A graph that ends in softmax
 * is recognized, and never gets a second one. Throws where the rows and the manifest differ, or do not decide it.
 */
export const resolveActivation = (
  declared: Activation | undefined,
  name: string,
  rows: ReadonlyArray<ArrayLike<number>>
): Activation => {
  const shares = rows.every(areShares)
  const sums = rows.every((row) => row.length > 1 && Math.abs(sumOf(row) - 1) < tolerance)
  const range = rangeOf(rows.flatMap((row) => Array.from(row)))
  if (declared === "none" && !shares)
    throw new GraphProblem(
      `outputs.activation is none, but ${name} holds ${range}; set it to softmax (one concept) or sigmoid (several)`
    )
  if (shares && sums) {
    if (declared === "sigmoid")
      throw new GraphProblem(
        `the scores of ${name} sum to 1, so the graph ends in softmax; set outputs.activation to none`
      )
    return "none"
  }
  if (declared !== undefined) return declared
  if (shares)
    throw new GraphProblem(
      `the scores of ${name} are ${range} and do not sum to 1; set outputs.activation: ` +
        `none if they are probabilities, softmax or sigmoid if they are not`
    )
  if ((rows[0]?.length ?? 0) === 1)
    throw new GraphProblem(`${name} is one score of ${range}; set outputs.activation to sigmoid, or to none`)
  return "softmax"
}

/** Applies an activation. Throws if the result is not from 0 to 1. */
export const activate = (values: ArrayLike<number>, how: Activation): ReadonlyArray<number> => {
  const list = Array.from(values)
  if (how === "sigmoid") return list.map((value) => 1 / (1 + Math.exp(-value)))
  if (how === "none") {
    if (!areShares(list)) throw new GraphProblem(`the graph returned scores of ${rangeOf(list)} as probabilities`)
    return list.map((value) => Math.min(1, Math.max(0, value)))
  }
  let top = -Infinity
  for (const value of list) top = Math.max(top, value)
  const powers = list.map((value) => Math.exp(value - top))
  const sum = sumOf(powers)
  return powers.map((power) => power / sum)
}

/** Scores with their labels. */
export const labelScores = (
  values: ReadonlyArray<number>,
  labels: ReadonlyArray<ModelLabel>
): ReadonlyArray<ModelScore> => values.map((value, index) => ({ ...labelAt(labels, index), value }))
