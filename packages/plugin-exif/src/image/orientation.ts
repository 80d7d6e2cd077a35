/** The eight ways a picture can be stored, and what each asks of whoever shows it. */

/** EXIF orientation: 1 is upright, 2 to 8 as the EXIF and TIFF tables number them. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/**
 * One orientation taken apart: where an upright pixel `(X, Y)` lies in the stored picture.
 *
 * Shape: first swap (`x = Y, y = X`) when `swaps`, then count from the far side: `x = storedWidth - 1 - x` when
 * `flipsX`, `y = storedHeight - 1 - y` when `flipsY`. All three speak of stored axes.
 */
export interface Turn {
  readonly swaps: boolean
  readonly flipsX: boolean
  readonly flipsY: boolean
}

/** The turn that makes a picture of this orientation upright. */
export const turnOf = (orientation: Orientation): Turn => ({
  swaps: orientation >= 5,
  flipsX: orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8,
  flipsY: orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7
})

const all: ReadonlyArray<Orientation> = [1, 2, 3, 4, 5, 6, 7, 8]

/** The orientation a stored number means: anything that is not 1 to 8 (or is not there) counts as 1. */
export const orientationOf = (value: number | undefined): Orientation =>
  all.find((orientation) => orientation === value) ?? 1

/** The orientation that a turn amounts to. */
export const orientationOfTurn = (turn: Turn): Orientation =>
  all.find((o) => {
    const t = turnOf(o)
    return t.swaps === turn.swaps && t.flipsX === turn.flipsX && t.flipsY === turn.flipsY
  }) ?? 1

/**
 * The single orientation equal to being turned upright by `first` and then by `second`.
 *
 * @example composed(6, 6) // => 3
 */
export const composed = (first: Orientation, second: Orientation): Orientation => {
  const a = turnOf(first)
  const b = turnOf(second)
  // The second turn's flips count along axes that the first one may have swapped.
  return orientationOfTurn({
    swaps: a.swaps !== b.swaps,
    flipsX: a.flipsX !== (a.swaps ? b.flipsY : b.flipsX),
    flipsY: a.flipsY !== (a.swaps ? b.flipsX : b.flipsY)
  })
}
