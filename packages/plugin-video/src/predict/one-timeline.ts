// Joins the frames of several answers into one timeline.
import type { FrameWire, OutputWire } from "@sightline/core/wire"

/** Takes the next frame of a clip; returns it numbered, or nothing if its time is already on the timeline. */
export type AppendFrame = (timeMs: number, data: FrameWire["data"]) => ReadonlyArray<FrameWire>

/** Numbers the frames of one answer and keeps their times rising: a frame that two parts show counts once. */
export const makeTimeline = (): AppendFrame => {
  let index = 0
  let lastMs = Number.NEGATIVE_INFINITY
  return (timeMs, data) => {
    if (timeMs <= lastMs) return []
    lastMs = timeMs
    return [{ frame_info: { index: index++, time: timeMs }, data: data ?? {} }]
  }
}

/** A part's frames, moved to where it begins; what it shows from `toMs` on belongs to the next. */
export const shiftFrames = (
  outputs: ReadonlyArray<OutputWire>,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  append: AppendFrame
): ReadonlyArray<FrameWire> =>
  outputs.flatMap(({ data }) =>
    (data?.frames ?? []).flatMap(({ data: found, frame_info: info }) => {
      const timeMs = Math.round(fromMs + (info?.time ?? 0))
      return timeMs < toMs ? append(timeMs, found) : []
    })
  )

/** Gives memory of ours back at once: the next garbage collection may be many calls away. */
export const releaseMemory = ({ buffer }: Uint8Array): void => {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}
