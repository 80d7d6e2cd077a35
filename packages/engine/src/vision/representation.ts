/** The vector of an image: blocks of features, each with a weight, one after another. */
import { colorHistogram, colorHistogramSize } from "./features/color-histogram.ts"
import { cellSide } from "./features/cells.ts"
import { colorShape, readDictionary, siftShape } from "./dictionary.ts"
import { fisherSize, makeFisherEncoder } from "./fisher.ts"
import type { Block } from "../learning/balance.ts"
import { hog, hogSize } from "./features/hog.ts"
import { lbp, lbpSize } from "./features/lbp.ts"
import { denseColor } from "./features/local-color.ts"
import { scaleTo } from "./features/norm.ts"
import type { Pixels } from "./pixels.ts"
import { toPlanes } from "./features/planes.ts"
import { shrink } from "./features/pyramid.ts"
import { denseSift } from "./features/sift.ts"

/** How much is computed: `accurate` computes more features than `fast`. */
export type Setting = "fast" | "accurate"

interface Plan {
  /** The long side, in pixels, of the image that is embedded. */
  readonly side: number
  /** The scales at which local descriptors are taken. */
  readonly levels: ReadonlyArray<number>
  /** Changes with the vectors. */
  readonly version: number
}

const plans: Readonly<Record<Setting, Plan>> = {
  accurate: { side: 192, levels: [1, 0.625, 0.42], version: 3 },
  fast: { side: 160, levels: [1, 0.6], version: 2 }
}

// `weight` is a block's part of the squared length, which searches by similarity see: Fisher vectors are the most
// informative blocks. `share` is its part of the distances within a training set, where heads are trained.
const layout = {
  color: { size: colorHistogramSize, weight: 1, share: 0.5 },
  hog: { size: hogSize, weight: 1, share: 1 },
  lbp: { size: lbpSize, weight: 1, share: 0.5 },
  sift: { size: fisherSize(siftShape), weight: 2, share: 1 },
  localColor: { size: fisherSize(colorShape), weight: 2, share: 1 }
} as const

/** The long side, in pixels, of the images of a setting. */
export const sideOf = (setting: Setting): number => plans[setting].side

/** Numbers in a vector, for either setting. */
export const dimensions: number = Object.values(layout).reduce((sum, { size }) => sum + size, 0)

/** The blocks of a vector, with the shares that they get when a training set balances them. */
export const blocksOfVector: ReadonlyArray<Block> = Object.values(layout).map(({ share, size }) => ({ share, size }))

/** The id of the representation and its version: heads that were trained on another one do not fit. */
export const representationId = (setting: Setting): string => `sightline-${setting}-${plans[setting].version}`

/** Embeds images of a setting's working size as vectors of length 1. Its memory is reused from call to call. */
export const makeDescriber = (setting: Setting): ((pixels: Pixels) => Float32Array) => {
  const { levels, side } = plans[setting]
  const { color, sift } = readDictionary()
  const across = Math.floor(side / cellSide) + 1
  const room = Math.ceil(across * across * levels.reduce((sum, level) => sum + level * level, 0))
  const encoders = { sift: makeFisherEncoder(sift, room), localColor: makeFisherEncoder(color, room) }
  return (pixels) => {
    const planes = toPlanes(pixels)
    const sizes = levels.map((level) => (level === 1 ? planes : shrink(planes, level)))
    const local = (kind: keyof typeof encoders, dense: typeof denseSift) => (out: Float32Array, at: number) => {
      const { descriptors, encode } = encoders[kind]
      encode(
        sizes.reduce((count, size) => dense(size, descriptors, count), 0),
        out,
        at
      )
    }
    return assemble({
      color: (out, at) => colorHistogram(planes, out, at),
      hog: (out, at) => hog(planes, out, at),
      lbp: (out, at) => lbp(planes, out, at),
      sift: local("sift", denseSift),
      localColor: local("localColor", denseColor)
    })
  }
}

type Writers = Readonly<Record<keyof typeof layout, (out: Float32Array, at: number) => void>>

const blocks = ["color", "hog", "lbp", "sift", "localColor"] as const

const assemble = (write: Writers): Float32Array => {
  const out = new Float32Array(dimensions)
  let at = 0
  for (const block of blocks) {
    const { size, weight } = layout[block]
    write[block](out, at)
    scaleTo(out, at, at + size, Math.sqrt(weight))
    at += size
  }
  scaleTo(out, 0, out.length, 1)
  return out
}
