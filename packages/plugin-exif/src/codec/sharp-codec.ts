/** Rendering through sharp. Its module is loaded for the first picture that needs it, so browsers never ask for it. */
import { FormatError } from "@sightline/platform/bytes/format-error"
import { Effect } from "effect"
import type { Sharp, SharpConstructor, SharpOptions } from "sharp"
import { ImageBroken, type ImageError, ImageTooLarge, ImageUndecodable } from "../errors.ts"
import type { Orientation } from "../image/orientation.ts"
import type { Rendered, RenderJob } from "./render-job.ts"

/** The longest that libvips works on one picture. */
export const timeoutSeconds = 60

/** Opens pictures with sharp: those that libvips does not read or misreads are converted first, which may throw. */
export interface SharpOpener {
  readonly sharp: SharpConstructor
  readonly open: (bytes: Uint8Array, options: SharpOptions) => Sharp
}

/** Loads sharp when it is first needed. */
export const loadSharp: Effect.Effect<SharpOpener, ImageUndecodable> = Effect.tryPromise({
  try: async () => {
    const [{ default: sharp }, { sharpInput }] = await Promise.all([
      import("sharp"),
      import("@sightline/platform/sharp-input")
    ])
    const open = (bytes: Uint8Array, options: SharpOptions) =>
      sharp(sharpInput(bytes), { failOn: "error", ...options }).timeout({ seconds: timeoutSeconds })
    return { sharp, open }
  },
  catch: () => new ImageUndecodable({ format: "image", detail: "the sharp package is not installed" })
})

/** The first line of what libvips or a parser reports. */
export const problemOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : "the picture cannot be decoded"

/** libvips' messages for pictures that may be sound. */
const unsupportedProblem =
  /unsupported|channel limit|compression|not configured|samples out of range|not a whole number of bytes|no known route/i

const errorOf = (cause: unknown, format: string): ImageError => {
  const detail = problemOf(cause)
  const isUnsupported =
    cause instanceof FormatError
      ? cause.kind === "unsupported"
      : format === "heic" || format === "avif" || unsupportedProblem.test(detail)
  return isUnsupported ? new ImageUndecodable({ format, detail }) : new ImageBroken({ detail, format })
}

/** Sharp mirrors first (`flip` exchanges top and bottom, `flop` left and right), then makes quarter turns clockwise. */
const turned = (image: Sharp, orientation: Orientation): Sharp => {
  const degrees = { 1: 0, 2: 0, 3: 180, 4: 0, 5: 90, 6: 90, 7: 90, 8: 270 }[orientation]
  if (orientation === 2 || orientation === 7) image.flop()
  if (orientation === 4 || orientation === 5) image.flip()
  return degrees === 0 ? image : image.rotate(degrees)
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

const render = async ({ open }: SharpOpener, job: RenderJob): Promise<Rendered | ImageTooLarge> => {
  const { animated, encoding, keepIcc, maxPixels, maxSide, orientation } = job
  const source = open(job.bytes, { limitInputPixels: maxPixels, animated })
  const { depth, height, space, width } = await source.metadata()
  if (width * height > maxPixels) return new ImageTooLarge({ actual: width * height, limit: maxPixels, unit: "pixels" })
  let image = turned(source, orientation)
  if (maxSide !== undefined)
    image = image.resize({ width: maxSide, height: maxSide, fit: "inside", withoutEnlargement: true })
  if (depth === "ushort" && encoding.format === "png")
    image = image.toColourspace(space?.includes("grey") || space === "b-w" ? "grey16" : "rgb16")
  // A CMYK profile does not describe the RGB that comes out, so those pixels are always converted.
  if (keepIcc && space !== "cmyk") image = image.keepIccProfile()
  const { data, info } = await encoded(image, job).toBuffer({ resolveWithObject: true })
  return {
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    width: info.width,
    height: animated ? (info.pageHeight ?? info.height) : info.height
  }
}

/** Decodes with libvips, turns, fits inside `maxSide`, encodes. */
export const renderWithSharp = (job: RenderJob): Effect.Effect<Rendered, ImageError> =>
  Effect.gen(function* () {
    const opener = yield* loadSharp
    const made = yield* Effect.tryPromise({
      try: () => render(opener, job),
      catch: (cause) => errorOf(cause, job.format)
    })
    return made instanceof ImageTooLarge ? yield* made : made
  })
