/** Reads what an AVIF or HEIC file contains besides its picture. */
import { corrupt } from "@sightline/platform/bytes/format-error"
import { concatBytes, View } from "@sightline/platform/bytes/view"
import { compose, type Orientation } from "../image/orientation.ts"
import { withoutExifPrefix } from "../metadata/exif-block.ts"
import { emptyMetadata, type RawMetadata, type Size } from "../metadata/raw-metadata.ts"
import { type Box, boxesIn, boxOf } from "./boxes.ts"
import { type Item, type ItemMeta, propertiesOf, readItemMeta } from "./items.ts"

/** A file taken apart. */
export interface Heif {
  readonly view: View
  /** Top-level boxes. */
  readonly top: ReadonlyArray<Box>
  readonly meta: ItemMeta
}

/** Top-level boxes that belong to the picture or its frames. */
const pictureBoxes: ReadonlySet<string> = new Set("ftyp meta mdat moov moof styp sidx mfra free skip".split(" "))

/** Most bytes of one metadata item that are read. */
const maxItemBytes = 16 << 20

/** `irot` counts quarter turns anticlockwise; these are the EXIF orientations with the same effect. */
const quarterTurns: ReadonlyArray<Orientation> = [1, 8, 3, 6]

/** The turn that the primary item's `irot` and `imir` properties ask of every decoder; undefined without them. */
const containerOrientationOf = (view: View, properties: ReadonlyArray<Box>): Orientation | undefined => {
  let orientation: Orientation | undefined
  for (const { body, name } of properties) {
    if (name === "irot") orientation = compose(orientation ?? 1, quarterTurns[view.u8(body) & 3] ?? 1)
    // Axis 0 exchanges top and bottom, axis 1 left and right (ISO/IEC 23008-12:2022, 6.5.12).
    if (name === "imir") orientation = compose(orientation ?? 1, (view.u8(body) & 1) === 0 ? 4 : 2)
  }
  return orientation
}

const sizeOf = (view: View, properties: ReadonlyArray<Box>): Size => {
  const ispe = boxOf(properties, "ispe")
  if (ispe === undefined) throw corrupt(view.format, "the picture does not state its size")
  const size = { width: view.u32(ispe.body + 4), height: view.u32(ispe.body + 8) }
  if (size.width === 0 || size.height === 0) throw corrupt(view.format, "a picture without pixels", ispe.start)
  const clap = boxOf(properties, "clap")
  if (clap === undefined) return size
  // A clean aperture crops the picture before it is turned; its size is given as fractions.
  const width = Math.round(view.u32(clap.body) / view.u32(clap.body + 4))
  const height = Math.round(view.u32(clap.body + 8) / view.u32(clap.body + 12))
  return width > 0 && height > 0 && width <= size.width && height <= size.height ? { width, height } : size
}

/** The bytes of an item; extents outside the file are clipped. */
const bytesOf = (view: View, meta: ItemMeta, item: Item): Uint8Array => {
  const location = meta.locations.find(({ id }) => id === item.id)
  const idat = boxOf(meta.children, "idat")
  if (location === undefined || location.method > 1 || (location.method === 1 && idat === undefined))
    return new Uint8Array(0)
  const origin = location.method === 1 ? (idat?.body ?? 0) : 0
  let left = maxItemBytes
  const parts = location.extents.map(({ at, size }) => {
    const start = Math.min(origin + at, view.length)
    const part = view.bytes.subarray(start, Math.min(start + (size === 0 ? Infinity : size), view.length, start + left))
    left -= part.length
    return part
  })
  return concatBytes(parts)
}

/** An `Exif` item starts with the distance from the end of that number to its TIFF header. */
const exifBlock = (item: Uint8Array): Uint8Array => {
  const view = new View(item, "HEIF")
  return view.has(0, 4) && view.has(4, view.u32(0))
    ? withoutExifPrefix(item.subarray(4 + view.u32(0)))
    : item.subarray(4)
}

const profileOf = (view: View, properties: ReadonlyArray<Box>): Uint8Array | undefined => {
  const colr = properties.find(({ body, end, name }) => {
    const kind = name === "colr" && end - body >= 4 ? view.text(body, 4) : ""
    return kind === "prof" || kind === "rICC"
  })
  return colr === undefined ? undefined : view.bytes.subarray(colr.body + 4, colr.end)
}

const isXmp = (item: Item): boolean => item.type === "mime" && item.contentType === "application/rdf+xml"

/** Takes a file apart. Fails (`FormatError`) when its boxes contradict each other or there is no primary item. */
export const readHeif = (bytes: Uint8Array, format: string): Heif => {
  const view = new View(bytes, format)
  const top = boxesIn(view, 0, bytes.length, true)
  const meta = readItemMeta(view, top)
  if (!meta.items.some(({ id }) => id === meta.primary)) throw corrupt(format, "the primary item does not exist")
  return { view, top, meta }
}

/** Reads the metadata of an AVIF or HEIC. Fails (`FormatError`) when it has no complete primary picture. */
export const readHeifMetadata = (bytes: Uint8Array, format: "AVIF" | "HEIC"): RawMetadata => {
  const { meta, top, view } = readHeif(bytes, format)
  const properties = propertiesOf(meta, meta.primary)
  const containerOrientation = containerOrientationOf(view, properties)
  const icc = profileOf(view, properties)
  return {
    ...emptyMetadata(sizeOf(view, properties)),
    exif: meta.items.filter(({ type }) => type === "Exif").map((item) => exifBlock(bytesOf(view, meta, item))),
    xmp: meta.items.filter(isXmp).map((item) => bytesOf(view, meta, item)),
    ...(icc === undefined ? {} : { icc }),
    ...(containerOrientation === undefined ? {} : { containerOrientation }),
    hasThumbnail: meta.references.some(({ kind }) => kind === "thmb"),
    animated: boxOf(top, "moov") !== undefined,
    hasAlpha: meta.references.some(({ kind, to }) => kind === "auxl" && to.includes(meta.primary)),
    hasTrailer: top.some(({ name }) => !pictureBoxes.has(name))
  }
}
