// Removes metadata from AVI files (RIFF): chunks that a player does not need become `JUNK` chunks of zeros.
import { ascii, view } from "../container/boxes.ts"
import type { Pace } from "../sampling/pace.ts"

const keptInFile = new Set(["LIST hdrl", "LIST movi", "idx1"])
const keptInHeaders = new Set(["avih", "LIST strl", "LIST odml"])
const keptInStream = new Set(["strh", "strf", "vprp", "indx"])
/** Lengths of the headers that have one. */
const lengths: ReadonlyMap<string, number> = new Map([
  ["avih", 56],
  ["strh", 56]
])

interface Chunk {
  /** Its name; of a list with the kind of the list. */
  readonly type: string
  readonly start: number
  readonly body: number
  readonly end: number
  /** Whether it says that it ends later than what it is in. */
  readonly reachesOut: boolean
}

function* chunksIn(bytes: Uint8Array, from: number, to: number): Generator<Chunk> {
  for (let at = from; at + 8 <= to;) {
    const name = ascii(bytes, at)
    const isList = name === "LIST" || name === "RIFF"
    const stated = at + 8 + view(bytes).getUint32(at + 4, true)
    const end = Math.min(to, stated)
    yield {
      type: isList ? `${name} ${ascii(bytes, at + 8)}` : name,
      start: at,
      body: at + (isList ? 12 : 8),
      end,
      reachesOut: stated > to
    }
    at = end + (end % 2)
  }
}

const blank = (bytes: Uint8Array, { end, start }: Chunk): void => {
  bytes.set([0x4a, 0x55, 0x4e, 0x4b], start) // JUNK
  bytes.fill(0, start + 8, end)
}

/** Blanks what a header has behind its fields. */
const trim = (bytes: Uint8Array, { body, end, type }: Chunk): void => {
  bytes.fill(0, Math.min(end, body + (lengths.get(type) ?? end)), end)
}

/** Drops the chunks of streams that are neither pictures nor sound; of the others what is not needed. */
const stripHeaders = (bytes: Uint8Array, headers: Chunk): ReadonlySet<number> => {
  const dropped = new Set<number>()
  let index = 0
  for (const chunk of chunksIn(bytes, headers.body, headers.end)) {
    if (!keptInHeaders.has(chunk.type)) blank(bytes, chunk)
    else trim(bytes, chunk)
    if (chunk.type === "LIST odml")
      for (const inner of chunksIn(bytes, chunk.body, chunk.end)) if (inner.type !== "dmlh") blank(bytes, inner)
    if (chunk.type !== "LIST strl") continue
    const kind = [...chunksIn(bytes, chunk.body, chunk.end)].find(({ type }) => type === "strh")
    if (kind === undefined || !/^(vids|auds)$/.test(ascii(bytes, kind.body))) dropped.add(index)
    index++
    for (const inner of chunksIn(bytes, chunk.body, chunk.end)) {
      if (keptInStream.has(inner.type)) trim(bytes, inner)
      else blank(bytes, inner)
    }
  }
  return dropped
}

/** Blanks the data of streams that were dropped; chunks are named by the number of their stream. */
const stripData = async (bytes: Uint8Array, list: Chunk, dropped: ReadonlySet<number>, pace: Pace): Promise<void> => {
  for (const chunk of chunksIn(bytes, list.body, list.end)) {
    await pace.step()
    if (chunk.type === "LIST rec ") await stripData(bytes, chunk, dropped, pace)
    else if (!/^(\d\d..|ix\d\d)$/s.test(chunk.type) || dropped.has(Number(chunk.type.slice(0, 2)))) blank(bytes, chunk)
  }
}

/** Whether the lists say where all data are: recordings that were not finished say 0, or something too small. */
const listsAreWhole = async (bytes: Uint8Array, pace: Pace): Promise<boolean> => {
  let hasData = false
  for (const file of chunksIn(bytes, 0, bytes.byteLength)) {
    if (!/^RIFF AVI[ X]$/.test(file.type)) break
    for (const chunk of chunksIn(bytes, file.body, file.end)) {
      await pace.step()
      if (/^\d\d(db|dc|wb|tx)$/.test(chunk.type)) return false
      if (chunk.type !== "LIST movi") continue
      if (chunk.end <= chunk.body || (chunk.reachesOut && file.end < bytes.byteLength)) return false
      hasData = true
    }
  }
  return hasData
}

/** Overwrites the metadata of an AVI file. False where it has no headers, or its data are not where its lists say. */
export const stripAvi = async (bytes: Uint8Array, pace: Pace): Promise<boolean> => {
  if (!(await listsAreWhole(bytes, pace))) return false
  let dropped: ReadonlySet<number> | undefined
  let end = 0
  for (const file of chunksIn(bytes, 0, bytes.byteLength)) {
    if (!/^RIFF AVI[ X]$/.test(file.type)) break
    end = file.end
    for (const chunk of chunksIn(bytes, file.body, file.end)) {
      await pace.step()
      if (chunk.type === "LIST hdrl") dropped = stripHeaders(bytes, chunk)
      else if (chunk.type === "LIST movi") await stripData(bytes, chunk, dropped ?? new Set(), pace)
      else if (!keptInFile.has(chunk.type)) blank(bytes, chunk)
    }
  }
  bytes.fill(0, end)
  return dropped !== undefined
}
