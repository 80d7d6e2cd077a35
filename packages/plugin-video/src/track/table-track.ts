// A plain MP4 or MOV file, read by its sample tables: any packet at once, and little memory however long it is.
import type { ByteSource } from "../bytes/byte-source.ts"
import { type SampleTables, shownUs } from "../container/sample-tables.ts"
import { countable, type Packet, type RandomTrack, reorderBound, type TrackInfo } from "./track.ts"

const blockCount = 8

interface Block {
  start: number
  end: number
  bytes: Promise<Uint8Array>
  readonly memory: Uint8Array | undefined
}

/**
 * Reads small ranges out of larger blocks, of which a few are kept: decoders side by side each read on in theirs. The
 * memory of the block that was not used for longest is used again, so what is given is valid until a few reads later.
 */
const makeReader = (source: ByteSource): Read => {
  const blockBytes = source.far ? 1024 * 1024 : 128 * 1024
  const { readInto } = source
  const blocks: Array<Block> = []
  const fill = async ({ end, memory, start }: Block): Promise<Uint8Array> => {
    if (memory === undefined || readInto === undefined) return source.read(start, end)
    const target = memory.subarray(0, end - start)
    return target.subarray(0, await readInto(target, start))
  }
  return async (start, end) => {
    if (end - start > blockBytes) return source.read(start, end)
    const at = blocks.findIndex((candidate) => candidate.start <= start && candidate.end >= end)
    const known = at === -1 ? undefined : blocks.splice(at, 1)[0]
    const block = known ?? newest()
    blocks.push(block)
    if (known === undefined) {
      block.start = start
      block.end = Math.min(start + blockBytes, source.sizeBytes)
      block.bytes = fill(block)
    }
    const { bytes, start: from } = block
    return (await bytes).subarray(start - from, end - from)
  }
  function newest(): Block {
    const oldest = blocks.length < blockCount ? undefined : blocks.shift()
    if (oldest !== undefined) return oldest
    const memory = readInto === undefined ? undefined : new Uint8Array(blockBytes)
    return { start: 0, end: 0, bytes: Promise.resolve(new Uint8Array(0)), memory }
  }
}

/** The place of the last element that is not greater; -1 when all are. `order` is ascending. */
const lastAtMost = (order: Float64Array, value: number): number => {
  let [low, high] = [0, order.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((order[middle] ?? 0) <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}

type Read = (start: number, end: number) => Promise<Uint8Array>

/** A packet that knows its number: there are hundreds of thousands, so it is small. */
class TablePacket implements Packet {
  readonly sample: number
  readonly ptsUs: number
  readonly #tables: SampleTables
  readonly #source: ByteSource
  readonly #read: Read
  constructor(sample: number, tables: SampleTables, source: ByteSource, read: Read) {
    this.sample = sample
    this.ptsUs = shownUs(tables, sample)
    this.#tables = tables
    this.#source = source
    this.#read = read
  }
  get durationUs(): number {
    return Math.round(((this.#tables.durations[this.sample] ?? 0) / this.#tables.timescale) * 1e6)
  }
  get key(): boolean {
    return this.#tables.keys[this.sample] === 1
  }
  get hidden(): boolean {
    return this.ptsUs < this.#tables.shownFromUs
  }
  get sizeBytes(): number {
    return this.#tables.sizes[this.sample] ?? 0
  }
  async data(): Promise<Uint8Array | undefined> {
    const start = this.#tables.offsets[this.sample] ?? 0
    const end = start + this.sizeBytes
    if (end > this.#source.sizeBytes) return undefined
    const bytes = await this.#read(start, end)
    return bytes.byteLength < this.sizeBytes ? undefined : bytes
  }
}

const placeOf = (packet: Packet): number => {
  if (!(packet instanceof TablePacket)) throw new TypeError("the packet belongs to another track")
  return packet.sample
}

/** A track over tables; undefined when nothing in it is ever shown. */
export const makeTablesTrack = (source: ByteSource, tables: SampleTables, info: TrackInfo): RandomTrack | undefined => {
  const read = makeReader(source)
  const isHidden = (us: number): boolean => us < tables.shownFromUs
  const packetAt = (sample: number): Packet | undefined =>
    sample < tables.count ? new TablePacket(sample, tables, source, read) : undefined
  const keys: Array<number> = []
  let originUs = Infinity
  let endUs = 0
  for (let sample = 0, shown = 0; sample < tables.count; sample++) {
    if (tables.keys[sample] === 1) keys.push(sample)
    const us = countable(shownUs(tables, sample))
    if (isHidden(us)) continue
    if (shown++ < reorderBound) originUs = Math.min(originUs, us)
    endUs = Math.max(endUs, us + ((tables.durations[sample] ?? 0) / tables.timescale) * 1e6)
  }
  if (originUs === Infinity) return undefined
  const byTime = Int32Array.from(keys).sort((a, b) => shownUs(tables, a) - shownUs(tables, b))
  const times = Float64Array.from(byTime, (sample) => shownUs(tables, sample))
  const inOrder = Float64Array.from(keys)
  const lengthUs = Math.round(endUs - originUs)
  return {
    access: "random",
    tables,
    info,
    originUs,
    statedEndUs: lengthUs,
    // a box that reaches beyond the file may yet lack nothing: the missing samples decide
    cutShort: false,
    endUs: async () => lengthUs,
    first: async () => packetAt(0),
    keyAt: async (us) => {
      const sample = byTime[lastAtMost(times, us)]
      return sample === undefined ? undefined : packetAt(sample)
    },
    keyAfter: async (packet) => {
      const sample = keys[lastAtMost(inOrder, placeOf(packet)) + 1]
      return sample === undefined ? undefined : packetAt(sample)
    },
    isKey: async ({ key }) => key,
    next: async (packet) => packetAt(placeOf(packet) + 1),
    close: async () => {}
  }
}
