// Removes metadata from Matroska and WebM files (RFC 9559): elements that a player does not need become `Void` elements.
import { type Element, elementAt, elementsIn, ebmlNumber } from "../container/ebml.ts"

const segmentId = 0x18538067
const clusterId = 0x1f43b675
const infoId = 0x1549a966
const tracksId = 0x1654ae6b
const trackEntryId = 0xae
const trackNumberId = 0xd7
const trackTypeId = 0x83
const simpleBlockId = 0xa3
const blockGroupId = 0xa0
const blockId = 0xa1

/** What is needed of a segment: the seek positions, the tracks, the pictures and their index. */
const keptInSegment = new Set([0x114d9b74, infoId, tracksId, clusterId, 0x1c53bb6b])
/** Scale and length of the timeline. */
const keptInInfo = new Set([0x2ad7b1, 0x4489])
/** Names of programs. They have to be there, so they stay as empty texts. */
const emptiedInInfo = new Set([0x4d80, 0x5741])
/** Names of a track and of its codec, and where to find more. */
const droppedInTrack = new Set([0x536e, 0x258688, 0x3b4040, 0x26b240, 0x7446])
const checksumId = 0xbf
const voidId = 0xec

/** Makes an element a `Void` of the same size, with a body of zeros. */
const blank = (bytes: Uint8Array, { end, start }: Element): void => {
  const length = end - start
  bytes.fill(0, start, end)
  bytes[start] = voidId
  if (length <= 128) bytes[start + 1] = 0x80 | (length - 2)
  else {
    bytes[start + 1] = 0x01
    let rest = length - 9
    for (let i = 8; i > 1; i--) {
      bytes[start + i] = rest % 256
      rest = Math.floor(rest / 256)
    }
  }
}

const unsigned = (bytes: Uint8Array, { body, end }: Element): number => {
  let value = 0
  for (let at = body; at < end; at++) value = value * 256 + (bytes[at] ?? 0)
  return value
}

const stripInfo = (bytes: Uint8Array, info: Element): void => {
  for (const element of elementsIn(bytes, info.body, info.end)) {
    if (emptiedInInfo.has(element.id)) bytes.fill(0, element.body, element.end)
    else if (!keptInInfo.has(element.id)) blank(bytes, element)
  }
}

/** Drops tracks other than pictures and sound; returns the numbers of those that stay. */
const stripTracks = (bytes: Uint8Array, tracks: Element): ReadonlySet<number> => {
  const kept = new Set<number>()
  for (const entry of elementsIn(bytes, tracks.body, tracks.end)) {
    const inside = [...elementsIn(bytes, entry.body, entry.end)]
    const number = inside.find(({ id }) => id === trackNumberId)
    const type = inside.find(({ id }) => id === trackTypeId)
    const isMedia = type !== undefined && [1, 2].includes(unsigned(bytes, type))
    if (entry.id !== trackEntryId || number === undefined || !isMedia) {
      blank(bytes, entry)
      continue
    }
    kept.add(unsigned(bytes, number))
    for (const element of inside)
      if (droppedInTrack.has(element.id) || element.id === checksumId || element.id === voidId) blank(bytes, element)
  }
  return kept
}

const stripCluster = (bytes: Uint8Array, cluster: Element, kept: ReadonlySet<number>): void => {
  for (const element of elementsIn(bytes, cluster.body, cluster.end)) {
    if (element.id === checksumId || element.id === voidId) {
      blank(bytes, element)
      continue
    }
    if (element.id !== simpleBlockId && element.id !== blockGroupId) continue
    const block =
      element.id === simpleBlockId
        ? element
        : [...elementsIn(bytes, element.body, element.end)].find(({ id }) => id === blockId)
    const track = block === undefined ? undefined : ebmlNumber(bytes, block.body).value
    if (track === undefined || !kept.has(track)) blank(bytes, element)
  }
}

/** Where a cluster of unknown size ends: at the next element that can only stand in a segment. */
const closed = (bytes: Uint8Array, cluster: Element): Element => {
  if (!cluster.isOpen) return cluster
  let at = cluster.body
  for (const element of elementsIn(bytes, cluster.body, cluster.end)) {
    if (element.id > 0xff_ffff) break
    at = element.end
  }
  return { ...cluster, end: at }
}

/**
 * Overwrites the metadata of a Matroska or WebM file: tags, attachments, chapters, titles, dates, names of programs and
 * tracks, and tracks other than pictures and sound. False where the structure cannot be followed.
 */
export const stripMatroska = (bytes: Uint8Array): boolean => {
  const header = elementAt(bytes, 0, bytes.byteLength)
  const segment = header && elementAt(bytes, header.end, bytes.byteLength)
  if (segment === undefined || segment.id !== segmentId) return false
  const segmentEnd = Math.min(segment.end, bytes.byteLength)
  let kept: ReadonlySet<number> | undefined
  let at = segment.body
  while (at < segmentEnd) {
    const found = elementAt(bytes, at, segmentEnd)
    if (found === undefined) return false
    const element = found.id === clusterId ? closed(bytes, found) : found
    if (element.end > segmentEnd && element.id !== clusterId) return false
    const inside = { ...element, end: Math.min(element.end, segmentEnd) }
    if (!keptInSegment.has(element.id)) blank(bytes, inside)
    else if (element.id === infoId) stripInfo(bytes, inside)
    else if (element.id === tracksId) kept = stripTracks(bytes, inside)
    else if (element.id === clusterId) {
      if (kept === undefined) return false // which tracks stay is not known yet
      stripCluster(bytes, inside, kept)
    }
    at = element.end
  }
  bytes.fill(0, segmentEnd)
  return kept !== undefined && kept.size > 0
}
