/** GIF and BMP: no EXIF, but a GIF can carry comments and XMP between its frames. */
import { broken } from "../bytes/format-error.ts"
import { type Found, nothingBut } from "../metadata/raw-metadata.ts"
import { joined, View } from "../bytes/view.ts"

/** Application extensions that change what is seen: looping, and colour profiles. */
const seenApplications: ReadonlyArray<string> = ["NETSCAPE2.0", "ANIMEXTS1.0"]
const profileApplication = "ICCRGBG1012"

interface Block {
  readonly kind: "frame" | "control" | "comment" | "application" | "text"
  readonly start: number
  readonly end: number
  readonly application?: string
}

/** Most blocks: an animation has two for each frame. */
const maxBlocks = 200_000

const tableBytes = (flags: number) => ((flags & 0x80) === 0 ? 0 : 3 << ((flags & 7) + 1))

/** Walks sub-blocks from `at` to behind their terminator; a file cut short ends the walk. */
const afterSubBlocks = (bytes: Uint8Array, at: number): number => {
  let next = at
  for (;;) {
    const size = bytes[next]
    if (size === undefined) return bytes.length
    next += size + 1
    if (size === 0) return next
  }
}

const blocksOf = (
  bytes: Uint8Array
): { readonly headEnd: number; readonly blocks: ReadonlyArray<Block>; readonly end: number } => {
  const view = new View(bytes, "GIF", true)
  const headEnd = 13 + tableBytes(view.u8(10))
  const blocks: Array<Block> = []
  let at = headEnd
  while (at < bytes.length) {
    if (blocks.length > maxBlocks) throw broken("GIF", `more than ${maxBlocks} blocks`, at)
    const start = at
    const code = view.u8(at)
    if (code === 0x3b) return { headEnd, blocks, end: at }
    if (code === 0x2c) {
      if (!view.has(at, 11)) break
      at = Math.min(afterSubBlocks(bytes, at + 10 + tableBytes(view.u8(at + 9)) + 1), bytes.length)
      blocks.push({ kind: "frame", start, end: at })
    } else if (code === 0x21 && view.has(at, 3)) {
      const label = view.u8(at + 1)
      const application = label === 0xff && view.has(at + 3, 11) ? view.text(at + 3, 11) : ""
      at = Math.min(afterSubBlocks(bytes, at + 2), bytes.length)
      const kind = label === 0xf9 ? "control" : label === 0xff ? "application" : label === 0xfe ? "comment" : "text"
      blocks.push({ kind, start, end: at, application })
    } else break
  }
  return { headEnd, blocks, end: at }
}

/** Finds what a GIF says besides its pixels. Fails (`Malformed`) when it has no frame. */
export const findInGif = (bytes: Uint8Array): Found => {
  const view = new View(bytes, "GIF", true)
  const { blocks, end } = blocksOf(bytes)
  const frames = blocks.filter(({ kind }) => kind === "frame").length
  if (frames === 0) throw broken("GIF", "no frame in the file")
  const packets = blocks.filter(({ application }) => application === "XMP DataXMP")
  return {
    ...nothingBut({ width: view.u16(6), height: view.u16(8) }),
    xmp: packets.map((block) => bytes.subarray(block.start + 14, block.end)),
    hasComment: blocks.some(({ kind }) => kind === "comment"),
    animated: frames > 1,
    hasAlpha: blocks.some(({ kind, start }) => kind === "control" && ((bytes[start + 3] ?? 0) & 1) === 1),
    hasTrailer: end + 1 < bytes.length
  }
}

/** The same GIF without comments, XMP, and applications that do not change what is seen. */
export const stripGif = (bytes: Uint8Array, keepIcc: boolean): Uint8Array => {
  const { blocks, headEnd } = blocksOf(bytes)
  const seen = keepIcc ? [...seenApplications, profileApplication] : seenApplications
  const stays = blocks.filter(
    ({ application, kind }) =>
      kind === "frame" || kind === "control" || (kind === "application" && seen.includes(application ?? ""))
  )
  const parts = stays.map(({ end, start }) => bytes.subarray(start, end))
  return joined([bytes.subarray(0, headEnd), ...parts, Uint8Array.of(0x3b)])
}

/** The size of a BMP, which has nothing else to find. Fails (`Malformed`) when the header is cut short. */
export const findInBmp = (bytes: Uint8Array): Found => {
  const view = new View(bytes, "BMP", true)
  const old = view.u32(14) === 12
  const width = old ? view.u16(18) : Math.abs(view.i32(18))
  const height = old ? view.u16(20) : Math.abs(view.i32(22))
  if (width === 0 || height === 0) throw broken("BMP", "a picture without pixels", 18)
  const depth = view.u16(old ? 24 : 28)
  if (view.u16(old ? 22 : 26) !== 1) throw broken("BMP", "other than one plane", old ? 22 : 26)
  const packed = !old && view.u32(30) !== 0
  if (![0, 1, 2, 4, 8, 16, 24, 32].includes(depth)) throw broken("BMP", `${depth} bits a pixel`, 28)
  // Rows are whole 4-byte words, but nobody misses those that fill up the last one.
  const needed = Math.ceil((width * depth) / 32) * 4 * (height - 1) + Math.ceil((width * depth) / 8)
  if (!packed && view.u32(10) + needed > bytes.length) throw broken("BMP", "the picture is cut short", 10)
  return nothingBut({ width, height })
}
