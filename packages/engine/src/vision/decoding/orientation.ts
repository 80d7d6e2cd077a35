/** The eight orientations of EXIF, and where a place of an upright image is in the stored one. */

/** 1 is upright; 5 to 8 exchange width and height. Source: CIPA DC-008, tag 274. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/** Whether a number is an orientation. */
export const isOrientation = (value: number): value is Orientation =>
  Number.isInteger(value) && value >= 1 && value <= 8

/** The place in the stored image of a place in the upright one; both as fractions from the top left. */
const toStored: Readonly<Record<Orientation, (x: number, y: number) => readonly [number, number]>> = {
  1: (x, y) => [x, y],
  2: (x, y) => [1 - x, y],
  3: (x, y) => [1 - x, 1 - y],
  4: (x, y) => [x, 1 - y],
  5: (x, y) => [y, x],
  6: (x, y) => [y, 1 - x],
  7: (x, y) => [1 - y, 1 - x],
  8: (x, y) => [1 - y, x]
}

/** Edges of a box, as fractions. */
interface Edges {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
}

/** The box in the stored image of a box in the upright one. */
export const toStoredBox = ({ bottom, left, right, top }: Edges, orientation: Orientation): Edges => {
  const [x, y] = toStored[orientation](left, top)
  const [otherX, otherY] = toStored[orientation](right, bottom)
  return {
    top: Math.min(y, otherY),
    left: Math.min(x, otherX),
    bottom: Math.max(y, otherY),
    right: Math.max(x, otherX)
  }
}
