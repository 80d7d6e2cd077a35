// Coded pictures in, pictures that can be looked at out; what a platform must bring to show a video.
import type { Packet } from "../track/track.ts"

/**
 * How a picture is handed over: JPEG bytes, or packed 8-bit `rgb`. `maxSide` shrinks the longer side to at most this
 * many pixels; `quality` is 1..100 and concerns JPEG only.
 */
export interface RenderOptions {
  readonly form: "jpeg" | "rgb"
  readonly quality: number
  readonly maxSide?: number
}

/** An upright picture with square pixels: packed RGB of `width * height * 3` bytes, or a JPEG file. */
export interface Rendered {
  readonly form: "jpeg" | "rgb"
  readonly width: number
  readonly height: number
  readonly bytes: Uint8Array
}

/** A decoded picture; `ptsUs` is NaN when its time is unknown. It holds memory outside of JavaScript until `close` is called; nothing may follow `close`. */
export interface Picture {
  readonly ptsUs: number
  readonly render: (options: RenderOptions) => Promise<Rendered>
  /** A small RGB version, not turned, for comparing: packed, `width * height * 3` bytes. */
  readonly tiny: (width: number, height: number) => Promise<Uint8Array>
  readonly close: () => void
}

/** What came of a packet: pictures in the order they are shown, and what went wrong, if something did. */
export interface Decoded {
  readonly pictures: ReadonlyArray<Picture>
  readonly problem?: string
}

/** Turns packets into pictures. `wanted` false lets it leave out a picture that no other picture needs. */
export interface PictureDecoder {
  readonly decode: (packet: Packet, data: Uint8Array, wanted: boolean) => Promise<Decoded>
  /** Gives what is still inside; afterwards decoding may begin again at any key packet. */
  readonly flush: () => Promise<Decoded>
  readonly close: () => void
}

/** A rectangle of `width * height` cells of `cell` bytes, turned clockwise, then mirrored left to right if `flip`. */
export const turn = (
  cells: Uint8Array,
  width: number,
  height: number,
  cell: 1 | 3,
  rotateClockwise: 0 | 90 | 180 | 270,
  flip: boolean
): Uint8Array => {
  const across = rotateClockwise % 180 !== 0
  const [outWidth, outHeight] = across ? [height, width] : [width, height]
  const out = new Uint8Array(cells.byteLength)
  for (let y = 0, to = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++, to += cell) {
      const u = flip ? outWidth - 1 - x : x
      const [fromX, fromY] = turnedFrom(u, y, width, height, rotateClockwise)
      const from = (fromY * width + fromX) * cell
      for (let c = 0; c < cell; c++) out[to + c] = cells[from + c] ?? 0
    }
  }
  return out
}

const turnedFrom = (
  x: number,
  y: number,
  width: number,
  height: number,
  rotateClockwise: 0 | 90 | 180 | 270
): readonly [x: number, y: number] => {
  if (rotateClockwise === 90) return [y, height - 1 - x]
  if (rotateClockwise === 180) return [width - 1 - x, height - 1 - y]
  return rotateClockwise === 270 ? [width - 1 - y, x] : [x, y]
}

/** The size to render at, before turning: pixels made square, then the longer side at most `maxSide`. */
export const renderSize = (
  width: number,
  height: number,
  pixelAspect: number,
  maxSide: number | undefined
): readonly [width: number, height: number] => {
  const wide = pixelAspect > 1 ? width * pixelAspect : width
  const high = pixelAspect < 1 ? height / pixelAspect : height
  const scale = maxSide === undefined ? 1 : Math.min(1, maxSide / Math.max(wide, high))
  return [Math.max(1, Math.round(wide * scale)), Math.max(1, Math.round(high * scale))]
}
