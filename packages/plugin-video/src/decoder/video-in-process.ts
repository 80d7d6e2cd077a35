// A video read and decoded in this process: in browsers, in Bun and Deno, and inside of the decoder process itself.
import type { ByteSource } from "../bytes/byte-source.ts"
import { countFrames } from "../sampling/count-frames.ts"
import { decodeSelection } from "../sampling/decode-selection.ts"
import { makePace } from "../sampling/pace.ts"
import { pacedBytes } from "../sampling/paced-bytes.ts"
import { abortable } from "../sampling/abortable.ts"
import { canMux } from "../split/mux-copy.ts"
import { splitLocalVideo } from "../split/split-video.ts"
import { type LocalOptions, type LocalVideo, openLocalVideo } from "./local-video.ts"
import type { OpenVideo } from "./open-video.ts"

/** A local video as callers see it. */
export const toOpenVideo = (video: LocalVideo, onAdvance?: () => void): OpenVideo => {
  const { bytes, track } = video
  const { access, info, originUs, statedEndUs } = track
  return {
    bytes,
    track: { info, access, originUs, statedEndUs, endUs: () => track.endUs() },
    canSplit:
      track.access === "random" && video.config !== undefined && (track.tables !== undefined || canMux(info.codec)),
    frames: (selection, options) =>
      abortable(options.signal, (signal) => decodeSelection(video, selection, { ...options, signal }, onAdvance)),
    parts: (limits, { signal } = {}) => abortable(signal, () => splitLocalVideo(video, limits)),
    countFrames: (selection) => countFrames(video, selection),
    close: async () => {
      await video.close()
      await bytes.close()
    }
  }
}

/** Opens a video in this process. */
export const openInProcess = async (
  bytes: ByteSource,
  options: LocalOptions & { readonly signal?: AbortSignal } = {}
): Promise<OpenVideo> => {
  try {
    return toOpenVideo(await openLocalVideo(pacedBytes(bytes, makePace(options.signal)), options))
  } catch (cause) {
    options.signal?.throwIfAborted() // what a reader says of bytes that are withheld is no fault of theirs
    throw cause
  }
}
