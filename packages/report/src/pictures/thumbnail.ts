/** Thumbnails of one picture: decoded, turned upright, made smaller and encoded again, so that nothing but pixels is left. */
import type { Orientation, Size } from "@sightline/core"
import { run } from "@sightline/core/plugin"
import {
  type Codec,
  defaultCodec,
  type ImageMetadata,
  readMetadata,
  type RenderJob,
  strip
} from "@sightline/plugin-exif"

/** Sizes of thumbnails by their longest side, smallest first, with the WebP quality of each. */
export const levels = [
  { maxSide: 128, quality: 50 },
  { maxSide: 320, quality: 60 },
  { maxSide: 720, quality: 72 }
] as const

/** Position in {@link levels}. */
export type Level = 0 | 1 | 2

/** One encoded thumbnail. */
export interface Thumbnail {
  readonly bytes: Uint8Array
  readonly width: number
  readonly height: number
}

/** A picture's thumbnails by level, and how its pixels are stored. */
export interface Thumbnails {
  readonly byLevel: ReadonlyMap<Level, Thumbnail>
  readonly stored: Size
  readonly upright: Size
  readonly orientation: Orientation
}

/** Why there is no thumbnail. */
export interface NoThumbnail {
  readonly problem: string
}

/** How thumbnails are made. */
export interface ThumbnailOptions {
  readonly codec?: Codec
  /** Pictures of more pixels are not decoded. */
  readonly maxPixels: number
}

/** As many pixels as plugin-exif decodes by default. */
export const defaultMaxPixels = 268_402_689

const jobOf = (
  bytes: Uint8Array,
  metadata: ImageMetadata,
  maxPixels: number
): Omit<RenderJob, "maxSide" | "encoding"> => {
  const stripped = strip(bytes, { keep: ["icc"] })
  return {
    bytes: stripped.ok ? stripped.value : bytes,
    format: metadata.format,
    // decoders make the container's own turns
    orientation: metadata.orientationFrom === "container" ? 1 : metadata.orientation,
    keepIcc: false,
    animated: false,
    maxPixels
  }
}

/** Decoders word the same failure in different ways from run to run, so their own words are not used. */
const problemOf = (cause: unknown, format: string): string => {
  const tag = typeof cause === "object" && cause !== null && "_tag" in cause ? cause._tag : undefined
  const name = format.toUpperCase()
  if (tag === "ImageTooLarge") return "it has too many pixels"
  return tag === "ImageUndecodable" ? `${name} pictures cannot be decoded here` : `its ${name} data is broken`
}

/**
 * Makes a picture's thumbnails of the levels asked for. Each is made from the picture itself, so that its bytes do not
 * depend on which others are made.
 */
export const makeThumbnails = async (
  bytes: Uint8Array,
  wanted: ReadonlyArray<Level>,
  { codec = defaultCodec, maxPixels }: ThumbnailOptions
): Promise<Thumbnails | NoThumbnail> => {
  const read = readMetadata(bytes)
  if (!read.ok)
    return {
      problem: read.error._tag === "ImageBroken" ? "it is not a readable picture" : "its format is not supported"
    }
  const { orientation, stored, upright } = read.value
  const job = jobOf(bytes, read.value, maxPixels)
  const byLevel = new Map<Level, Thumbnail>()
  if (stored.width * stored.height > maxPixels) return { problem: `it has more than ${maxPixels} pixels` }
  try {
    for (const level of wanted) {
      const { maxSide, quality } = levels[level]
      const encoding = { format: "webp", lossless: false, quality } as const
      byLevel.set(level, await run(codec.render({ ...job, maxSide, encoding })))
    }
  } catch (cause) {
    return { problem: problemOf(cause, read.value.format) }
  }
  return { byLevel, stored, upright, orientation }
}
