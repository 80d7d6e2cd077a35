/** Pixels the right way up, nothing private sent, boxes that land where they should. */
export { ImageBroken, type ImageError, ImageTooLarge, ImageUndecodable, ImageUnsupported } from "./errors.ts"
export { formatOf, type ImageFormat, mediaTypes } from "./format.ts"
export { type ImageMetadata, readMetadata } from "./metadata/describe.ts"
export type { Icc } from "./metadata/icc.ts"
export type { Orientation } from "./orientation.ts"
export {
  canvasCodec,
  type Codec,
  codecFrom,
  defaultCodec,
  type Encoding,
  noCodec,
  PixelCodec,
  type Rendered,
  type RenderJob,
  sharpCodec
} from "./pixels/codec.ts"
export { type Libheif, withHeic } from "./pixels/heic.ts"
export { exif, type ExifOptions, type ExifVerbs } from "./plugin/exif.ts"
export type { FetchUrls } from "./plugin/fetch.ts"
export { prepare, type Prepared, type Touch, type Wish } from "./prepare.ts"
export type { Read } from "./read.ts"
export { type Kept, strip, type StripOptions } from "./strip.ts"
export type { Exif, Position } from "./tiff/exif.ts"
export { turn, type TurnOptions, type Turned } from "./turn.ts"
export { Withheld } from "./withheld.ts"
