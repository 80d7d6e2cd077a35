/** The `meta` box of AVIF and HEIC files: items, their locations, references and properties. */
import { corrupt } from "@sightline/platform/bytes/format-error"
import type { View } from "@sightline/platform/bytes/view"
import { type Box, boxesIn, boxOf } from "./boxes.ts"

/** One item. `infe` is its box, `contentType` only for `mime` items. */
export interface Item {
  readonly id: number
  readonly type: string
  readonly contentType?: string
  readonly infe: Box
}

/** Where an item's bytes are: in the file (method 0) or in the `idat` box (method 1). */
export interface Location {
  readonly id: number
  readonly method: number
  readonly extents: ReadonlyArray<{ readonly at: number; readonly size: number }>
  /** The entry itself in the `iloc` box. */
  readonly start: number
  readonly end: number
}

/** One reference entry, `from` → each of `to`, with its box. */
export interface Reference {
  readonly kind: string
  readonly from: number
  readonly to: ReadonlyArray<number>
  readonly box: Box
}

/** The properties of each item: 1-based indices into `ipco`, in the order in which they apply. */
export type Associations = ReadonlyMap<number, ReadonlyArray<number>>

/** The parts of a `meta` box that this package needs. */
export interface ItemMeta {
  readonly meta: Box
  readonly children: ReadonlyArray<Box>
  readonly primary: number
  readonly items: ReadonlyArray<Item>
  readonly locations: ReadonlyArray<Location>
  readonly references: ReadonlyArray<Reference>
  readonly properties: ReadonlyArray<Box>
  readonly associations: Associations
}

/** Most entries of any one table: a 48-megapixel phone picture has about 100 items. */
const maxItems = 4096

const itemsOf = (view: View, iinf: Box | undefined): ReadonlyArray<Item> => {
  if (iinf === undefined) return []
  const wide = view.u8(iinf.body) > 0
  return boxesIn(view, iinf.body + (wide ? 8 : 6), iinf.end)
    .filter(({ name }) => name === "infe")
    .map((infe) => {
      const version = view.u8(infe.body)
      if (version < 2) throw corrupt(view.format, "an item entry of an old form", infe.start)
      const id = version === 2 ? view.u16(infe.body + 4) : view.u32(infe.body + 4)
      const at = infe.body + (version === 2 ? 8 : 10)
      const type = view.text(at, 4)
      if (type !== "mime") return { id, type, infe }
      const name = view.bytes.indexOf(0, at + 4)
      const end = view.bytes.indexOf(0, name + 1)
      const contentType = name < 0 || end < 0 || end > infe.end ? "" : view.text(name + 1, end - name - 1)
      return { id, type, contentType, infe }
    })
}

const locationsOf = (view: View, iloc: Box | undefined): ReadonlyArray<Location> => {
  if (iloc === undefined) return []
  const version = view.u8(iloc.body)
  const sizes = view.u16(iloc.body + 4)
  const [offsetSize, lengthSize, baseSize, indexSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15, sizes & 15]
  let at = iloc.body + 6
  const take = (size: number): number => {
    if (size !== 0 && size !== 2 && size !== 4 && size !== 8) throw corrupt(view.format, "a number of odd size", at)
    if (at + size > iloc.end) throw corrupt(view.format, "an item location outside its box", at)
    const value = size === 0 ? 0 : size === 2 ? view.u16(at) : size === 4 ? view.u32(at) : view.u64(at)
    at += size
    return value
  }
  const count = take(version === 2 ? 4 : 2)
  if (count > maxItems) throw corrupt(view.format, `${count} item locations`, iloc.start)
  const locations: Array<Location> = []
  let total = 0
  for (let i = 0; i < count; i++) {
    const start = at
    const id = take(version === 2 ? 4 : 2)
    const method = version === 0 ? 0 : take(2) & 15
    take(2)
    const base = take(baseSize)
    const extentCount = take(2)
    const extents: Array<{ at: number; size: number }> = []
    for (let e = 0; e < extentCount; e++) {
      if (version > 0) take(indexSize)
      const offset = take(offsetSize)
      extents.push({ at: base + offset, size: take(lengthSize) })
      // An extent can take no bytes at all, so their number is not bounded by the file's size.
      if (++total > 4 * maxItems) throw corrupt(view.format, "too many extents", at)
    }
    locations.push({ id, method, extents, start, end: at })
  }
  return locations
}

const referencesOf = (view: View, iref: Box | undefined): ReadonlyArray<Reference> => {
  if (iref === undefined) return []
  const wide = view.u8(iref.body) > 0
  const size = wide ? 4 : 2
  const id = (at: number) => (wide ? view.u32(at) : view.u16(at))
  return boxesIn(view, iref.body + 4, iref.end).map((box) => {
    const count = view.u16(box.body + size)
    if (box.body + size + 2 + count * size > box.end)
      throw corrupt(view.format, "a reference outside its box", box.start)
    const to = Array.from({ length: count }, (_, i) => id(box.body + size + 2 + i * size))
    return { kind: box.name, from: id(box.body), to, box }
  })
}

const associationsOf = (view: View, ipmas: ReadonlyArray<Box>): Associations => {
  const found = new Map<number, ReadonlyArray<number>>()
  for (const ipma of ipmas) {
    const wideId = view.u8(ipma.body) > 0
    const wideIndex = (view.u8(ipma.body + 3) & 1) === 1
    const count = view.u32(ipma.body + 4)
    if (count > maxItems) throw corrupt(view.format, `${count} property associations`, ipma.start)
    let at = ipma.body + 8
    for (let i = 0; i < count; i++) {
      const id = wideId ? view.u32(at) : view.u16(at)
      at += wideId ? 4 : 2
      const length = view.u8(at++)
      const indices: Array<number> = []
      for (let p = 0; p < length; p++) {
        indices.push(wideIndex ? view.u16(at) & 0x7fff : view.u8(at) & 0x7f)
        at += wideIndex ? 2 : 1
      }
      const all = [...(found.get(id) ?? []), ...indices]
      if (all.length > maxItems) throw corrupt(view.format, "too many properties of one item", at)
      found.set(id, all)
    }
  }
  return found
}

/** Reads the file's `meta` box. Fails (`FormatError`) when it is missing, or its tables contradict their sizes. */
export const readItemMeta = (view: View, top: ReadonlyArray<Box>): ItemMeta => {
  const meta = boxOf(top, "meta")
  if (meta === undefined) throw corrupt(view.format, "no meta box")
  const children = boxesIn(view, meta.body + 4, meta.end)
  const pitm = boxOf(children, "pitm")
  if (pitm === undefined) throw corrupt(view.format, "no primary item")
  const iprp = boxOf(children, "iprp")
  const properties = iprp === undefined ? [] : boxesIn(view, iprp.body, iprp.end)
  const ipco = boxOf(properties, "ipco")
  return {
    meta,
    children,
    primary: view.u8(pitm.body) === 0 ? view.u16(pitm.body + 4) : view.u32(pitm.body + 4),
    items: itemsOf(view, boxOf(children, "iinf")),
    locations: locationsOf(view, boxOf(children, "iloc")),
    references: referencesOf(view, boxOf(children, "iref")),
    properties: ipco === undefined ? [] : boxesIn(view, ipco.body, ipco.end),
    associations: associationsOf(
      view,
      properties.filter(({ name }) => name === "ipma")
    )
  }
}

/** The properties of an item, in the order in which they apply. */
export const propertiesOf = (meta: ItemMeta, id: number): ReadonlyArray<Box> =>
  (meta.associations.get(id) ?? []).flatMap((index) => {
    const property = meta.properties[index - 1]
    return property === undefined ? [] : [property]
  })
