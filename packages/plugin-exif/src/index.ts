/** Pixels the right way up, nothing private sent, boxes that land where they should. */
export { ImageBroken, type ImageError, ImageTooLarge, ImageUndecodable, ImageUnsupported } from "./errors.ts"
export { formatOf, type ImageFormat, mediaTypes } from "./image/image-format.ts"
export { type ImageMetadata, readMetadata } from "./file/image-metadata.ts"
export type { Icc } from "./metadata/icc-profile.ts"
export type { Orientation } from "./image/orientation.ts"
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
} from "./codec/pixel-codec.ts"
export { type Libheif, withHeic } from "./codec/heic-codec.ts"
export { exif, type ExifOptions, type ExifVerbs } from "./plugin/exif-plugin.ts"
export type { FetchUrls } from "./plugin/download.ts"
export { prepare, type Prepared, type Touch, type Wish } from "./prepare/prepare-image.ts"
export type { Read } from "./file/read-result.ts"
export { type Kept, strip, type StripOptions } from "./file/strip-metadata.ts"
export type { Exif, Position } from "./metadata/exif-block.ts"
export { turn, type TurnOptions, type Turned } from "./file/turn-upright.ts"
export { Withheld } from "./metadata/withheld.ts"
