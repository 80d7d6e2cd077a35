// What the browser test's page runs: the package's own decoding, over WebCodecs.
import { decodeFrames, splitVideo, openVideo } from "../../src/index.ts"

/** A frame as the page hands it out. */
export interface SeenFrame {
  readonly timeMs: number
  readonly frameTimeMs: number
  readonly width: number
  readonly height: number
  readonly jpeg: string
}

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))

const textOf = (bytes: Uint8Array): string => {
  let text = ""
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

/** The frames of a clip, or the tag of the error that ended them. */
const decode = async (base64: string, everyMs: number) => {
  const frames: Array<SeenFrame> = []
  try {
    for await (const { bytes, frameTimeMs, height, timeMs, width } of decodeFrames(new Blob([bytesOf(base64)]), {
      everyMs
    }))
      frames.push({ timeMs, frameTimeMs, width, height, jpeg: textOf(bytes) })
    return { frames, error: undefined }
  } catch (error) {
    return { frames, error: String(error) }
  }
}

const split = async (base64: string, ms: number) => {
  const starts: Array<number> = []
  const video = await openVideo(bytesOf(base64))
  for await (const { fromMs } of splitVideo(video, { bytes: 1e8, ms })) starts.push(fromMs)
  await video.close()
  return starts
}

/** What the page offers to the test. */
export interface Offered {
  readonly decode: typeof decode
  readonly split: typeof split
}

Object.assign(globalThis, { decode, split } satisfies Offered)
