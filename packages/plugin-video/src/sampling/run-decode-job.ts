// Runs one job: reads its packets, decodes those that are needed, and passes on the requested pictures.
import { type Packet, reorderBound, type Track } from "../track/track.ts"
import type { Decoded, Picture, PictureDecoder } from "../picture/picture.ts"
import { IndexRanges } from "./index-ranges.ts"
import { isRestart, restartDetail } from "../track/restart.ts"
import type { Job } from "./decode-jobs.ts"
import type { Pace } from "./pace.ts"

/** A picture on screen at `atUs` (its own time for pictures that are listed). Closed by the job when `show` returns. */
export interface ShownPicture {
  readonly atUs: number
  readonly ptsUs: number
  readonly picture: Picture
}

/** Problems found so far in a video, and how far it was readable; shared by the jobs of one selection. */
export interface Health {
  problems: number
  firstProblemUs: number
  detail: string
  truncated: boolean
  lastPictureUs: number
}

export const newHealth = (): Health => ({
  problems: 0,
  firstProblemUs: Infinity,
  detail: "",
  truncated: false,
  lastPictureUs: Number.NEGATIVE_INFINITY
})

/** After so many undecodable packets in a row the rest is given up: that is no damaged stretch. */
const hopelessPackets = 2000

const crowdedDetail = "three or more pictures have one time, and only one of them can be shown"

const note = (health: Health, atUs: number, detail: string) => {
  if (health.problems++ === 0 || atUs < health.firstProblemUs) {
    health.firstProblemUs = atUs
    // what begins again explains other problems
    if (health.detail !== restartDetail) health.detail = detail
  }
}

/** Notes that what follows a key picture begins at an earlier time: it has no place on the timeline, and is not shown. */
export const noteRestart = (health: Health, us: number): void => {
  note(health, us, restartDetail)
  health.detail = restartDetail
}

/** Reads packets in decoding order, far enough ahead to know in which order they are shown. */
class Window {
  readonly #packets: AsyncGenerator<Packet, void>
  readonly #isKey: (packet: Packet) => Promise<boolean>
  readonly #ahead: Array<Packet> = []
  /** Packets ahead at which decoding can begin. */
  readonly #keys = new Set<Packet>()
  readonly #behind: Array<number> = []
  #lastKeyUs = Number.NEGATIVE_INFINITY
  /** The time of the last key picture before times begin again; undefined if they do not. */
  restartUs: number | undefined
  /** Whether decoding can begin at the packet that was taken last. */
  takenIsKey = false
  constructor(packets: AsyncGenerator<Packet, void>, isKey: (packet: Packet) => Promise<boolean>) {
    this.#packets = packets
    this.#isKey = isKey
  }
  async take(): Promise<Packet | undefined> {
    while (this.#ahead.length <= reorderBound) {
      const next = await this.#packets.next()
      if (next.done === true) break
      this.#ahead.push(next.value)
      if (await this.#isKey(next.value)) this.#addKey(next.value)
    }
    const packet = this.#ahead.shift()
    this.takenIsKey = packet !== undefined && this.#keys.delete(packet)
    if (packet !== undefined) {
      this.#behind.push(packet.ptsUs)
      if (this.#behind.length > reorderBound) this.#behind.shift()
    }
    return packet
  }
  #addKey(key: Packet): void {
    this.#keys.add(key)
    if (key.hidden || Number.isNaN(key.ptsUs)) return
    if (isRestart(this.#lastKeyUs, key.ptsUs)) this.restartUs ??= this.#lastKeyUs
    this.#lastKeyUs = key.ptsUs
  }
  /** The time at which the picture after this one appears; Infinity when there is none. */
  successorUs(packet: Packet): number {
    let successor = Infinity
    for (const us of this.#behind) if (us > packet.ptsUs && us < successor) successor = us
    for (const { hidden, ptsUs } of this.#ahead)
      if (!hidden && ptsUs > packet.ptsUs && ptsUs < successor) successor = ptsUs
    return successor
  }
  /** The time of the first picture after `us` among the missing packet and those ahead. */
  nextAfterUs(us: number, missing: Packet): number {
    return [missing, ...this.#ahead].reduce(
      (least, { ptsUs }) => (ptsUs > us && ptsUs < least ? ptsUs : least),
      Infinity
    )
  }
  earliestUs(): number {
    return this.#ahead.reduce((least, { ptsUs }) => Math.min(least, Number.isNaN(ptsUs) ? least : ptsUs), Infinity)
  }
  /** Whether a key packet that comes soon is not later than `us`: what is before it then need not be decoded. */
  keyBefore(us: number): boolean {
    for (const { hidden, ptsUs } of this.#keys) if (!hidden && ptsUs <= us) return true
    return false
  }
  async close(): Promise<void> {
    for (const packet of this.#ahead) packet.release?.()
    await this.#packets.return()
  }
}

async function* packetsOf(track: Track, start: Packet | undefined): AsyncGenerator<Packet, void> {
  if (track.access === "sequential") yield* track.packets()
  else for (let packet = start; packet !== undefined; packet = await track.next(packet)) yield packet
}

/** What a job does with each packet and each picture. */
interface JobRules {
  readonly wants: (packet: Packet, successorUs: number, window: Window) => "decode" | "for-others" | "leave"
  /** Whether nothing after this packet matters. */
  readonly done: (packet: Packet, successorUs: number, window: Window) => boolean
  readonly picture: (picture: Picture) => Promise<boolean>
  /** No more pictures come; `endUs` is where the last one ends, and `whole` whether the clip ends there too. */
  readonly finish: (endUs: number, whole: boolean) => Promise<boolean>
  readonly close: () => void
}

type Show = (shown: ShownPicture) => Promise<boolean>

const momentRules = (job: Job & { readonly kind: "moments" }, originUs: number, show: Show, pace: Pace): JobRules => {
  const { moments } = job
  let index = job.fromIndex // the next moment without a picture
  // moments whose picture was sent to the decoder; pictures are decoded in another order than they are shown
  const sent = new IndexRanges(job.fromIndex)
  let held: Picture | undefined
  const atUs = (i: number): number => {
    const us = i < job.toIndex ? moments.atUs(i) : undefined
    return us === undefined ? Infinity : originUs + us
  }
  const lastUs = job.toIndex === Infinity ? Infinity : atUs(job.toIndex - 1)
  const showUntil = async (us: number): Promise<boolean> => {
    while (atUs(index) < us) {
      if (held === undefined) break
      const shown: ShownPicture = { atUs: atUs(index), ptsUs: held.ptsUs, picture: held }
      index++
      if (!(await show(shown))) return false
      await pace.step()
    }
    return true
  }
  return {
    wants: (packet, successorUs, window) => {
      if (Number.isNaN(packet.ptsUs)) return "decode"
      const first = Math.max(job.fromIndex, moments.firstFrom(packet.ptsUs - originUs))
      if (packet.hidden || !(atUs(first) < successorUs))
        return window.keyBefore(atUs(sent.next)) ? "leave" : "for-others"
      // there is no end of moments after the last picture: one is enough
      const to = successorUs === Infinity ? first + 1 : moments.firstFrom(successorUs - originUs)
      sent.add(first, Math.min(to, job.toIndex))
      return "decode"
    },
    done: (packet, _, window) => {
      if (Number.isNaN(packet.ptsUs) || (job.toIndex === Infinity && moments.atUs(sent.next) !== undefined))
        return false
      return atUs(sent.next) === Infinity || (packet.ptsUs > lastUs && window.earliestUs() > lastUs)
    },
    picture: async (picture) => {
      const goOn = await showUntil(picture.ptsUs)
      held?.close()
      held = picture
      return goOn
    },
    finish: (endUs, whole) => showUntil(whole ? endUs + moments.offsetUs : endUs),
    close: () => {
      held?.close()
      held = undefined
    }
  }
}

const spanRules = (job: Job & { readonly kind: "span" }, show: Show): JobRules => {
  const inside = (us: number) => us >= job.fromUs && us < job.toUs
  return {
    wants: ({ hidden, ptsUs }) => (Number.isNaN(ptsUs) || (inside(ptsUs) && !hidden) ? "decode" : "for-others"),
    done: (packet, _, window) => packet.ptsUs >= job.fromUs && Math.min(window.earliestUs(), Infinity) >= job.toUs,
    picture: async (picture) => {
      try {
        return !inside(picture.ptsUs) || (await show({ atUs: picture.ptsUs, ptsUs: picture.ptsUs, picture }))
      } finally {
        picture.close()
      }
    },
    finish: async () => true,
    close: () => {}
  }
}

const keyRules = (job: Job & { readonly kind: "key" }, show: Show): JobRules => ({
  ...spanRules({ ...job, kind: "span" }, show),
  wants: ({ hidden }, _, window) => (window.takenIsKey && !hidden ? "decode" : "leave"),
  done: () => job.start !== undefined
})

const rulesOf = (job: Job, originUs: number, show: Show, pace: Pace): JobRules => {
  if (job.kind === "moments") return momentRules(job, originUs, show, pace)
  return job.kind === "span" ? spanRules(job, show) : keyRules(job, show)
}

/** Runs a job to its end, or until `show` returns false. Every picture is closed in any case. */
export const runJob = async (
  track: Track,
  job: Job,
  decoder: PictureDecoder,
  health: Health,
  pace: Pace,
  show: Show
): Promise<void> => {
  const window = new Window(packetsOf(track, job.start), (packet) => track.isKey(packet))
  const rules = rulesOf(job, track.originUs, show, pace)
  let endUs = Number.NEGATIVE_INFINITY
  let lastIntervalUs = 1
  let lastUs = Number.NEGATIVE_INFINITY
  let sameTime = 0
  let goOn = true
  let decodedPackets = 0
  let pictureCount = 0
  let failedInRow = 0
  const pass = async ({ pictures, problem }: Decoded, atUs: number) => {
    if (problem !== undefined) note(health, atUs, problem)
    failedInRow = problem === undefined || pictures.length > 0 ? 0 : failedInRow + 1
    pictureCount += pictures.length
    for (const decoded of pictures) {
      // a picture without a time comes one interval after the last
      const ptsUs = Number.isNaN(decoded.ptsUs) ? lastUs + lastIntervalUs : decoded.ptsUs
      const picture = ptsUs === decoded.ptsUs ? decoded : { ...decoded, ptsUs }
      // a picture that comes late or twice is not shown any more
      if (!goOn || picture.ptsUs <= lastUs) {
        // two are a picture without a length, or one that was coded twice
        if (goOn && picture.ptsUs === lastUs && ++sameTime === 2) note(health, lastUs, crowdedDetail)
        picture.close()
        continue
      }
      sameTime = 0
      if (lastUs !== Number.NEGATIVE_INFINITY) lastIntervalUs = picture.ptsUs - lastUs
      lastUs = picture.ptsUs
      health.lastPictureUs = Math.max(health.lastPictureUs, lastUs)
      goOn = await rules.picture(picture)
    }
  }
  // the last picture stays until the next one known of, or for its length; one of no length as long as the one before
  const showsUntilUs = (): number => {
    const next = missing === undefined ? Infinity : window.nextAfterUs(lastUs, missing)
    if (missing === undefined && !job.lastOfTrack) return Infinity
    return next === Infinity ? Math.max(endUs, endUs > lastUs ? endUs : lastUs + lastIntervalUs) : next
  }
  let missing: Packet | undefined
  const alone = job.kind === "key" && job.start === undefined
  let stoppedAtUs = 0
  try {
    for (;;) {
      const packet = goOn && failedInRow < hopelessPackets ? await window.take() : undefined
      if (packet === undefined) break
      await pace.step()
      pace.advance()
      const successorUs = window.successorUs(packet)
      const wants = rules.wants(packet, successorUs, window)
      if (wants !== "leave") {
        const data = await packet.data()
        if (data === undefined || data.byteLength === 0) {
          packet.release?.()
          if (data !== undefined) continue
          health.truncated = true
          note(health, packet.ptsUs, "the file ends before its last pictures")
          missing = packet
          break
        }
        decodedPackets++
        await pass(await decoder.decode(packet, data, wants === "decode"), packet.ptsUs)
        if (alone) await pass(await decoder.flush(), packet.ptsUs)
      }
      const { durationUs, hidden, ptsUs } = packet
      packet.release?.()
      if (!hidden && !Number.isNaN(ptsUs)) endUs = Math.max(endUs, ptsUs + durationUs)
      stoppedAtUs = ptsUs
      if (rules.done(packet, successorUs, window)) break
    }
    await pass(await decoder.flush(), stoppedAtUs)
    // a decoder that starts at a picture that is no key picture may drop all of them and report nothing
    if (goOn && decodedPackets > 0 && pictureCount === 0)
      note(health, job.start?.ptsUs ?? 0, "a group of pictures decodes to nothing")
    // with random access, the planner of the jobs reports it
    if (track.access === "sequential" && window.restartUs !== undefined) noteRestart(health, window.restartUs)
    if (goOn) await rules.finish(showsUntilUs(), missing === undefined)
  } finally {
    rules.close()
    await window.close()
  }
}
