// Tables that announce the streams of an MPEG transport stream (ISO/IEC 13818-1, 2.4.4): which are pictures and sound.
import type { Pace } from "../sampling/pace.ts"

/** Kinds of streams that are pictures or sound in any transport stream; private ones (6) are when their descriptors say so. */
const mediaTypes = new Set([
  0x01, 0x02, 0x03, 0x04, 0x0f, 0x10, 0x11, 0x1b, 0x1c, 0x1e, 0x1f, 0x20, 0x21, 0x24, 0x25, 0x2d, 0x2e, 0x32, 0x33,
  0x34, 0x42, 0x80, 0x81, 0x87, 0x8a, 0xd1, 0xd2, 0xea
])
/** Sound on discs and of AVCHD cameras. Elsewhere these numbers are anybody's: cue messages, sensor data. */
const discTypes = new Set([0x82, 0x83, 0x84, 0x85, 0x86, 0xa1, 0xa2])
const privateStream = 0x06
/** AC-3, E-AC-3, DTS and AAC by their descriptors in DVB. */
const soundDescriptors = new Set([0x6a, 0x7a, 0x7b, 0x7c])
const registration = 0x05
const mediaFormats = new Set([
  "Opus",
  "HEVC",
  "AV01",
  "VVC ",
  "AC-3",
  "EAC3",
  "DTS1",
  "DTS2",
  "DTS3",
  "BSSD",
  "VC-1",
  "drac"
])
/** Descriptors that say how a stream is coded, its language and its place among others. */
const keptDescriptors = new Set([
  0x02, 0x03, 0x04, 0x06, 0x0a, 0x0e, 0x1b, 0x1c, 0x28, 0x2a, 0x2b, 0x38, 0x39, 0x52, 0x6a, 0x7a, 0x7b, 0x7c, 0x7f,
  0x81, 0xcc
])

/** A packet: where it is, of which stream, whether a unit starts in it, and where its payload begins. */
export interface PacketView {
  readonly at: number
  readonly pid: number
  readonly startsUnit: boolean
  /** Where its payload begins; the end of the packet where it has none. */
  readonly payload: number
}

export const packetAt = (bytes: Uint8Array, at: number): PacketView => {
  const pid = (((bytes[at + 1] ?? 0) & 31) << 8) | (bytes[at + 2] ?? 0)
  const control = ((bytes[at + 3] ?? 0) >> 4) & 3
  const adaptation = (control & 2) === 0 ? 0 : (bytes[at + 4] ?? 0) + 1
  const payload = (control & 1) === 0 ? at + 188 : Math.min(at + 188, at + 4 + adaptation)
  return { at, pid, startsUnit: ((bytes[at + 1] ?? 0) & 64) !== 0, payload }
}

interface Section {
  readonly from: number
  /** Where its checksum begins. */
  readonly end: number
}

/** The section that a packet begins with; tables of these sizes fit into one packet, or the stream is not followed. */
const sectionOf = (bytes: Uint8Array, { at, payload }: PacketView): Section | undefined => {
  const from = payload + 1 + (bytes[payload] ?? 0)
  const end = from + 3 + ((((bytes[from + 1] ?? 0) & 15) << 8) | (bytes[from + 2] ?? 0)) - 4
  return end + 4 <= at + 188 && end >= from ? { from, end } : undefined
}

interface Descriptors {
  readonly from: number
  readonly end: number
}

const length12 = (bytes: Uint8Array, at: number): number => (((bytes[at] ?? 0) & 15) << 8) | (bytes[at + 1] ?? 0)
const pidAt = (bytes: Uint8Array, at: number): number => (((bytes[at] ?? 0) & 31) << 8) | (bytes[at + 1] ?? 0)

function* descriptorsIn(bytes: Uint8Array, { end, from }: Descriptors) {
  for (let at = from; at + 2 <= end;) {
    const next = Math.min(end, at + 2 + (bytes[at + 1] ?? 0))
    yield { tag: bytes[at] ?? 0, body: at + 2, end: next }
    at = next
  }
}

const formatsIn = (bytes: Uint8Array, list: Descriptors): ReadonlyArray<string> =>
  [...descriptorsIn(bytes, list)]
    .filter(({ tag }) => tag === registration)
    .map(({ body }) => String.fromCharCode(...bytes.subarray(body, body + 4)))

const isPrivateMedia = (bytes: Uint8Array, list: Descriptors): boolean =>
  [...descriptorsIn(bytes, list)].some(({ tag }) => soundDescriptors.has(tag)) ||
  formatsIn(bytes, list).some((format) => mediaFormats.has(format))

/** The streams of one program, each with its descriptors; and those of the program. */
const programMap = (bytes: Uint8Array, { end, from }: Section) => {
  const own = { from: from + 12, end: Math.min(end, from + 12 + length12(bytes, from + 10)) }
  const streams: Array<{ readonly type: number; readonly pid: number; readonly list: Descriptors }> = []
  for (let at = own.end; at + 5 <= end;) {
    const next = Math.min(end, at + 5 + length12(bytes, at + 3))
    streams.push({ type: bytes[at] ?? 0, pid: pidAt(bytes, at + 1), list: { from: at + 5, end: next } })
    at = next
  }
  return { own, streams }
}

/** Streams by their packet ids, as the tables announce them. Undefined if a table cannot be read. */
export const readTables = async (bytes: Uint8Array, first: number, step: number, pace: Pace) => {
  const programs = new Set<number>()
  const media = new Map<number, number>()
  const clocks = new Set<number>()
  for (let at = first; at + 188 <= bytes.byteLength; at += step) {
    await pace.step()
    const packet = packetAt(bytes, at)
    if (!packet.startsUnit || (packet.pid !== 0 && !programs.has(packet.pid))) continue
    const section = sectionOf(bytes, packet)
    if (section === undefined) return undefined
    const { end, from } = section
    if (packet.pid === 0) {
      for (let entry = from + 8; entry + 4 <= end; entry += 4)
        if (((bytes[entry] ?? 0) << 8) + (bytes[entry + 1] ?? 0) !== 0) programs.add(pidAt(bytes, entry + 2))
      continue
    }
    if (bytes[from] !== 2) continue
    clocks.add(pidAt(bytes, from + 8))
    const { own, streams } = programMap(bytes, section)
    const isDisc = step === 192 || formatsIn(bytes, own).includes("HDMV")
    for (const { list, pid, type } of streams) {
      const isKnown = mediaTypes.has(type) || (isDisc && discTypes.has(type))
      if (isKnown || (type === privateStream && isPrivateMedia(bytes, list))) media.set(pid, type)
    }
  }
  return media.size === 0 ? undefined : { programs, media, clocks }
}

/** The checksum of a section (ISO/IEC 13818-1, annex A). */
const checksum = (bytes: Uint8Array, from: number, to: number): number => {
  let sum = 0xffff_ffff
  for (let at = from; at < to; at++) {
    sum ^= (bytes[at] ?? 0) << 24
    for (let bit = 0; bit < 8; bit++) sum = sum & 0x8000_0000 ? (sum << 1) ^ 0x04c1_1db7 : sum << 1
  }
  return sum >>> 0
}

const blankDescriptors = (bytes: Uint8Array, list: Descriptors): void => {
  for (const { body, end, tag } of descriptorsIn(bytes, list)) {
    if (tag === registration) bytes.fill(0, Math.min(end, body + 4), end)
    else if (!keptDescriptors.has(tag)) bytes.fill(0, body, end)
  }
}

/**
 * Leaves only the table in a packet that announces programs or streams, and in it only the descriptors that players need.
 * False where it is another table.
 */
export const blankTable = (bytes: Uint8Array, packet: PacketView): boolean => {
  const section = packet.startsUnit ? sectionOf(bytes, packet) : undefined
  if (section === undefined || bytes[section.from] !== (packet.pid === 0 ? 0 : 2)) return false
  bytes.fill(0xff, packet.payload + 1, section.from)
  bytes.fill(0xff, section.end + 4, packet.at + 188)
  if (packet.pid === 0) return true
  const { own, streams } = programMap(bytes, section)
  for (const list of [own, ...streams.map((stream) => stream.list)]) blankDescriptors(bytes, list)
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(section.end, checksum(bytes, section.from, section.end))
  return true
}
