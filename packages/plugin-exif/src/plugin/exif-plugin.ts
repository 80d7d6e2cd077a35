/**
 * Folder `plugin`: what core sees of this package. This file: the plugin: a hook that prepares every image just before it is
 * sent, and verbs that do the same by hand.
 */
import {
  definePlugin,
  ImageCodec,
  InvalidOption,
  type Media,
  MediaUnreadable,
  type Plugin,
  type Stage,
  stage,
  stageSame,
  type Unchanged
} from "@sightline/core/plugin"
import { Effect, Layer } from "effect"
import { hasCanvas } from "../codec/canvas-codec.ts"
import { defaultCodec, PixelCodec } from "../codec/pixel-codec.ts"
import type { Codec } from "../codec/render-job.ts"
import { sharpImageCodec } from "../codec/sharp-image-codec.ts"
import type { ImageBroken, ImageError, ImageUnsupported } from "../errors.ts"
import { type ImageMetadata, readMetadata } from "../file/image-metadata.ts"
import type { KeptMetadata } from "../file/strip-metadata.ts"
import type { ImageFormat } from "../image/image-format.ts"
import type { PartialBlocks } from "../jpeg/lossless-turn.ts"
import { defaultMaxPixels, type PrepareOptions } from "../prepare/prepare-image.ts"
import type { FetchUrls } from "../download/download-media.ts"
import { bytesOf, prepareMedia } from "./prepare-media.ts"

/** Options of `exif()`. The defaults make images upright and remove private metadata. */
export interface ExifOptions {
  /** Metadata that stays. `[]` drops the colour profile too, and converts to sRGB where it matters. @default ["icc"] */
  readonly keep?: ReadonlyArray<KeptMetadata>
  /** Longest side of what is sent, in pixels, 1 to 65,535. @default no limit */
  readonly maxSide?: number
  /**
   * Download URL inputs here and prepare them like others; `true` for the default options. Otherwise the server fetches
   * them as they are.
   *
   * @default false
   */
  readonly fetchUrls?: boolean | FetchUrls
  /**
   * What happens to JPEGs that cannot be turned whole. `"requantise"`: luma is moved exactly where its blocks are whole,
   * and chroma is quantised again; else the file is decoded. `"refuse"`: it is decoded. `"trim"`: at most 15 pixels of a
   * side are left out.
   *
   * @default "requantise"
   */
  readonly partialBlocks?: PartialBlocks
  /** Formats sent as they are; others are converted. @default ["jpeg", "png", "tiff", "bmp", "webp", "gif"] */
  readonly accepts?: ReadonlyArray<ImageFormat>
  /** What decodes and encodes. @default sharp in Node, Bun and Deno, the canvas in browsers */
  readonly codec?: Codec
  /** `maxPixels`: the most pixels to decode. @default 268,402,689 */
  readonly limits?: { readonly maxPixels?: number }
  /** False turns the hook off: only the verbs act. @default true */
  readonly automatic?: boolean
}

/** Image formats that the platform reads; AVIF and HEIC are not among them. Source: the limits page of Clarifai's docs. */
const platformFormats: ReadonlyArray<ImageFormat> = ["jpeg", "png", "tiff", "bmp", "webp", "gif"]

type Image = Media<"image">
type PrepareStage = Stage<Image, Unchanged, MediaUnreadable | ImageError>

/** The verbs that `exif()` adds. */
export type ExifVerbs = {
  /** Turns the image upright, as its file says. Metadata goes if the file has to be rewritten. */
  readonly upright: () => PrepareStage
  /** Turns the image upright and removes all metadata but what `keep` names. @default { keep: ["icc"] } */
  readonly strip: (options?: { readonly keep?: ReadonlyArray<KeptMetadata> }) => PrepareStage
  /** Turns the image upright and makes it no longer than `maxSide` pixels on any side; never enlarges. */
  readonly resize: (options: {
    readonly maxSide: number
  }) => Stage<Image, Unchanged, MediaUnreadable | ImageError | InvalidOption>
  /** Reads the image's metadata, which becomes the chain's value. */
  readonly metadata: () => Stage<Image, ImageMetadata, MediaUnreadable | ImageBroken | ImageUnsupported>
}

/** `prepareMedia` never changes the kind of a medium. */
const asImage = (media: Media): Image => media as Image

const checkSide = (maxSide: number | undefined): Effect.Effect<void, InvalidOption> =>
  maxSide === undefined || (Number.isInteger(maxSide) && maxSide >= 1 && maxSide <= 65_535)
    ? Effect.void
    : Effect.fail(
        new InvalidOption({ option: "maxSide", problem: `is ${maxSide}; it must be a whole number from 1 to 65535` })
      )

/**
 * A plugin that sends images upright and without private metadata, and maps regions back to the original pixels.
 *
 * Every image input is prepared just before it is sent, with as little change as possible: metadata is cut out of an
 * upright image, a JPEG is turned without loss where its blocks allow it, anything else is encoded again at its own
 * quality. The verbs `.upright()`, `.strip({ keep })` and `.resize({ maxSide })` do the same by hand; `.metadata()` reads.
 * Regions of an answer are measured in what was sent; core's `inFrame(answer, "original")` measures them in the file's
 * stored pixels.
 *
 * Fails, for that input alone: the hook with `MediaUnreadable`, the verbs with `ImageError` too.
 *
 * @example
 * const app = sightline(clarifai()).use(exif({ maxSide: 2048 }))
 * const answer = await app.input(file("portrait.jpg")).predict(models.faces).run()
 */
export const exif = (options: ExifOptions = {}): Plugin<"exif", ExifVerbs, {}, {}, never> => {
  const fetchUrls = options.fetchUrls === true ? {} : options.fetchUrls === false ? undefined : options.fetchUrls
  const codec = options.codec ?? defaultCodec
  const base = {
    maxPixels: options.limits?.maxPixels ?? defaultMaxPixels,
    ...(options.partialBlocks === undefined ? {} : { partialBlocks: options.partialBlocks }),
    ...(options.keep === undefined ? {} : { keep: options.keep })
  } satisfies PrepareOptions
  const automatic: PrepareOptions = {
    ...base,
    upright: true,
    strip: true,
    accepts: options.accepts ?? platformFormats,
    ...(options.maxSide === undefined ? {} : { maxSide: options.maxSide })
  }
  const prepareHook = (media: Media): Effect.Effect<Media, MediaUnreadable> =>
    checkSide(options.maxSide).pipe(
      Effect.andThen(prepareMedia(media, automatic, fetchUrls)),
      Effect.provideService(PixelCodec, codec),
      Effect.mapError((error) =>
        error instanceof MediaUnreadable
          ? error
          : new MediaUnreadable({ media: media.describe(), problem: error.message })
      )
    )
  const prepareImage = (image: Image, wanted: Partial<PrepareOptions>) =>
    Effect.map(prepareMedia(image, { ...base, ...wanted, upright: true }, fetchUrls), asImage)
  return definePlugin({
    name: "exif",
    version: 1,
    verbs: {
      upright: () => stageSame("exif.upright", {}, (image: Image) => prepareImage(image, {})),
      strip: ({ keep }: { readonly keep?: ReadonlyArray<KeptMetadata> } = {}) => {
        const kept = keep === undefined ? {} : { keep }
        return stageSame("exif.strip", kept, (image: Image) => prepareImage(image, { ...kept, strip: true }))
      },
      resize: ({ maxSide }: { readonly maxSide: number }) =>
        stageSame("exif.resize", { maxSide }, (image: Image) =>
          Effect.andThen(checkSide(maxSide), prepareImage(image, { maxSide }))
        ),
      metadata: () =>
        stage("exif.metadata", {}, (image: Image) =>
          Effect.flatMap(bytesOf(image, fetchUrls), (bytes) => {
            const read = readMetadata(bytes)
            return read.ok ? Effect.succeed(read.value) : Effect.fail(read.error)
          })
        )
    },
    hooks: options.automatic === false ? {} : { prepare: prepareHook },
    layer: Layer.mergeAll(
      Layer.succeed(PixelCodec, codec),
      // Core cuts parts out of images with the canvas, where there is one.
      hasCanvas() ? Layer.empty : Layer.succeed(ImageCodec, sharpImageCodec(base.maxPixels))
    )
  })
}
