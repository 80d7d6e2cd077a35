// Calls with parts of a clip that is over the connection's limits: made as they are taken, released once answered.
import { type SplitRequest, type DividedCall, Media } from "@sightline/core/plugin"
import { Effect, Stream } from "effect"
import { type OpenVideo, splitVideo } from "../decoder/open-video.ts"
import { toVideoError } from "../decoder/error-data.ts"
import type { VideoError } from "../errors.ts"
import { makeProgress } from "../sampling/progress.ts"
import { stripMetadata } from "../strip/strip-metadata.ts"
import type { VideoPart } from "../split/split-video.ts"
import type { Calls, ImageCalls, Work } from "./image-calls.ts"
import { releaseMemory, shiftFrames, type AppendFrame } from "./one-timeline.ts"

const note = "over the limits: cut into parts, each sent in a call"

/** Bytes of a body besides the base64 of a video, generously. */
const bodyRest = 65_536

/** The largest video that may be sent as bytes, by its own limit and by that of the body. */
export const sendableBytes = ({ limits }: SplitRequest): number =>
  Math.min(limits.maxBytes.video, Math.floor((limits.maxBodyBytes - bodyRest) / 4) * 3)

const partCall = (
  part: VideoPart,
  sampleMs: number,
  append: AppendFrame,
  answered: (positionMs: number) => void
): DividedCall => ({
  kind: "video",
  media: [new Media("video", { from: "bytes", bytes: part.bytes }, { contentType: part.contentType })],
  sampleMs,
  note,
  frames: (outputs) => {
    releaseMemory(part.bytes) // it was sent and answered
    const frames = shiftFrames(outputs, part, append)
    for (const { frame_info: info } of frames) answered(info?.time ?? part.fromMs)
    return frames
  }
})

const cannotBeCut = (error: VideoError): boolean => error._tag === "VideoTooLarge" && error.limit === "part"

/**
 * One call for each part. Where key pictures are too far apart for any part to be small enough, the rest of the clip goes
 * on as `images`; without them it fails.
 */
export const inParts = (video: OpenVideo, endUs: number, work: Work, images: ImageCalls | undefined): Calls =>
  Stream.suspend(() => {
    const { asked, clip, append, settings } = work
    const sampleMs = clip.request.everyMs
    const bytes = sendableBytes(asked)
    const bounds = {
      bytes,
      targetBytes: Math.min(settings.partBytes, bytes),
      ms: asked.limits.maxVideoMs,
      alignMs: sampleMs,
      onGrid: true
    }
    const progress = makeProgress(endUs > 0 ? endUs / 1000 : undefined, () => performance.now())
    const answered = (positionMs: number) => settings.onProgress?.(progress(positionMs))
    let untilMs = 0
    const parts = Stream.fromAsyncIterable(splitVideo(video, bounds), toVideoError).pipe(
      // headers are copied from the clip, with the camera's names and dates in them
      Stream.tap((part) =>
        settings.strip ? Effect.tryPromise({ try: () => stripMetadata(part.bytes), catch: toVideoError }) : Effect.void
      ),
      Stream.map((part) => {
        untilMs = part.toMs
        return partCall(part, sampleMs, append, answered)
      })
    )
    if (images === undefined) return parts
    return Stream.catchIf(
      parts,
      cannotBeCut,
      // the rest begins at the first moment of the sampling grid that no part shows
      () => images({ ...work, clip: clip.withRequest({ fromMs: Math.ceil(untilMs / sampleMs) * sampleMs }) })
    )
  })
