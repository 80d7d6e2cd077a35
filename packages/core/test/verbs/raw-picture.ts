/** Pictures without any encoding, so that every pixel can be followed: width, height, then one byte a pixel. */
import { Effect } from "effect"
import type { Orientation, PixelBox } from "../../src/index.ts"
import type { ImageCodec } from "../../src/plugin.ts"

/** A picture in memory. */
export interface Raw {
  readonly width: number
  readonly height: number
  readonly at: (x: number, y: number) => number
}

/** As bytes of a file. */
export const toBytes = ({ at, height, width }: Raw): Uint8Array => {
  const bytes = new Uint8Array(4 + width * height)
  new DataView(bytes.buffer).setUint16(0, width)
  new DataView(bytes.buffer).setUint16(2, height)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) bytes[4 + y * width + x] = at(x, y)
  return bytes
}

/** From bytes of a file. */
export const fromBytes = (bytes: Uint8Array): Raw => {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const width = view.getUint16(0)
  return { width, height: view.getUint16(2), at: (x, y) => bytes[4 + y * width + x] ?? 0 }
}

const part = (raw: Raw, { bottom, left, right, top }: PixelBox): Raw => ({
  width: right - left,
  height: bottom - top,
  at: (x, y) => raw.at(left + x, top + y)
})

/** Where each pixel of the upright picture is taken from in the stored one (TIFF 6.0, tag 0x0112). */
const sources: Readonly<
  Record<Orientation, (x: number, y: number, w: number, h: number) => readonly [number, number]>
> = {
  1: (x, y) => [x, y],
  2: (x, y, w) => [w - 1 - x, y],
  3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
  4: (x, y, _, h) => [x, h - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, _, h) => [y, h - 1 - x],
  7: (x, y, w, h) => [w - 1 - y, h - 1 - x],
  8: (x, y, w) => [w - 1 - y, x]
}

/** The upright picture of a stored one. */
export const upright = (raw: Raw, orientation: Orientation): Raw => {
  const [width, height] = orientation >= 5 ? [raw.height, raw.width] : [raw.width, raw.height]
  return { width, height, at: (x, y) => raw.at(...sources[orientation](x, y, raw.width, raw.height)) }
}

/** The first pixel that is not black. */
export const brightest = (raw: Raw): readonly [number, number] | undefined => {
  for (let y = 0; y < raw.height; y++) for (let x = 0; x < raw.width; x++) if (raw.at(x, y) > 0) return [x, y]
  return undefined
}

/** A codec of such pictures that counts what it opened and closed. */
export const rawCodec = (count = { opened: 0, closed: 0 }): ImageCodec => ({
  open: (bytes) =>
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => {
          count.opened++
          return fromBytes(bytes)
        }),
        () => Effect.sync(() => void count.closed++)
      ),
      (raw) => ({
        size: { width: raw.width, height: raw.height },
        cut: (box: PixelBox) => Effect.succeed({ bytes: toBytes(part(raw, box)), contentType: "image/x-raw" })
      })
    )
})
