// What is kept inside of the boxes of MP4 and MOV files, and what is removed from those that are kept.
import { type Box, boxesIn, view } from "../container/boxes.ts"
import { handlerOf } from "../container/sample-tables.ts"
import { blankComments, blankFlacBlocks } from "./codec-comments.ts"

const keptInside: Readonly<Record<string, ReadonlySet<string>>> = {
  moov: new Set(["mvhd", "trak", "mvex"]),
  mvex: new Set(["mehd", "trex", "leva"]),
  trak: new Set(["tkhd", "edts", "mdia", "tapt", "clip", "matt"]),
  edts: new Set(["elst"]),
  tapt: new Set(["clef", "prof", "enof"]),
  clip: new Set(["crgn"]),
  matt: new Set(["kmat"]),
  mdia: new Set(["mdhd", "hdlr", "minf", "elng"]),
  minf: new Set(["vmhd", "smhd", "hdlr", "dinf", "stbl"]),
  stbl: new Set(
    "stsd stts ctts cslg stss stps sdtp stsc stsz stz2 stco co64 sgpd sbgp subs saiz saio padb stdp".split(" ")
  ),
  dinf: new Set(["dref"]),
  moof: new Set(["mfhd", "traf"]),
  traf: new Set("tfhd tfdt trun sdtp sgpd sbgp subs saiz saio senc".split(" ")),
  mfra: new Set(["tfra", "mfro"])
}

/** Bytes of a header's fields, for version 0 and for version 1, which has longer times. */
const fixedBytes: Readonly<Record<string, readonly [number, number]>> = {
  mvhd: [100, 112],
  tkhd: [84, 96],
  mdhd: [24, 36],
  mehd: [8, 12],
  trex: [24, 24],
  mfhd: [8, 8],
  tfdt: [8, 12],
  mfro: [8, 8],
  vmhd: [12, 12],
  smhd: [8, 8],
  clef: [12, 12],
  prof: [12, 12],
  enof: [12, 12]
}

/** Bytes of an entry of a table, for version 0 and for version 1; tables begin with the number of entries. */
const entryBytes: Readonly<Record<string, readonly [number, number]>> = {
  elst: [12, 20],
  stts: [8, 8],
  ctts: [8, 8],
  stss: [4, 4],
  stps: [4, 4],
  stsc: [12, 12],
  stco: [4, 4],
  co64: [8, 8]
}

/** Makes a box an empty one of the same size. */
export const blank = (bytes: Uint8Array, { body, end, start }: Box): void => {
  bytes.set([0x66, 0x72, 0x65, 0x65], start + 4) // free
  bytes.fill(0, body, end)
}

/** How many bytes of a box's body are read; undefined if it is not known. */
const usedBytes = (bytes: Uint8Array, { body, end, type }: Box): number | undefined => {
  const version = bytes[body] === 1 ? 1 : 0
  const fixed = Object.hasOwn(fixedBytes, type) ? fixedBytes[type] : undefined
  if (fixed !== undefined) return fixed[version]
  const entry = Object.hasOwn(entryBytes, type) ? entryBytes[type] : undefined
  if (entry !== undefined && body + 8 <= end) return 8 + entry[version] * view(bytes).getUint32(body + 4)
  if (type !== "stsz" || body + 12 > end) return undefined
  return 12 + (view(bytes).getUint32(body + 4) === 0 ? 4 * view(bytes).getUint32(body + 8) : 0)
}

/** Zeroes when a header was made and changed. */
const blankDates = (bytes: Uint8Array, header: Box): void => {
  bytes.fill(0, header.body + 4, Math.min(header.end, header.body + (bytes[header.body] === 1 ? 20 : 12)))
}

/** Zeroes the maker and the name of a handler, which often are the camera's; the name becomes an empty one. */
const blankHandler = (bytes: Uint8Array, handler: Box): void => {
  bytes.fill(0, Math.min(handler.body + 12, handler.end), handler.end)
}

/** Zeroes what references to the media hold: paths of files on the machine that made it. */
const blankReferences = (bytes: Uint8Array, references: Box): void => {
  for (const entry of boxesIn(bytes, references.body + 8, references.end)) bytes.fill(0, entry.body + 4, entry.end)
}

/** Where the boxes of a description of sound begin: QuickTime has two longer forms. */
const soundFields = (bytes: Uint8Array, description: Box, entry: Box): number => {
  const version = bytes[description.body] === 0 ? bytes[entry.body + 9] : 0
  return version === 1 ? 44 : version === 2 ? 64 : 28
}

const isColorTable = (bytes: Uint8Array, entry: Box): boolean =>
  [1, 2, 4, 8].includes((bytes[entry.body + 75] ?? 0) & 31)

/** Blanks metadata beside a codec's configuration, texts in it, and what follows the last box. */
const blankExtensions = (bytes: Uint8Array, from: number, to: number, keepRest: boolean): void => {
  let at = from
  for (const extension of boxesIn(bytes, from, to)) {
    if (view(bytes).getUint32(extension.start) === 0) break // QuickTime ends a list so
    at = extension.end
    if (/^(uuid|udta|meta|strn|free|skip|pinf)$/.test(extension.type)) blank(bytes, extension)
    else if (extension.type === "wave") blankExtensions(bytes, extension.body, extension.end, false)
    else if (extension.type === "dfLa") blankFlacBlocks(bytes, extension.body + 4, extension.end)
    else if (/^(esds|glbl)$/.test(extension.type)) blankComments(bytes, extension.body, extension.end)
  }
  if (at > from && !keepRest) bytes.fill(0, at, to)
}

/** Zeroes the encoder's vendor and name in the descriptions of pictures and sound, and metadata in them. */
const blankDescriptions = (bytes: Uint8Array, description: Box, handler: string): void => {
  for (const entry of boxesIn(bytes, description.body + 8, description.end)) {
    bytes.fill(0, Math.min(entry.body + 12, entry.end), Math.min(entry.body + 16, entry.end))
    if (handler === "soun") {
      blankExtensions(bytes, entry.body + soundFields(bytes, description, entry), entry.end, false)
      continue
    }
    bytes.fill(0, Math.min(entry.body + 42, entry.end), Math.min(entry.body + 74, entry.end))
    blankExtensions(bytes, entry.body + 78, entry.end, isColorTable(bytes, entry))
  }
}

/** Blanks what is not needed of a box that stays; `handler` is the kind of the track that it is in. */
export const keepNeeded = (bytes: Uint8Array, parent: Box, handler: string): void => {
  const { body, end, type } = parent
  const kept = Object.hasOwn(keptInside, type) ? keptInside[type] : undefined
  if (kept !== undefined) {
    let at = body
    for (const inner of boxesIn(bytes, body, end)) {
      at = inner.end
      if (kept.has(inner.type)) keepNeeded(bytes, inner, inner.type === "trak" ? handlerOf(bytes, inner) : handler)
      else blank(bytes, inner)
    }
    bytes.fill(0, at, end) // what is no box
    return
  }
  if (/^(mvhd|tkhd|mdhd)$/.test(type)) blankDates(bytes, parent)
  if (type === "hdlr") blankHandler(bytes, parent)
  if (type === "dref") blankReferences(bytes, parent)
  if (type === "stsd") blankDescriptions(bytes, parent, handler)
  const used = usedBytes(bytes, parent)
  if (used !== undefined) bytes.fill(0, Math.min(end, body + used), end)
}
