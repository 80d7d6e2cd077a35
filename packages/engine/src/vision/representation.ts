/** A picture's vector: the blocks of features, each of a stated length, one after another. */
import { colorHistogram, colorHistogramSize } from "./color-histogram.ts"
import { hog, hogSize } from "./hog.ts"
import { lbp, lbpSize } from "./lbp.ts"
import { scaleTo } from "./norm.ts"
import type { Pixels } from "./pixels.ts"
import type { Planes } from "./planes.ts"
import { toPlanes } from "./planes.ts"

/** How much is computed: `accurate` describes more of the picture than `fast`. */
export type Setting = "fast" | "accurate"

/** The long side, in pixels, at which a setting works. */
export const sideOf = (setting: Setting): number => (setting === "accurate" ? 256 : 192)

interface Block {
  readonly size: number
  readonly weight: number
  readonly write: (planes: Planes, out: Float32Array, offset: number) => void
}

const blocks: ReadonlyArray<Block> = [
  { size: colorHistogramSize, weight: 1, write: colorHistogram },
  { size: hogSize, weight: 1, write: hog },
  { size: lbpSize, weight: 1, write: lbp }
]

/** Numbers in a vector. */
export const dimensionsOf = (_setting: Setting): number => blocks.reduce((sum, block) => sum + block.size, 0)

/** Names the representation and its version: heads trained on another one do not fit. */
export const representationId = (setting: Setting): string => `sightline-classic-${setting}-1`

/** The vector of a picture, of length 1. */
export const describe = (pixels: Pixels, setting: Setting): Float32Array => {
  const planes = toPlanes(pixels)
  const out = new Float32Array(dimensionsOf(setting))
  let at = 0
  for (const { size, weight, write } of blocks) {
    write(planes, out, at)
    scaleTo(out, at, at + size, weight)
    at += size
  }
  scaleTo(out, 0, out.length, 1)
  return out
}
