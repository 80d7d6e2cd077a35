/** From the upright picture to the pixels as a file stores them, by the EXIF orientation (TIFF 6.0, tag 0x0112). */
import type { Edges } from "../../src/document/report-data.ts"

/** CSS matrices that turn the upright picture into the stored one, about its middle. */
const matrices: ReadonlyArray<string> = [
  "1, 0, 0, 1",
  "1, 0, 0, 1",
  "-1, 0, 0, 1",
  "-1, 0, 0, -1",
  "1, 0, 0, -1",
  "0, 1, 1, 0",
  "0, -1, 1, 0",
  "0, -1, -1, 0",
  "0, 1, -1, 0"
]

/** A CSS transform that shows an upright picture as it is stored. */
export const storedTransform = (orientation: number): string => `matrix(${matrices[orientation] ?? matrices[1]}, 0, 0)`

/** Whether width and height change places. */
export const swapsSides = (orientation: number): boolean => orientation >= 5

/** The same edges as CSS percentages. */
export const placeOf = ([top, left, bottom, right]: Edges) => ({
  top: `${100 * top}%`,
  left: `${100 * left}%`,
  width: `${100 * Math.max(0, right - left)}%`,
  height: `${100 * Math.max(0, bottom - top)}%`
})
