/** TIFF files: the same directories as EXIF, with a picture in them. */
import { broken } from "../bytes/format-error.ts"
import { type Found, nothingBut } from "../metadata/raw-metadata.ts"
import type { View } from "../bytes/view.ts"
import { Directories, type Directory, entryOf, numberAt, tiffView } from "./ifd.ts"

/** Tags that say how pixels are stored and look (TIFF 6.0, its supplements, ICC). All others are about the picture. */
const pictureTags: ReadonlySet<number> = new Set(
  (
    "254 255 256 257 258 259 262 263 264 265 266 273 274 277 278 279 280 281 282 283 284 288 289 290 291 292 293 296 297 " +
    "301 317 318 319 320 321 322 323 324 325 332 333 334 336 338 339 340 341 342 347 " +
    "512 513 514 515 517 518 519 520 521 529 530 531 532 32997"
  )
    .split(" ")
    .map(Number)
)
const iccTag = 34_675
/** Tags whose value is the place of another directory. */
const directoryTags: ReadonlySet<number> = new Set([330, 34_665, 34_853, 40_965])

const isReduced = (directories: Directories, directory: Directory): boolean =>
  ((numberAt(directories.view, entryOf(directory, 254)) ?? 0) & 1) === 1

/** The chain of main directories: pages. */
const pagesOf = (directories: Directories): ReadonlyArray<Directory> => {
  const pages: Array<Directory> = []
  for (let at = directories.view.u32(4); at !== 0;) {
    const page = directories.read(at)
    if (page === undefined) break
    pages.push(page)
    at = page.next
  }
  return pages
}

/** Sizes, bits, samples, and where strips or tiles are: without these no decoder shows anything. */
const layoutTags: ReadonlyArray<number> = [256, 257, 258, 259, 262, 273, 277, 279, 322, 323, 324, 325]

/** Checks what every decoder needs of a page. Fails (`Malformed`) when it cannot be used. */
const checkLayout = (view: View, page: Directory): void => {
  if (layoutTags.some((tag) => page.unsound.includes(tag)))
    throw broken("TIFF", "a page whose layout is unreadable", page.at)
  const samples = numberAt(view, entryOf(page, 277)) ?? 1
  if (samples < 1 || samples > 64) throw broken("TIFF", `${samples} samples a pixel`, page.at)
  const data = numberAt(view, entryOf(page, 273) ?? entryOf(page, 324))
  if (data === undefined || data >= view.length) throw broken("TIFF", "pixel data outside the file", page.at)
}

/** Finds what a TIFF says besides its pixels. Fails (`Malformed`) when its first directory has no picture. */
export const findInTiff = (bytes: Uint8Array): Found => {
  const view = tiffView(bytes, "TIFF")
  const directories = new Directories(view)
  const pages = pagesOf(directories)
  const [first] = pages
  const width = numberAt(view, entryOf(first, 256)) ?? 0
  const height = numberAt(view, entryOf(first, 257)) ?? 0
  if (first === undefined || width === 0 || height === 0) throw broken("TIFF", "no picture in the first directory")
  checkLayout(view, first)
  const valueOf = (tag: number) => {
    const entry = entryOf(first, tag)
    return entry === undefined ? undefined : bytes.subarray(entry.valueAt, entry.valueAt + entry.valueBytes)
  }
  const icc = valueOf(iccTag)
  const xmp = valueOf(700)
  return {
    ...nothingBut({ width, height }),
    exif: [bytes],
    xmp: xmp === undefined ? [] : [xmp],
    ...(icc === undefined ? {} : { icc }),
    hasIptc: entryOf(first, 33_723) !== undefined || entryOf(first, 34_377) !== undefined,
    hasComment: entryOf(first, 270) !== undefined,
    hasThumbnail: entryOf(first, 330) !== undefined || pages.slice(1).some((page) => isReduced(directories, page)),
    animated: pages.filter((page) => !isReduced(directories, page)).length > 1,
    hasAlpha: entryOf(first, 338) !== undefined
  }
}

/**
 * The same TIFF without anything but the picture: sizes and offsets stay, so pixel data does not move.
 *
 * Shape: entries about the picture are taken out of their directories and their values, and the directories they point
 * to, are overwritten with zeros; reduced-size pages are unlinked and emptied. `Orientation` stays: it says how the
 * stored pixels look. Fails (`Malformed`) when there is no picture.
 */
export const stripTiff = (bytes: Uint8Array, keepIcc: boolean): Uint8Array => {
  findInTiff(bytes)
  const out = bytes.slice()
  const view = tiffView(bytes, "TIFF")
  const data = new DataView(out.buffer)
  const directories = new Directories(view)
  const pages = pagesOf(directories)
  const erase = (directory: Directory, depth: number): void => {
    for (const entry of directory.entries) eraseEntry(entry, depth)
    out.fill(0, directory.at, Math.min(directory.at + 6 + 12 * directory.claimed, out.length))
  }
  const eraseEntry = (entry: Directory["entries"][number], depth: number): void => {
    if (directoryTags.has(entry.tag) && depth < 4) {
      for (let i = 0; i < Math.min(entry.count, 16); i++) {
        const below = directories.read(numberAt(view, entry, i) ?? 0)
        if (below !== undefined) erase(below, depth + 1)
      }
    }
    out.fill(0, entry.valueAt, entry.valueAt + entry.valueBytes)
  }
  let before: number | undefined
  for (const page of pages) {
    const nextAt = page.at + 2 + 12 * page.claimed
    if (before !== undefined && isReduced(directories, page)) {
      data.setUint32(before, page.next, view.littleEndian)
      erase(page, 0)
      continue
    }
    const stays = page.entries.filter(({ tag }) => pictureTags.has(tag) || (keepIcc && tag === iccTag))
    for (const entry of page.entries) if (!stays.includes(entry)) eraseEntry(entry, 0)
    const kept = stays.map(({ at }) => bytes.slice(at, at + 12))
    out.fill(0, page.at, Math.min(nextAt + 4, out.length))
    data.setUint16(page.at, kept.length, view.littleEndian)
    kept.forEach((entry, i) => out.set(entry, page.at + 2 + 12 * i))
    before = page.at + 2 + 12 * kept.length
    if (before + 4 <= out.length) data.setUint32(before, page.next, view.littleEndian)
  }
  return out
}
