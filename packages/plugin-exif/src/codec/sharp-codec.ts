/** Rendering through sharp. The module is loaded when the first picture needs it, so browsers never ask for it. */
import { Effect } from "effect"
import { FormatError } from "../bytes/format-error.ts"
import { ImageBroken, type ImageError, ImageTooLarge, ImageUndecodable } from "../errors.ts"
import type { Orientation } from "../image/orientation.ts"
import type { Rendered, RenderJob } from "./pixel-codec.ts"
import { sharpInput } from "./sharp-input.ts"
import type { Sharp } from "sharp"

/** Longest that one picture may take, in seconds: libvips gives up by itself. */
const timeoutSeconds = 60

/** The sharp module, loaded when it is first needed. */
export const loadSharp = Effect.tryPromise({
  try: async () => {
    const { default: sharp } = await import("sharp")
    return sharp
  },
  catch: () => new ImageUndecodable({ format: "image", detail: "the sharp package is not installed" })
})

/** Sharp mirrors first (`flip` exchanges top and bottom, `flop` left and right), then makes quarter turns clockwise. */
const turned = (image: Sharp, orientation: Orientation): Sharp => {
  const quarter = { 1: 0, 2: 0, 3: 180, 4: 0, 5: 90, 6: 90, 7: 90, 8: 270 }[orientation]
  if (orientation === 2 || orientation === 7) image.flop()
  if (orientation === 4 || orientation === 5) image.flip()
  return quarter === 0 ? image : image.rotate(quarter)
}

const encoded = (image: Sharp, { encoding }: RenderJob): Sharp => {
  switch (encoding.format) {
    case "jpeg":
      return image.jpeg({ quality: encoding.quality, chromaSubsampling: encoding.chroma })
    case "png":
      return image.png()
    case "gif":
      return image.gif()
    case "webp":
      return image.webp({ lossless: encoding.lossless, quality: encoding.quality })
  }
}

/** What libvips says of pictures that may be sound. */
const undecodable = /unsupported image format|channel limit|compression|not configured|samples out of range/i

const problemOf = (cause: unknown, format: string): ImageError => {
  const detail = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : "unknown"
  const isUnsupported =
    cause instanceof FormatError
      ? cause.kind === "unsupported"
      : format === "heic" || format === "avif" || undecodable.test(detail)
  return isUnsupported ? new ImageUndecodable({ format, detail }) : new ImageBroken({ detail, format })
}

/** Decodes with libvips, turns, fits inside `maxSide`, encodes. */
export const renderWithSharp = (job: RenderJob): Effect.Effect<Rendered, ImageError> =>
  Effect.flatMap(loadSharp, (sharp) =>
    Effect.tryPromise({
      try: async () => {
        const source = sharp(sharpInput(job.bytes, job.format), {
          failOn: "error",
          limitInputPixels: job.maxPixels,
          animated: job.animated
        })
        const { depth, height, pageHeight, space, width } = await source.metadata()
        if (width * height > job.maxPixels) return { width, height: pageHeight ?? height }
        let image = turned(source.timeout({ seconds: timeoutSeconds }), job.orientation)
        if (job.maxSide !== undefined) {
          const fit = { width: job.maxSide, height: job.maxSide, fit: "inside", withoutEnlargement: true } as const
          image = image.resize(fit)
        }
        const isCmyk = space === "cmyk"
        if (depth === "ushort" && job.encoding.format === "png") {
          image = image.toColourspace(space?.includes("grey") || space === "b-w" ? "grey16" : "rgb16")
        }
        // A CMYK profile says nothing about the RGB that comes out, so those pixels are always converted.
        if (job.keepIcc && !isCmyk) image = image.keepIccProfile()
        const { data, info } = await encoded(image, job).toBuffer({ resolveWithObject: true })
        const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
        return { bytes, width: info.width, height: job.animated ? (info.pageHeight ?? info.height) : info.height }
      },
      catch: (cause) => problemOf(cause, job.format)
    })
  ).pipe(
    Effect.flatMap(({ bytes, height, width }) =>
      bytes === undefined
        ? Effect.fail(new ImageTooLarge({ actual: width * height, limit: job.maxPixels, unit: "pixels" }))
        : Effect.succeed({ bytes, width, height })
    )
  )
