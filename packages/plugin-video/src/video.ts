// The plugin: `sightline(connection).use(video())`.
import {
  definePlugin,
  InvalidOption,
  type MediaInput,
  type Plugin,
  source,
  type SourceOf
} from "@sightline/core/plugin"
import { Effect } from "effect"
import { Clip, toClip } from "./clip/clip.ts"
import { Decoder } from "./decoder/decoder.ts"
import { divisionOf } from "./predict/division.ts"
import type { VideoError, VideoInterrupted } from "./errors.ts"
import { settingsOf, type VideoOptions } from "./settings.ts"
import { videoVerbs, type VideoVerbs } from "./verbs.ts"

/** Options of one video. `track`: the number in the file of one of several tracks. `key`: the caller's id. */
export interface ClipOptions {
  readonly key?: string
  readonly track?: number
}

/** The source that `video()` adds to apps. */
export type VideoSources = {
  /** Starts with a video: `file("clip.mp4")`, an address, bytes, a Blob or a stream. */
  readonly video: (
    input: MediaInput,
    clip?: ClipOptions
  ) => SourceOf<Clip, VideoError | VideoInterrupted | InvalidOption>
}

/**
 * Videos of any length as frames on one timeline: adds `app.video(x)` and the verbs `sampleEvery`, `between`,
 * `keyframes`, `scenes`, `skipSimilar`, `frames` and `thumbnails`, and predicts videos over the limits in parts or as
 * images decoded here.
 */
export const video = (options: VideoOptions = {}): Plugin<"video", VideoVerbs, VideoSources, {}, never> => {
  const settings = settingsOf(options)
  return definePlugin({
    name: "video",
    version: 1,
    verbs: videoVerbs(settings),
    sources: {
      video: (input: MediaInput, clip: ClipOptions = {}) => {
        const { key, track } = clip
        const started = source<Clip, VideoError | VideoInterrupted | InvalidOption, Decoder>(
          "video",
          [
            input instanceof URL && input.protocol !== "file:" ? input.href : input,
            ...(key === undefined && track === undefined ? [] : [clip])
          ],
          Effect.gen(function* () {
            const decoder = yield* Decoder
            const facts = key === undefined ? {} : { key }
            const request = track === undefined ? {} : { track }
            return yield* Effect.try({
              try: () => toClip(input, facts, request, decoder),
              catch: (thrown) =>
                new InvalidOption({
                  option: "video",
                  problem: thrown instanceof Error ? thrown.message : "is no video"
                })
            })
          })
        )
        // bytes, Blobs and streams are not plain data: a chain that starts with them is not portable
        const portable = typeof input === "string" || (input instanceof URL && input.protocol !== "file:")
        return { ...started, source: { ...started.source, portable } }
      }
    },
    hooks: {
      divide: (media) =>
        media.kind === "video" && media.source.from !== "parts"
          ? divisionOf(media instanceof Clip ? media : toClip(media), settings)
          : undefined
    },
    layer: options.decoder ?? Decoder.layer
  })
}
