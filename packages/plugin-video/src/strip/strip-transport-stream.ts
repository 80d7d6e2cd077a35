// Removes metadata from MPEG transport streams (ISO/IEC 13818-1): packets of anything but pictures, sound and the tables that
// announce them become null packets, and so does the camera's data inside of AVCHD pictures.
import type { Pace } from "../sampling/pace.ts"
import { blankTable, packetAt, type PacketView, readTables } from "./program-tables.ts"

const nullPid = 0x1fff

const h264 = 0x1b

/** Where packets start, and how far they are apart: 188 bytes, or 192 with a time in front (M2TS). */
const layoutOf = (bytes: Uint8Array): { readonly first: number; readonly step: number } | undefined =>
  [
    { first: 0, step: 188 },
    { first: 4, step: 192 }
  ].find(
    ({ first, step }) =>
      bytes.byteLength > first + step && [0, 1, 2].every((i) => (bytes[first + i * step] ?? 0x47) === 0x47)
  )

/** Where the fields of an adaptation field end that say how and when a picture is decoded. */
const clockFields = (flags: number): number =>
  ((flags & 16) === 0 ? 0 : 6) + ((flags & 8) === 0 ? 0 : 6) + ((flags & 4) === 0 ? 0 : 1)

/** Makes private data and extensions of an adaptation field stuffing, and what is stuffing empty. */
const blankPrivateData = (bytes: Uint8Array, { at }: PacketView): void => {
  const length = bytes[at + 4] ?? 0
  if (((bytes[at + 3] ?? 0) & 32) === 0 || length === 0) return
  const flags = bytes[at + 5] ?? 0
  const end = Math.min(at + 5 + length, at + 188)
  bytes[at + 5] = flags & ~3
  bytes.fill(0xff, Math.min(at + 6 + clockFields(flags), end), end)
}

/** Blanks private data in the header of a unit of pictures or sound, and its stuffing (ISO/IEC 13818-1, 2.4.3.6). */
const blankUnitHeader = (bytes: Uint8Array, { at, payload, startsUnit }: PacketView): void => {
  const end = Math.min(at + 188, payload + 9 + (bytes[payload + 8] ?? 0))
  if (!startsUnit || payload + 9 > at + 188 || bytes[payload + 2] !== 1 || (bytes[payload + 6] ?? 0) >> 6 !== 2) return
  const flags = bytes[payload + 7] ?? 0
  const times = [0, 0, 5, 10][flags >> 6] ?? 0
  const rest = [32, 16, 8, 4, 2].reduce((sum, bit, i) => sum + ((flags & bit) === 0 ? 0 : ([6, 3, 1, 1, 2][i] ?? 0)), 0)
  const extension = payload + 9 + times + rest
  if ((flags & 1) === 0) return void bytes.fill(0xff, Math.min(end, extension), end)
  const isPrivate = ((bytes[extension] ?? 0) & 0x80) !== 0
  if (isPrivate) bytes.fill(0, Math.min(end, extension + 1), Math.min(end, extension + 17))
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
export const stripTransportStream = async (bytes: Uint8Array, pace: Pace): Promise<boolean> => {
  const layout = layoutOf(bytes)
  const tables = layout && (await readTables(bytes, layout.first, layout.step, pace))
  if (layout === undefined || tables === undefined) return false
  const { clocks, media, programs } = tables
  const blankers = new Map([...media].filter(([, type]) => type === h264).map(([pid]) => [pid, cameraBlanker()]))
  let at = layout.first
  for (; at + 188 <= bytes.byteLength; at += layout.step) {
    await pace.step()
    if (bytes[at] !== 0x47) return false
    const packet = packetAt(bytes, at)
    const { payload, pid } = packet
    const isTable = pid === 0 || programs.has(pid)
    const isKept = isTable ? blankTable(bytes, packet) : media.has(pid) || clocks.has(pid)
    if (!isKept) {
      blankPacket(bytes, packet)
      continue
    }
    if (!isTable && !media.has(pid)) bytes.fill(0xff, payload, at + 188)
    blankPrivateData(bytes, packet)
    if (media.has(pid)) blankUnitHeader(bytes, packet)
    blankers.get(pid)?.(bytes, payload, at + 188)
  }
  bytes.fill(0, at - layout.first)
  return true
}
