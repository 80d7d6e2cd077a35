/** Rendering through the browser's decoder and canvas, which converts colours to sRGB. */
import { Effect } from "effect"
import { ImageBroken, type ImageError, ImageTooLarge, ImageUndecodable } from "../errors.ts"
import { mediaTypes } from "../image/image-format.ts"
import { transformOf } from "../image/orientation.ts"
import type { Rendered, RenderJob } from "./render-job.ts"

/** True in browsers and their workers. */
export const hasCanvas = (): boolean => typeof createImageBitmap === "function" && typeof OffscreenCanvas === "function"

/** Formats that only some browsers decode. */
const optionalFormats: ReadonlySet<string> = new Set(["heic", "tiff", "avif"])

const decoded = (job: RenderJob): Effect.Effect<ImageBitmap, ImageError> =>
  Effect.tryPromise({
    // `bytes` has no EXIF, so the browser makes the container's turns and no other. The copy gives Blob an ArrayBuffer.
    try: () => createImageBitmap(new Blob([Uint8Array.from(job.bytes)], { type: mediaTypes[job.format] })),
    catch: (cause) => {
      const detail = cause instanceof Error ? cause.message : "the browser refused it"
      return optionalFormats.has(job.format)
        ? new ImageUndecodable({ format: job.format, detail })
        : new ImageBroken({ format: job.format, detail })
    }
  })

/** Draws the bitmap upright and scaled, and encodes the canvas. */
const draw = async (bitmap: ImageBitmap, job: RenderJob): Promise<Rendered> => {
  const { encoding, maxSide, orientation } = job
  const { flipsX, flipsY, swaps } = transformOf(orientation)
  const scale = maxSide === undefined ? 1 : Math.min(1, maxSide / Math.max(bitmap.width, bitmap.height))
  const storedWidth = Math.max(1, Math.round(bitmap.width * scale))
  const storedHeight = Math.max(1, Math.round(bitmap.height * scale))
  const [width, height] = swaps ? [storedHeight, storedWidth] : [storedWidth, storedHeight]
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext("2d")
  if (context === null) throw new Error("no 2d context")
  // The matrix maps one stored pixel to the right, and one down, to where they are in the upright picture.
  const [x, y] = [flipsX ? -1 : 1, flipsY ? -1 : 1]
  const [fromX, fromY] = [flipsX ? storedWidth : 0, flipsY ? storedHeight : 0]
  if (swaps) context.setTransform(0, x, y, 0, fromY, fromX)
  else context.setTransform(x, 0, 0, y, fromX, fromY)
  context.imageSmoothingQuality = "high"
  context.drawImage(bitmap, 0, 0, storedWidth, storedHeight)
  // The canvas has no lossless WebP.
  const isLossless = encoding.format === "webp" && encoding.lossless
  const options = isLossless
    ? { type: mediaTypes.png }
    : { type: mediaTypes[encoding.format], quality: "quality" in encoding ? encoding.quality / 100 : 1 }
  const blob = await canvas.convertToBlob(options)
  return { bytes: new Uint8Array(await blob.arrayBuffer()), width, height }
}

const drawn = (bitmap: ImageBitmap, job: RenderJob): Effect.Effect<Rendered, ImageError> => {
  const actual = bitmap.width * bitmap.height
  if (actual > job.maxPixels) return Effect.fail(new ImageTooLarge({ actual, limit: job.maxPixels, unit: "pixels" }))
  return Effect.tryPromise({
    try: () => draw(bitmap, job),
    catch: (cause) =>
      new ImageBroken({ format: job.format, detail: cause instanceof Error ? cause.message : "drawing failed" })
  })
}

/** Decodes with the browser, turns, fits inside `maxSide`, encodes. Of an animation, the first frame. */
export const renderWithCanvas = (job: RenderJob): Effect.Effect<Rendered, ImageError> =>
  Effect.acquireUseRelease(
    decoded(job),
    (bitmap) => drawn(bitmap, job),
    (bitmap) => Effect.sync(() => bitmap.close())
  )
