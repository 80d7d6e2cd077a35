// Removes metadata from MPEG transport streams (ISO/IEC 13818-1): packets of anything but pictures, sound and the tables that
// announce them become null packets, and so does the camera's data inside of AVCHD pictures.

const nullPid = 0x1fff

/** Kinds of streams that are pictures or sound; private ones (6) are when their descriptors say so. */
const mediaTypes = new Set([
  0x01, 0x02, 0x03, 0x04, 0x0f, 0x10, 0x11, 0x1b, 0x1c, 0x1e, 0x1f, 0x20, 0x21, 0x24, 0x25, 0x2d, 0x2e, 0x32, 0x33,
  0x34, 0x42, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0xa1, 0xa2, 0xd1, 0xd2, 0xea
])
const h264 = 0x1b
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

/** Where packets start, and how far they are apart: 188 bytes, or 192 with a time in front (M2TS). */
const layoutOf = (bytes: Uint8Array): { readonly first: number; readonly step: number } | undefined =>
  [
    { first: 0, step: 188 },
    { first: 4, step: 192 }
  ].find(
    ({ first, step }) =>
      bytes.byteLength > first + step && [0, 1, 2].every((i) => (bytes[first + i * step] ?? 0x47) === 0x47)
  )

interface PacketView {
  readonly at: number
  readonly pid: number
  readonly startsUnit: boolean
  /** Where its payload begins; the end of the packet where it has none. */
  readonly payload: number
}

const packetAt = (bytes: Uint8Array, at: number): PacketView => {
  const pid = (((bytes[at + 1] ?? 0) & 31) << 8) | (bytes[at + 2] ?? 0)
  const control = ((bytes[at + 3] ?? 0) >> 4) & 3
  const adaptation = (control & 2) === 0 ? 0 : (bytes[at + 4] ?? 0) + 1
  const payload = (control & 1) === 0 ? at + 188 : Math.min(at + 188, at + 4 + adaptation)
  return { at, pid, startsUnit: ((bytes[at + 1] ?? 0) & 64) !== 0, payload }
}

/** Zeroes private data in an adaptation field. */
const blankPrivateData = (bytes: Uint8Array, { at }: PacketView): void => {
  const length = bytes[at + 4] ?? 0
  const flags = bytes[at + 5] ?? 0
  if (((bytes[at + 3] ?? 0) & 32) === 0 || length === 0 || (flags & 2) === 0) return
  const before = ((flags & 16) === 0 ? 0 : 6) + ((flags & 8) === 0 ? 0 : 6) + ((flags & 4) === 0 ? 0 : 1)
  const from = at + 6 + before
  const end = Math.min(at + 5 + length, at + 188)
  bytes.fill(0, Math.min(from + 1, end), Math.min(from + 1 + (bytes[from] ?? 0), end))
}

/** The section that a packet begins with; tables of these sizes fit into one packet, or the stream is not followed. */
const sectionOf = (
  bytes: Uint8Array,
  { at, payload }: PacketView
): { readonly from: number; readonly end: number } | undefined => {
  const from = payload + 1 + (bytes[payload] ?? 0)
  const end = from + 3 + ((((bytes[from + 1] ?? 0) & 15) << 8) | (bytes[from + 2] ?? 0)) - 4
  return end <= at + 188 ? { from, end } : undefined
}

const isPrivateMedia = (bytes: Uint8Array, from: number, end: number): boolean => {
  for (let at = from; at + 2 <= end; at += 2 + (bytes[at + 1] ?? 0)) {
    const tag = bytes[at] ?? 0
    if (soundDescriptors.has(tag)) return true
    if (tag === registration && mediaFormats.has(String.fromCharCode(...bytes.subarray(at + 2, at + 6)))) return true
  }
  return false
}

/** Streams by their packet ids, as the tables announce them. Undefined if a table cannot be read. */
const readTables = (bytes: Uint8Array, first: number, step: number) => {
  const programs = new Set<number>()
  const media = new Map<number, number>()
  const clocks = new Set<number>()
  for (let at = first; at + 188 <= bytes.byteLength; at += step) {
    const packet = packetAt(bytes, at)
    if (!packet.startsUnit || (packet.pid !== 0 && !programs.has(packet.pid))) continue
    const section = sectionOf(bytes, packet)
    if (section === undefined) return undefined
    const { end, from } = section
    if (packet.pid === 0) {
      for (let entry = from + 8; entry + 4 <= end; entry += 4)
        if (((bytes[entry] ?? 0) << 8) + (bytes[entry + 1] ?? 0) !== 0)
          programs.add((((bytes[entry + 2] ?? 0) & 31) << 8) | (bytes[entry + 3] ?? 0))
      continue
    }
    if (bytes[from] !== 2) continue
    clocks.add((((bytes[from + 8] ?? 0) & 31) << 8) | (bytes[from + 9] ?? 0))
    let entry = from + 12 + ((((bytes[from + 10] ?? 0) & 15) << 8) | (bytes[from + 11] ?? 0))
    while (entry + 5 <= end) {
      const type = bytes[entry] ?? 0
      const pid = (((bytes[entry + 1] ?? 0) & 31) << 8) | (bytes[entry + 2] ?? 0)
      const next = entry + 5 + ((((bytes[entry + 3] ?? 0) & 15) << 8) | (bytes[entry + 4] ?? 0))
      const isMedia =
        mediaTypes.has(type) || (type === privateStream && isPrivateMedia(bytes, entry + 5, Math.min(next, end)))
      if (isMedia) media.set(pid, type)
      entry = next
    }
  }
  return media.size === 0 ? undefined : { programs, media, clocks }
}

/** The message in which AVCHD cameras write position, time and model (`MDPM`), with its id in front. */
const cameraMessage = [
  0x17, 0xee, 0x8c, 0x60, 0xf8, 0x4d, 0x11, 0xd9, 0x8c, 0xd6, 0x08, 0x00, 0x20, 0x0c, 0x9a, 0x66, 0x4d, 0x44, 0x50, 0x4d
]

/** Blanks camera messages in the bytes of one stream, which come in pieces; the size of a message stands before its id. */
const cameraBlanker = () => {
  let matched = 0
  let left = 0
  let zeros = 0
  let before = 0
  let size = 0
  return (bytes: Uint8Array, from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0
      if (left > 0) {
        // bytes that keep start codes from appearing stay, and so do the zeros in front of them
        const escapes = zeros >= 2 && byte === 3
        zeros = byte === 0 ? zeros + 1 : 0
        if (!escapes) {
          left--
          if (byte !== 0) bytes[at] = 0x20
        }
        continue
      }
      if (byte === cameraMessage[matched]) {
        if (matched === 0) size = before
        matched++
      } else {
        matched = byte === cameraMessage[0] ? 1 : 0
        if (matched === 1) size = before
      }
      before = byte
      if (matched === cameraMessage.length) {
        left = Math.max(0, (size === 255 ? 512 : size) - cameraMessage.length)
        matched = 0
        zeros = 0
      }
    }
  }
}

const blankPacket = (bytes: Uint8Array, { at }: PacketView): void => {
  bytes[at + 1] = nullPid >> 8
  bytes[at + 2] = nullPid & 255
  bytes[at + 3] = 0x10
  bytes.fill(0xff, at + 4, at + 188)
}

/**
 * Overwrites the metadata of a transport stream: service names, programme guides, times of day, data streams (positions of
 * drones), subtitles, and the camera's message in AVCHD pictures. False where its tables cannot be read.
 */
export const stripTransportStream = (bytes: Uint8Array): boolean => {
  const layout = layoutOf(bytes)
  const tables = layout && readTables(bytes, layout.first, layout.step)
  if (layout === undefined || tables === undefined) return false
  const { clocks, media, programs } = tables
  const blankers = new Map([...media].filter(([, type]) => type === h264).map(([pid]) => [pid, cameraBlanker()]))
  for (let at = layout.first; at + 188 <= bytes.byteLength; at += layout.step) {
    if (bytes[at] !== 0x47) return false
    const packet = packetAt(bytes, at)
    const { payload, pid } = packet
    if (pid !== 0 && !programs.has(pid) && !media.has(pid) && !clocks.has(pid)) {
      blankPacket(bytes, packet)
      continue
    }
    if (clocks.has(pid) && !media.has(pid)) bytes.fill(0xff, payload, at + 188)
    blankPrivateData(bytes, packet)
    blankers.get(pid)?.(bytes, payload, at + 188)
  }
  return true
}
