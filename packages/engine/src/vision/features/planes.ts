/**
 * An image as planes of numbers: CIE Lab colour and the gradient of lightness.
 * In these loops every index is in range by construction; `?? 0` satisfies the compiler and costs nothing (measured:
 * 4.99 against 4.91 ms an image).
 */
import type { Pixels } from "../pixels.ts"

/** Lab colour (L 0..100, a and b about -100..100) and the gradient of L: its length and direction (0..2π). */
export interface Planes {
  readonly width: number
  readonly height: number
  readonly l: Float32Array
  readonly a: Float32Array
  readonly b: Float32Array
  readonly magnitude: Float32Array
  readonly angle: Float32Array
}

// sRGB's transfer curve (IEC 61966-2-1) for each of the 256 levels.
const linear = Float32Array.from({ length: 256 }, (_, level) => {
  const value = level / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
})

// CIE's f(t) in steps of 1/4096: a cube root, linear near black.
const steps = 4096
const cubeRoot = Float32Array.from({ length: steps + 2 }, (_, i) => {
  const t = i / steps
  return t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116
})
const root = (t: number): number => cubeRoot[(Math.min(t, 1) * steps + 0.5) | 0] ?? 0

/** Lab planes and gradient of an image (white point D65). */
export const toPlanes = ({ data, height, width }: Pixels): Planes => {
  const count = width * height
  const l = new Float32Array(count)
  const a = new Float32Array(count)
  const b = new Float32Array(count)
  for (let i = 0, at = 0; i < count; i++, at += 3) {
    const red = linear[data[at] ?? 0] ?? 0
    const green = linear[data[at + 1] ?? 0] ?? 0
    const blue = linear[data[at + 2] ?? 0] ?? 0
    const fx = root((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047)
    const fy = root(0.2126729 * red + 0.7151522 * green + 0.072175 * blue)
    const fz = root((0.0193339 * red + 0.119192 * green + 0.9503041 * blue) / 1.08883)
    l[i] = 116 * fy - 16
    a[i] = 500 * (fx - fy)
    b[i] = 200 * (fy - fz)
  }
  return { width, height, l, a, b, ...gradient(l, width, height) }
}

// The arc tangent within 1e-5 (Abramowitz and Stegun 4.4.49), 0..2π: three times as fast as `Math.atan2`.
const directionOf = (dx: number, dy: number): number => {
  const [ax, ay] = [Math.abs(dx), Math.abs(dy)]
  const most = Math.max(ax, ay)
  if (most === 0) return 0
  const z = Math.min(ax, ay) / most
  const s = z * z
  const low = z * (0.999866 + s * (-0.3302995 + s * (0.180141 + s * (-0.085133 + s * 0.0208351))))
  const eighth = ay > ax ? Math.PI / 2 - low : low
  const half = dx < 0 ? Math.PI - eighth : eighth
  return dy < 0 ? 2 * Math.PI - half : half
}

/** The gradient of a plane by central differences: lengths, and directions 0..2π. */
export const gradient = (l: Float32Array, width: number, height: number) => {
  const magnitude = new Float32Array(width * height)
  const angle = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    const up = Math.max(y - 1, 0) * width
    const down = Math.min(y + 1, height - 1) * width
    for (let x = 0; x < width; x++) {
      const left = x === 0 ? 0 : x - 1
      const right = x === width - 1 ? x : x + 1
      const dx = (l[y * width + right] ?? 0) - (l[y * width + left] ?? 0)
      const dy = (l[down + x] ?? 0) - (l[up + x] ?? 0)
      magnitude[y * width + x] = Math.sqrt(dx * dx + dy * dy)
      angle[y * width + x] = directionOf(dx, dy)
    }
  }
  return { magnitude, angle }
}
