/**
 * Draws images of overlapping leaves of all sizes: their edges, textures and colours are distributed much as those of
 * photographs (Lee, Mumford, Huang, "Occlusion models for natural images", IJCV 2001), and no licence restricts them.
 */
import { makeRandom } from "../seeded-random.ts"
import type { Pixels } from "./pixels.ts"

type Random = () => number

// An approximately normal number: the sum of four uniform ones.
const deviate = (random: Random): number => (random() + random() + random() + random() - 2) * Math.sqrt(3)

interface Leaf {
  readonly x: number
  readonly y: number
  readonly radius: number
  /** Ratio of length to width, and direction. */
  readonly stretch: number
  readonly turn: number
  /** Exponent p of the outline |u|ᵖ + |v|ᵖ ≤ 1: 1 is a rhombus, 2 an ellipse, a large one a rectangle. */
  readonly corner: number
  readonly color: ReadonlyArray<number>
  /** Shading along it, stripes across it, and grain. */
  readonly shade: number
  readonly stripes: number
  readonly waves: number
  readonly grain: number
}

const newLeaf = (random: Random, width: number, height: number, mood: ReadonlyArray<number>): Leaf => {
  // sizes by a power law (density r⁻³), which makes statistics alike at every scale
  const radius = Math.min(3 / Math.sqrt(random() + 1e-4), 110)
  const light = deviate(random) * 50
  return {
    x: random() * width,
    y: random() * height,
    radius,
    stretch: Math.exp(deviate(random) * 0.5),
    turn: random() * Math.PI,
    corner: [1, 2, 2, 2, 8][Math.floor(random() * 5)] ?? 2,
    color: mood.map((level) => level + light + deviate(random) * 22),
    shade: deviate(random) * 25,
    stripes: random() < 0.35 ? random() * 30 : 0,
    waves: 1 + random() * 10,
    grain: random() < 0.5 ? random() * 16 : 0
  }
}

const paint = (leaf: Leaf, canvas: Float32Array, width: number, height: number, random: Random): void => {
  const { corner, grain, radius, shade, stretch, stripes, turn, waves } = leaf
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  const reach = radius * Math.max(stretch, 1 / stretch) * Math.SQRT2
  const [left, right] = [Math.max(Math.floor(leaf.x - reach), 0), Math.min(Math.ceil(leaf.x + reach), width - 1)]
  const [top, bottom] = [Math.max(Math.floor(leaf.y - reach), 0), Math.min(Math.ceil(leaf.y + reach), height - 1)]
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const u = ((x - leaf.x) * cos + (y - leaf.y) * sin) / (radius * stretch)
      const v = ((y - leaf.y) * cos - (x - leaf.x) * sin) / (radius / stretch)
      if (Math.abs(u) ** corner + Math.abs(v) ** corner > 1) continue
      const light = shade * u + stripes * Math.sin(waves * v * Math.PI) + (grain === 0 ? 0 : grain * deviate(random))
      const at = (y * width + x) * 3
      for (let c = 0; c < 3; c++) canvas[at + c] = (leaf.color[c] ?? 0) + light
    }
  }
}

// The blur of a camera: each pixel takes a share of its four neighbours.
const soften = (canvas: Float32Array, width: number, height: number, share: number): Float32Array => {
  const out = canvas.slice()
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      for (let at = (y * width + x) * 3, end = at + 3; at < end; at++) {
        const around =
          (canvas[at - 3] ?? 0) + (canvas[at + 3] ?? 0) + (canvas[at - width * 3] ?? 0) + (canvas[at + width * 3] ?? 0)
        out[at] = (1 - share) * (canvas[at] ?? 0) + (share / 4) * around
      }
    }
  }
  return out
}

/** Draws an image; the same seed and size give the same pixels. */
export const drawLeaves = (seed: number, width: number, height: number): Pixels => {
  const random = makeRandom(seed)
  const light = 60 + random() * 130
  const mood = [0, 1, 2].map(() => light + deviate(random) * 25)
  const canvas = new Float32Array(width * height * 3)
  for (let i = 0; i < canvas.length; i++) canvas[i] = mood[i % 3] ?? 0
  const leaves = Math.round(((width * height) / 49152) * (60 + random() * 900))
  for (let i = 0; i < leaves; i++) paint(newLeaf(random, width, height, mood), canvas, width, height, random)
  const soft = soften(soften(canvas, width, height, 0.7 * random()), width, height, 0.7 * random())
  const noise = random() * 4
  return { width, height, data: Uint8Array.from(soft, (level) => clampLevel(level + noise * deviate(random))) }
}

const clampLevel = (level: number): number => Math.min(Math.max(Math.round(level), 0), 255)
