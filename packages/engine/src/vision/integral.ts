/** Sums over rectangles in four reads. */

/** A summed-area table of a plane: one row and one column more than the plane, its first ones zero. */
export const makeIntegral = (width: number, height: number): Float64Array =>
  new Float64Array((width + 1) * (height + 1))

/** Turns a table whose cell (x+1, y+1) holds the plane's (x, y) into sums of everything above and left, in place. */
export const accumulate = (table: Float64Array, width: number, height: number): void => {
  const stride = width + 1
  for (let y = 1; y <= height; y++) {
    let row = 0
    for (let x = 1, at = y * stride + 1; x <= width; x++, at++) {
      row += table[at] ?? 0
      table[at] = row + (table[at - stride] ?? 0)
    }
  }
}
