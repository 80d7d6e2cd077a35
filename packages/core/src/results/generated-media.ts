// Pictures and sounds that a model made.
import type { AudioWire, ImageWire, NdArrayWire, VideoWire } from "../wire/messages/media-messages.ts"
import { toBytes } from "../wire/codec/base64.ts"

/** A picture that a model made. */
export interface ImageMade {
  /** The encoded file; empty where the service gives an address instead. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where the service keeps it, if it does. */
  readonly url?: string
  /** In pixels, as the service says. */
  readonly width?: number
  /** In pixels, as the service says. */
  readonly height?: number
  /** Such as `PNG`, as the service says. */
  readonly format?: string
}

/** A sound that a model made. */
export interface AudioMade {
  /** The encoded file; empty where the service gives an address instead. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where the service keeps it, if it does. */
  readonly url?: string
  /** Such as `WAV`, as the service says. */
  readonly format?: string
  /** In hertz. */
  readonly sampleRate?: number
  readonly durationSeconds?: number
}

/** A clip that the model made. */
export interface VideoMade {
  /** The encoded file; empty where the service gives an address instead. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where the service keeps it, if it does. */
  readonly url?: string
  /** In pixels, as the service says. */
  readonly width?: number
  /** In pixels, as the service says. */
  readonly height?: number
  /** Such as `mp4`, as the service says. */
  readonly format?: string
  readonly durationSeconds?: number
}

/** Numbers in rows and columns, as NumPy stores them. */
export interface NdArray {
  /** Such as `[2, 3]`. */
  readonly shape: ReadonlyArray<number>
  /** NumPy's name of a number's form, such as `float32` or `int64`. */
  readonly dtype: string
  /** The numbers' bytes, row by row, little end first. */
  readonly bytes: Uint8Array
}

/** The picture, or `undefined` if what should be base64 is not. */
export const toImage = (wire: ImageWire): ImageMade | undefined => {
  const bytes = toBytes(wire.base64 ?? "")
  const { format, height, width } = wire.image_info ?? {}
  return bytes && compact({ bytes, url: wire.url, width, height, format })
}

/** The sound, or `undefined` if what should be base64 is not. */
export const toAudio = (wire: AudioWire): AudioMade | undefined => {
  const bytes = toBytes(wire.base64 ?? "")
  const { audio_format: format, duration_seconds: durationSeconds, sample_rate: sampleRate } = wire.audio_info ?? {}
  return bytes && compact({ bytes, url: wire.url, format, sampleRate, durationSeconds })
}

/** The clip, or `undefined` if what should be base64 is not. */
export const toVideo = (wire: VideoWire): VideoMade | undefined => {
  const bytes = toBytes(wire.base64 ?? "")
  const { duration_seconds: durationSeconds, height, video_format: format, width } = wire.video_info ?? {}
  return bytes && compact({ bytes, url: wire.url, width, height, format, durationSeconds })
}

/** The array, or `undefined` if what should be base64 is not. */
export const toNdArray = ({ buffer = "", dtype = "", shape = [] }: NdArrayWire): NdArray | undefined => {
  const bytes = toBytes(buffer)
  return bytes && { shape, dtype, bytes }
}

type Compact<A> = { readonly [K in keyof A as undefined extends A[K] ? never : K]: A[K] } & {
  readonly [K in keyof A as undefined extends A[K] ? K : never]?: Exclude<A[K], undefined>
}

/** The same object without members that are `undefined`. */
export const compact = <A extends object>(given: A): Compact<A> =>
  // Exactly the entries that the type keeps.
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Compact<A>
