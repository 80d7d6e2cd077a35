// A video track as packets with true times, whatever container it came in.
import { damagedAtStart } from "../errors.ts"
import type { SampleTables } from "../container/sample-tables.ts"

/**
 * One coded picture. Times are whole microseconds on the container's presentation timeline, edit lists applied.
 * `hidden` pictures are decoded for others' sake only. `data()` reads the bytes when they are needed, and is empty
 * when the file ends before them.
 */
export interface Packet {
  readonly ptsUs: number
  readonly durationUs: number
  readonly key: boolean
  readonly hidden: boolean
  readonly sizeBytes: number
  readonly data: () => Promise<Uint8Array | undefined>
  /** libav's own packet, for tracks that libav reads; freed by `release`. Its type is that of an optional package. */
  readonly native?: object
  readonly release?: () => void
}

/**
 * What is known of a track before a picture is decoded.
 *
 * `codedWidth` × `codedHeight` is the size in the stream; `pixelAspect` the width of a pixel over its height;
 * `rotateClockwise` and `flip` (left to right, after the turn) make it upright. `width` × `height` is the size upright
 * and with square pixels. `native` is what the decoder needs.
 */
export interface TrackInfo {
  readonly id: number
  readonly codec: string
  readonly container: string
  readonly codedWidth: number
  readonly codedHeight: number
  readonly pixelAspect: number
  readonly rotateClockwise: 0 | 90 | 180 | 270
  readonly flip: boolean
  readonly width: number
  readonly height: number
  readonly tracks: ReadonlyArray<{ readonly id: number; readonly codec: string; readonly isDefault: boolean }>
}

interface TrackBase {
  readonly info: TrackInfo
  /** Where the picture shown first is on the container's timeline. Every time given to callers counts from here. */
  readonly originUs: number
  /** Where the container says the last picture ends, from its origin; undefined when it does not say. */
  readonly statedEndUs: number | undefined
  /** Whether the file is shorter than its own structure says. */
  readonly cutShort: boolean
  /** Where the last picture really ends, from the origin; reads what it must to know. */
  readonly endUs: () => Promise<number>
  /** Whether decoding can begin at a packet: what the container says, checked against the bits. */
  readonly isKey: (packet: Packet) => Promise<boolean>
  readonly close: () => Promise<void>
}

/** A track whose packets can be reached by time, cheaply and without reading what lies between. */
export interface RandomTrack extends TrackBase {
  readonly access: "random"
  /** The sample tables of a plain MP4 or MOV file. */
  readonly tables: SampleTables | undefined
  readonly first: () => Promise<Packet | undefined>
  /** The last key packet not later than `us` on the container's timeline. */
  readonly keyAt: (us: number) => Promise<Packet | undefined>
  readonly keyAfter: (packet: Packet) => Promise<Packet | undefined>
  /** The next packet in decoding order. */
  readonly next: (packet: Packet) => Promise<Packet | undefined>
}

/** A track that can only be read from its start, in decoding order. */
export interface SequentialTrack extends TrackBase {
  readonly access: "sequential"
  readonly packets: () => AsyncGenerator<Packet, void>
}

export type Track = RandomTrack | SequentialTrack

/** Which track to open: by default the one the container marks, else the first that has pictures. */
export interface TrackChoice {
  readonly track?: number
}

/** How many packets may lie, in decoding order, between two that follow each other on screen (H.264 and HEVC: 16). */
export const reorderBound = 20

/** The size on screen: pixels made square by stretching the shorter way, then turned. */
export const uprightSize = (
  codedWidth: number,
  codedHeight: number,
  pixelAspect: number,
  rotateClockwise: number
): readonly [width: number, height: number] => {
  const wide = pixelAspect > 1 ? Math.round(codedWidth * pixelAspect) : codedWidth
  const high = pixelAspect < 1 ? Math.round(codedHeight / pixelAspect) : codedHeight
  return rotateClockwise % 180 === 0 ? [wide, high] : [high, wide]
}

/** A time as it is if it can be counted in microseconds (for 285 years); else all later ones would seem the same. */
export const countable = (us: number): number => {
  if (Number.isSafeInteger(us)) return us
  throw damagedAtStart("corrupt", "it gives a picture a time that cannot be counted in microseconds")
}
