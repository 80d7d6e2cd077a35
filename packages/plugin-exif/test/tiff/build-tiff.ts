/** Writes TIFF files entry by entry, so that tests can state what other writers get wrong. */

/** One entry: `values` are numbers of its type, or raw bytes. A function receives the offsets of `blocks`. */
export interface TiffEntry {
  readonly tag: number
  readonly type: number
  readonly values: ReadonlyArray<number> | Uint8Array | ((offsetOf: (block: string) => number) => ReadonlyArray<number>)
}

/** A file: named blocks in order, then the pages' directories. */
export interface TiffFile {
  readonly pages: ReadonlyArray<ReadonlyArray<TiffEntry>>
  readonly blocks: Readonly<Record<string, Uint8Array>>
  readonly littleEndian?: boolean
  readonly big?: boolean
}

const sizes: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 11: 4, 13: 4, 16: 8 }

const encoded = (type: number, values: ReadonlyArray<number> | Uint8Array, little: boolean): Uint8Array => {
  if (values instanceof Uint8Array) return values
  const size = sizes[type] ?? 1
  const view = new DataView(new ArrayBuffer(size * values.length))
  values.forEach((value, i) => {
    const at = i * size
    if (type === 11) view.setFloat32(at, value, little)
    else if (type === 16) view.setBigUint64(at, BigInt(value), little)
    else if (type === 5) {
      view.setUint32(at, value, little)
      view.setUint32(at + 4, 1, little)
    } else if (size === 1) view.setUint8(at, value & 0xff)
    else if (size === 2) view.setUint16(at, value & 0xffff, little)
    else view.setUint32(at, value, little)
  })
  return new Uint8Array(view.buffer)
}

/** Builds the file. Blocks come first, then values, then directories. */
export const buildTiff = ({ big = false, blocks, littleEndian: little = true, pages }: TiffFile): Uint8Array => {
  const parts: Array<Uint8Array> = []
  let at = big ? 16 : 8
  const append = (bytes: Uint8Array): number => {
    const start = at + (at & 1)
    parts.push(new Uint8Array(at & 1), bytes)
    at = start + bytes.length
    return start
  }
  const offsets = new Map(Object.entries(blocks).map(([name, bytes]) => [name, append(bytes)]))
  const offsetOf = (block: string): number => {
    const offset = offsets.get(block)
    if (offset === undefined) throw new Error(`no block ${block}`)
    return offset
  }
  const [entryBytes, inlineBytes, countBytes] = big ? [20, 8, 8] : [12, 4, 2]
  const directories = pages.map((entries) =>
    entries.map(({ tag, type, values }) => {
      const resolved = typeof values === "function" ? values(offsetOf) : values
      const bytes = encoded(type, resolved, little)
      const count = resolved instanceof Uint8Array ? bytes.length / (sizes[type] ?? 1) : resolved.length
      return { tag, type, count, bytes, valueAt: bytes.length > inlineBytes ? append(bytes) : 0 }
    })
  )
  at += at & 1
  const first = at
  const tables = directories.map((entries, page) => {
    const size = countBytes + entryBytes * entries.length + (big ? 8 : 4)
    const view = new DataView(new ArrayBuffer(size + (size & 1)))
    if (big) view.setBigUint64(0, BigInt(entries.length), little)
    else view.setUint16(0, entries.length, little)
    entries.forEach(({ bytes, count, tag, type, valueAt }, i) => {
      const to = countBytes + entryBytes * i
      view.setUint16(to, tag, little)
      view.setUint16(to + 2, type, little)
      if (big) view.setBigUint64(to + 4, BigInt(count), little)
      else view.setUint32(to + 4, count, little)
      const valueTo = to + (big ? 12 : 8)
      if (valueAt === 0) new Uint8Array(view.buffer).set(bytes, valueTo)
      else if (big) view.setBigUint64(valueTo, BigInt(valueAt), little)
      else view.setUint32(valueTo, valueAt, little)
    })
    at += view.byteLength
    const next = page === directories.length - 1 ? 0 : at
    if (big) view.setBigUint64(size - 8, BigInt(next), little)
    else view.setUint32(size - 4, next, little)
    return new Uint8Array(view.buffer)
  })
  const whole = new Uint8Array(at)
  const header = new DataView(whole.buffer)
  header.setUint16(0, little ? 0x4949 : 0x4d4d)
  header.setUint16(2, big ? 43 : 42, little)
  if (big) {
    header.setUint16(4, 8, little)
    header.setBigUint64(8, BigInt(first), little)
  } else header.setUint32(4, first, little)
  let to = big ? 16 : 8
  for (const part of parts) {
    whole.set(part, to)
    to += part.length
  }
  to = first
  for (const table of tables) {
    whole.set(table, to)
    to += table.length
  }
  return whole
}

/** What differs from an uncompressed 8-bit RGB page in one strip, the block `pixels`. */
export interface PageOptions {
  readonly width: number
  readonly height: number
  readonly bits?: ReadonlyArray<number>
  readonly photometric?: number
  readonly compression?: number
  readonly extra?: ReadonlyArray<TiffEntry>
  /** Tags left out. */
  readonly without?: ReadonlyArray<number>
}

/** The entries of a one-strip page; `extra` replaces entries of the same tag. */
export const pageOf = (options: PageOptions, pixelBytes: number, block = "pixels"): ReadonlyArray<TiffEntry> => {
  const { bits = [8, 8, 8], compression = 1, extra = [], height, photometric = 2, width, without = [] } = options
  const usual: ReadonlyArray<TiffEntry> = [
    { tag: 256, type: 3, values: [width] },
    { tag: 257, type: 3, values: [height] },
    { tag: 258, type: 3, values: bits },
    { tag: 259, type: 3, values: [compression] },
    { tag: 262, type: 3, values: [photometric] },
    { tag: 273, type: 4, values: (offsetOf) => [offsetOf(block)] },
    { tag: 277, type: 3, values: [bits.length] },
    { tag: 278, type: 3, values: [height] },
    { tag: 279, type: 4, values: [pixelBytes] }
  ]
  return [...usual.filter(({ tag }) => !extra.some((entry) => entry.tag === tag)), ...extra]
    .filter(({ tag }) => !without.includes(tag))
    .toSorted((a, b) => a.tag - b.tag)
}
