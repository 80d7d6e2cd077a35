/** GIF: reads its metadata, and writes the same GIF without it. */
import { corrupt } from "@sightline/platform/bytes/format-error"
import { concatBytes, View } from "@sightline/platform/bytes/view"
import { emptyMetadata, type RawMetadata, type Size } from "../metadata/raw-metadata.ts"

/** Application extensions that change how the picture looks: looping, and colour profiles. */
const loopApplications: ReadonlyArray<string> = ["NETSCAPE2.0", "ANIMEXTS1.0"]
const profileApplication = "ICCRGBG1012"
const xmpApplication = "XMP DataXMP"

interface Block {
  readonly kind: "frame" | "control" | "comment" | "application" | "text"
  readonly start: number
  readonly end: number
  readonly application?: string
}

interface Gif {
  readonly size: Size
  /** True when the first frame alone has this size. */
  readonly isFrameSize: boolean
  readonly headerEnd: number
  readonly blocks: ReadonlyArray<Block>
  /** Where the trailer byte is, or where reading stopped. */
  readonly end: number
}

/** Most blocks: an animation has two for each frame. */
const maxBlocks = 200_000

const colourTableBytes = (flags: number) => ((flags & 0x80) === 0 ? 0 : 3 << ((flags & 7) + 1))

/** The end of the sub-blocks at `at`, terminator included; a truncated file ends them. */
const endOfSubBlocks = (bytes: Uint8Array, at: number): number => {
  let next = at
  for (;;) {
    const size = bytes[next]
    if (size === undefined) return bytes.length
    next += size + 1
    if (size === 0) return next
  }
}

const readBlocks = (bytes: Uint8Array): Omit<Gif, "size" | "isFrameSize"> => {
  const view = new View(bytes, "GIF", true)
  const headerEnd = 13 + colourTableBytes(view.u8(10))
  const blocks: Array<Block> = []
  let at = headerEnd
  while (at < bytes.length) {
    if (blocks.length > maxBlocks) throw corrupt("GIF", `more than ${maxBlocks} blocks`, at)
    const start = at
    const code = view.u8(at)
    if (code === 0x3b) break
    if (code === 0x2c && view.has(at, 11)) {
      at = Math.min(endOfSubBlocks(bytes, at + 10 + colourTableBytes(view.u8(at + 9)) + 1), bytes.length)
      blocks.push({ kind: "frame", start, end: at })
    } else if (code === 0x21 && view.has(at, 3)) {
      const label = view.u8(at + 1)
      const application = label === 0xff && view.has(at + 3, 11) ? view.text(at + 3, 11) : ""
      at = Math.min(endOfSubBlocks(bytes, at + 2), bytes.length)
      const kind = label === 0xf9 ? "control" : label === 0xff ? "application" : label === 0xfe ? "comment" : "text"
      blocks.push({ kind, start, end: at, application })
    } else break
  }
  return { headerEnd, blocks, end: at }
}

/**
 * Takes a file apart. Fails (`FormatError`) when it has no frame or no pixels.
 *
 * The size is that of the logical screen, grown to hold the first frame: some writers leave the screen too small or at
 * 0 × 0, and libnsgif (sharp), Pillow and browsers all show the first frame whole. Later frames are clipped.
 */
const readGif = (bytes: Uint8Array): Gif => {
  const view = new View(bytes, "GIF", true)
  const gif = readBlocks(bytes)
  const first = gif.blocks.find(({ kind }) => kind === "frame")
  if (first === undefined) throw corrupt("GIF", "no frame in the file")
  const right = view.u16(first.start + 1) + view.u16(first.start + 5)
  const bottom = view.u16(first.start + 3) + view.u16(first.start + 7)
  const width = Math.max(view.u16(6), right)
  const height = Math.max(view.u16(8), bottom)
  if (width === 0 || height === 0) throw corrupt("GIF", "a picture without pixels", 6)
  if (width > 65_535 || height > 65_535) throw corrupt("GIF", "a first frame beyond the largest screen", first.start)
  return { ...gif, size: { width, height }, isFrameSize: width === right && height === bottom }
}

/** Reads a GIF's metadata. Fails (`FormatError`) when it has no frame. */
export const readGifMetadata = (bytes: Uint8Array): RawMetadata => {
  const { blocks, end, size } = readGif(bytes)
  return {
    ...emptyMetadata(size),
    xmp: blocks
      .filter(({ application }) => application === xmpApplication)
      .map((block) => bytes.subarray(block.start + 14, block.end)),
    hasComment: blocks.some(({ kind }) => kind === "comment"),
    animated: blocks.filter(({ kind }) => kind === "frame").length > 1,
    hasAlpha: blocks.some(({ kind, start }) => kind === "control" && ((bytes[start + 3] ?? 0) & 1) === 1),
    hasTrailer: end + 1 < bytes.length
  }
}

/** Bytes before the first sub-block, and the size of the only sub-block that decoders read. */
const controlLayout = { head: 2, size: 4 }
const loopLayout = { head: 14, size: 3 }

/** What is kept of a block: of those with a fixed layout, nothing behind it. */
const keptPart = (bytes: Uint8Array, { application, end, kind, start }: Block): Uint8Array => {
  const isLoop = kind === "application" && application !== profileApplication
  if (kind !== "control" && !isLoop) return bytes.subarray(start, end)
  const { head, size } = isLoop ? loopLayout : controlLayout
  const from = start + head
  if ((bytes[from] ?? 0) < size || from + 1 + size > end) return new Uint8Array(0)
  return concatBytes([
    bytes.subarray(start, from),
    Uint8Array.of(size),
    bytes.subarray(from + 1, from + 1 + size),
    Uint8Array.of(0)
  ])
}

/**
 * The same GIF without comments, XMP, and applications that do not change how it looks.
 *
 * Frames are copied as they are. A logical screen that is smaller than the first frame in both directions is enlarged to it,
 * so that all decoders agree on the size.
 */
export const stripGif = (bytes: Uint8Array, keepIcc: boolean): Uint8Array => {
  const { blocks, headerEnd, isFrameSize, size } = readGif(bytes)
  const kept = keepIcc ? [...loopApplications, profileApplication] : loopApplications
  const parts = blocks
    .filter(
      ({ application, kind }) =>
        kind === "frame" || kind === "control" || (kind === "application" && kept.includes(application ?? ""))
    )
    .map((block) => keptPart(bytes, block))
  const out = concatBytes([bytes.subarray(0, headerEnd), ...parts, Uint8Array.of(0x3b)])
  // A screen is not enlarged in one direction: libnsgif ignores screens over 2048 pixels and of usual monitor sizes.
  if (!isFrameSize) return out
  const screen = new DataView(out.buffer)
  screen.setUint16(6, size.width, true)
  screen.setUint16(8, size.height, true)
  return out
}
