/** The plugin: a hook that prepares every image just before it is sent, and verbs for doing it by hand. */
import {
  definePlugin,
  ImageCodec,
  InvalidOption,
  stageSame,
  type Media,
  MediaUnreadable,
  type Plugin,
  type Stage,
  stage,
  type Unchanged
} from "@sightline/core/plugin"
import { Effect, Layer } from "effect"
import type { ImageBroken, ImageError, ImageUnsupported } from "../errors.ts"
import type { ImageFormat } from "../image/image-format.ts"
import type { PartialBlocks } from "../jpeg/lossless-turn.ts"
import { type ImageMetadata, readMetadata } from "../file/image-metadata.ts"
import { defaultCodec, PixelCodec } from "../codec/pixel-codec.ts"
import type { Codec } from "../codec/render-job.ts"
import { hasCanvas } from "../codec/canvas-codec.ts"
import { sharpImageCodec } from "../codec/sharp-image-codec.ts"
import { defaultMaxPixels, type Wish } from "../prepare/prepare-image.ts"
import type { Kept } from "../file/strip-metadata.ts"
import type { FetchUrls } from "./download.ts"
import { bytesOf, treat } from "./prepare-media.ts"

/** Options of `exif()`. All are optional; the defaults make pictures upright and private. */
export interface ExifOptions {
  /** What stays of a picture's metadata. Defaults to `["icc"]`; an empty list converts to sRGB where that is needed. */
  readonly keep?: ReadonlyArray<Kept>
  /** Longest side of what is sent, in pixels. Defaults to no limit. */
  readonly maxSide?: number
  /** Fetch URL inputs here and treat them as others. Defaults to false: the server fetches them as they are. */
  readonly fetchUrls?: boolean | FetchUrls
  /**
   * For JPEGs that cannot be turned whole. `"requantise"` (the default): luma stays exact where its blocks are whole, and
   * chroma is quantised again; else decode. `"refuse"`: decode. `"trim"`: leave out at most 15 pixels of a side.
   */
  readonly partialBlocks?: PartialBlocks
  /** Formats sent as they are; others are converted. Defaults to what the platform reads. */
  readonly accepts?: ReadonlyArray<ImageFormat>
  /** What decodes and encodes. Defaults to sharp in Node, Bun and Deno, and to the canvas in browsers. */
  readonly codec?: Codec
  readonly limits?: { readonly maxPixels?: number }
  /** False turns the hook off: only the verbs act. */
  readonly automatic?: boolean
}

/** Image formats the platform reads (reference, section on limits): AVIF and HEIC are not among them. */
const platformReads: ReadonlyArray<ImageFormat> = ["jpeg", "png", "tiff", "bmp", "webp", "gif"]

type Image = Media<"image">
type Keeps = Stage<Image, Unchanged, MediaUnreadable | ImageError>

/** The verbs that `exif()` adds. They have a type with a name, so that the types of chains stay short where people see them. */
export type ExifVerbs = {
  /** Turns the picture upright, by whatever its file says. Metadata goes when the file has to be rewritten. */
  readonly upright: () => Keeps
  /** Cuts out everything about the picture but what `keep` names (`["icc"]` when left out), turning it upright. */
  readonly strip: (wanted?: { readonly keep?: ReadonlyArray<Kept> }) => Keeps
  /** Makes the picture upright and no longer than `maxSide` pixels on any side; never enlarges. */
  readonly resize: (wanted: {
    readonly maxSide: number
  }) => Stage<Image, Unchanged, MediaUnreadable | ImageError | InvalidOption>
  /** Reads what the file says besides its pixels; the chain then holds that. */
  readonly metadata: () => Stage<Image, ImageMetadata, MediaUnreadable | ImageBroken | ImageUnsupported>
}

/** A medium of the same type: `treat` never changes the kind. */
const asImage = (media: Media): Image => media as Image

const checkedSide = (maxSide: number | undefined): Effect.Effect<void, InvalidOption> =>
  maxSide === undefined || (Number.isInteger(maxSide) && maxSide >= 1 && maxSide <= 65_535)
    ? Effect.void
    : Effect.fail(
        new InvalidOption({ option: "maxSide", problem: `is ${maxSide}; it must be a whole number from 1 to 65535` })
      )

/**
 * Pixels the right way up, nothing private sent, boxes that land where they should.
 *
 * Every image input is made upright and stripped of metadata just before it is sent, with the lightest touch: cut where
 * it is upright already, turned without loss where a JPEG allows it, else encoded again at its own quality. Verbs do the
 * same by hand: `.upright()`, `.strip({ keep })`, `.resize({ maxSide })`, and `.metadata()` reads. Regions of the answer
 * are measured in what was sent; core's `inFrame(answer, "original")` gives them in the stored pixels.
 * Fails: the hook with `MediaUnreadable`, the verbs with `ImageError` too, for that input alone.
 */
export const exif = (options: ExifOptions = {}): Plugin<"exif", ExifVerbs, {}, {}, never> => {
  const fetchUrls = options.fetchUrls === true ? {} : options.fetchUrls === false ? undefined : options.fetchUrls
  const codec = options.codec ?? defaultCodec
  const base = {
    maxPixels: options.limits?.maxPixels ?? defaultMaxPixels,
    ...(options.partialBlocks === undefined ? {} : { partialBlocks: options.partialBlocks }),
    ...(options.keep === undefined ? {} : { keep: options.keep })
  } satisfies Wish
  const automatic: Wish = {
    ...base,
    upright: true,
    strip: true,
    accepts: options.accepts ?? platformReads,
    ...(options.maxSide === undefined ? {} : { maxSide: options.maxSide })
  }
  const prepare = (media: Media): Effect.Effect<Media, MediaUnreadable> =>
    checkedSide(options.maxSide).pipe(
      Effect.andThen(treat(media, automatic, fetchUrls)),
      Effect.provideService(PixelCodec, codec),
      Effect.mapError((error) =>
        error instanceof MediaUnreadable
          ? error
          : new MediaUnreadable({ media: media.describe(), problem: error.message })
      )
    )
  return definePlugin({
    name: "exif",
    version: 1,
    verbs: {
      upright: () =>
        stageSame("exif.upright", {}, (image: Image) =>
          Effect.map(treat(image, { ...base, upright: true }, fetchUrls), asImage)
        ),
      strip: (wanted: { readonly keep?: ReadonlyArray<Kept> } = {}) =>
        stageSame("exif.strip", wanted.keep === undefined ? {} : { keep: wanted.keep }, (image: Image) =>
          Effect.map(treat(image, { ...base, ...wanted, upright: true, strip: true }, fetchUrls), asImage)
        ),
      resize: (wanted: { readonly maxSide: number }) =>
        stageSame("exif.resize", { maxSide: wanted.maxSide }, (image: Image) =>
          checkedSide(wanted.maxSide).pipe(
            Effect.andThen(treat(image, { ...base, upright: true, maxSide: wanted.maxSide }, fetchUrls)),
            Effect.map(asImage)
          )
        ),
      metadata: () =>
        stage("exif.metadata", {}, (image: Image) =>
          Effect.flatMap(bytesOf(image, fetchUrls), (bytes) => {
            const read = readMetadata(bytes)
            return read.ok ? Effect.succeed(read.value) : Effect.fail(read.error)
          })
        )
    },
    hooks: options.automatic === false ? {} : { prepare },
    layer: Layer.mergeAll(
      Layer.succeed(PixelCodec, codec),
      // where there is a canvas, core's own codec cuts
      hasCanvas() ? Layer.empty : Layer.succeed(ImageCodec, sharpImageCodec(base.maxPixels))
    )
  })
}
