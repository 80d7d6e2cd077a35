/** The vector of an image from the output of a graph. */
import { type Pooling, poolVector } from "./pooling.ts"
import { GraphProblem, portText } from "../graph-problem.ts"
import type { GraphTensor } from "../graph-session.ts"
import type { ManifestValue } from "../model-manifest.ts"

type Meaning = NonNullable<ManifestValue["outputs"]>

/** Where the numbers of a place are in a feature map: before or after height and width. */
const mapLayout = (tensor: GraphTensor, declared: Meaning["layout"]): "nchw" | "nhwc" => {
  const [, a, b, c] = tensor.shape
  if (declared !== undefined) return declared
  const first = b === c && a !== b
  const last = a === b && b !== c
  if (first !== last) return first ? "nchw" : "nhwc"
  throw new GraphProblem(
    `the output ${portText(tensor)} can be [1, n, height, width] or [1, height, width, n]; set outputs.layout`
  )
}

/**
 * The vector in an output of shape [n], [1, n], [1, tokens, n] (pooled as the manifest says) or of a feature map (the mean
 * over places). Throws `GraphProblem` for any other shape, or where the manifest leaves its meaning open.
 */
export const readEmbedding = (tensor: GraphTensor, { layout, pooling }: Meaning = {}): Float32Array => {
  const { data, shape } = tensor
  const values = data instanceof Float32Array ? data : Float32Array.from(data)
  const pool = (as: ReadonlyArray<number>, how: Pooling): Float32Array => {
    const vector = tensor.integers ? undefined : poolVector(values, as, how)
    if (vector !== undefined && vector.length > 1) return vector
    throw new GraphProblem(
      `the output ${portText(tensor)} is no embedding of one image: [1, n], [1, tokens, n] or [1, n, height, width]`
    )
  }
  if (shape.length === 1) return pool([1, ...shape], "first")
  if (shape.length === 3 && (shape[1] ?? 0) > 1 && pooling === undefined)
    throw new GraphProblem(
      `the output ${portText(tensor)} has a vector for each of ${shape[1]} tokens; set outputs.pooling to first or mean`
    )
  if (shape.length !== 4) return pool(shape, pooling ?? "first")
  const [batch = 0, a = 0, b = 0, c = 0] = shape
  return mapLayout(tensor, layout) === "nchw" ? pool(shape, "mean") : pool([batch, a * b, c], "mean")
}
