// One thing to look at, by URL or bytes, and what the service found out about it.
import { bool, bytes, float, int, list, type Message, message, of, text, texts } from "./table.ts"

/** Where the service keeps a copy: files are at `{prefix}/{size}/{suffix}`. */
export interface HostedUrlWire {
  readonly prefix?: string
  readonly suffix?: string
  /** Such as `large`, `small`, `orig`. */
  readonly sizes?: ReadonlyArray<string>
  readonly crossorigin?: string
}
export const HostedUrlWire: Message<HostedUrlWire> = /* @__PURE__ */ message("HostedURL", () => ({
  prefix: text,
  suffix: text,
  sizes: texts,
  crossorigin: text
}))

/** Measured by the service. */
export interface ImageInfoWire {
  /** In pixels. */
  readonly width?: number
  /** In pixels. */
  readonly height?: number
  readonly format?: string
  readonly color_mode?: string
  readonly mode?: string
}
export const ImageInfoWire: Message<ImageInfoWire> = /* @__PURE__ */ message("ImageInfo", () => ({
  width: int,
  height: int,
  format: text,
  color_mode: text,
  mode: text
}))

/** A still picture: `url` or `base64`. */
export interface ImageWire {
  readonly url?: string
  readonly base64?: string
  /** Accept an address that the app has already. */
  readonly allow_duplicate_url?: boolean
  readonly hosted?: HostedUrlWire
  readonly image_info?: ImageInfoWire
}
export const ImageWire: Message<ImageWire> = /* @__PURE__ */ message("Image", () => ({
  url: text,
  base64: bytes,
  allow_duplicate_url: bool,
  hosted: of(() => HostedUrlWire),
  image_info: of(() => ImageInfoWire)
}))

/** Measured by the service. */
export interface VideoInfoWire {
  /** In pixels. */
  readonly width?: number
  /** In pixels. */
  readonly height?: number
  /** Frames a second. */
  readonly fps?: number
  readonly video_format?: string
  /** In bits a second. */
  readonly bit_rate?: number
  readonly frame_count?: number
  readonly duration_seconds?: number
}
export const VideoInfoWire: Message<VideoInfoWire> = /* @__PURE__ */ message("VideoInfo", () => ({
  width: int,
  height: int,
  fps: float,
  video_format: text,
  bit_rate: int,
  frame_count: int,
  duration_seconds: float
}))

/** A clip: `url` or `base64`. Answers to bytes say `"true"` in `base64`. */
export interface VideoWire {
  readonly url?: string
  readonly base64?: string
  readonly allow_duplicate_url?: boolean
  readonly thumbnail_url?: string
  readonly hosted?: HostedUrlWire
  readonly video_info?: VideoInfoWire
}
export const VideoWire: Message<VideoWire> = /* @__PURE__ */ message("Video", () => ({
  url: text,
  base64: bytes,
  allow_duplicate_url: bool,
  thumbnail_url: text,
  hosted: of(() => HostedUrlWire),
  video_info: of(() => VideoInfoWire)
}))

/** Measured by the service. */
export interface AudioInfoWire {
  readonly audio_format?: string
  /** In hertz. */
  readonly sample_rate?: number
  readonly duration_seconds?: number
  /** In bits a second. */
  readonly bit_rate?: number
}
export const AudioInfoWire: Message<AudioInfoWire> = /* @__PURE__ */ message("AudioInfo", () => ({
  audio_format: text,
  sample_rate: int,
  duration_seconds: float,
  bit_rate: int
}))

/** A sound: `url` or `base64`. */
export interface AudioWire {
  readonly url?: string
  readonly base64?: string
  readonly allow_duplicate_url?: boolean
  readonly hosted?: HostedUrlWire
  readonly audio_info?: AudioInfoWire
}
export const AudioWire: Message<AudioWire> = /* @__PURE__ */ message("Audio", () => ({
  url: text,
  base64: bytes,
  allow_duplicate_url: bool,
  hosted: of(() => HostedUrlWire),
  audio_info: of(() => AudioInfoWire)
}))

/** Measured by the service. */
export interface TextInfoWire {
  readonly char_count?: number
  /** Such as `UnknownTextEnc`. */
  readonly encoding?: string
}
export const TextInfoWire: Message<TextInfoWire> = /* @__PURE__ */ message("TextInfo", () => ({
  char_count: int,
  encoding: text
}))

/** A text: `raw` or `url`. There is no member for bytes: a text file travels decoded, in `raw`. */
export interface TextWire {
  readonly raw?: string
  readonly url?: string
  readonly allow_duplicate_url?: boolean
  readonly hosted?: HostedUrlWire
  readonly text_info?: TextInfoWire
}
export const TextWire: Message<TextWire> = /* @__PURE__ */ message("Text", () => ({
  raw: text,
  url: text,
  allow_duplicate_url: bool,
  hosted: of(() => HostedUrlWire),
  text_info: of(() => TextInfoWire)
}))

/** An array of numbers of any shape. */
export interface NdArrayWire {
  readonly buffer?: string
  readonly shape?: ReadonlyArray<number>
  readonly dtype?: string
}
export const NdArrayWire: Message<NdArrayWire> = /* @__PURE__ */ message("NDArray", () => ({
  buffer: bytes,
  shape: list(int),
  dtype: text
}))
