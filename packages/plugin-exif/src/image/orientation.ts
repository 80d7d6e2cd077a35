/** Image formats and orientations. This file: the eight ways in which a picture can be stored. */

/** EXIF orientation: 1 is upright; 2 to 8 as the EXIF and TIFF specifications number them. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/**
 * What an orientation does to coordinates: where an upright pixel `(X, Y)` is in the stored picture.
 *
 * Shape: first swap (`x = Y, y = X`) when `swaps`; then mirror (`x = storedWidth - 1 - x` when `flipsX`,
 * `y = storedHeight - 1 - y` when `flipsY`). `flipsX` and `flipsY` refer to stored axes.
 */
export interface OrientationTransform {
  readonly swaps: boolean
  readonly flipsX: boolean
  readonly flipsY: boolean
}

/** The transform that makes a picture of this orientation upright. */
export const transformOf = (orientation: Orientation): OrientationTransform => ({
  swaps: orientation >= 5,
  flipsX: orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8,
  flipsY: orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7
})

const orientations: ReadonlyArray<Orientation> = [1, 2, 3, 4, 5, 6, 7, 8]

/** A stored number as an orientation; anything but 1 to 8, or no number, counts as 1. */
export const orientationOf = (value: number | undefined): Orientation =>
  orientations.find((orientation) => orientation === value) ?? 1

/** The orientation with this transform. */
export const orientationWith = (transform: OrientationTransform): Orientation =>
  orientations.find((orientation) => {
    const { flipsX, flipsY, swaps } = transformOf(orientation)
    return swaps === transform.swaps && flipsX === transform.flipsX && flipsY === transform.flipsY
  }) ?? 1

/**
 * The orientation that equals undoing `first`, then `second`.
 *
 * @example compose(6, 6) // => 3
 */
export const compose = (first: Orientation, second: Orientation): Orientation => {
  const a = transformOf(first)
  const b = transformOf(second)
  // The second transform mirrors along axes that the first may have swapped.
  return orientationWith({
    swaps: a.swaps !== b.swaps,
    flipsX: a.flipsX !== (a.swaps ? b.flipsY : b.flipsX),
    flipsY: a.flipsY !== (a.swaps ? b.flipsX : b.flipsY)
  })
}
