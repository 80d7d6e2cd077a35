// The verbs of videos. Each leaves the chain's clip as a value that remembers what is wanted.
import {
  InvalidOption,
  stageSame,
  type Many,
  type Media,
  stageMany,
  type Stage,
  type StepFailed,
  type Unchanged
} from "@sightline/core/plugin"
import { Effect, Stream } from "effect"
import { framesOf, thumbnailsOf, toImage } from "./clip/clip-frames.ts"
import { Clip, toClip, type FrameRequest } from "./clip/clip.ts"
import { makeChoice } from "./sampling/choose.ts"
import { isVideoError, type VideoError } from "./errors.ts"
import { checkEveryMs, checkRange, type FrameTimes } from "./sampling/selection.ts"
import type { Settings } from "./settings.ts"

type Video = Media<"video">
type Thumbs = VideoError | InvalidOption
type Wants = Stage<Video, Unchanged, InvalidOption>

/** The verbs that `video()` adds. They have a type with a name, so that the types of chains stay short where people see them. */
export type VideoVerbs = {
  /** One frame every `ms` milliseconds: the one on screen then. 100 to 60,000; 1000 where nothing is said. */
  readonly sampleEvery: (options: { readonly ms: number }) => Wants
  /** Only what is shown in `[fromMs, toMs)`, counted from the first frame. */
  readonly between: (options: { readonly fromMs: number; readonly toMs: number }) => Wants
  /** The pictures that are coded without others: far cheaper than sampling, at times that the encoder chose. */
  readonly keyframes: () => Wants
  /** The first frame of each scene; `threshold` 0..1, 0.3 where nothing is said. Every picture is decoded. */
  readonly scenes: (options?: { readonly threshold?: number }) => Wants
  /**
   * Leaves out frames that look like the one kept last: in none of the cells of a 16 x 16 grid does a colour differ by
   * more than `bound` levels of 255 (6 where nothing is said).
   */
  readonly skipSimilar: (options?: { readonly bound?: number }) => Wants
  /**
   * Each frame as an image: every verb and model for images takes it. `facts.timeMs` is its time. `frameTimes`: whether
   * a sampled frame is the one at the `start` of its step or in its `middle`; as `video({ frameTimes })` says where nothing
   * is said, and at the start where that says nothing.
   */
  readonly frames: (options?: {
    readonly frameTimes?: FrameTimes
  }) => Stage<Video, Many<Media<"image">, VideoError | StepFailed>, VideoError>
  /** `count` small images, evenly spaced over the clip; the longer side has at most `maxSide` pixels. */
  readonly thumbnails: (options?: {
    readonly count?: number
    readonly maxSide?: number
  }) => Stage<Video, Many<Media<"image">, Thumbs | StepFailed>, Thumbs>
}

const asClip = (media: Video): Clip => (media instanceof Clip ? media : toClip(media))

/** Changes what is wanted; `check` throws what is wrong with it. */
const requestStage = (
  name: string,
  args: Readonly<Record<string, number>>,
  request: Partial<FrameRequest>,
  check: () => void
) =>
  stageSame(name, args, (media: Video) =>
    Effect.try({
      try: () => {
        check()
        return asClip(media).withRequest(request)
      },
      catch: (cause) =>
        new InvalidOption({ option: name, problem: isVideoError(cause) ? cause.message : "is out of range" })
    })
  )

/** The verbs, for one plugin's settings. */
export const videoVerbs = (settings: Settings) => ({
  sampleEvery: ({ ms }: { readonly ms: number }) =>
    requestStage("video.sampleEvery", { ms }, { pick: "every", everyMs: ms }, () => checkEveryMs(ms)),
  between: ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) =>
    requestStage("video.between", { fromMs, toMs }, { fromMs, toMs }, () => checkRange(fromMs, toMs)),
  keyframes: () => requestStage("video.keyframes", {}, { pick: "keyframes" }, () => {}),
  scenes: (options: { readonly threshold?: number } = {}) =>
    requestStage("video.scenes", { ...options }, { ...options, pick: "scenes" }, () =>
      makeChoice({ kind: "scenes", ...options })
    ),
  skipSimilar: ({ bound = 6 }: { readonly bound?: number } = {}) =>
    requestStage("video.skipSimilar", { bound }, { similarBound: bound }, () =>
      makeChoice({ kind: "different", bound })
    ),
  frames: (options: { readonly frameTimes?: FrameTimes } = {}) =>
    stageMany("video.frames", options, (media: Video) => {
      const clip = asClip(media).withRequest(options)
      return Stream.map(framesOf(clip, settings), (frame) => toImage(clip, frame))
    }),
  thumbnails: ({ count = 10, maxSide = 256 }: { readonly count?: number; readonly maxSide?: number } = {}) =>
    stageMany("video.thumbnails", { count, maxSide }, (media: Video): Stream.Stream<Media<"image">, Thumbs> => {
      const clip = asClip(media)
      if (!(Number.isInteger(count) && count >= 1 && count <= 1000 && maxSide >= 1))
        return Stream.fail(
          new InvalidOption({
            option: "video.thumbnails",
            problem: "needs a count of 1 to 1000 and a maxSide of 1 or more"
          })
        )
      return Stream.map(thumbnailsOf(clip, settings, { count, maxSide }), (frame) => toImage(clip, frame))
    })
})
