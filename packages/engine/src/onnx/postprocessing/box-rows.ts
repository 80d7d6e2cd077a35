/**
 * Folder `onnx/postprocessing`: from the output tensors of a graph to scores, boxes, masks, text and vectors. This file: boxes
 * and scores of a detector as rows, whichever of the usual forms its outputs have.
 */
import { GraphProblem, portText } from "../graph-problem.ts"
import type { GraphTensor } from "../graph-session.ts"
import type { ManifestValue } from "../model-manifest.ts"

/** A table of numbers. */
export interface Rows {
  readonly count: number
  readonly width: number
  readonly at: (row: number, column: number) => number
}

/** What a detector returns: boxes, and for each its scores (one for each class) or its class. */
export interface BoxRows {
  readonly boxes: Rows
  readonly scores: Rows
  /** Undefined if the place of a score is its class. */
  readonly classes: Rows | undefined
  /** The outputs that they come from, for messages. */
  readonly from: string
}

type Outputs = ReadonlyArray<GraphTensor>
type Meaning = NonNullable<ManifestValue["outputs"]>

const namesOf = (names: string | ReadonlyArray<string> | undefined): ReadonlyArray<string> =>
  names === undefined ? [] : typeof names === "string" ? [names] : names

/** An output by its name. Throws with the names that the graph has. */
export const takeOutput = (outputs: Outputs, name: string, what: string): GraphTensor => {
  const found = outputs.find((tensor) => tensor.name === name)
  if (found !== undefined) return found
  throw new GraphProblem(`the graph has no output ${name} for ${what}; it has ${outputs.map(portText).join(", ")}`)
}

/** Shape without sizes of 1 in front and in the middle: at most rows and columns are left. */
const squeeze = (tensor: GraphTensor): ReadonlyArray<number> => {
  const { shape } = tensor
  const kept = shape.filter((size, at) => size !== 1 || at === shape.length - 1)
  if (shape.length > 1 && kept.length > 2)
    throw new GraphProblem(`the output ${portText(tensor)} is not one table of rows, [1, rows, columns]`)
  return kept
}

const tableOf = ({ data }: GraphTensor, count: number, width: number, transposed = false): Rows => ({
  count,
  width,
  at: (row, column) => data[transposed ? column * count + row : row * width + column] ?? Number.NaN
})

/** Rows of `width` columns, also where the columns come first. */
const rowsOf = (tensor: GraphTensor, width: number, count: number | undefined): Rows | undefined => {
  const { data } = tensor
  const last = tensor.shape.at(-1) ?? 1
  const before = tensor.shape.at(-2) ?? 1
  const size = data.length / width
  if (!Number.isInteger(size) || (count !== undefined && size !== count)) return undefined
  squeeze(tensor)
  if (last === width && (width > 1 || before === size || size <= 1)) return tableOf(tensor, size, width)
  if (before === width && last === size) return tableOf(tensor, size, width, true)
  return undefined
}

const join = (tables: ReadonlyArray<Rows>): Rows => {
  const [first] = tables
  if (first === undefined || tables.length === 1) return first ?? { count: 0, width: 0, at: () => Number.NaN }
  const starts: Array<number> = []
  let count = 0
  for (const table of tables) {
    starts.push(count)
    count += table.count
  }
  return {
    count,
    width: first.width,
    at: (row, column) => {
      const index = starts.findLastIndex((start) => start <= row)
      return tables[index]?.at(row - (starts[index] ?? 0), column) ?? Number.NaN
    }
  }
}

const part = (rows: Rows, from: number, width: number): Rows => ({
  count: rows.count,
  width,
  at: (row, column) => rows.at(row, from + column)
})

const readBoxes = (tensor: GraphTensor, anchored: boolean): Rows => {
  const last = tensor.shape.at(-1) ?? 0
  const before = tensor.shape.at(-2) ?? 0
  // Decoders with anchors also give key points after the box.
  if (anchored && last >= 4) return tableOf(tensor, tensor.data.length / last, last)
  const found = last === 4 || before === 4 ? rowsOf(tensor, 4, undefined) : undefined
  if (found !== undefined && tensor.shape.length > 1) return found
  throw new GraphProblem(`the output ${portText(tensor)} holds no boxes: its last dimension must be 4, [1, boxes, 4]`)
}

const readClassScores = (tensor: GraphTensor, count: number, classes: number | undefined): Rows => {
  const { data, shape } = tensor
  const width = data.length / Math.max(1, count)
  const problem = (wanted: string) =>
    new GraphProblem(`the output ${portText(tensor)} does not fit ${count} boxes${wanted}`)
  if (count === 0) return tableOf(tensor, 0, classes ?? 1)
  if (!Number.isInteger(width) || width === 0) throw problem("")
  if (classes !== undefined && width !== classes && width !== 1)
    throw problem(` and ${classes} classes (the labels of manifest.json, and its background)`)
  if (classes !== undefined && width === 1 && classes > 1)
    throw problem(` and ${classes} labels; name the output with the class of each box in outputs.classes`)
  const rows = rowsOf(tensor, width, count)
  // One score for each box may come as [1, boxes] too.
  if (rows !== undefined) return rows
  if (width === 1 && shape.at(-1) === count) return tableOf(tensor, count, 1)
  throw problem("")
}

/** What the columns of one table mean, by its width and the labels. */
const columnsOf = (
  tensor: GraphTensor,
  meaning: Meaning,
  classes: number | undefined
): NonNullable<Meaning["columns"]> => {
  if (meaning.columns !== undefined) return meaning.columns
  const sizes = new Set(tensor.shape.slice(-2))
  const fits = (
    [
      ["box-score-class", 6],
      ["box-scores", classes === undefined ? 0 : 4 + classes],
      ["box-objectness-scores", classes === undefined ? 0 : 5 + classes]
    ] as const
  ).filter(([, width]) => sizes.has(width))
  const [only] = fits
  if (only !== undefined && fits.length === 1) return only[0]
  throw new GraphProblem(
    fits.length > 1
      ? `the output ${portText(tensor)} can be read as ${fits.map(([name]) => name).join(" and as ")}; set outputs.columns`
      : `the output ${portText(tensor)} is none of the tables known here: rows of 6 (box, score, class), of 4 + labels, ` +
          `or of 5 + labels; manifest.json has ${classes ?? 0} labels`
  )
}

const readTable = (tensor: GraphTensor, meaning: Meaning, classes: number | undefined): BoxRows => {
  const columns = columnsOf(tensor, meaning, classes)
  const from = portText(tensor)
  if (columns === "box-score-class" || columns === "box-class-score") {
    const rows = rowsOf(tensor, 6, undefined)
    if (rows === undefined) throw new GraphProblem(`the output ${from} has no rows of 6 numbers for ${columns}`)
    const [score, label] = columns === "box-score-class" ? [4, 5] : [5, 4]
    return { boxes: part(rows, 0, 4), scores: part(rows, score, 1), classes: part(rows, label, 1), from }
  }
  const extra = columns === "box-scores" ? 4 : 5
  const stated = classes === undefined ? (tensor.shape.at(-1) ?? 0) - extra : classes
  const rows = rowsOf(tensor, extra + stated, undefined)
  if (rows === undefined || stated < 1)
    throw new GraphProblem(`the output ${from} has no rows of ${extra} + ${stated} numbers for ${columns}`)
  const scores = part(rows, extra, stated)
  return {
    boxes: part(rows, 0, 4),
    scores: extra === 4 ? scores : { ...scores, at: (row, column) => scores.at(row, column) * rows.at(row, 4) },
    classes: undefined,
    from
  }
}

/** Reads the outputs of a detector. Throws `GraphProblem` for outputs that do not fit each other or the labels. */
export const readBoxRows = (outputs: Outputs, { labels = [], outputs: meaning = {} }: ManifestValue): BoxRows => {
  const background = meaning.background === undefined ? 0 : 1
  const classes = labels.length === 0 ? undefined : labels.length + background
  const named = (name: string) => (outputs.some((tensor) => tensor.name === name) ? name : undefined)
  const boxNames = namesOf(meaning.boxes ?? (meaning.rows === undefined ? named("boxes") : undefined))
  if (boxNames.length === 0) {
    const [single] = outputs
    if (meaning.rows !== undefined) return readTable(takeOutput(outputs, meaning.rows, "the rows"), meaning, classes)
    if (single !== undefined && outputs.length === 1) return readTable(single, meaning, classes)
    throw new GraphProblem(
      `the graph has the outputs ${outputs.map(portText).join(", ")}; name those of boxes and scores in ` +
        `outputs.boxes and outputs.scores, or the one of both in outputs.rows`
    )
  }
  const boxTensors = boxNames.map((name) => takeOutput(outputs, name, "the boxes"))
  const scoreNames = namesOf(meaning.scores ?? "scores")
  const scoreTensors = scoreNames.map((name) => takeOutput(outputs, name, "the scores"))
  if (scoreTensors.length !== boxTensors.length)
    throw new GraphProblem(`outputs.boxes names ${boxTensors.length} outputs, outputs.scores ${scoreTensors.length}`)
  const boxTables = boxTensors.map((tensor) => readBoxes(tensor, meaning.anchors !== undefined))
  const boxes = join(boxTables)
  const perClass = meaning.classes === undefined
  const scores = join(
    scoreTensors.map((tensor, at) => readClassScores(tensor, boxTables[at]?.count ?? 0, perClass ? classes : undefined))
  )
  const from = [...boxTensors, ...scoreTensors].map(portText).join(", ")
  if (meaning.classes === undefined) return { boxes, scores, classes: undefined, from }
  const tensor = takeOutput(outputs, meaning.classes, "the classes")
  if (scores.width > 1) throw new GraphProblem(`${from}: with outputs.classes there is one score for each box`)
  return { boxes, scores, classes: readClassScores(tensor, boxes.count, 1), from }
}
