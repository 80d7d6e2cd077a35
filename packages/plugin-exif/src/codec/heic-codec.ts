/** HEIC through libheif compiled to WebAssembly, for runtimes whose own decoder does not read it. */
import { Effect } from "effect"
import { type ImageError, ImageUndecodable } from "../errors.ts"
import { readRawMetadata } from "../file/read-raw-metadata.ts"
import { writePng } from "../png/png-writer.ts"
import { codecFrom, defaultCodec } from "./pixel-codec.ts"
import type { Codec, RenderJob } from "./render-job.ts"

/** Pixels that libheif fills in: 4 bytes each, red, green, blue, alpha. */
interface HeifPixels {
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number
}

/** A decoded picture, turned as its container says. */
interface HeifPicture {
  readonly get_width: () => number
  readonly get_height: () => number
  readonly display: (into: HeifPixels, done: (filled: HeifPixels | null) => void) => void
  readonly free?: () => void
}

/** The part of the `libheif-js` package that is used: what `import libheif from "libheif-js/wasm-bundle.js"` gives. */
export interface Libheif {
  readonly HeifDecoder: new () => { readonly decode: (bytes: Uint8Array) => ReadonlyArray<HeifPicture> }
}

const pixelsOf = (picture: HeifPicture): Promise<HeifPixels> =>
  new Promise((resolve, reject) => {
    const [width, height] = [picture.get_width(), picture.get_height()]
    const into = { data: new Uint8ClampedArray(width * height * 4), width, height }
    picture.display(into, (filled) =>
      filled === null ? reject(new Error("libheif could not decode it")) : resolve(filled)
    )
  })

const asPng = async (libheif: Libheif, job: RenderJob): Promise<Uint8Array> => {
  const pictures = new libheif.HeifDecoder().decode(job.bytes)
  const [picture] = pictures
  if (picture === undefined) throw new Error("libheif found no picture in it")
  try {
    const { data, height, width } = await pixelsOf(picture)
    const rgba = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    // libheif leaves colours as they are coded, so their profile is kept.
    return writePng(rgba, width, height, readRawMetadata(job.bytes, job.format).icc)
  } finally {
    for (const each of pictures) each.free?.()
  }
}

/**
 * A codec that decodes HEIC with `libheif-js` and leaves the rest (other formats, turning, scaling, encoding) to `codec`.
 *
 * Cost: decoding runs on the calling thread; 12 megapixels take seconds and 150 MB.
 *
 * @example
 * import libheif from "libheif-js/wasm-bundle.js"
 * app.use(exif({ codec: withHeic(libheif) }))
 */
export const withHeic = (libheif: Libheif, codec: Codec = defaultCodec): Codec => {
  const decoder = codecFrom("libheif", async (job) => ({ bytes: await asPng(libheif, job), width: 0, height: 0 }))
  return {
    name: `${codec.name} with libheif`,
    render: (job) => {
      if (job.format !== "heic") return codec.render(job)
      const decoded: Effect.Effect<RenderJob, ImageError> = Effect.map(decoder.render(job), ({ bytes }) => ({
        ...job,
        bytes,
        format: "png" as const
      }))
      return decoded.pipe(
        Effect.flatMap((png) => codec.render(png)),
        Effect.mapError((error) =>
          error._tag === "ImageBroken" ? new ImageUndecodable({ format: "heic", detail: error.detail }) : error
        )
      )
    }
  }
}
