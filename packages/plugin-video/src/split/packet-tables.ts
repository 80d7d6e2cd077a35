// Sample tables for parts whose pictures come from another container (Matroska), so that they are written as MP4.
import { fromBytes } from "../bytes/byte-source.ts"
import { movieOf } from "../container/movie-header.ts"
import type { LocalVideo } from "../decoder/local-video.ts"
import { headersOf, type SampleTables, trackOf } from "../container/sample-tables.ts"
import type { Packet, RandomTrack } from "../track/track.ts"
import { muxCopy } from "./mux-copy.ts"

type Headers = SampleTables["headers"]

/**
 * The headers of an MP4 file with the pictures of a track; undefined if its pictures cannot be stored in MP4 unchanged.
 * They are read from a muxed file with the first picture alone.
 */
export const mp4HeadersOf = async (video: LocalVideo, track: RandomTrack): Promise<Headers | undefined> => {
  const { codec } = track.info
  // without a description the pictures are in another form (MPEG-TS), which the muxer converts
  if (!(codec === "avc" || codec === "hevc") || video.config?.description === undefined) return undefined
  const first = await track.first()
  if (first === undefined || !first.key) return undefined
  const file = await muxCopy(video, { items: [first], fromUs: first.ptsUs, toUs: Infinity })
  const movie = file && (await movieOf(fromBytes(file.bytes)))
  const copied = movie && trackOf(movie, 1)
  return movie && copied && headersOf(movie, copied)?.headers
}

/** Longer parts would not fit into 32 bits of microseconds. */
const longestUs = 4e9

/** Sample tables of packets in their order, on the timeline of the container. */
export const tablesOfPackets = (packets: ReadonlyArray<Packet>, headers: Headers): SampleTables => {
  const count = packets.length
  const shown = Float64Array.from(packets, ({ ptsUs }) => ptsUs)
  const inOrder = shown.toSorted()
  const timescale = (inOrder[count - 1] ?? 0) - (inOrder[0] ?? 0) < longestUs ? 1_000_000 : 1000
  const ticks = (us: number): number => Math.round((us / 1e6) * timescale)
  // decode times are the sorted presentation times, moved back so far that no picture is decoded too late
  const earlierUs = shown.reduce((most, us, i) => Math.max(most, (inOrder[i] ?? us) - us), 0)
  const decodeTicks = inOrder.map((us) => ticks(us - earlierUs))
  return {
    count,
    timescale,
    offsets: new Float64Array(count),
    sizes: Uint32Array.from(packets, ({ sizeBytes }) => sizeBytes),
    decodeTicks,
    durations: Uint32Array.from(packets, ({ durationUs }) => ticks(durationUs)),
    shifts: Int32Array.from(shown, (us, i) => ticks(us) - (decodeTicks[i] ?? 0)),
    keys: Uint8Array.from(packets, ({ key }) => (key ? 1 : 0)),
    descriptions: new Uint8Array(count).fill(1),
    offsetUs: 0,
    shownFromUs: Number.NEGATIVE_INFINITY,
    headers
  }
}

/** Reads the bytes of packets into `body`, one after another; false if the source ends before them. */
export const readPackets = async (packets: ReadonlyArray<Packet>, body: Uint8Array): Promise<boolean> => {
  let at = 0
  for (const packet of packets) {
    const bytes = await packet.data()
    if (bytes === undefined || bytes.byteLength !== packet.sizeBytes) return false
    body.set(bytes, at)
    at += bytes.byteLength
  }
  return true
}
