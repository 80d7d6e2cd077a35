/** Image file directories: the tables of tags that TIFF files and EXIF blocks are made of. */
import { broken } from "../bytes/format-error.ts"
import { latin1, View } from "../bytes/view.ts"

/** Bytes a value of each TIFF type takes, by type number (TIFF 6.0, section 2; 13 is an IFD offset). */
const typeSizes: ReadonlyArray<number> = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]

/** Most entries read from one block: real ones have a few hundred, broken ones claim 65,535 over and over. */
const maxEntries = 4096
const maxDirectories = 64

/** One entry. `valueAt` is where its `count` values lie, inline or elsewhere, always inside the block. */
export interface Entry {
  readonly tag: number
  readonly type: number
  readonly count: number
  readonly at: number
  readonly valueAt: number
  readonly valueBytes: number
}

/** One directory: where it lies, its sound entries, how many it claims, and where the next one is (0 for none). */
export interface Directory {
  readonly at: number
  readonly claimed: number
  readonly entries: ReadonlyArray<Entry>
  /** Tags whose values lie outside, or are of no known type. */
  readonly unsound: ReadonlyArray<number>
  readonly next: number
}

/** A block's byte order, checked by its header. Fails (`Malformed`) when the bytes do not begin as TIFF does. */
export const tiffView = (bytes: Uint8Array, format: string): View => {
  const mark = latin1(bytes.subarray(0, 2))
  if ((mark !== "II" && mark !== "MM") || bytes.length < 8) throw broken(format, "no TIFF header", 0)
  const view = new View(bytes, format, mark === "II")
  // 42 by the standard; raw formats put other numbers there with the same structure.
  return view
}

/** Reads directories of one block, each at most once, however they point at each other. */
export class Directories {
  readonly view: View
  readonly #seen = new Set<number>()
  #entries = 0

  constructor(view: View) {
    this.view = view
  }

  /** The directory at `at`, or undefined when it was read before, lies outside, or the block has too many. */
  read(at: number): Directory | undefined {
    const { view } = this
    if (at < 8 || !view.has(at, 2) || this.#seen.has(at) || this.#seen.size >= maxDirectories) return undefined
    this.#seen.add(at)
    const claimed = view.u16(at)
    const entries: Array<Entry> = []
    const unsound: Array<number> = []
    for (let i = 0; i < claimed && view.has(at + 2 + 12 * i, 12) && this.#entries < maxEntries; i++) {
      this.#entries++
      const entry = this.#entry(at + 2 + 12 * i)
      if (entry === undefined) unsound.push(view.u16(at + 2 + 12 * i))
      else entries.push(entry)
    }
    const nextAt = at + 2 + 12 * claimed
    return { at, claimed, entries, unsound, next: view.has(nextAt, 4) ? view.u32(nextAt) : 0 }
  }

  #entry(at: number): Entry | undefined {
    const { view } = this
    const type = view.u16(at + 2)
    const count = view.u32(at + 4)
    const valueBytes = (typeSizes[type] ?? 0) * count
    if (valueBytes === 0) return undefined
    const valueAt = valueBytes <= 4 ? at + 8 : view.u32(at + 8)
    return view.has(valueAt, valueBytes) ? { tag: view.u16(at), type, count, at, valueAt, valueBytes } : undefined
  }
}

/** The entry with this tag. */
export const entryOf = (directory: Directory | undefined, tag: number): Entry | undefined =>
  directory?.entries.find((entry) => entry.tag === tag)

/** One number of an entry, by index; undefined when the type is not numeric or the index is too high. */
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
    case 9:
      return view.i32(at)
    case 5:
      return view.u32(at) / view.u32(at + 4)
    case 10:
      return view.i32(at) / view.i32(at + 4)
    default:
      return undefined
  }
}

/** The text of an entry, up to its first NUL, trimmed; undefined when it is not text or is empty. */
export const textAt = (view: View, entry: Entry | undefined): string | undefined => {
  if (entry === undefined || (entry.type !== 2 && entry.type !== 7 && entry.type !== 1)) return undefined
  const raw = view.bytes.subarray(entry.valueAt, entry.valueAt + Math.min(entry.valueBytes, 65_536))
  const end = raw.indexOf(0)
  const text = new TextDecoder().decode(end < 0 ? raw : raw.subarray(0, end)).trim()
  return text === "" ? undefined : text
}
