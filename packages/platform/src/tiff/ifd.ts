/** TIFF: pages, their metadata, and unusual sample layouts. This file: image file directories, the tables of tags. */
import { corrupt } from "../bytes/format-error.ts"
import { latin1, View } from "../bytes/view.ts"

/** Bytes per value, by type number. Source: TIFF 6.0, section 2; 13 (IFD) from TIFF Technical Note 1, 16 to 18 BigTIFF. */
const typeSizes: ReadonlyArray<number> = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8]

/** One entry. `valueAt` is where its `count` values start, inline or elsewhere; they always lie inside the block. */
export interface Entry {
  readonly tag: number
  readonly type: number
  readonly count: number
  readonly valueAt: number
  readonly valueBytes: number
}

/** One directory: its offset, its readable entries, and the offset of the next directory (0 for none). */
export interface Directory {
  readonly at: number
  readonly entries: ReadonlyArray<Entry>
  /** Tags whose values lie outside the block or have no known type. */
  readonly unreadable: ReadonlyArray<number>
  readonly next: number
}

/** Opens a block by its byte order mark. Fails (`FormatError`) when the bytes have no TIFF header. */
export const tiffView = (bytes: Uint8Array, format: string): View => {
  const mark = latin1(bytes.subarray(0, 2))
  if ((mark !== "II" && mark !== "MM") || bytes.length < 8) throw corrupt(format, "no TIFF header", 0)
  // The version is not checked here: camera raw formats use the same structure under other numbers.
  return new View(bytes, format, mark === "II")
}

/** How many directories and entries are read from one block. */
export interface DirectoryLimits {
  readonly directories: number
  readonly entries: number
}

/** Cameras write a few hundred entries; damaged blocks claim 65,535 in each directory. */
const blockLimits: DirectoryLimits = { directories: 64, entries: 4096 }

/** Reads the directories of one block, each at most once, so that cycles end. */
export class Directories {
  readonly view: View
  /** The offset of the first directory. */
  readonly first: number
  /** True when a limit stopped the reading: some directory or entry is missing. */
  truncated = false
  /** BigTIFF has 64-bit counts and offsets; its version number is 43. */
  readonly #big: boolean
  readonly #limits: DirectoryLimits
  readonly #seen = new Set<number>()
  #entries = 0

  constructor(view: View, limits: DirectoryLimits = blockLimits) {
    this.view = view
    this.#limits = limits
    this.#big = view.u16(2) === 43 && view.has(0, 16)
    this.first = this.#big ? view.u64(8) : view.u32(4)
  }

  /** The directory at `at`; undefined when it was read before, lies outside the block, or a limit is reached. */
  read(at: number): Directory | undefined {
    const { view } = this
    const [countBytes, entryBytes, offsetBytes] = this.#big ? [8, 20, 8] : [2, 12, 4]
    if (at < 8 || !view.has(at, countBytes) || this.#seen.has(at)) return undefined
    if (this.#seen.size >= this.#limits.directories) {
      this.truncated = true
      return undefined
    }
    this.#seen.add(at)
    const count = this.#big ? view.u64(at) : view.u16(at)
    const entries: Array<Entry> = []
    const unreadable: Array<number> = []
    for (let i = 0; i < count; i++) {
      const entryAt = at + countBytes + entryBytes * i
      if (!view.has(entryAt, entryBytes)) break
      if (++this.#entries > this.#limits.entries) {
        this.truncated = true
        break
      }
      const entry = this.#entry(entryAt)
      if (entry === undefined) unreadable.push(view.u16(entryAt))
      else entries.push(entry)
    }
    const nextAt = at + countBytes + entryBytes * count
    const next = !view.has(nextAt, offsetBytes) ? 0 : this.#big ? view.u64(nextAt) : view.u32(nextAt)
    return { at, entries, unreadable, next }
  }

  #entry(at: number): Entry | undefined {
    const { view } = this
    const type = view.u16(at + 2)
    const count = this.#big ? view.u64(at + 4) : view.u32(at + 4)
    const valueBytes = (typeSizes[type] ?? 0) * count
    if (!(valueBytes > 0)) return undefined
    const [inlineAt, inlineBytes] = this.#big ? [at + 12, 8] : [at + 8, 4]
    const valueAt = valueBytes <= inlineBytes ? inlineAt : this.#big ? view.u64(inlineAt) : view.u32(inlineAt)
    return view.has(valueAt, valueBytes) ? { tag: view.u16(at), type, count, valueAt, valueBytes } : undefined
  }
}

/** The first entry with this tag. */
export const entryOf = (directory: Directory | undefined, tag: number): Entry | undefined =>
  directory?.entries.find((entry) => entry.tag === tag)

/** One number of an entry; undefined when there is no entry, its type is not numeric, or `index` is too high. */
export const numberAt = (view: View, entry: Entry | undefined, index = 0): number | undefined => {
  if (entry === undefined || index >= entry.count) return undefined
  const at = entry.valueAt + index * (typeSizes[entry.type] ?? 0)
  switch (entry.type) {
    case 1:
    case 7:
      return view.u8(at)
    case 3:
      return view.u16(at)
    case 4:
    case 13:
      return view.u32(at)
    case 5:
      return view.u32(at) / view.u32(at + 4)
    case 6:
      return (view.u8(at) << 24) >> 24
    case 8:
      return (view.u16(at) << 16) >> 16
    case 9:
      return view.i32(at)
    case 10:
      return view.i32(at) / view.i32(at + 4)
    case 11:
      return view.f32(at)
    case 12:
      return view.f64(at)
    case 16:
    case 17:
    case 18:
      return view.u64(at)
    default:
      return undefined
  }
}

/** The text of an entry up to its first NUL, trimmed; undefined when it is not text or is empty. */
export const textAt = (view: View, entry: Entry | undefined): string | undefined => {
  if (entry === undefined || (entry.type !== 2 && entry.type !== 7 && entry.type !== 1)) return undefined
  const raw = view.bytes.subarray(entry.valueAt, entry.valueAt + Math.min(entry.valueBytes, 65_536))
  const end = raw.indexOf(0)
  const text = new TextDecoder().decode(end < 0 ? raw : raw.subarray(0, end)).trim()
  return text === "" ? undefined : text
}
