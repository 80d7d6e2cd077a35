/** The order in which the 64 coefficients of a block are stored, and how a turn permutes them. */
import type { OrientationTransform } from "../image/orientation.ts"

/** Zigzag index to natural index (`row * 8 + column`), along the anti-diagonals (ITU T.81, figure A.6). */
export const naturalOf: Uint8Array = (() => {
  const order = new Uint8Array(64)
  let at = 0
  for (let diagonal = 0; diagonal < 15; diagonal++) {
    for (let step = Math.max(0, diagonal - 7); step <= Math.min(7, diagonal); step++) {
      const row = diagonal % 2 === 0 ? diagonal - step : step
      order[at++] = row * 8 + (diagonal - row)
    }
  }
  return order
})()

const zigzagOf = new Uint8Array(64)
naturalOf.forEach((natural, zigzag) => (zigzagOf[natural] = zigzag))

/** What a turn does to each coefficient of a block, by its zigzag index in the stored block. */
export interface CoefficientTurn {
  /** Its zigzag index in the turned block. */
  readonly place: Uint8Array
  /** -1 (all bits set) where the sign changes, else 0. */
  readonly sign: Int32Array
}

/** Mirroring along an axis negates that axis's odd frequencies; swapping axes transposes the block. */
export const coefficientTurn = (turn: OrientationTransform): CoefficientTurn => {
  const place = new Uint8Array(64)
  const sign = new Int32Array(64)
  for (let zigzag = 0; zigzag < 64; zigzag++) {
    const natural = naturalOf[zigzag] ?? 0
    const row = natural >> 3
    const column = natural & 7
    place[zigzag] = turn.swaps ? (zigzagOf[column * 8 + row] ?? 0) : zigzag
    const changes = (turn.flipsX && (column & 1) === 1) !== (turn.flipsY && (row & 1) === 1)
    sign[zigzag] = changes ? -1 : 0
  }
  return { place, sign }
}
