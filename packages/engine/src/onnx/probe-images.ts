/** Images on which a graph is run when it is loaded, so that what it returns can be compared with its manifest. */
import type { Pixels } from "../vision/pixels.ts"

const fill = (width: number, height: number, level: (index: number) => number): Pixels => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, index) => level(index))
})

/** A neutral image, grey all over. */
export const neutralImage = (width: number, height: number): Pixels => fill(width, height, () => 128)

/** The same pattern of noise each time. */
export const noiseImage = (width: number, height: number): Pixels => {
  let state = 1
  return fill(width, height, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state >>> 24
  })
}
