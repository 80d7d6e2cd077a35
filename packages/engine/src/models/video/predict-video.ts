/** Runs an image model on a video: one prediction for each sampled frame. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { VideoFrames } from "./video-frames.ts"
import type { FrameWire } from "@sightline/core/wire"
import type { DataMessage, MediaSource } from "../../protocol/input.ts"
import { newId } from "../../protocol/ids.ts"
import type { WireError } from "../../protocol/wire-error.ts"
import { readSource } from "../../store/media-source.ts"
import type { CustomNeeds } from "../custom.ts"
import type { PredictOptions } from "../predict-options.ts"
import type { Prediction, Predictor } from "../predictor.ts"

/** Frames predicted at once. Their order is kept. */
const framesAtOnce = 2

/** Returns `data.frames`: each with its index, its time and the prediction. Frames without concepts are kept. */
export const predictVideo = Effect.fnUntraced(function* (
  predictor: Predictor<CustomNeeds>,
  data: DataMessage,
  video: MediaSource,
  options: PredictOptions,
  chosen: ReadonlySet<string> | undefined,
  origin: string
): Effect.fn.Return<Prediction, WireError, CustomNeeds> {
  const videoFrames = yield* VideoFrames
  const bytes = yield* readSource("video", video, origin)
  const notes: Array<string> = []
  const frames = yield* videoFrames
    .frames(bytes, options.sampleMs, (note) => notes.push(note))
    .pipe(
      Stream.mapEffect(
        ({ index, jpeg, timeMs }) =>
          Effect.map(
            predictor.predict(
              { ...data, media: [{ kind: "image", source: { _tag: "bytes", bytes: jpeg } }] },
              options,
              chosen
            ),
            ({ data }): FrameWire => ({ id: newId(), frame_info: { index, time: timeMs }, data })
          ),
        { concurrency: framesAtOnce }
      ),
      Stream.runCollect
    )
  return { data: { frames }, ...(notes[0] === undefined ? {} : { note: notes[0] }) }
})
