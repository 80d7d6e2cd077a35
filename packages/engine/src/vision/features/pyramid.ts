/** An image at several sizes, so that features do not depend on scale. */
import type { Planes } from "./planes.ts"
import { gradient } from "./planes.ts"

// Area-weighted averaging along rows of `plane`, written transposed: two passes give the smaller plane.
const shrinkTurned = (plane: Float32Array, width: number, height: number, to: number): Float32Array => {
  const out = new Float32Array(to * height)
  const scale = width / to
  for (let x = 0; x < to; x++) {
    const [from, end] = [x * scale, Math.min((x + 1) * scale, width)]
    for (let source = Math.floor(from); source < end; source++) {
      const weight = (Math.min(source + 1, end) - Math.max(source, from)) / scale
      for (let y = 0; y < height; y++) {
        out[x * height + y] = (out[x * height + y] ?? 0) + weight * (plane[y * width + source] ?? 0)
      }
    }
  }
  return out
}

/** The planes of an image scaled by `factor` (0..1). */
export const shrink = ({ a, b, height, l, width }: Planes, factor: number): Planes => {
  const [toWidth, toHeight] = [Math.max(Math.round(width * factor), 1), Math.max(Math.round(height * factor), 1)]
  const small = (plane: Float32Array) =>
    shrinkTurned(shrinkTurned(plane, width, height, toWidth), height, toWidth, toHeight)
  const smallL = small(l)
  return {
    width: toWidth,
    height: toHeight,
    l: smallL,
    a: small(a),
    b: small(b),
    ...gradient(smallL, toWidth, toHeight)
  }
}
