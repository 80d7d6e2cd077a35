// 32-bit floats as decimal numbers.

const smallestNormal = 2 ** -126

/**
 * The number with the fewest digits that is the same 32-bit float, as the service prints it: `0.9989112`, where the
 * float widened to 64 bits is `0.9989112019538879`.
 *
 * @example float32(0.9989112019538879) // => 0.9989112
 */
export const float32 = (value: number): number => {
  const single = Math.fround(value)
  const size = Math.abs(single)
  if (!Number.isFinite(single) || (Number.isInteger(single) && size < 1e6)) return single
  // Scores and vectors have seven to nine digits: at each number of digits the rounding interval holds one number or none.
  if (size < 10) {
    for (let digits = 0, scale = size < 1 ? 1e7 : 1e6; digits < 3; digits++, scale *= 10) {
      const short = Math.round(size * scale) / scale
      if (Math.fround(short) === size) return single < 0 ? -short : short
    }
  }
  // Six digits are always exact in a normal 32-bit float; a subnormal one has fewer.
  for (let digits = size < smallestNormal ? 1 : 6; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits))
    if (Math.fround(short) === single) return short
  }
  return Number(single.toPrecision(9))
}
