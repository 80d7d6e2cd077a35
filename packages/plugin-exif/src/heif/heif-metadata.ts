/** AVIF and HEIC: finding what the file says besides its picture, and taking it out without moving a byte of it. */
import { corrupt } from "@sightline/platform/bytes/format-error"
import { type RawMetadata, emptyMetadata, type Size } from "../metadata/raw-metadata.ts"
import { compose, type Orientation } from "../image/orientation.ts"
import { withoutExifPrefix } from "../png/png-metadata.ts"
import { concatBytes, View } from "@sightline/platform/bytes/view"
import { type Box, boxesIn, boxOf } from "./boxes.ts"
import { type Item, type ItemMeta, propertiesOf, readItemMeta } from "./items.ts"

/** Top-level boxes that make up the picture (or its frames). Others are emptied. */
const pictureBoxes: ReadonlySet<string> = new Set([
  "ftyp",
  "meta",
  "mdat",
  "moov",
  "moof",
  "styp",
  "sidx",
  "mfra",
  "free",
  "skip"
])

/** Most bytes of one metadata item that are gathered to be read. */
const maxItemBytes = 16 << 20

/** `irot` counts quarter turns anticlockwise; these are the EXIF orientations that ask for the same. */
const quarterTurns: ReadonlyArray<Orientation> = [1, 8, 3, 6]

/** The turn that the primary item's `irot` and `imir` properties ask of every decoder; undefined when it has none. */
const containerOrientation = (view: View, properties: ReadonlyArray<Box>): Orientation | undefined => {
  let turn: Orientation | undefined
  for (const { body, name } of properties) {
    if (name === "irot") turn = compose(turn ?? 1, quarterTurns[view.u8(body) & 3] ?? 1)
    // Axis 0 exchanges top and bottom, axis 1 left and right (ISO/IEC 23008-12:2022, 6.5.12).
    if (name === "imir") turn = compose(turn ?? 1, (view.u8(body) & 1) === 0 ? 4 : 2)
  }
  return turn
}

const sizeOf = (view: View, properties: ReadonlyArray<Box>): Size => {
  const ispe = boxOf(properties, "ispe")
  if (ispe === undefined) throw corrupt(view.format, "the picture does not state its size")
  const size = { width: view.u32(ispe.body + 4), height: view.u32(ispe.body + 8) }
  if (size.width === 0 || size.height === 0) throw corrupt(view.format, "a picture without pixels", ispe.start)
  const clap = boxOf(properties, "clap")
  if (clap === undefined) return size
  // A clean aperture cuts the picture before it is turned; its size is given as fractions.
  const width = Math.round(view.u32(clap.body) / view.u32(clap.body + 4))
  const height = Math.round(view.u32(clap.body + 8) / view.u32(clap.body + 12))
  return width > 0 && height > 0 && width <= size.width && height <= size.height ? { width, height } : size
}

/** The bytes of an item; extents that lie outside the file are cut. */
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

const isXmp = (item: Item): boolean => item.type === "mime" && item.contentType === "application/rdf+xml"

/** An `Exif` item begins with how far its TIFF header is from the end of that number. */
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

const structureOf = (bytes: Uint8Array, format: string) => {
  const view = new View(bytes, format)
  const top = boxesIn(view, 0, bytes.length, true)
  const meta = readItemMeta(view, top)
  if (!meta.items.some(({ id }) => id === meta.primary)) throw corrupt(format, "the primary item does not exist")
  return { view, top, meta }
}

/** Finds what an AVIF or HEIC says besides its pixels. Fails (`FormatError`) when it has no sound primary picture. */
export const readHeifMetadata = (bytes: Uint8Array, format: "AVIF" | "HEIC"): RawMetadata => {
  const { meta, top, view } = structureOf(bytes, format)
  const properties = propertiesOf(meta, meta.primary)
  const turn = containerOrientation(view, properties)
  const icc = profileOf(view, properties)
  return {
    ...emptyMetadata(sizeOf(view, properties)),
    exif: meta.items.filter(({ type }) => type === "Exif").map((item) => exifBlock(bytesOf(view, meta, item))),
    xmp: meta.items.filter(isXmp).map((item) => bytesOf(view, meta, item)),
    ...(icc === undefined ? {} : { icc }),
    ...(turn === undefined ? {} : { containerOrientation: turn }),
    hasThumbnail: meta.references.some(({ kind }) => kind === "thmb"),
    animated: boxOf(top, "moov") !== undefined,
    hasAlpha: meta.references.some(({ kind, to }) => kind === "auxl" && to.includes(meta.primary)),
    hasTrailer: top.some(({ name }) => !pictureBoxes.has(name))
  }
}

const box = (name: string, body: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(8 + body.length)
  new DataView(whole.buffer).setUint32(0, whole.length)
  for (let i = 0; i < 4; i++) whole[4 + i] = name.charCodeAt(i)
  whole.set(body, 8)
  return whole
}

/** `box` without the given entries, and with its count of entries lowered to match. */
const without = (
  view: View,
  from: Box,
  entries: ReadonlyArray<{ readonly start: number; readonly end: number }>,
  countAt?: { readonly offset: number; readonly wide: boolean }
): Uint8Array => {
  const parts: Array<Uint8Array> = []
  let at = from.body
  for (const { end, start } of entries.toSorted((a, b) => a.start - b.start)) {
    parts.push(view.bytes.subarray(at, start))
    at = end
  }
  const body = concatBytes([...parts, view.bytes.subarray(at, from.end)])
  if (countAt !== undefined) {
    const data = new DataView(body.buffer)
    if (countAt.wide) data.setUint32(countAt.offset, data.getUint32(countAt.offset) - entries.length)
    else data.setUint16(countAt.offset, data.getUint16(countAt.offset) - entries.length)
  }
  return box(from.name, body)
}

/**
 * The same AVIF or HEIC without EXIF, XMP, other documents, thumbnails, and boxes that are not the picture.
 *
 * Shape: those items are taken out of the `meta` box, whose size is made up with a `free` box, and their bytes are
 * overwritten with zeros; so every offset, and every byte of the picture, stays. A colour profile always stays: it is a
 * property of the picture. Turns (`irot`, `imir`) stay: decoders make them.
 */
export const stripHeif = (bytes: Uint8Array, format: "AVIF" | "HEIC"): Uint8Array => {
  const { meta, top, view } = structureOf(bytes, format)
  const thumbnails = new Set(meta.references.filter(({ kind }) => kind === "thmb").map(({ from }) => from))
  thumbnails.delete(meta.primary)
  const goes = (id: number): boolean => {
    const type = meta.items.find((item) => item.id === id)?.type
    return thumbnails.has(id) || type === "Exif" || type === "mime" || type === "uri "
  }
  const out = bytes.slice()
  const data = new DataView(out.buffer)
  const idat = boxOf(meta.children, "idat")
  for (const { extents, method } of meta.locations.filter((location) => goes(location.id))) {
    const origin = method === 1 ? (idat?.body ?? bytes.length) : 0
    for (const { at, size } of method > 1 ? [] : extents) out.fill(0, origin + at, origin + at + size)
  }
  const children = meta.children.map((child): Uint8Array => {
    if (child.name === "iinf") {
      const wide = view.u8(child.body) > 0
      const entries = meta.items.filter(({ id }) => goes(id)).map(({ infe }) => infe)
      return without(view, child, entries, { offset: 4, wide })
    }
    if (child.name === "iloc") {
      const entries = meta.locations.filter(({ id }) => goes(id))
      return without(view, child, entries, { offset: 6, wide: view.u8(child.body) === 2 })
    }
    if (child.name === "iref") {
      const entries = meta.references.filter(({ from, to }) => goes(from) || to.some(goes)).map((r) => r.box)
      return without(view, child, entries)
    }
    // The copy already has zeros where items in `idat` were.
    if (child.name === "idat") return out.slice(child.start, child.end)
    return ["xml ", "bxml", "uuid"].includes(child.name) ? new Uint8Array(0) : bytes.subarray(child.start, child.end)
  })
  const body = concatBytes([bytes.subarray(meta.meta.body, meta.meta.body + 4), ...children])
  const room = meta.meta.end - meta.meta.body - body.length
  if (room > 0 && room < 8) throw corrupt(format, "a meta box that cannot be made up", meta.meta.start)
  out.set(body, meta.meta.body)
  if (room >= 8) {
    out.set(box("free", new Uint8Array(room - 8)), meta.meta.body + body.length)
  }
  for (const { body: from, end, name, start } of top) {
    if (pictureBoxes.has(name) && name !== "free" && name !== "skip") continue
    for (let i = 0; i < 4; i++) data.setUint8(start + 4 + i, "free".charCodeAt(i))
    out.fill(0, from, end)
  }
  return out
}
