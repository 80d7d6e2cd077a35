/** Reads what a TIFF file contains besides its pixels. */
import { corrupt } from "@sightline/platform/bytes/format-error"
import { entryOf, numberAt } from "@sightline/platform/tiff/ifd"
import { isReduced, layoutOf, readPages } from "@sightline/platform/tiff/pages"
import { tag } from "@sightline/platform/tiff/tags"
import { emptyMetadata, type RawMetadata } from "../metadata/raw-metadata.ts"

/** Reads a TIFF's metadata. Fails (`FormatError`) when its first page is not a picture. */
export const readTiffMetadata = (bytes: Uint8Array): RawMetadata => {
  const { pages, view } = readPages(bytes)
  const [first] = pages
  if (first === undefined) throw corrupt("TIFF", "no picture in the first directory")
  const { height, width } = layoutOf(view, first)
  const has = (...tags: ReadonlyArray<number>) => tags.some((number) => entryOf(first, number) !== undefined)
  const valueOf = (number: number) => {
    const entry = entryOf(first, number)
    return entry === undefined ? undefined : bytes.subarray(entry.valueAt, entry.valueAt + entry.valueBytes)
  }
  const icc = valueOf(tag.icc)
  const xmp = valueOf(tag.xmp)
  const extra = entryOf(first, tag.extraSamples)
  return {
    ...emptyMetadata({ width, height }),
    exif: [bytes],
    xmp: xmp === undefined ? [] : [xmp],
    ...(icc === undefined ? {} : { icc }),
    hasIptc: has(tag.iptc, tag.photoshop),
    hasComment: has(tag.description),
    hasThumbnail: has(tag.subDirectories) || pages.slice(1).some((page) => isReduced(view, page)),
    animated: pages.filter((page) => !isReduced(view, page)).length > 1,
    // 1 and 2 are alpha; 0 is a channel of unstated meaning (TIFF 6.0, section 18).
    hasAlpha: [0, 1, 2, 3].some((i) => [1, 2].includes(numberAt(view, extra, i) ?? 0))
  }
}
