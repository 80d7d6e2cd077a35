// A track whose key pictures are checked against their bits before anybody relies on them.
import type { Packet, RandomTrack } from "./track.ts"

const knownBound = 100_000

/** Key pictures of a track whose container marks none at all: found by looking at every packet once. */
const findKeys = async (track: RandomTrack, isKey: (data: Uint8Array) => boolean): Promise<ReadonlyArray<Packet>> => {
  const keys: Array<Packet> = []
  for (let packet = await track.first(); packet !== undefined; packet = await track.next(packet)) {
    const data = await packet.data()
    if (data !== undefined && isKey(data)) keys.push(packet)
  }
  return keys
}

/**
 * The same track, whose `keyAt` and `keyAfter` return only packets at which decoding can begin. Each packet that the
 * container marks is read once for that. One that cannot be read is accepted: decoding it reports the error.
 */
export const withVerifiedKeys = (
  track: RandomTrack,
  isKey: ((data: Uint8Array) => boolean) | undefined
): RandomTrack => {
  if (isKey === undefined) return track
  const known = new Map<number, boolean>()
  const verify = async (packet: Packet): Promise<boolean> => {
    const before = known.get(packet.ptsUs)
    if (before !== undefined) return before
    const data = await packet.data()
    const answer = data === undefined || data.byteLength === 0 || isKey(data)
    if (known.size >= knownBound) known.clear()
    known.set(packet.ptsUs, answer)
    return answer
  }
  let unmarked: Promise<ReadonlyArray<Packet> | undefined> | undefined
  /** All key pictures if the container marks none; such a file shows by its first packet. */
  const unmarkedKeys = () =>
    (unmarked ??= (async () => {
      const first = await track.first()
      if (first === undefined || first.key || (await track.keyAfter(first)) !== undefined) return undefined
      return findKeys(track, isKey)
    })())
  return {
    ...track,
    isKey: async (packet) => (packet.key || (await unmarkedKeys()) !== undefined) && (await verify(packet)),
    keyAt: async (us) => {
      const keys = await unmarkedKeys()
      if (keys !== undefined) return keys.findLast(({ ptsUs }) => ptsUs <= us)
      let key = await track.keyAt(us)
      while (key !== undefined && !(await verify(key))) key = await track.keyAt(key.ptsUs - 1)
      return key
    },
    keyAfter: async (packet) => {
      const keys = await unmarkedKeys()
      if (keys !== undefined) return keys.find(({ ptsUs }) => ptsUs > packet.ptsUs)
      let key = await track.keyAfter(packet)
      while (key !== undefined && !(await verify(key))) key = await track.keyAfter(key)
      return key
    }
  }
}
