/** A picture's vector: blocks of features, each of a stated weight, one after another. */
import { colorHistogram, colorHistogramSize } from "./color-histogram.ts"
import { cellSide } from "./cells.ts"
import { colorShape, readDictionary, siftShape } from "./dictionary.ts"
import { fisherSize, makeFisherEncoder } from "./fisher.ts"
import { hog, hogSize } from "./hog.ts"
import { lbp, lbpSize } from "./lbp.ts"
import { denseColor } from "./local-color.ts"
import { scaleTo } from "./norm.ts"
import type { Pixels } from "./pixels.ts"
import { toPlanes } from "./planes.ts"
import { shrink } from "./pyramid.ts"
import { denseSift } from "./sift.ts"

/** How much is computed: `accurate` describes more of the picture than `fast`. */
export type Setting = "fast" | "accurate"

interface Plan {
  /** The long side, in pixels, of the picture that is described. */
  readonly side: number
  /** The sizes, as shares of it, at which local descriptors are taken. */
  readonly levels: ReadonlyArray<number>
}

const plans: Readonly<Record<Setting, Plan>> = {
  accurate: { side: 256, levels: [1, 0.7, 0.5] },
  fast: { side: 160, levels: [1, 0.6] }
}

// Shares of the squared length. Fisher vectors tell more than the others: twice the weight of each of them.
const layout = {
  color: { size: colorHistogramSize, weight: 1 },
  hog: { size: hogSize, weight: 1 },
  lbp: { size: lbpSize, weight: 1 },
  sift: { size: fisherSize(siftShape), weight: 2 },
  localColor: { size: fisherSize(colorShape), weight: 2 }
} as const

/** The long side, in pixels, at which a setting works. */
export const sideOf = (setting: Setting): number => plans[setting].side

/** Numbers in a vector: the same for both settings. */
export const dimensions: number = Object.values(layout).reduce((sum, { size }) => sum + size, 0)

/** Names the representation and its version: heads trained on another one do not fit. */
export const representationId = (setting: Setting): string => `sightline-${setting}-2`

/** Describes pictures of a setting's working size, again and again in the same memory: vectors of length 1. */
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
