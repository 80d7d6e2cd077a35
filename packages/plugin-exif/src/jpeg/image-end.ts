/** Where the picture ends in a JPEG file, told without reading all of it where that is possible. */
import { Malformed } from "../bytes/format-error.ts"
import { Directories, entryOf, tiffView } from "../tiff/ifd.ts"
import { latin1 } from "../bytes/view.ts"
import { marker, says, type Segment } from "./segments.ts"

/** Files up to this size are always walked to their end; bigger ones when something says that more may follow. */
const alwaysWalkedBytes = 1_000_000

/** How much of a bigger file's tail is searched for an earlier end of image. */
const tailBytes = 1 << 15

const isEoiBefore = (bytes: Uint8Array, end: number): boolean =>
  bytes[end - 2] === 0xff && bytes[end - 1] === marker.eoi

/**
 * Where a multi-picture file's own index says that the first picture ends, if an end-of-image marker is there.
 *
 * Source: CIPA DC-007-2009, 5.2: tag 0xB002 holds 16 bytes for each picture, the second four of which are its size.
 */
const indexedEnd = (bytes: Uint8Array, segment: Segment): number | undefined => {
  try {
    const view = tiffView(bytes.subarray(segment.body + 4, segment.end), "MPF")
    const pictures = entryOf(new Directories(view).read(view.u32(4)), 0xb002)
    const end = pictures === undefined || pictures.valueBytes < 16 ? 0 : view.u32(pictures.valueAt + 4)
    return end <= bytes.length && isEoiBefore(bytes, end) ? end : undefined
  } catch (cause) {
    if (cause instanceof Malformed) return undefined
    throw cause
  }
}

const isMpf = (bytes: Uint8Array, segment: Segment) => segment.code === marker.app2 && says(bytes, segment, "MPF\0")

/** XMP of motion photos, depth maps and gain maps lists the files that follow the picture. */
const listsFollowers = (bytes: Uint8Array, segment: Segment): boolean =>
  segment.code === marker.app1 &&
  says(bytes, segment, "http://ns.adobe.com/") &&
  /Container|MicroVideo|MotionPhoto|GainMap|GDepth/.test(latin1(bytes.subarray(segment.body, segment.end)))

const hasEarlierEoi = (bytes: Uint8Array): boolean => {
  for (let at = bytes.length - tailBytes; ; at++) {
    at = bytes.indexOf(0xff, at)
    if (at === bytes.length - 2 || at < 0) return false
    if (bytes[at + 1] === marker.eoi) return true
  }
}

/**
 * The end of the picture, when it can be told without walking through all of it; undefined when it cannot.
 *
 * A file over 1 MB that ends in an end-of-image marker, has no earlier one in its last 32 KiB and lists no follower is
 * taken to be one picture. A multi-picture file ends its first picture where its index says.
 */
export const quickEnd = (bytes: Uint8Array, segments: ReadonlyArray<Segment>): number | undefined => {
  if (bytes.length <= alwaysWalkedBytes || segments.some((segment) => listsFollowers(bytes, segment))) return undefined
  const index = segments.find((segment) => isMpf(bytes, segment))
  if (index !== undefined) return indexedEnd(bytes, index)
  return isEoiBefore(bytes, bytes.length) && !hasEarlierEoi(bytes) ? bytes.length : undefined
}
