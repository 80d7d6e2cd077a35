/** The EXIF data set: what it expects of each file, and the upright pictures this package makes of them. */
import { dataBytes, dataJson, hasData } from "@sightline/fixtures"
import { Effect } from "effect"
import { defaultCodec, PixelCodec } from "../src/codec/pixel-codec.ts"
import { defaultMaxPixels, prepare, type PrepareOptions } from "../src/prepare/prepare-image.ts"

/** What is expected of one file. */
export interface ExpectedFile {
  readonly exifOrientation: number | null
  readonly irotDegrees?: number
  readonly xmpOrientation?: number
  readonly make?: string
  readonly model?: string
  readonly hasGps: boolean
  readonly gps?: ReadonlyArray<number | string>
  readonly hasExif: boolean
  readonly hasXmp: boolean
  readonly hasIcc: boolean
  readonly stored: readonly [number, number]
  readonly oriented: readonly [number, number]
  readonly uprightGrid?: ReadonlyArray<number> | null
}

/** What is expected of one set. */
export interface ExpectedSet {
  readonly reference: string
  readonly files: ReadonlyArray<string>
  readonly uprightSize: readonly [number, number]
  readonly bound: number
  readonly minMeanAbsDiffOfAWrongOrientation: number
}

interface Expected {
  readonly sets: Readonly<Record<string, ExpectedSet>>
  readonly files: Readonly<Record<string, ExpectedFile>>
}

export const hasExifData = hasData("exif")

// The file's own `about` states this shape.
const expected = hasExifData ? (dataJson("exif", "expected.json") as Expected) : { sets: {}, files: {} }

/** Names and expectations of all files. */
export const files: ReadonlyArray<readonly [string, ExpectedFile]> = Object.entries(expected.files)

/** Names and expectations of all sets. */
export const sets: ReadonlyArray<readonly [string, ExpectedSet]> = Object.entries(expected.sets)

/** One file's bytes. */
export const bytesOf = (name: string): Uint8Array => dataBytes("exif", name)

/** What the hook does by default. */
export const defaultOptions: PrepareOptions = {
  upright: true,
  strip: true,
  accepts: ["jpeg", "png", "tiff", "bmp", "webp", "gif"],
  maxPixels: defaultMaxPixels
}

/** Prepares as the hook does, with the default codec. */
export const prepared = (bytes: Uint8Array, wish: Partial<PrepareOptions> = {}) =>
  prepare(bytes, { ...defaultOptions, ...wish }).pipe(Effect.provideService(PixelCodec, defaultCodec))
