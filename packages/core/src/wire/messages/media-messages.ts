// Media: images, videos, audio and texts, by URL or by their bytes.
import { bool, bytes, float, int32, message, repeated, string, uint32 } from "./field.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"

const hostedUrl = () => ({
  prefix: string(1),
  suffix: string(2),
  /** Such as `large`, `small`, `orig`. */
  sizes: repeated(string(3)),
  crossorigin: string(4)
})
/** Copies that the service keeps, at `{prefix}/{size}/{suffix}`. */
export interface HostedUrlWire extends Infer<typeof hostedUrl> {}
export const HostedUrlWire: Message<HostedUrlWire> = /* @__PURE__ */ defineMessage("HostedURL", hostedUrl)

const imageInfo = () => ({
  /** In pixels. */
  width: int32(1),
  /** In pixels. */
  height: int32(2),
  format: string(3),
  color_mode: string(4),
  mode: string(5)
})
/** Properties of an image, as the service measured them. */
export interface ImageInfoWire extends Infer<typeof imageInfo> {}
export const ImageInfoWire: Message<ImageInfoWire> = /* @__PURE__ */ defineMessage("ImageInfo", imageInfo)

const image = () => ({
  url: string(1),
  /** The file; text in base64 from JSON, bytes from protobuf. */
  base64: bytes(2),
  /** Accept a URL that the app has already. */
  allow_duplicate_url: bool(4),
  hosted: message(5, () => HostedUrlWire),
  image_info: message(6, () => ImageInfoWire)
})
/** A still image: `url` or `base64`. */
export interface ImageWire extends Infer<typeof image> {}
export const ImageWire: Message<ImageWire> = /* @__PURE__ */ defineMessage("Image", image)

const videoInfo = () => ({
  /** In pixels. */
  width: int32(1),
  /** In pixels. */
  height: int32(2),
  /** Frames per second. */
  fps: float(3),
  video_format: string(4),
  /** In bits per second. */
  bit_rate: int32(5),
  frame_count: int32(6),
  duration_seconds: float(7)
})
/** Properties of a video, as the service measured them. */
export interface VideoInfoWire extends Infer<typeof videoInfo> {}
export const VideoInfoWire: Message<VideoInfoWire> = /* @__PURE__ */ defineMessage("VideoInfo", videoInfo)

const video = () => ({
  url: string(1),
  /** The file; text in base64 from JSON, bytes from protobuf. */
  base64: bytes(2),
  allow_duplicate_url: bool(4),
  thumbnail_url: string(5),
  hosted: message(6, () => HostedUrlWire),
  video_info: message(7, () => VideoInfoWire)
})
/** A video: `url` or `base64`. Responses to uploaded bytes have the text `true` in `base64`. */
export interface VideoWire extends Infer<typeof video> {}
export const VideoWire: Message<VideoWire> = /* @__PURE__ */ defineMessage("Video", video)

const audioInfo = () => ({
  audio_format: string(1),
  /** In hertz. */
  sample_rate: int32(2),
  duration_seconds: float(3),
  /** In bits per second. */
  bit_rate: int32(4)
})
/** Properties of an audio file, as the service measured them. */
export interface AudioInfoWire extends Infer<typeof audioInfo> {}
export const AudioInfoWire: Message<AudioInfoWire> = /* @__PURE__ */ defineMessage("AudioInfo", audioInfo)

const audio = () => ({
  url: string(1),
  /** The file; text in base64 from JSON, bytes from protobuf. */
  base64: bytes(2),
  allow_duplicate_url: bool(4),
  hosted: message(5, () => HostedUrlWire),
  audio_info: message(6, () => AudioInfoWire)
})
/** An audio file: `url` or `base64`. */
export interface AudioWire extends Infer<typeof audio> {}
export const AudioWire: Message<AudioWire> = /* @__PURE__ */ defineMessage("Audio", audio)

const textInfo = () => ({
  char_count: int32(1),
  /** Such as `UnknownTextEnc`. */
  encoding: string(2)
})
/** Properties of a text, as the service measured them. */
export interface TextInfoWire extends Infer<typeof textInfo> {}
export const TextInfoWire: Message<TextInfoWire> = /* @__PURE__ */ defineMessage("TextInfo", textInfo)

const text = () => ({
  raw: string(1),
  url: string(2),
  allow_duplicate_url: bool(3),
  hosted: message(4, () => HostedUrlWire),
  text_info: message(5, () => TextInfoWire)
})
/** A text: `raw` or `url`. A text file travels decoded, in `raw`. */
export interface TextWire extends Infer<typeof text> {}
export const TextWire: Message<TextWire> = /* @__PURE__ */ defineMessage("Text", text)

const ndArray = () => ({
  /** The numbers, row by row; text in base64 from JSON, bytes from protobuf. */
  buffer: bytes(1),
  shape: repeated(uint32(2)),
  /** Element type, in NumPy's words: `float32`, `uint8` … */
  dtype: string(3)
})
/** An array of numbers of any shape. */
export interface NdArrayWire extends Infer<typeof ndArray> {}
export const NdArrayWire: Message<NdArrayWire> = /* @__PURE__ */ defineMessage("NDArray", ndArray)
