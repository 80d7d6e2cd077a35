/** EXIF, XMP and colour profiles. This file: reads an EXIF block, or the directories of a TIFF file. */
import { startsWith, type View } from "@sightline/platform/bytes/view"
import {
  Directories,
  type Directory,
  type Entry,
  entryOf,
  numberAt,
  textAt,
  tiffView
} from "@sightline/platform/tiff/ifd"
import { Withheld } from "./withheld.ts"

/** Tags read here (EXIF 2.32, TIFF 6.0). */
const tag = {
  make: 0x010f,
  model: 0x0110,
  orientation: 0x0112,
  software: 0x0131,
  dateTime: 0x0132,
  artist: 0x013b,
  thumbnailAt: 0x0201,
  thumbnailStrips: 0x0111,
  exif: 0x8769,
  gps: 0x8825,
  dateTimeOriginal: 0x9003,
  makerNote: 0x927c,
  userComment: 0x9286,
  owner: 0xa430,
  bodySerial: 0xa431,
  lensModel: 0xa434,
  lensSerial: 0xa435,
  cameraSerialDng: 0xc62f
} as const

/** A geographic position: degrees north and east (WGS 84 in practice), metres above sea level. */
export interface Position {
  readonly latitude: number
  readonly longitude: number
  readonly altitudeM?: number
}

/** The fields of an EXIF block. Those that are absent or unreadable are left out. */
export interface Exif {
  /** The number as stored, also when it is not 1 to 8. */
  readonly orientation?: number
  readonly make?: string
  readonly model?: string
  readonly lens?: string
  readonly software?: string
  /** As stored: `YYYY:MM:DD HH:MM:SS`, without a time zone. */
  readonly takenAt?: string
  /** True when the GPS directory has entries besides its version. */
  readonly hasGps: boolean
  /** The position, when the GPS directory states one. */
  readonly position?: Withheld<Position>
  readonly hasSerials: boolean
  readonly serials: Withheld<ReadonlyArray<string>>
  readonly owner?: Withheld<string>
  readonly hasThumbnail: boolean
  readonly hasMakerNote: boolean
  readonly hasComment: boolean
}

const degrees = (view: View, gps: Directory, refTag: number, tagNumber: number, limit: number): number | undefined => {
  const entry = entryOf(gps, tagNumber)
  const parts = [0, 1, 2].map((i) => numberAt(view, entry, i) ?? 0)
  const value = (parts[0] ?? 0) + (parts[1] ?? 0) / 60 + (parts[2] ?? 0) / 3600
  const ref = textAt(view, entryOf(gps, refTag))
  if (entry === undefined || ref === undefined || !Number.isFinite(value) || value > limit) return undefined
  return ref === "S" || ref === "W" ? -value : value
}

const positionOf = (view: View, gps: Directory | undefined): Withheld<Position> | undefined => {
  if (gps === undefined) return undefined
  const latitude = degrees(view, gps, 1, 2, 90)
  const longitude = degrees(view, gps, 3, 4, 180)
  if (latitude === undefined || longitude === undefined) return undefined
  const height = numberAt(view, entryOf(gps, 6))
  const below = numberAt(view, entryOf(gps, 5)) === 1
  return new Withheld({
    latitude,
    longitude,
    ...(height !== undefined && Number.isFinite(height) ? { altitudeM: below ? -height : height } : {})
  })
}

/** The orientation as a number: writers use every integer type, and some write the digit as text. */
const orientationAt = (view: View, entry: Entry | undefined): number | undefined => {
  const digits = /^\d{1,3}$/.exec(textAt(view, entry) ?? "")
  return numberAt(view, entry) ?? (digits === null ? undefined : Number(digits[0]))
}

const defined = <A>(values: ReadonlyArray<A | undefined>): ReadonlyArray<A> =>
  values.filter((value) => value !== undefined)

/** The fields that have a value, as `exactOptionalPropertyTypes` requires. */
const present = <A extends Readonly<Record<string, unknown>>>(
  fields: A
): { readonly [K in keyof A]?: Exclude<A[K], undefined> } =>
  // `Object.fromEntries` loses the keys' types; only entries with a value are left.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof A]?: Exclude<A[K], undefined>
  }

/** An EXIF block without the `Exif\0\0` that some writers put before it. */
export const withoutExifPrefix = (block: Uint8Array): Uint8Array =>
  startsWith(block, "Exif\0\0") ? block.subarray(6) : block

/**
 * Reads an EXIF block that begins with its TIFF header, in either byte order.
 *
 * Entries that point outside are skipped, and each directory is read once, so time is bounded for any bytes. Fails
 * (`FormatError`) only when there is no TIFF header.
 */
export const readExif = (bytes: Uint8Array): Exif => {
  const view = tiffView(bytes, "EXIF")
  const directories = new Directories(view)
  const main = directories.read(directories.first)
  const pointed = (number: number) => directories.read(numberAt(view, entryOf(main, number)) ?? 0)
  const exif = pointed(tag.exif)
  const gps = pointed(tag.gps)
  const second = directories.read(main?.next ?? 0)
  const text = (number: number) => textAt(view, entryOf(exif, number)) ?? textAt(view, entryOf(main, number))
  // An unknown date is stored with blanks instead of its digits (EXIF 2.32, 4.6.5).
  const date = (number: number) => {
    const written = text(number)
    return written !== undefined && /[1-9]/.test(written) ? written : undefined
  }
  const serials = defined([text(tag.bodySerial), text(tag.lensSerial), text(tag.cameraSerialDng)])
  const owner = text(tag.owner) ?? text(tag.artist)
  return {
    ...present({
      orientation: orientationAt(view, entryOf(main, tag.orientation)),
      make: text(tag.make),
      model: text(tag.model),
      lens: text(tag.lensModel),
      software: text(tag.software),
      takenAt: date(tag.dateTimeOriginal) ?? date(tag.dateTime),
      position: positionOf(view, gps),
      owner: owner === undefined ? undefined : new Withheld(owner)
    }),
    // Tag 0 is the version of the directory.
    hasGps: gps?.entries.some((entry) => entry.tag !== 0) === true,
    hasSerials: serials.length > 0,
    serials: new Withheld(serials),
    hasThumbnail: entryOf(second, tag.thumbnailAt) !== undefined || entryOf(second, tag.thumbnailStrips) !== undefined,
    hasMakerNote: entryOf(exif, tag.makerNote) !== undefined,
    hasComment: entryOf(exif, tag.userComment) !== undefined
  }
}
