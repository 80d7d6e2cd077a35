// Removes texts that sound codecs carry in their set-up data: comments of Vorbis, Theora and Opus, and blocks of FLAC.
import { ascii, view } from "../container/boxes.ts"

/** How headers with comments begin: the kind of header and the name of the codec. */
const headers = ["\u0003vorbis", "\u0081theora", "OpusTags"]

/** Overwrites a text with spaces; the sign between the name of a comment and its value stays. */
const blankText = (bytes: Uint8Array, from: number, to: number): void => {
  for (let at = from; at < to; at++) if (bytes[at] !== 0x3d) bytes[at] = 0x20
}

/** Blanks the vendor and the comments that begin at `from`: each is a length and a text. */
const blankList = (bytes: Uint8Array, from: number, to: number): void => {
  const data = view(bytes)
  const blankNext = (at: number): number => {
    const end = Math.min(to, at + 4 + data.getUint32(at, true))
    blankText(bytes, at + 4, end)
    return end
  }
  if (from + 4 > to) return
  const list = blankNext(from)
  if (list + 4 > to) return
  let left = data.getUint32(list, true)
  for (let at = list + 4; at + 4 <= to && left > 0; left--) at = blankNext(at)
}

/** Blanks comments of Vorbis, Theora and Opus in `[from, to)`. */
export const blankComments = (bytes: Uint8Array, from: number, to: number): void => {
  for (let at = from; at < to; at++)
    for (const header of headers)
      if (bytes[at] === header.charCodeAt(0) && ascii(bytes, at, header.length) === header)
        blankList(bytes, at + header.length, to)
}

const streamInfo = 0
const seekTable = 3
const padding = 1

/** Makes the blocks of FLAC at `from` padding that are not about how the sound is coded. */
export const blankFlacBlocks = (bytes: Uint8Array, from: number, to: number): void => {
  let at = ascii(bytes, from) === "fLaC" ? from + 4 : from
  while (at + 4 <= to) {
    const kind = bytes[at] ?? 0
    const end = Math.min(to, at + 4 + (view(bytes).getUint32(at) & 0xff_ffff))
    if (![streamInfo, seekTable].includes(kind & 0x7f)) {
      bytes[at] = (kind & 0x80) | padding
      bytes.fill(0, at + 4, end)
    }
    at = end
    if ((kind & 0x80) !== 0) break
  }
  bytes.fill(0, at, to)
}
