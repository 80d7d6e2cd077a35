// The frames of several answers as those of one.
import type { FrameWire, OutputWire } from "@sightline/core/plugin"

/** Takes the next frame of a clip; answers it numbered, or nothing where its time was answered before. */
export type Place = (timeMs: number, data: FrameWire["data"]) => ReadonlyArray<FrameWire>

/** Numbers the frames of one answer and keeps their times rising: what two parts both show counts once. */
export const oneTimeline = (): Place => {
  let index = 0
  let lastMs = Number.NEGATIVE_INFINITY
  return (timeMs, data) => {
    if (timeMs <= lastMs) return []
    lastMs = timeMs
    return [{ frame_info: { index: index++, time: timeMs }, data: data ?? {} }]
  }
}

/** A part's frames, moved to where it begins; what it shows from `toMs` on belongs to the next. */
export const moved = (
  outputs: ReadonlyArray<OutputWire>,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  place: Place
): ReadonlyArray<FrameWire> =>
  outputs.flatMap(({ data }) =>
    (data?.frames ?? []).flatMap(({ data: found, frame_info: info }) => {
      const timeMs = Math.round(fromMs + (info?.time ?? 0))
      return timeMs < toMs ? place(timeMs, found) : []
    })
  )

/** Gives memory of ours back at once: the next garbage collection may be many calls away. */
export const giveBack = ({ buffer }: Uint8Array): void => {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}
