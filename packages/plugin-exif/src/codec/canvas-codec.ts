/** Rendering through the browser's own decoder and canvas; colours are converted to sRGB by the canvas. */
import { Effect } from "effect"
import { type ImageError, ImageBroken, ImageTooLarge, ImageUndecodable } from "../errors.ts"
import { mediaTypes } from "../image/image-format.ts"
import { turnOf } from "../image/orientation.ts"
import type { Rendered, RenderJob } from "./pixel-codec.ts"

/** True in browsers and their workers. */
export const hasCanvas = (): boolean => typeof createImageBitmap === "function" && typeof OffscreenCanvas === "function"

const decoded = (job: RenderJob): Effect.Effect<ImageBitmap, ImageError> =>
  Effect.tryPromise({
    // The copy is typed over an ArrayBuffer, which is what a Blob takes. Metadata is gone from `bytes`, so the default
    // (turn as the file says) makes the container's turns and no other.
    try: () => createImageBitmap(new Blob([Uint8Array.from(job.bytes)], { type: mediaTypes[job.format] })),
    catch: (cause) => {
      const detail = cause instanceof Error ? cause.message : "the browser refused it"
      return job.format === "heic" || job.format === "tiff" || job.format === "avif"
        ? new ImageUndecodable({ format: job.format, detail })
        : new ImageBroken({ format: job.format, detail })
    }
  })

/** Draws the bitmap turned upright and scaled, and encodes what it drew. */
const drawn = (bitmap: ImageBitmap, job: RenderJob): Effect.Effect<Rendered, ImageError> =>
  Effect.tryPromise({
    try: async () => {
      const { flipsX, flipsY, swaps } = turnOf(job.orientation)
      const longest = Math.max(bitmap.width, bitmap.height)
      const scale = job.maxSide === undefined ? 1 : Math.min(1, job.maxSide / longest)
      const storedWidth = Math.max(1, Math.round(bitmap.width * scale))
      const storedHeight = Math.max(1, Math.round(bitmap.height * scale))
      const [width, height] = swaps ? [storedHeight, storedWidth] : [storedWidth, storedHeight]
      const canvas = new OffscreenCanvas(width, height)
      const context = canvas.getContext("2d")
      if (context === null) throw new Error("no 2d context")
      // Columns of the matrix are where one stored pixel right and one down go in the upright picture.
      const [x, y] = [flipsX ? -1 : 1, flipsY ? -1 : 1]
      const [fromX, fromY] = [flipsX ? storedWidth : 0, flipsY ? storedHeight : 0]
      if (swaps) context.setTransform(0, x, y, 0, fromY, fromX)
      else context.setTransform(x, 0, 0, y, fromX, fromY)
      context.imageSmoothingQuality = "high"
      context.drawImage(bitmap, 0, 0, storedWidth, storedHeight)
      const quality = "quality" in job.encoding ? job.encoding.quality / 100 : 1
      const type = mediaTypes[job.encoding.format]
      const lossless = job.encoding.format === "webp" && job.encoding.lossless
      const blob = await canvas.convertToBlob(lossless ? { type: "image/png" } : { type, quality })
      return { bytes: new Uint8Array(await blob.arrayBuffer()), width, height }
    },
    catch: (cause) =>
      new ImageBroken({ format: job.format, detail: cause instanceof Error ? cause.message : "drawing failed" })
  })

/** Decodes with the browser, turns, fits inside `maxSide`, encodes. A frame of an animation comes out alone. */
export const renderWithCanvas = (job: RenderJob): Effect.Effect<Rendered, ImageError> =>
  Effect.acquireUseRelease(
    decoded(job),
    (bitmap) =>
      bitmap.width * bitmap.height > job.maxPixels
        ? Effect.fail(new ImageTooLarge({ actual: bitmap.width * bitmap.height, limit: job.maxPixels, unit: "pixels" }))
        : drawn(bitmap, job),
    (bitmap) => Effect.sync(() => bitmap.close())
  )
