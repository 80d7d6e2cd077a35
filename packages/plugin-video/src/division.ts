// How a clip is predicted: whole, in parts under the connection's limits, or as frames decoded here. All three give the
// same answer: frames with their times in the clip.
import {
  type AskedOfWhole,
  type DividedCall,
  type Division,
  type FrameWire,
  Media,
  type OutputWire
} from "@sightline/core/plugin"
import { Effect, Stream } from "effect"
import { framesOf, toImage, whileOpen } from "./clip-frames.ts"
import type { Clip } from "./clip-media.ts"
import { toVideoError } from "./decoder.ts"
import { type VideoError, VideoInterrupted } from "./errors.ts"
import type { OpenVideo } from "./clip/open.ts"
import { planJobs } from "./sampling/job.ts"
import type { Frame } from "./sampling/frames.ts"
import type { PredictWay, Settings } from "./settings.ts"
import { canSplit, splitVideo, type VideoPart } from "./split/parts.ts"

type Calls = Stream.Stream<DividedCall, VideoError>

/** Numbers the frames of one answer and keeps their times rising: what two parts both show counts once. */
const oneTimeline = () => {
  let index = 0
  let lastMs = Number.NEGATIVE_INFINITY
  return (timeMs: number, data: FrameWire["data"]): ReadonlyArray<FrameWire> => {
    if (timeMs <= lastMs) return []
    lastMs = timeMs
    return [{ frame_info: { index: index++, time: timeMs }, data: data ?? {} }]
  }
}

const isRemote = ({ source }: Clip): boolean => source.from === "url" && /^https?:/i.test(source.url)

/** What only a decoder here can do. */
const needsDecoder = ({ wish }: Clip): boolean =>
  wish.pick !== "every" ||
  wish.fromMs > 0 ||
  wish.toMs !== Infinity ||
  wish.similarBound !== undefined ||
  wish.track !== undefined

const wayOf = (clip: Clip, { predict }: Settings, { connection, model }: AskedOfWhole): PredictWay => {
  const way = typeof predict === "function" ? predict(model) : predict
  if (way !== "auto") return way
  return needsDecoder(clip) || (connection === "engine" && !isRemote(clip)) ? "local" : "auto"
}

/** A clip's share of an output: its frames, moved to where the part begins. */
const shifted = (outputs: ReadonlyArray<OutputWire>, fromMs: number, toMs: number) =>
  outputs.flatMap(({ data }) =>
    (data?.frames ?? []).flatMap(({ data: found, frame_info: info }) => {
      const timeMs = Math.round(fromMs + (info?.time ?? 0))
      return timeMs < toMs ? [{ timeMs, found }] : []
    })
  )

/** One call with the whole clip. */
const whole = (clip: Clip, media: Media, everyMs: number): Calls =>
  Stream.suspend(() => {
    const place = oneTimeline()
    return Stream.succeed<DividedCall>({
      kind: "video",
      media: [clip.facts.key === undefined ? media : media.with({ key: clip.facts.key })],
      sampleMs: everyMs,
      frames: (outputs) => shifted(outputs, 0, Infinity).flatMap(({ found, timeMs }) => place(timeMs, found))
    })
  })

/** Gives a part's memory back at once: the next garbage collection may be many parts away. */
const giveBack = ({ buffer }: Uint8Array): void => {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}

const partCall = (part: VideoPart, sampleMs: number, place: ReturnType<typeof oneTimeline>): DividedCall => ({
  kind: "video",
  media: [new Media("video", { from: "bytes", bytes: part.bytes }, { contentType: part.contentType })],
  sampleMs,
  frames: (outputs) => {
    giveBack(part.bytes) // it was sent and answered
    return shifted(outputs, part.fromMs, part.toMs).flatMap(({ found, timeMs }) => place(timeMs, found))
  }
})

/** One call for each part, made as the calls are taken. */
const inParts = (video: OpenVideo, settings: Settings, { limits }: AskedOfWhole, sampleMs: number): Calls =>
  Stream.suspend(() => {
    const place = oneTimeline()
    const bounds = {
      bytes: Math.min(settings.partBytes, limits.maxBytes.video),
      ms: limits.maxVideoMs,
      alignMs: sampleMs
    }
    return Stream.map(Stream.fromAsyncIterable(splitVideo(video, bounds), toVideoError), (part) =>
      partCall(part, sampleMs, place)
    )
  })

/** How many frames go in one call: told by their size in pixels alone, so that a plan need not decode. */
const framesPerCall = ({ track }: OpenVideo, { render }: Settings, { limits }: AskedOfWhole) => {
  const { height, width } = track.info
  const scale = Math.min(1, (render.maxSide ?? Infinity) / Math.max(width, height, 1))
  const estimatedBytes = Math.ceil(width * height * scale * scale * 0.25) + 1024
  const fitting = Math.floor((limits.targetBodyBytes * 0.75) / estimatedBytes)
  return { count: Math.max(1, Math.min(limits.inputsPerCall.image, 32, fitting)), estimatedBytes }
}

const imagesCall = (
  images: ReadonlyArray<Media>,
  timesMs: ReadonlyArray<number>,
  place: ReturnType<typeof oneTimeline>
): DividedCall => ({
  kind: "image",
  media: images,
  sampleMs: undefined,
  frames: (outputs) => outputs.flatMap(({ data }, i) => place(timesMs[i] ?? 0, data))
})

/** Groups of frames; those before a failure still make a call, and the failure follows it. */
const grouped = (
  frames: Stream.Stream<Frame, VideoError>,
  count: number
): Stream.Stream<ReadonlyArray<Frame>, VideoError> =>
  Stream.map(frames, (frame): Frame | VideoError => frame).pipe(
    Stream.catch((error) => Stream.succeed<Frame | VideoError>(error)),
    Stream.grouped(count),
    Stream.flatMap((group) => {
      const shown = group.filter((item): item is Frame => !(item instanceof Error))
      const error = group.find((item): item is VideoError => item instanceof Error)
      const before = shown.length === 0 ? Stream.empty : Stream.succeed(shown)
      return error === undefined ? before : Stream.concat(before, Stream.fail(error))
    })
  )

/** Calls with the frames of the clip, decoded here. */
const asImages = (clip: Clip, settings: Settings, asked: AskedOfWhole): Calls =>
  whileOpen(clip, settings, (video) => {
    const place = oneTimeline()
    const { count } = framesPerCall(video, settings, asked)
    return Stream.map(grouped(framesOf(clip, settings), count), (frames) =>
      imagesCall(
        frames.map((frame) => toImage(clip, frame)),
        frames.map(({ timeMs }) => timeMs),
        place
      )
    )
  })

/** How many frames a wish will give, told without decoding; undefined where only decoding tells. */
const countFrames = async ({ wish }: Clip, { track }: OpenVideo): Promise<number | undefined> => {
  if (wish.pick === "scenes" || wish.similarBound !== undefined || track.access === "sequential") return undefined
  if (wish.pick === "keyframes") {
    let count = 0
    for await (const job of planJobs(track, { kind: "keyframes", fromMs: wish.fromMs, toMs: wish.toMs }))
      count += Number(job.kind === "key")
    return count
  }
  const endMs = Math.min(wish.toMs, (await track.endUs()) / 1000)
  return Math.max(0, Math.ceil((endMs - wish.fromMs) / wish.everyMs))
}

/** The calls of `asImages` as a plan tells them: as many, with an estimated size. */
const plannedImages = (clip: Clip, settings: Settings, asked: AskedOfWhole): Calls =>
  whileOpen(clip, settings, (video) =>
    Stream.unwrap(
      Effect.map(Effect.tryPromise({ try: () => countFrames(clip, video), catch: toVideoError }), (total): Calls => {
        if (total === undefined) return asImages(clip, settings, asked)
        const { count, estimatedBytes } = framesPerCall(video, settings, asked)
        const blank = new Media("image", { from: "bytes", bytes: new Uint8Array(estimatedBytes) })
        const calls = Array.from({ length: Math.ceil(total / count) }, (_, i) => Math.min(count, total - i * count))
        return Stream.map(Stream.fromIterable(calls), (images) =>
          imagesCall(
            Array.from({ length: images }, () => blank),
            [],
            oneTimeline()
          )
        )
      })
    )
  )

/** Whole if the clip is within the limits, else in parts, else, if it cannot be cut and need not be, as images. */
const measured = (
  clip: Clip,
  settings: Settings,
  asked: AskedOfWhole,
  everyMs: number,
  images: typeof asImages
): Calls => {
  const way = wayOf(clip, settings, asked)
  if (way === "local") return images(clip, settings, asked)
  if (isRemote(clip)) return whole(clip, clip, everyMs)
  return whileOpen(clip, settings, (video) =>
    Stream.unwrap(
      Effect.gen(function* () {
        const endUs = yield* Effect.tryPromise({ try: () => video.track.endUs(), catch: toVideoError })
        const { maxBytes, maxVideoMs } = asked.limits
        if (video.bytes.sizeBytes <= maxBytes.video && endUs / 1000 <= maxVideoMs) {
          const read = () => video.bytes.read(0, video.bytes.sizeBytes)
          const bytes = yield* Effect.tryPromise({ try: read, catch: toVideoError })
          return whole(clip, new Media("video", { from: "bytes", bytes }), everyMs)
        }
        return way === "auto" && !canSplit(video)
          ? images(clip, settings, asked)
          : inParts(video, settings, asked, everyMs)
      })
    )
  )
}

/** How a clip is sent. */
export const divisionOf = (clip: Clip, settings: Settings): Division => ({
  // the errors of this package travel as the chain's own: its source says that it may fail so
  calls: (asked) => measured(clip, settings, asked, clip.wish.everyMs, asImages) as never,
  planned: (asked) => measured(clip, settings, asked, clip.wish.everyMs, plannedImages) as never,
  failed: (error, answered) =>
    answered.length === 0
      ? error
      : (new VideoInterrupted({
          frames: answered,
          endedAtMs: answered.at(-1)?.timeMs ?? 0,
          detail: error.message,
          retryable: error.retryable,
          because: error
        }) as never)
})
