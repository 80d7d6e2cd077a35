// How a clip is predicted: whole, in parts under the connection's limits, or as frames decoded here. All three give the
// same answer: frames with their times in the clip.
import { type SplitRequest, type Division, Media } from "@sightline/core/plugin"
import { Effect, Stream } from "effect"
import { whileOpen } from "../clip/clip-frames.ts"
import { type ByteSource, openBytes } from "../bytes/byte-source.ts"
import { type Clip, inputOf } from "../clip/clip.ts"
import { toVideoError } from "../decoder/error-data.ts"
import { type VideoError, VideoInterrupted, VideoUnsupported } from "../errors.ts"
import { stripMetadata } from "../strip/strip-metadata.ts"
import type { OpenVideo } from "../decoder/open-video.ts"
import type { PredictWay, Settings } from "../settings.ts"
import { asImages, type Calls, type ImageCalls, plannedImages, type Work } from "./image-calls.ts"
import { inParts, sendableBytes } from "./part-calls.ts"
import { shiftFrames, makeTimeline } from "./one-timeline.ts"

const isRemote = ({ source }: Clip): boolean => source.from === "url" && /^https?:/i.test(source.url)

/** Whether a request needs frames decoded in this program. */
const needsDecoder = ({ request }: Clip): boolean =>
  request.pick !== "every" ||
  request.fromMs > 0 ||
  request.toMs !== Infinity ||
  request.similarBound !== undefined ||
  request.track !== undefined

const wayOf = ({ asked: { connection, model }, clip, settings: { predict } }: Work): PredictWay => {
  const way = typeof predict === "function" ? predict(model) : predict
  if (way !== "auto") return way
  return needsDecoder(clip) || (connection === "engine" && !isRemote(clip)) ? "local" : "auto"
}

/** One call with the whole clip. */
const whole = ({ clip, append }: Work, media: Media, note?: string): Calls =>
  Stream.succeed({
    kind: "video",
    media: [clip.facts.key === undefined ? media : media.with({ key: clip.facts.key })],
    sampleMs: clip.request.everyMs,
    ...(note === undefined ? {} : { note }),
    frames: (outputs) => shiftFrames(outputs, { fromMs: 0, toMs: Infinity }, append)
  })

const unseen =
  "a URL goes as it is, whatever its length: video({ fetchUrls: true }) reads it here and cuts what is too long"

const cleaned = "sent without its metadata: position, camera, dates and names"

const uncleanable = ({ track }: OpenVideo): VideoUnsupported =>
  new VideoUnsupported({
    reason: "metadata",
    detail: `metadata cannot be removed from this file (${track.info.container}); predict it with "local", or send it as it is with video({ strip: false })`
  })

/** Whether a clip is within the limits for one call; they are larger for URLs than for bytes. */
const fits = (video: OpenVideo, endUs: number, clip: Clip, asked: SplitRequest): boolean => {
  const { maxVideoMs, maxVideoUrlBytes } = asked.limits
  return (
    video.bytes.sizeBytes <= (isRemote(clip) ? maxVideoUrlBytes : sendableBytes(asked)) && endUs / 1000 <= maxVideoMs
  )
}

/** A clip's bytes without their metadata; undefined if that cannot be removed. */
const strippedBytes = async (source: ByteSource): Promise<Uint8Array | undefined> => {
  const bytes = await source.read(0, source.sizeBytes)
  const own = source.shared === true ? new Uint8Array(bytes) : bytes
  return (await stripMetadata(own)) ? own : undefined
}

/** The call with a clip's own bytes; `otherwise` if they may not be sent. */
const wholeBytes = (work: Work, source: ByteSource, otherwise: () => Calls): Calls =>
  Stream.unwrap(
    Effect.tryPromise({
      try: () => (work.settings.strip ? strippedBytes(source) : source.read(0, source.sizeBytes)),
      catch: toVideoError
    }).pipe(
      Effect.map((bytes) => {
        if (bytes === undefined) return otherwise()
        return whole(work, new Media("video", { from: "bytes", bytes }), work.settings.strip ? cleaned : undefined)
      })
    )
  )

/** A clip that only libav can measure, where that is not installed: it goes whole, and the service decides. */
const unmeasured = (work: Work, error: VideoError): Calls => {
  const { asked, clip, settings } = work
  if (error._tag !== "VideoUnsupported" || error.reason !== "no-decoder") return Stream.fail(error)
  if (isRemote(clip)) return whole(work, clip)
  return Stream.unwrap(
    Effect.acquireRelease(
      Effect.tryPromise({ try: () => openBytes(inputOf(clip), settings.open), catch: toVideoError }),
      (source) => Effect.promise(() => source.close())
    ).pipe(
      Effect.map((source) =>
        source.sizeBytes > sendableBytes(asked)
          ? Stream.fail(error)
          : wholeBytes(work, source, () => Stream.fail(error))
      )
    )
  )
}

/** Whole if the clip is within the limits, else in parts; as images what cannot be split or needs a decoder. */
const measured = (work: Work, images: ImageCalls): Calls => {
  const { asked, clip, settings } = work
  const way = wayOf(work)
  if (way === "local") return images(work)
  if (isRemote(clip) && !settings.fetchUrls) return whole(work, clip, unseen)
  const instead = way === "auto" ? images : undefined
  return whileOpen(
    clip,
    settings,
    (video) =>
      Stream.unwrap(
        Effect.gen(function* () {
          const endUs = yield* Effect.tryPromise({ try: () => video.track.endUs(), catch: toVideoError })
          if (!fits(video, endUs, clip, asked))
            return instead !== undefined && !video.canSplit ? instead(work) : inParts(video, endUs, work, instead)
          if (isRemote(clip)) return whole(work, clip)
          return wholeBytes(work, video.bytes, () => {
            // parts are rewritten, with nothing but pictures in them
            if (video.canSplit) return inParts(video, endUs, work, instead)
            return instead === undefined ? Stream.fail(uncleanable(video)) : instead(work)
          })
        })
      ),
    (error) => unmeasured(work, error)
  )
}

/** How a clip is sent. */
export const divisionOf = (clip: Clip, settings: Settings): Division => {
  const calls = (images: ImageCalls) => (asked: SplitRequest) =>
    // the source's type lists the errors of this package; a division's type cannot
    Stream.suspend(() => measured({ clip, settings, asked, append: makeTimeline() }, images)) as never
  return {
    calls: calls(asImages),
    planned: calls(plannedImages),
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
  }
}
