// What a container's outermost structure shows without a demuxer: which family it is, whether the file ends early, and
// whether its edit list is one that mediabunny follows (one edit, at normal speed, to the end of the media).
import type { ByteSource } from "../bytes/byte-source.ts"
import { damagedAtStart, type VideoDamaged, VideoUnsupported } from "../errors.ts"
import { ascii, type Box, boxesIn, child, mostBoxes, readEdits, scaleAndDuration, topBoxes, view } from "./boxes.ts"
import { ebmlHeaderId, ebmlNumber, segmentId } from "./ebml.ts"
import { holdsTooMany, type Movie, movieOf } from "./movie-header.ts"

export interface Structure {
  readonly family: "isobmff" | "matroska" | "other"
  readonly cutShort: boolean
  readonly plainEdits: boolean
  /** Whether another file follows in the same bytes, as recorders that were stopped and started write Matroska. */
  readonly goesOn: boolean
  /** Whether the part that says where the pictures are is there. */
  readonly hasIndex: boolean
}

const trackIsPlain = (bytes: Uint8Array, trak: Box, movieScale: number): boolean => {
  const elst = child(bytes, trak, "edts", "elst")
  const handler = child(bytes, trak, "mdia", "hdlr")
  if (elst === undefined || handler === undefined || ascii(bytes, handler.body + 8) !== "vide") return true
  const edits = readEdits(bytes, elst)
  const shown = edits.filter((edit) => edit.mediaTime >= 0)
  const [only, ...more] = shown
  if (only === undefined) return edits.length === 0
  if (more.length > 0 || only.rate !== 1 || edits.at(-1) !== only) return false
  const mdhd = child(bytes, trak, "mdia", "mdhd")
  if (mdhd === undefined || movieScale === 0 || only.durationInMovie === 0) return true
  const { duration, scale } = scaleAndDuration(bytes, mdhd)
  if (scale === 0 || duration === 0) return true
  // a tick of the coarser clock, and one more for rounding, is not a cut
  const slack = 2 / movieScale + 2 / scale
  return only.durationInMovie / movieScale + slack >= (duration - only.mediaTime) / scale
}

const editsArePlain = ({ box, bytes }: Movie): boolean => {
  try {
    const mvhd = child(bytes, box, "mvhd")
    const movieScale = mvhd === undefined ? 0 : scaleAndDuration(bytes, mvhd).scale
    return [...boxesIn(bytes, box.body, box.end)]
      .filter(({ type }) => type === "trak")
      .every((trak) => trackIsPlain(bytes, trak, movieScale))
  } catch {
    return true // a header that is cut off or wrong: the demuxer reports it
  }
}

/** Walks the EBML header's own elements; a header that does not parse, or names no Matroska, is no video. */
const checkEbmlHeader = (head: Uint8Array): void => {
  const header = ebmlNumber(head, 4)
  const end = 4 + header.length + (header.value ?? 0)
  let documentType = ""
  for (let at = 4 + header.length; at < end && at < head.byteLength;) {
    const idLength = Math.clz32(head[at] ?? 0) - 23
    const size = ebmlNumber(head, at + idLength)
    if (idLength > 4 || size.value === undefined) break
    const body = at + idLength + size.length
    if (idLength === 2 && head[at] === 0x42 && head[at + 1] === 0x82) documentType = ascii(head, body, size.value)
    at = body + size.value
  }
  if (/^(matroska|webm)\0*$/.test(documentType)) return
  throw new VideoUnsupported({ reason: "not-a-video", detail: "its EBML header names neither Matroska nor WebM" })
}

/** Where the segment of a Matroska file ends; undefined if it does not say, or there is none at the beginning. */
const segmentEnd = (head: Uint8Array): number | undefined => {
  const header = ebmlNumber(head, 4)
  const segment = 4 + header.length + (header.value ?? 0)
  if (segment + 12 > head.byteLength || view(head).getUint32(segment) !== segmentId) return undefined
  const size = ebmlNumber(head, segment + 4)
  return size.value === undefined ? undefined : segment + 4 + size.length + size.value
}

const matroskaStructure = async (source: ByteSource, head: Uint8Array): Promise<Structure> => {
  checkEbmlHeader(head)
  const end = segmentEnd(head) ?? source.sizeBytes
  const after = end + 12 > source.sizeBytes ? undefined : await source.read(end, end + 4)
  return {
    family: "matroska",
    cutShort: end > source.sizeBytes,
    plainEdits: true,
    goesOn: after !== undefined && after.byteLength === 4 && view(after).getUint32(0) === ebmlHeaderId,
    hasIndex: true
  }
}

const tooManyBoxes = (where: string): VideoDamaged => damagedAtStart("corrupt", `more than ${mostBoxes} boxes ${where}`)

/** Looks at the outermost structure. Cost: a few small reads, plus the movie header of MP4 and MOV files. */
export const readStructure = async (source: ByteSource): Promise<Structure> => {
  const head = await source.read(0, Math.min(source.sizeBytes, 4096))
  if (head.byteLength >= 12 && view(head).getUint32(0) === ebmlHeaderId) return matroskaStructure(source, head)
  if (head.byteLength >= 12 && ascii(head, 0) === "RIFF")
    return {
      family: "other",
      cutShort: view(head).getUint32(4, true) + 8 > source.sizeBytes,
      plainEdits: true,
      goesOn: false,
      hasIndex: true
    }
  if (head.byteLength < 8 || !/^(ftyp|moov|mdat|free|skip|wide|styp|pnot|uuid)$/.test(ascii(head, 4)))
    return { family: "other", cutShort: false, plainEdits: true, goesOn: false, hasIndex: true }
  const boxes = await topBoxes(source)
  const moov = boxes.find((box) => box.type === "moov")
  if (moov === undefined && boxes.length >= mostBoxes)
    throw tooManyBoxes("stand before the part that says where its pictures are")
  const movie = await movieOf(source)
  if (movie !== undefined && holdsTooMany(movie)) throw tooManyBoxes("are in the part that says where its pictures are")
  return {
    family: "isobmff",
    cutShort: (boxes.at(-1)?.end ?? 0) > source.sizeBytes,
    plainEdits: movie === undefined || editsArePlain(movie),
    goesOn: false,
    hasIndex: moov !== undefined && moov.end <= source.sizeBytes
  }
}
