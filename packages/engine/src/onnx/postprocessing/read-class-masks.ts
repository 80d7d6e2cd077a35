/** Masks of a segmenter: which pixels belong to which class, on the stored image. */
import { type Fitted, maskPng } from "../preprocessing/fit-pixels.ts"
import { GraphProblem, portText } from "../graph-problem.ts"
import type { GraphTensor } from "../graph-session.ts"
import type { ModelLabel, ModelScore } from "../label.ts"
import type { ManifestValue } from "../model-manifest.ts"
import { areShares, labelAt } from "./read-scores.ts"

type Meaning = NonNullable<ManifestValue["outputs"]>

/** The class of each pixel of a grid; -1 for none. */
export interface ClassGrid {
  readonly width: number
  readonly height: number
  readonly classes: Int32Array
}

/** The last three sizes, in the order classes, height, width; undefined where both readings fit or none does. */
const layoutOf = (tensor: GraphTensor, labels: number, declared: Meaning["layout"]): "nchw" | "nhwc" => {
  const [first = 0, , last = 0] = tensor.shape.slice(-3)
  const fits = (size: number) => (labels === 0 ? size === 1 : size === labels || (labels === 1 && size === 1))
  if (declared !== undefined) {
    const size = declared === "nchw" ? first : last
    if (labels > 0 && size !== labels)
      throw new GraphProblem(
        `the output ${portText(tensor)}, read as ${declared}, has ${size} classes, but manifest.json has ${labels} labels`
      )
    return declared
  }
  if (fits(first) !== fits(last)) return fits(first) ? "nchw" : "nhwc"
  throw new GraphProblem(
    fits(first)
      ? `the output ${portText(tensor)} can be read both ways with ${labels} labels; set outputs.layout to nchw or nhwc`
      : labels === 0
        ? `the output ${portText(tensor)} has classes, and manifest.json has no labels for them`
        : `the output ${portText(tensor)} has no dimension of ${labels} classes, the labels of manifest.json`
  )
}

const indexGrid = (
  { data }: GraphTensor,
  width: number,
  height: number,
  labels: ReadonlyArray<ModelLabel>
): ClassGrid => {
  const classes = Int32Array.from(data)
  for (const one of new Set(classes)) labelAt(labels, one)
  return { width, height, classes }
}

/** True if the only class is meant by scores above the threshold. */
const singleGrid = (
  tensor: GraphTensor,
  [width, height]: readonly [number, number],
  activation: Meaning["activation"],
  threshold: number
): ClassGrid => {
  const { data } = tensor
  if (activation === "softmax") throw new GraphProblem(`${portText(tensor)}: softmax of one class is always 1`)
  if (activation === "none" && !areShares(data))
    throw new GraphProblem(
      `the output ${portText(tensor)} is not from 0 to 1; set outputs.activation to sigmoid, or leave it out`
    )
  const isShare = activation === "none" || (activation === undefined && areShares(data))
  const least = isShare ? threshold : Math.log(threshold / (1 - threshold))
  return { width, height, classes: Int32Array.from(data, (value) => (value >= least ? 0 : -1)) }
}

const highestGrid = ({ data }: GraphTensor, width: number, height: number, step: number, next: number): ClassGrid => {
  const area = width * height
  const count = data.length / area
  const classes = new Int32Array(area)
  for (let pixel = 0; pixel < area; pixel++) {
    let top = -Infinity
    for (let one = 0; one < count; one++) {
      const value = data[pixel * step + one * next] ?? 0
      if (value > top) {
        top = value
        classes[pixel] = one
      }
    }
  }
  return { width, height, classes }
}

/**
 * Reads the output of a segmenter: a map of classes, one score for each class (the highest wins), or one score (compared
 * with a threshold). Throws `GraphProblem` for a shape that is none of them, or does not fit the labels.
 */
export const readClassGrid = (
  tensor: GraphTensor,
  labels: ReadonlyArray<ModelLabel>,
  { activation, layout, threshold = 0.5 }: Meaning = {}
): ClassGrid => {
  const { integers, shape } = tensor
  const inner = shape.length > 2 && shape[0] === 1 ? shape.slice(1) : shape
  if (shape.length > 4 || inner.length < 2 || inner.length > 3 || tensor.data.length === 0)
    throw new GraphProblem(
      `the output ${portText(tensor)} is no map of one image: [1, classes, height, width], [1, height, width, classes] ` +
        `or [1, height, width]`
    )
  if (inner.length === 2) {
    const [height = 0, width = 0] = inner
    if (integers) return indexGrid(tensor, width, height, labels)
    if (labels.length <= 1) return singleGrid(tensor, [width, height], activation, threshold)
    throw new GraphProblem(
      `the output ${portText(tensor)} has one score for each pixel, but manifest.json has ${labels.length} labels`
    )
  }
  if (integers) {
    const [a = 0, b = 0, c = 0] = inner
    if (a !== 1 && c !== 1)
      throw new GraphProblem(
        `the output ${portText(tensor)} holds integers, but is no map of classes [1, height, width]`
      )
    return a === 1 ? indexGrid(tensor, c, b, labels) : indexGrid(tensor, b, a, labels)
  }
  const how = layoutOf(tensor, labels.length, layout)
  const [a = 0, b = 0, c = 0] = inner
  const [classes, height, width] = how === "nchw" ? [a, b, c] : [c, a, b]
  if (classes === 1) return singleGrid(tensor, [width, height], activation, threshold)
  return how === "nchw"
    ? highestGrid(tensor, width, height, 1, width * height)
    : highestGrid(tensor, width, height, classes, 1)
}

/** The grid of the stored image: without padding, and with what was cut off as no class. */
const unfit = ({ classes, height, width }: ClassGrid, { placed, ...fitted }: Fitted): ClassGrid => {
  const [acrossScale, downScale] = [width / fitted.width, height / fitted.height]
  const [left, top] = [placed.left * acrossScale, placed.top * downScale]
  const [wide, high] = [placed.width * acrossScale, placed.height * downScale]
  const size = { width: Math.max(1, Math.round(wide)), height: Math.max(1, Math.round(high)) }
  if (size.width === width && size.height === height && left === 0 && top === 0) return { width, height, classes }
  const out = new Int32Array(size.width * size.height).fill(-1)
  for (let y = 0; y < size.height; y++) {
    const row = Math.floor(top + ((y + 0.5) * high) / size.height)
    if (row < 0 || row >= height) continue
    for (let x = 0; x < size.width; x++) {
      const column = Math.floor(left + ((x + 0.5) * wide) / size.width)
      if (column >= 0 && column < width) out[y * size.width + x] = classes[row * width + column] ?? -1
    }
  }
  return { ...size, classes: out }
}

/** One mask of a class. */
export interface FoundMask {
  readonly png: Uint8Array
  readonly width: number
  readonly height: number
  /** `value` is the share of the image inside the mask. */
  readonly score: ModelScore
}

/** A mask for each class that has at least one pixel of the stored image. */
export const readClassMasks = async (
  grid: ClassGrid,
  labels: ReadonlyArray<ModelLabel>,
  fitted: Fitted
): Promise<ReadonlyArray<FoundMask>> => {
  const { classes, height, width } = unfit(grid, fitted)
  const found = [...new Set(classes)].filter((one) => one >= 0).sort((a, b) => a - b)
  return await Promise.all(
    found.map(async (index) => {
      let count = 0
      const inside = Uint8Array.from(classes, (one) => (one === index ? (count++, 255) : 0))
      const score = { ...labelAt(labels, index), value: count / classes.length }
      return { png: await maskPng(inside, width, height), width, height, score }
    })
  )
}
