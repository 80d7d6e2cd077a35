/** Boxes of a detector: decoded, filtered by score and overlap, and placed on the stored image. */
import { type BoxRows, readBoxRows } from "./box-rows.ts"
import type { Fitted } from "../preprocessing/fit-pixels.ts"
import { GraphProblem } from "../graph-problem.ts"
import type { GraphTensor } from "../graph-session.ts"
import type { ModelBox, ModelLabel, ModelScore } from "../label.ts"
import type { ManifestValue } from "../model-manifest.ts"
import { activate, areShares, labelAt } from "./read-scores.ts"

/** A box with its best concept. */
export interface FoundBox {
  readonly box: ModelBox
  readonly score: ModelScore
}

/** Most boxes of one image. */
const maxBoxes = 300
/** Boxes with a lower score are left out, unless the manifest or the call says otherwise. */
const defaultMinScore = 0.1

type Meaning = NonNullable<ManifestValue["outputs"]>
type Corners = readonly [left: number, top: number, right: number, bottom: number]

interface Candidate {
  readonly corners: Corners
  readonly label: number
  readonly value: number
}

/** The centre of each anchor as fractions of the image, in the order of the rows. */
const anchorCentres = (layers: NonNullable<Meaning["anchors"]>): ReadonlyArray<readonly [number, number]> =>
  layers.flatMap(({ cells, perCell }) =>
    Array.from({ length: cells * cells * perCell }, (_, index) => {
      const cell = Math.floor(index / perCell)
      return [((cell % cells) + 0.5) / cells, (Math.floor(cell / cells) + 0.5) / cells] as const
    })
  )

const toCorners = ([a, b, c, d]: Corners, format: Meaning["boxFormat"]): Corners => {
  if (format === "yxyx") return [b, a, d, c]
  if (format === "xywh") return [a, b, a + c, b + d]
  return format === "cxcywh" ? [a - c / 2, b - d / 2, a + c / 2, b + d / 2] : [a, b, c, d]
}

const best = (scores: ReadonlyArray<number>): number => {
  let top = 0
  for (let i = 1; i < scores.length; i++) if ((scores[i] ?? 0) > (scores[top] ?? 0)) top = i
  return top
}

const scoresOf = ({ classes, from, scores }: BoxRows, meaning: Meaning, row: number) => {
  const all = Array.from({ length: scores.width }, (_, column) => scores.at(row, column))
  const activation = meaning.activation ?? "none"
  if (activation === "none" && !areShares(all))
    throw new GraphProblem(
      `${from}: the scores reach ${Number(Math.max(...all.map(Math.abs)).toPrecision(3))}; set outputs.activation to ` +
        `sigmoid or softmax, or name the right output in outputs.scores`
    )
  const activated = activate(all, activation)
  const shift = meaning.background === "first" ? 1 : 0
  const kept = meaning.background === undefined ? activated : shift === 1 ? activated.slice(1) : activated.slice(0, -1)
  const at = best(kept)
  return { value: kept[at] ?? 0, label: classes === undefined ? at : classes.at(row, 0) - shift }
}

/** Pixels or fractions, corners or centres: a manifest that is wrong about it shows in the numbers. */
const checkBoxes = (boxes: ReadonlyArray<Corners>, from: string, meaning: Meaning, size: number): void => {
  if (boxes.length === 0) return
  const normalized = meaning.normalized ?? true
  const reach = boxes.map((box) => Math.max(...box.map(Math.abs)))
  const largest = Number(Math.max(...reach).toPrecision(3))
  if (normalized && reach.filter((one) => one > 2).length * 2 > reach.length)
    throw new GraphProblem(
      `${from}: the boxes reach ${largest}, which are no fractions of the image; set outputs.normalized to false`
    )
  if (!normalized && size > 16 && boxes.length > 1 && largest <= 1.5 && largest > 0)
    throw new GraphProblem(
      `${from}: the boxes reach ${largest}, which are no pixels of the input; set outputs.normalized to true`
    )
  const turned = boxes.map((box) => toCorners(box, meaning.boxFormat))
  const inverted = turned.filter(([left, top, right, bottom]) => right < left || bottom < top).length
  if (inverted * 2 > boxes.length)
    throw new GraphProblem(
      `${from}: read as ${meaning.boxFormat ?? "xyxy"}, ${inverted} of ${boxes.length} boxes end before they begin; ` +
        `set outputs.boxFormat to xyxy, yxyx, xywh or cxcywh`
    )
}

const overlap = (a: Corners, b: Corners): number => {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0])
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1])
  if (width <= 0 || height <= 0) return 0
  const area = (box: Corners) => (box[2] - box[0]) * (box[3] - box[1])
  return (width * height) / (area(a) + area(b) - width * height)
}

/** Non-maximum suppression: of boxes of one class that overlap more than `most`, the best stays. */
const suppress = (candidates: ReadonlyArray<Candidate>, most: number): ReadonlyArray<Candidate> => {
  const kept: Array<Candidate> = []
  for (const one of candidates.toSorted((a, b) => b.value - a.value)) {
    if (kept.length === maxBoxes) break
    if (most >= 1 || !kept.some((other) => other.label === one.label && overlap(other.corners, one.corners) > most))
      kept.push(one)
  }
  return kept
}

const place = ([left, top, right, bottom]: Corners, { placed }: Fitted): ModelBox => {
  const across = (x: number) => Math.min(1, Math.max(0, (x - placed.left) / placed.width))
  const down = (y: number) => Math.min(1, Math.max(0, (y - placed.top) / placed.height))
  return { top: down(top), left: across(left), bottom: down(bottom), right: across(right) }
}

/** The boxes of an image, best first. Throws `GraphProblem` for outputs that do not mean what the manifest says. */
export const readBoxes = (
  outputs: ReadonlyArray<GraphTensor>,
  manifest: ManifestValue,
  labels: ReadonlyArray<ModelLabel>,
  fitted: Fitted,
  minScore?: number
): ReadonlyArray<FoundBox> => {
  const meaning = manifest.outputs ?? {}
  const rows = readBoxRows(outputs, manifest)
  const { height, width } = fitted
  const centres = meaning.anchors === undefined ? undefined : anchorCentres(meaning.anchors)
  if (centres !== undefined && centres.length !== rows.boxes.count)
    throw new GraphProblem(
      `${rows.from}: ${rows.boxes.count} boxes, but outputs.anchors makes ${centres.length} anchors`
    )
  const floor = minScore ?? meaning.minScore ?? defaultMinScore
  // Anchored boxes are offsets in pixels; others are compared with the manifest before they are used.
  const format = centres === undefined ? meaning.boxFormat : "cxcywh"
  const [scaleX, scaleY] = centres === undefined && (meaning.normalized ?? true) ? [width, height] : [1, 1]
  const stored: Array<Corners> = []
  const candidates: Array<Candidate> = []
  for (let row = 0; row < rows.boxes.count; row++) {
    const { label, value } = scoresOf(rows, meaning, row)
    const [a, b, c, d] = [0, 1, 2, 3].map((column) => rows.boxes.at(row, column))
    const [dx, dy] = centres?.[row] ?? [0, 0]
    const box: Corners = [(a ?? 0) + dx * width, (b ?? 0) + dy * height, c ?? 0, d ?? 0]
    // Graphs of a fixed number of boxes fill it up with zeros.
    if (box.every((edge) => edge === 0)) continue
    stored.push(box)
    if (value < floor) continue
    const [left, top, right, bottom] = toCorners(box, format)
    candidates.push({ corners: [left * scaleX, top * scaleY, right * scaleX, bottom * scaleY], label, value })
  }
  if (centres === undefined) checkBoxes(stored, rows.from, meaning, Math.max(width, height))
  const dense = centres !== undefined || rows.boxes.count > maxBoxes
  return suppress(candidates, meaning.maxOverlap ?? (dense ? 0.5 : 1)).map(({ corners, label, value }) => ({
    box: place(corners, fitted),
    score: { ...labelAt(labels, label), value }
  }))
}
