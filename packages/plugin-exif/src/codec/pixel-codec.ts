/** The codecs of this package, and the service through which `prepare` finds one. */
import { Context, Effect, Layer } from "effect"
import { type ImageError, ImageUndecodable, isImageError } from "../errors.ts"
import { hasCanvas, renderWithCanvas } from "./canvas-codec.ts"
import type { Codec, Rendered, RenderJob } from "./render-job.ts"
import { renderWithSharp } from "./sharp-codec.ts"

/** libvips through the `sharp` package, for Node, Bun and Deno. Loaded when it is first needed. */
export const sharpCodec: Codec = { name: "sharp", render: renderWithSharp }

/** `createImageBitmap` and `OffscreenCanvas`, for browsers and their workers. */
export const canvasCodec: Codec = { name: "canvas", render: renderWithCanvas }

/** Refuses every picture with `ImageUndecodable`: for programs that only cut metadata and turn JPEGs without loss. */
export const noCodec: Codec = {
  name: "none",
  render: ({ format }) => Effect.fail(new ImageUndecodable({ format, detail: "no pixel codec is installed" }))
}

/** The canvas where the runtime has one, else sharp. */
export const defaultCodec: Codec = {
  name: "default",
  render: (job) => (hasCanvas() ? canvasCodec : sharpCodec).render(job)
}

/**
 * A codec from a function that returns a Promise.
 *
 * A rejection becomes `ImageUndecodable`, unless it is one of this package's errors.
 *
 * @example
 * exif({ codec: codecFrom("remote", async ({ bytes, encoding }) => await renderElsewhere(bytes, encoding)) })
 */
export const codecFrom = (name: string, render: (job: RenderJob) => Promise<Rendered>): Codec => ({
  name,
  render: (job) =>
    Effect.tryPromise({
      try: () => render(job),
      catch: (cause): ImageError => {
        if (isImageError(cause)) return cause
        const detail = cause instanceof Error ? cause.message : `${name} refused it`
        return new ImageUndecodable({ format: job.format, detail })
      }
    })
})

/** The codec as a service. `exif({ codec })` replaces it; the default is `defaultCodec`. */
export class PixelCodec extends Context.Service<PixelCodec, Codec>()("@sightline/plugin-exif/PixelCodec") {
  static readonly layer = Layer.succeed(PixelCodec, defaultCodec)
}
