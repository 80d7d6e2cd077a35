/** Cutting pictures: a service that plugins replace, with a browser's own canvas where there is one. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { PixelBox, Size } from "./frame-of-reference.ts"
import { isJpeg } from "./sniff.ts"

/** An encoded picture. */
export interface EncodedPicture {
  readonly bytes: Uint8Array
  readonly contentType: string
}

/** A decoded picture, for as long as its scope is open. */
export interface Picture {
  /** In pixels, as the file stores them: a turn that its metadata asks for is not made. */
  readonly size: Size
  /** A part of it as a separate image, oriented as the file stores it. Fails with a line that says why not. */
  readonly cut: (part: PixelBox) => Effect.Effect<EncodedPicture, string>
}

/** Decodes pictures and cuts parts out of them. */
export interface ImageCodec {
  /** Decodes a picture. Fails with a line that says why not. */
  readonly open: (bytes: Uint8Array) => Effect.Effect<Picture, string, Scope.Scope>
}

const hasCanvas = (): boolean => typeof createImageBitmap === "function" && typeof OffscreenCanvas === "function"

/** A JPEG without its Exif segments: browsers turn pictures as Exif says, and the service does not. */
export const withoutExif = (bytes: Uint8Array): Uint8Array => {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return bytes
  const kept: Array<Uint8Array> = [bytes.subarray(0, 2)]
  let at = 2
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
    const end = at + 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0))
    if (end <= at + 3 || end > bytes.length) break
    if (bytes[at + 1] !== 0xe1) kept.push(bytes.subarray(at, end))
    at = end
  }
  kept.push(bytes.subarray(at))
  const whole = new Uint8Array(kept.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of kept) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Photographs stay JPEG; everything else stays exact. */
const cutOf = async (bitmap: ImageBitmap, part: PixelBox, asJpeg: boolean): Promise<EncodedPicture> => {
  const canvas = new OffscreenCanvas(part.right - part.left, part.bottom - part.top)
  const context = canvas.getContext("2d")
  if (context === null) throw new Error("there is no 2d canvas here")
  context.drawImage(bitmap, -part.left, -part.top)
  const blob = await canvas.convertToBlob(asJpeg ? { type: "image/jpeg", quality: 0.95 } : { type: "image/png" })
  return { bytes: new Uint8Array(await blob.arrayBuffer()), contentType: blob.type }
}

const problemOf = (cause: unknown): string => (cause instanceof Error ? cause.message : "the picture cannot be decoded")

const canvas: ImageCodec = {
  open: (bytes) => {
    if (!hasCanvas())
      return Effect.fail(
        "this runtime cannot decode pictures; add @sightline/plugin-exif, which brings a codec: app.use(exif())"
      )
    const asJpeg = isJpeg(bytes)
    return Effect.map(
      Effect.acquireRelease(
        Effect.tryPromise({
          try: () => createImageBitmap(new Blob([Uint8Array.from(withoutExif(bytes))])),
          catch: problemOf
        }),
        (bitmap) => Effect.sync(() => bitmap.close())
      ),
      (bitmap) => ({
        size: { width: bitmap.width, height: bitmap.height },
        cut: (part) => Effect.tryPromise({ try: () => cutOf(bitmap, part, asJpeg), catch: problemOf })
      })
    )
  }
}

/** What cuts pictures: the canvas of browsers and their workers, unless a plugin or a caller provides another. */
export const ImageCodec: Context.Reference<ImageCodec> = Context.Reference("@sightline/core/ImageCodec", {
  defaultValue: () => canvas
})
