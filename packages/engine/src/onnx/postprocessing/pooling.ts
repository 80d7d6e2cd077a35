/** One vector from the output of an encoder. */
import { scaleTo } from "../../vision/features/norm.ts"

/** How the rows (tokens) of an output become one: the first one (a class token), the last one, or their mean. */
export type Pooling = "first" | "last" | "mean"

/**
 * The vector of an image from an output of shape [1, n], [1, tokens, n] (pooled as requested) or [1, n, height, width] (the
 * mean over positions). Undefined if the shape is none of these.
 */
export const poolVector = (
  data: Float32Array,
  shape: ReadonlyArray<number>,
  pooling: Pooling
): Float32Array | undefined => {
  const [batch, a = 0, b = 1, c = 1] = shape
  if (batch !== 1 || shape.length < 2 || shape.length > 4 || data.length !== a * b * c || data.length === 0)
    return undefined
  return vectorOf(data, shape.length, { a, b, c }, pooling)
}

/** The same, scaled to length 1. */
export const poolOutput = (
  data: Float32Array,
  shape: ReadonlyArray<number>,
  pooling: Pooling
): Float32Array | undefined => {
  const out = poolVector(data, shape, pooling)
  if (out !== undefined) scaleTo(out, 0, out.length, 1)
  return out
}

const vectorOf = (
  data: Float32Array,
  rank: number,
  { a, b, c }: { readonly a: number; readonly b: number; readonly c: number },
  pooling: Pooling
): Float32Array => {
  if (rank === 2) return data.slice()
  if (rank === 3 && pooling === "first") return data.slice(0, b)
  if (rank === 3 && pooling === "last") return data.slice((a - 1) * b)
  const [size, count] = rank === 3 ? [b, a] : [a, b * c]
  return Float32Array.from({ length: size }, (_, i) => {
    let sum = 0
    for (let k = 0; k < count; k++) sum += data[rank === 3 ? k * size + i : i * count + k] ?? 0
    return sum / count
  })
}
