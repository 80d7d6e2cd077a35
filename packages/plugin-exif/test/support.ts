/** What several tests need: decoding to a grid of colours, finding outside tools, a seeded generator. */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import sharp, { type JpegOptions } from "sharp"

/** True when a program can be started; otherwise prints one line that says what is skipped. */
export const hasTool = (name: string, versionFlag: string): boolean => {
  const there = spawnSync(name, [versionFlag]).error === undefined
  if (!there) console.warn(`skipped: ${name} is not installed`)
  return there
}

/** Where a program lies on the path, or undefined. */
export const toolPath = (name: string): string | undefined =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))

/** Raw pixels, three channels, alpha over white. `ignoreIcc` leaves the profile out of account. */
export const pixelsOf = async (bytes: Uint8Array, ignoreIcc = false) => {
  const image = sharp(bytes, { ignoreIcc, failOn: "none", pages: 1 })
    .flatten({ background: "#fff" })
    .toColourspace("srgb")
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}

/** The mean colour of each of 8 × 8 cells, as the data set defines it; null for pictures under 8 pixels a side. */
export const gridOf = async (bytes: Uint8Array, ignoreIcc = false): Promise<ReadonlyArray<number> | null> => {
  const { channels, data, height, width } = await pixelsOf(bytes, ignoreIcc)
  if (width < 8 || height < 8) return null
  const grid: Array<number> = []
  for (let row = 0; row < 8; row++) {
    for (let column = 0; column < 8; column++) {
      const [x0, x1] = [Math.floor((column * width) / 8), Math.floor(((column + 1) * width) / 8)]
      const [y0, y1] = [Math.floor((row * height) / 8), Math.floor(((row + 1) * height) / 8)]
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0
        for (let y = y0; y < y1; y++) {
          for (let x = x0; x < x1; x++) sum += data[(y * width + x) * channels + Math.min(channel, channels - 1)] ?? 0
        }
        grid.push(sum / ((x1 - x0) * (y1 - y0)))
      }
    }
  }
  return grid
}

/** Mean absolute difference of two grids. */
export const gridDistance = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length

/** Numbers in 0..1, the same for the same seed (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A picture with detail everywhere and no symmetry: gradients, edges and noise. */
export const drawing = (width: number, height: number, channels: 1 | 3, seed = 1): Uint8Array => {
  const random = seeded(seed)
  const data = new Uint8Array(width * height * channels)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const edge = x * 3 > width + y ? 60 : 0
      for (let c = 0; c < channels; c++) {
        const gradient = ((x * (c + 1)) / width + (y * (3 - c)) / height) * 60
        data[(y * width + x) * channels + c] = Math.min(255, gradient + edge + random() * 40)
      }
    }
  }
  return data
}

/** A JPEG of such a picture. */
export const jpegOf = (width: number, height: number, channels: 1 | 3, options: JpegOptions = {}): Promise<Buffer> =>
  sharp(drawing(width, height, channels), { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .jpeg(options)
    .toBuffer()
