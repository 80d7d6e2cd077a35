// Removes metadata from Matroska and WebM files (RFC 9559): elements that a player does not need become `Void` elements.
import { ascii } from "../container/boxes.ts"
import { type Element, elementAt, elementsIn, ebmlHeaderId, ebmlNumber, segmentId } from "../container/ebml.ts"
import type { Pace } from "../sampling/pace.ts"
import { blankComments, blankFlacBlocks } from "./codec-comments.ts"
import {
  blockGroupId,
  blockId,
  clusterId,
  codecPrivateId,
  cuesId,
  emptiedInInfo,
  infoId,
  type Kept,
  keptInCluster,
  keptInCues,
  keptInGroup,
  keptInHeader,
  keptInInfo,
  keptInSeekHead,
  keptInSegment,
  keptInTrack,
  seekHeadId,
  simpleBlockId,
  trackEntryId,
  trackNumberId,
  tracksId,
  trackTypeId
} from "./matroska-elements.ts"

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

/** Blanks what is not kept inside of an element. */
const keepOnly = async (bytes: Uint8Array, parent: Element, kept: Kept, pace: Pace): Promise<void> => {
  let at = parent.body
  for (const element of elementsIn(bytes, parent.body, parent.end)) {
    await pace.step()
    at = element.end
    const inner = kept.get(element.id)
    if (!kept.has(element.id)) blank(bytes, element)
    else if (inner !== undefined) await keepOnly(bytes, element, inner, pace)
  }
  bytes.fill(0, at, parent.end) // what is no element
}

const stripInfo = async (bytes: Uint8Array, info: Element, pace: Pace): Promise<void> => {
  await keepOnly(bytes, info, keptInInfo, pace)
  for (const element of elementsIn(bytes, info.body, info.end))
    if (emptiedInInfo.has(element.id)) bytes.fill(0, element.body, element.end)
}

const stripCodecData = (bytes: Uint8Array, from: number, to: number): void => {
  if (ascii(bytes, from) === "fLaC") blankFlacBlocks(bytes, from, to)
  else blankComments(bytes, from, to)
}

/** Drops tracks other than pictures and sound; returns the numbers of those that stay. */
const stripTracks = async (bytes: Uint8Array, tracks: Element, pace: Pace): Promise<ReadonlySet<number>> => {
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
    await keepOnly(bytes, entry, keptInTrack, pace)
    for (const { body, end, id } of inside) if (id === codecPrivateId) stripCodecData(bytes, body, end)
  }
  return kept
}

const stripCluster = async (
  bytes: Uint8Array,
  cluster: Element,
  kept: ReadonlySet<number>,
  pace: Pace
): Promise<void> => {
  for (const element of elementsIn(bytes, cluster.body, cluster.end)) {
    await pace.step()
    if (element.id !== simpleBlockId && element.id !== blockGroupId) {
      if (!keptInCluster.has(element.id)) blank(bytes, element)
      continue
    }
    const block =
      element.id === simpleBlockId
        ? element
        : [...elementsIn(bytes, element.body, element.end)].find(({ id }) => id === blockId)
    const track = block === undefined ? undefined : ebmlNumber(bytes, block.body).value
    if (track === undefined || !kept.has(track)) blank(bytes, element)
    else if (element.id === blockGroupId) await keepOnly(bytes, element, keptInGroup, pace)
  }
}

/** Where a cluster of unknown size ends: at the next element that can only stand in a segment. */
const closed = async (bytes: Uint8Array, cluster: Element, pace: Pace): Promise<Element> => {
  if (!cluster.isOpen) return cluster
  let at = cluster.body
  for (const element of elementsIn(bytes, cluster.body, cluster.end)) {
    await pace.step()
    if (element.id > 0xff_ffff) break
    at = element.end
  }
  return { ...cluster, end: at }
}

/**
 * Overwrites the metadata of a Matroska or WebM file: tags, attachments, chapters, titles, dates, names of programs and
 * tracks, and tracks other than pictures and sound. False where the structure cannot be followed.
 */
export const stripMatroska = async (bytes: Uint8Array, pace: Pace): Promise<boolean> => {
  const header = elementAt(bytes, 0, bytes.byteLength)
  const segment = header && elementAt(bytes, header.end, bytes.byteLength)
  if (header === undefined || segment === undefined || segment.id !== segmentId) return false
  await keepOnly(bytes, header, keptInHeader, pace)
  const segmentEnd = Math.min(segment.end, bytes.byteLength)
  let kept: ReadonlySet<number> | undefined
  let at = segment.body
  while (at < segmentEnd) {
    await pace.step()
    const found = elementAt(bytes, at, segmentEnd)
    if (found === undefined) return false
    const element = found.id === clusterId ? await closed(bytes, found, pace) : found
    // only clusters may end where the next element begins; of another it is not known what is in it
    if ((element.end > segmentEnd || element.isOpen) && element.id !== clusterId) return false
    const inside = { ...element, end: Math.min(element.end, segmentEnd) }
    if (!keptInSegment.has(element.id)) blank(bytes, inside)
    else if (element.id === infoId) await stripInfo(bytes, inside, pace)
    else if (element.id === seekHeadId) await keepOnly(bytes, inside, keptInSeekHead, pace)
    else if (element.id === cuesId) await keepOnly(bytes, inside, keptInCues, pace)
    else if (element.id === tracksId) kept = await stripTracks(bytes, inside, pace)
    else if (element.id === clusterId) {
      if (kept === undefined) return false // which tracks stay is not known yet
      await stripCluster(bytes, inside, kept, pace)
    }
    at = element.end
  }
  // another recording follows: its pictures are not to be lost
  if (elementAt(bytes, segmentEnd, bytes.byteLength)?.id === ebmlHeaderId) return false
  bytes.fill(0, segmentEnd)
  return kept !== undefined && kept.size > 0
}
