/** Erases the metadata of an AVIF or HEIC file without moving a byte of its picture. */
import { corrupt } from "@sightline/platform/bytes/format-error"
import { eraseExcept, mergeRanges, type Range } from "@sightline/platform/bytes/ranges"
import { concatBytes, type View } from "@sightline/platform/bytes/view"
import { type Box, boxesIn, boxOf, makeBox } from "./boxes.ts"
import { type Heif, readHeif } from "./heif-metadata.ts"
import type { Location } from "./items.ts"

/** Top-level boxes that say where and what the picture is. `mdat` holds its bytes; all others are erased. */
const structureBoxes: ReadonlySet<string> = new Set("ftyp meta moov moof styp sidx mfra".split(" "))

/** Boxes of a `meta` box that contain a whole document. */
const documentBoxes: ReadonlySet<string> = new Set(["xml ", "bxml", "uuid"])

/** Boxes of an animation that may contain metadata, and those that contain them. */
const trackMetadata: ReadonlySet<string> = new Set(["udta", "meta", "uuid"])
const trackContainers: ReadonlySet<string> = new Set(["moov", "trak", "mdia", "minf"])

/** Where the bytes of an item lie in the file. */
const rangesOf = ({ meta, view }: Heif, { extents, method }: Location): ReadonlyArray<Range> => {
  const idat = boxOf(meta.children, "idat")
  if (method > 1 || (method === 1 && idat === undefined)) return []
  const [origin, limit] = method === 1 ? [idat?.body ?? 0, idat?.end ?? 0] : [0, view.length]
  return extents.map(({ at, size }) => ({
    start: Math.min(origin + at, limit),
    end: size === 0 ? limit : Math.min(origin + at + size, limit)
  }))
}

/** `box` without these entries, and with its count of entries lowered to match. */
const withoutEntries = (
  view: View,
  box: Box,
  entries: ReadonlyArray<Range>,
  count?: { readonly offset: number; readonly wide: boolean }
): Uint8Array => {
  const parts: Array<Uint8Array> = []
  let at = box.body
  for (const { end, start } of entries.toSorted((a, b) => a.start - b.start)) {
    parts.push(view.bytes.subarray(at, start))
    at = end
  }
  const body = concatBytes([...parts, view.bytes.subarray(at, box.end)])
  if (count !== undefined) {
    const data = new DataView(body.buffer)
    if (count.wide) data.setUint32(count.offset, data.getUint32(count.offset) - entries.length)
    else data.setUint16(count.offset, data.getUint16(count.offset) - entries.length)
  }
  return makeBox(box.name, body)
}

/** Turns a box into an empty `free` box of the same size, except for the bytes of `kept`. */
const free = (out: Uint8Array, { body, end, start }: Box, kept: ReadonlyArray<Range> = []): void => {
  for (let i = 0; i < 4; i++) out[start + 4 + i] = "free".charCodeAt(i)
  eraseExcept(out, { start: body, end }, kept)
}

/** Frees the metadata boxes of an animation's tracks. */
const freeTrackMetadata = (view: View, out: Uint8Array, parent: Box): void => {
  for (const box of boxesIn(view, parent.body, parent.end)) {
    if (trackMetadata.has(box.name)) free(out, box)
    else if (trackContainers.has(box.name)) freeTrackMetadata(view, out, box)
  }
}

/** The `meta` box without the items that go; `idat` is taken from `out`, where it is erased already. */
const newMeta = ({ meta, view }: Heif, goes: (id: number) => boolean, out: Uint8Array): Uint8Array => {
  const children = meta.children.map((child): Uint8Array => {
    if (child.name === "iinf") {
      const entries = meta.items.filter(({ id }) => goes(id)).map(({ infe }) => infe)
      return withoutEntries(view, child, entries, { offset: 4, wide: view.u8(child.body) > 0 })
    }
    if (child.name === "iloc") {
      const entries = meta.locations.filter(({ id }) => goes(id))
      return withoutEntries(view, child, entries, { offset: 6, wide: view.u8(child.body) === 2 })
    }
    if (child.name === "iref") {
      const entries = meta.references.filter(({ from, to }) => goes(from) || to.some(goes)).map(({ box }) => box)
      return withoutEntries(view, child, entries)
    }
    return documentBoxes.has(child.name) ? new Uint8Array(0) : out.slice(child.start, child.end)
  })
  return concatBytes([view.bytes.subarray(meta.meta.body, meta.meta.body + 4), ...children])
}

/**
 * The same AVIF or HEIC without EXIF, XMP, other documents, thumbnails, unreferenced bytes, and boxes that do not belong to
 * the picture.
 *
 * Shape: metadata items are taken out of the `meta` box, and a `free` box makes up its size; all bytes that no other item
 * refers to are overwritten with zeros. So every offset, and every byte of the picture, stays. In an animation only the
 * metadata items and the metadata of its tracks are erased. The colour profile stays, as do `irot` and `imir`, which
 * decoders apply. Fails (`FormatError`) when there is no complete primary picture.
 */
export const stripHeif = (bytes: Uint8Array, format: "AVIF" | "HEIC"): Uint8Array => {
  const heif = readHeif(bytes, format)
  const { meta, top, view } = heif
  const thumbnails = new Set(meta.references.filter(({ kind }) => kind === "thmb").map(({ from }) => from))
  thumbnails.delete(meta.primary)
  const goes = (id: number): boolean => {
    const type = meta.items.find((item) => item.id === id)?.type
    return id !== meta.primary && (thumbnails.has(id) || type === "Exif" || type === "mime" || type === "uri ")
  }
  const rangesWhere = (isWanted: (id: number) => boolean) =>
    mergeRanges(meta.locations.filter(({ id }) => isWanted(id)).flatMap((location) => rangesOf(heif, location)))
  const kept = rangesWhere((id) => !goes(id))
  // Bytes of the `meta` box move; only those of `idat`, whose items count from its start, may be a picture's.
  const isInMeta = ({ end, start }: Range) => start < meta.meta.end && end > meta.meta.start
  if (
    meta.locations.some(
      (location) => location.method === 0 && rangesOf(heif, location).some(isInMeta) && !goes(location.id)
    )
  )
    throw corrupt(format, "pixel data inside the meta box", meta.meta.start)
  const out = bytes.slice()
  const idat = boxOf(meta.children, "idat")
  if (idat !== undefined) eraseExcept(out, { start: idat.body, end: idat.end }, kept)
  const moov = boxOf(top, "moov")
  if (moov !== undefined) freeTrackMetadata(view, out, moov)
  for (const box of top) {
    if (structureBoxes.has(box.name)) continue
    if (box.name !== "mdat") free(out, box, kept)
    else if (moov === undefined) eraseExcept(out, { start: box.body, end: box.end }, kept)
    else {
      // The frames of an animation lie here too, and no item refers to them.
      for (const { end, start } of rangesWhere(goes))
        eraseExcept(out, { start: Math.max(start, box.body), end: Math.min(end, box.end) }, kept)
    }
  }
  const body = newMeta(heif, goes, out)
  const room = meta.meta.end - meta.meta.body - body.length
  if (room > 0 && room < 8) throw corrupt(format, "a meta box whose size cannot be made up", meta.meta.start)
  out.set(body, meta.meta.body)
  if (room >= 8) out.set(makeBox("free", new Uint8Array(room - 8)), meta.meta.body + body.length)
  return out
}
