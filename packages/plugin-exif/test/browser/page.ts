/** Runs in the browser: prepares pictures with the canvas codec, and describes what came out by its colours. */
import { mapBox, pixelsOf } from "@sightline/core/plugin"
import * as Effect from "effect/Effect"
import { canvasCodec, PixelCodec, prepare, readMetadata } from "../../src/index.ts"

/** What the test wants to know of one prepared picture. */
export interface Seen {
  readonly touch: string
  readonly width: number
  readonly height: number
  readonly hasExif: boolean
  readonly grid: ReadonlyArray<number>
}

const gridOf = async (bytes: Uint8Array): Promise<Omit<Seen, "touch" | "hasExif">> => {
  const bitmap = await createImageBitmap(new Blob([Uint8Array.from(bytes)]), { imageOrientation: "none" })
  const { height, width } = bitmap
  const context = new OffscreenCanvas(width, height).getContext("2d")
  if (context === null) throw new Error("no canvas")
  context.fillStyle = "#fff"
  context.fillRect(0, 0, width, height)
  context.drawImage(bitmap, 0, 0)
  const { data } = context.getImageData(0, 0, width, height)
  const grid: Array<number> = []
  for (let row = 0; row < 8; row++) {
    for (let column = 0; column < 8; column++) {
      const [x0, x1] = [Math.floor((column * width) / 8), Math.floor(((column + 1) * width) / 8)]
      const [y0, y1] = [Math.floor((row * height) / 8), Math.floor(((row + 1) * height) / 8)]
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0
        for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += data[(y * width + x) * 4 + channel] ?? 0
        grid.push(sum / ((x1 - x0) * (y1 - y0)))
      }
    }
  }
  return { width, height, grid }
}

/** Prepares one picture, given as base64, as the hook would. */
export const see = async (base64: string, maxSide?: number): Promise<Seen> => {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  const wish = { upright: true, strip: true, accepts: ["jpeg", "png", "webp"], maxPixels: 1e8 } as const
  const made = await Effect.runPromise(
    prepare(bytes, maxSide === undefined ? wish : { ...wish, maxSide }).pipe(
      Effect.provideService(PixelCodec, canvasCodec)
    )
  )
  const read = readMetadata(made.bytes)
  return { touch: made.touch, hasExif: !read.ok || read.value.exif !== undefined, ...(await gridOf(made.bytes)) }
}

/** Geometry in the browser: one box, back in stored pixels. */
export const boxBack = (): unknown => {
  const original = { width: 64, height: 48 }
  const reference = { original, steps: [{ step: "orient", orientation: 6 }] } as const
  const box = mapBox(reference, { top: 0, left: 0, bottom: 0.5, right: 0.25 }, "sent", "original")
  return pixelsOf(box, original)
}

Object.assign(globalThis, { see, boxBack })
