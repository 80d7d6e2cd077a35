// Boxes of MP4 and MOV files (ISO/IEC 14496-12, 4.2): where they begin and end, and the few fields that are read here.
import type { ByteSource } from "../bytes/byte-source.ts"

/** Bytes as letters, for the names in headers. */
export const ascii = (bytes: Uint8Array, at: number, length = 4): string =>
  String.fromCharCode(...bytes.subarray(at, at + length))

/** The bytes as numbers. */
export const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** A box: its name, where it starts, where its body starts, and where it ends. */
export interface Box {
  readonly type: string
  readonly start: number
  readonly body: number
  readonly end: number
}

/** The box at `start` of a file, `bytes` of which begin at `base`, or undefined where there is none that makes sense. */
export const boxAt = (bytes: Uint8Array, start: number, limit: number, base = 0): Box | undefined => {
  const at = start - base
  if (at + 8 > bytes.byteLength) return undefined
  const data = view(bytes)
  const small = data.getUint32(at)
  const type = ascii(bytes, at + 4)
  if (small === 1) {
    if (at + 16 > bytes.byteLength) return undefined
    const size = Number(data.getBigUint64(at + 8))
    return size < 16 ? undefined : { type, start, body: start + 16, end: start + size }
  }
  if (small === 0) return { type, start, body: start + 8, end: limit }
  return small < 8 ? undefined : { type, start, body: start + 8, end: start + small }
}

/** The boxes directly inside of `[from, to)`. */
export function* boxesIn(bytes: Uint8Array, from: number, to: number): Generator<Box> {
  for (let at = from; at < to;) {
    const box = boxAt(bytes, at, to)
    if (box === undefined || box.end > to) return
    yield box
    at = box.end
  }
}

/** Read in one piece: neighbouring small boxes, or a fragment's header and the beginning of its data, most often. */
const windowBytes = 4096

/** Reads small ranges that follow each other, with few reads. */
export class ByteWindow {
  readonly #source: ByteSource
  #start = 0
  #bytes: Uint8Array = new Uint8Array(0)
  /** How often the source was read. */
  reads = 0
  constructor(source: ByteSource) {
    this.#source = source
  }
  async read(start: number, end: number): Promise<Uint8Array> {
    if (end > this.#start + this.#bytes.byteLength || start < this.#start) {
      this.reads++
      this.#start = start
      this.#bytes = await this.#source.read(start, Math.min(this.#source.sizeBytes, Math.max(end, start + windowBytes)))
    }
    return this.#bytes.subarray(start - this.#start, end - this.#start)
  }
}

/** More boxes in front of the movie header are no video. */
export const mostBoxes = 20_000

/** The outermost boxes up to the movie header (`moov`), at most `mostBoxes`; stops at the first that makes no sense. */
export const topBoxes = async (source: ByteSource): Promise<ReadonlyArray<Box>> => {
  const boxes: Array<Box> = []
  const window = new ByteWindow(source)
  for (let at = 0; at < source.sizeBytes && boxes.length < mostBoxes && boxes.at(-1)?.type !== "moov";) {
    const box = boxAt(await window.read(at, Math.min(at + 16, source.sizeBytes)), at, source.sizeBytes, at)
    if (box === undefined) break
    boxes.push(box)
    at = box.end
  }
  return boxes
}

/** The first box of that name directly inside of `parent`. */
const inside = (bytes: Uint8Array, parent: Box, type: string): Box | undefined => {
  for (const box of boxesIn(bytes, parent.body, parent.end)) if (box.type === type) return box
  return undefined
}

/** The first box at that path of names inside of `parent`. */
export const child = (bytes: Uint8Array, parent: Box, ...types: ReadonlyArray<string>): Box | undefined => {
  let box: Box | undefined = parent
  for (const type of types) box = box && inside(bytes, box, type)
  return box
}

/** Ticks a second, and the length in ticks, of a movie or media header. */
export const scaleAndDuration = (
  bytes: Uint8Array,
  header: Box
): { readonly scale: number; readonly duration: number } => {
  const data = view(bytes)
  const wide = data.getUint8(header.body) === 1
  return wide
    ? { scale: data.getUint32(header.body + 20), duration: Number(data.getBigUint64(header.body + 24)) }
    : { scale: data.getUint32(header.body + 12), duration: data.getUint32(header.body + 16) }
}

/** One entry of an edit list; `mediaTime` is -1 where nothing is shown. Durations are in ticks of the movie. */
export interface Edit {
  readonly durationInMovie: number
  readonly mediaTime: number
  readonly rate: number
}

/** The entries of an edit list (`elst`). */
export const readEdits = (bytes: Uint8Array, elst: Box): ReadonlyArray<Edit> => {
  const data = view(bytes)
  const wide = data.getUint8(elst.body) === 1
  const count = data.getUint32(elst.body + 4)
  const step = wide ? 20 : 12
  const edits: Array<Edit> = []
  for (let i = 0, at = elst.body + 8; i < count && at + step <= elst.end; i++, at += step)
    edits.push({
      durationInMovie: wide ? Number(data.getBigUint64(at)) : data.getUint32(at),
      mediaTime: wide ? Number(data.getBigInt64(at + 8)) : data.getInt32(at + 4),
      rate: data.getInt32(at + step - 4) / 65_536
    })
  return edits
}
