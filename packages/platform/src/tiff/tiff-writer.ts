/** Writes TIFF files: data first, then the directories of the pages. */
import { concatBytes } from "../bytes/view.ts"
import { tag } from "./tags.ts"

/** One directory entry. A value of more than four bytes lies at `valueAt`. */
export interface NewEntry {
  readonly tag: number
  readonly type: number
  readonly count: number
  readonly value: Uint8Array
  readonly valueAt: number
}

const [short, long] = [3, 4]

/** Collects the parts of a new file and returns their offsets, which are multiples of four. */
export class TiffWriter {
  readonly #littleEndian: boolean
  readonly #parts: Array<Uint8Array> = []
  readonly #shared = new Map<string, number>()
  #size = 0

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian
    this.append(new Uint8Array(8))
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#size
  }

  /** Appends bytes and returns their offset. */
  append(bytes: Uint8Array): number {
    const at = this.#size
    const padding = new Uint8Array(-bytes.length & 3)
    this.#parts.push(bytes, padding)
    this.#size += bytes.length + padding.length
    return at
  }

  /** An entry whose value is given as bytes in the file's order. Values with the same `key` are written once. */
  entry(tag: number, type: number, count: number, value: Uint8Array, key?: string): NewEntry {
    const known = key === undefined ? undefined : this.#shared.get(key)
    const valueAt = value.length <= 4 ? 0 : (known ?? this.append(value))
    if (key !== undefined) this.#shared.set(key, valueAt)
    return { tag, type, count, value, valueAt }
  }

  shorts(tag: number, values: ReadonlyArray<number>): NewEntry {
    const data = new DataView(new ArrayBuffer(values.length * 2))
    values.forEach((value, i) => data.setUint16(2 * i, value, this.#littleEndian))
    return this.entry(tag, short, values.length, new Uint8Array(data.buffer))
  }

  longs(tag: number, values: ReadonlyArray<number>): NewEntry {
    const data = new DataView(new ArrayBuffer(values.length * 4))
    values.forEach((value, i) => data.setUint32(4 * i, value, this.#littleEndian))
    return this.entry(tag, long, values.length, new Uint8Array(data.buffer))
  }

  #directory(entries: ReadonlyArray<NewEntry>): Uint8Array {
    const out = new Uint8Array(2 + 12 * entries.length + 4)
    const data = new DataView(out.buffer)
    data.setUint16(0, entries.length, this.#littleEndian)
    entries
      .toSorted((a, b) => a.tag - b.tag)
      .forEach((entry, i) => {
        const at = 2 + 12 * i
        data.setUint16(at, entry.tag, this.#littleEndian)
        data.setUint16(at + 2, entry.type, this.#littleEndian)
        data.setUint32(at + 4, entry.count, this.#littleEndian)
        if (entry.value.length <= 4) out.set(entry.value, at + 8)
        else data.setUint32(at + 8, entry.valueAt, this.#littleEndian)
      })
    return out
  }

  /** The whole file, with one directory for each page. */
  finish(pages: ReadonlyArray<ReadonlyArray<NewEntry>>): Uint8Array {
    const directories = pages.map((entries) => {
      const table = this.#directory(entries)
      const at = this.append(table)
      return { at, nextAt: at + table.length - 4 }
    })
    const out = concatBytes(this.#parts)
    const data = new DataView(out.buffer)
    data.setUint16(0, this.#littleEndian ? 0x4949 : 0x4d4d)
    data.setUint16(2, 42, this.#littleEndian)
    let link = 4
    for (const { at, nextAt } of directories) {
      data.setUint32(link, at, this.#littleEndian)
      link = nextAt
    }
    return out
  }
}

/** An uncompressed picture. */
export interface PlainPicture {
  readonly width: number
  readonly height: number
  /** Colours, and alpha if there is one. */
  readonly channels: number
  readonly bits: number
  readonly isFloat?: boolean
  readonly photometric: number
  /** The kind of the last channel: 1 for premultiplied alpha, 2 for alpha. */
  readonly alpha?: number
  readonly icc?: Uint8Array
  /** `[height × width × channels]` little-endian numbers. */
  readonly data: Uint8Array
}

/** A picture as a TIFF of one uncompressed strip. */
export const writePlainTiff = (picture: PlainPicture): Uint8Array => {
  const { alpha, bits, channels, data, height, icc, isFloat = false, photometric, width } = picture
  const each = (value: number) => Array.from({ length: channels }, () => value)
  const writer = new TiffWriter(true)
  const offset = writer.append(data)
  return writer.finish([
    [
      writer.longs(tag.width, [width]),
      writer.longs(tag.height, [height]),
      writer.shorts(tag.bitsPerSample, each(bits)),
      writer.shorts(tag.compression, [1]),
      writer.shorts(tag.photometric, [photometric]),
      writer.longs(tag.stripOffsets, [offset]),
      writer.shorts(tag.samplesPerPixel, [channels]),
      writer.longs(tag.rowsPerStrip, [height]),
      writer.longs(tag.stripByteCounts, [data.length]),
      ...(alpha === undefined ? [] : [writer.shorts(tag.extraSamples, [alpha])]),
      ...(isFloat ? [writer.shorts(tag.sampleFormat, each(3))] : []),
      ...(icc === undefined ? [] : [writer.entry(tag.icc, 7, icc.length, icc)])
    ]
  ])
}
