/** What several tests need: decoding to a grid of colours, finding outside tools, a seeded generator. */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import { drawing } from "@sightline/fixtures/drawing"
import { concatBytes } from "@sightline/platform/bytes/view"
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

/** A JPEG of `drawing`. */
export const jpegOf = (width: number, height: number, channels: 1 | 3, options: JpegOptions = {}): Promise<Buffer> =>
  sharp(drawing(width, height, channels), { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .jpeg(options)
    .toBuffer()

/** Latin-1 text as bytes. */
export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

/** True when the bytes contain this Latin-1 text anywhere. */
export const includesText = (bytes: Uint8Array, text: string): boolean => Buffer.from(bytes).includes(text, 0, "latin1")

/** An EXIF block with nothing but an orientation, by default of type SHORT. */
export const exifBlock = (orientation: number, littleEndian: boolean, type = 3): Uint8Array => {
  const block = new DataView(new ArrayBuffer(26))
  block.setUint16(0, littleEndian ? 0x4949 : 0x4d4d)
  block.setUint16(2, 42, littleEndian)
  block.setUint32(4, 8, littleEndian)
  block.setUint16(8, 1, littleEndian)
  block.setUint16(10, 0x0112, littleEndian)
  block.setUint16(12, type, littleEndian)
  block.setUint32(14, 1, littleEndian)
  if (type === 1 || type === 6 || type === 7) block.setUint8(18, orientation)
  else if (type === 2) block.setUint8(18, 0x30 + orientation)
  else if (type === 4 || type === 9) block.setUint32(18, orientation, littleEndian)
  else block.setUint16(18, orientation, littleEndian)
  return new Uint8Array(block.buffer)
}

/** A JPEG marker segment. */
export const segment = (code: number, body: Uint8Array): Uint8Array =>
  concatBytes([Uint8Array.of(0xff, code, (body.length + 2) >> 8, (body.length + 2) & 255), body])

/** A JPEG of 24 × 16 pixels with these segments behind its start. */
export const jpegWith = async (...segments: ReadonlyArray<Uint8Array>): Promise<Uint8Array> => {
  const plain = new Uint8Array(await jpegOf(24, 16, 3))
  return concatBytes([plain.subarray(0, 2), ...segments, plain.subarray(2)])
}

/** A PNG chunk; its checksum is left out. */
export const chunk = (name: string, body: Uint8Array): Uint8Array => {
  const size = new Uint8Array(4)
  new DataView(size.buffer).setUint32(0, body.length)
  return concatBytes([size, ascii(name), body, new Uint8Array(4)])
}

/** A PNG of 24 × 16 pixels with these chunks behind its header. */
export const pngWith = async (...chunks: ReadonlyArray<Uint8Array>): Promise<Uint8Array> => {
  const plain = new Uint8Array(
    await sharp(await jpegOf(24, 16, 3))
      .png()
      .toBuffer()
  )
  return concatBytes([plain.subarray(0, 33), ...chunks, plain.subarray(33)])
}
