/** Masks made small for drawing: turned upright, sampled, and written as lengths of runs. */
import { mapPoint, type Orientation } from "@sightline/core"
import type { MaskData } from "../document/report-data.ts"

/** A mask as core decodes it: one byte per pixel, 255 inside. */
export interface MaskPixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** Longest side of a mask in the report, in pixels. */
const longestSide = 160

/** Lengths of runs row by row, outside first. */
const runsOf = (width: number, height: number, inside: (column: number, row: number) => boolean): Array<number> => {
  const runs: Array<number> = []
  let current = false
  let length = 0
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      if (inside(column, row) === current) {
        length++
        continue
      }
      runs.push(length)
      current = !current
      length = 1
    }
  runs.push(length)
  return runs
}

/** A mask over the stored picture as one over the upright picture, at most 160 pixels on a side. */
export const maskRuns = (mask: MaskPixels, orientation: Orientation): MaskData => {
  const turned = orientation >= 5
  const [fullWidth, fullHeight] = turned ? [mask.height, mask.width] : [mask.width, mask.height]
  const scale = Math.min(1, longestSide / Math.max(fullWidth, fullHeight, 1))
  const width = Math.max(1, Math.round(fullWidth * scale))
  const height = Math.max(1, Math.round(fullHeight * scale))
  const reference = { steps: [{ step: "orient", orientation }] } as const
  const inside = (column: number, row: number): boolean => {
    const upright = { x: (column + 0.5) / width, y: (row + 0.5) / height }
    const { x, y } = mapPoint(reference, upright, "upright", "original")
    const at = Math.min(mask.height - 1, Math.floor(y * mask.height)) * mask.width
    return (mask.data[at + Math.min(mask.width - 1, Math.floor(x * mask.width))] ?? 0) >= 128
  }
  return { width, height, runs: runsOf(width, height, inside) }
}
