/** Decodes an image with sharp, inside a decoding process. Throws `Refused` for an image that cannot be used. */
import { StatusCode } from "@sightline/core/status"
import sharp from "sharp"
import { readBitmapHeader } from "@sightline/platform/bitmap"
import { sharpInput } from "@sightline/platform/sharp-input"
import { sniffFormat } from "./image-format.ts"
import { type JpegHeader, readJpegHeader } from "./jpeg-header.ts"
import type { VisionLimits } from "./decode-limits.ts"
import { isOrientation, type Orientation } from "./orientation.ts"
import type { Frame, Pixels } from "../pixels.ts"
import { workingSize } from "../pixels.ts"

sharp.cache(false)
sharp.concurrency(1)

/** An image's header: stored size in pixels (EXIF orientation is not applied), format, colour mode. */
export interface Header {
  readonly width: number
  readonly height: number
  readonly format: string
  readonly colorMode: string
}

/** Why an image cannot be used: a Clarifai status code and a sentence. Plain data, because it crosses processes. */
export interface Refusal {
  readonly code: number
  readonly details: string
}

/** The error inside a decoding process; only its `refusal` is sent. */
export class Refused extends Error {
  readonly refusal: Refusal
  constructor(code: number, details: string) {
    super(details)
    this.refusal = { code, details }
  }
}

const colorModes: Readonly<Record<string, string>> = { "b-w": "L", grey16: "L", cmyk: "CMYK", lab: "LAB" }

const firstLine = (cause: unknown): string => {
  const text = cause instanceof Error ? cause.message : String(cause)
  return (text.split("\n")[0] ?? "").slice(0, 160)
}

const open = (bytes: Uint8Array, limits: VisionLimits) =>
  sharp(bytes, { limitInputPixels: limits.maxPixels, failOn: "error", sequentialRead: true, pages: 1, animated: false })

const checkFormat = (bytes: Uint8Array, limits: VisionLimits): string => {
  if (bytes.length === 0) throw new Refused(StatusCode.ALL_INPUT_INVALID_BYTES, "the image is empty (0 bytes)")
  if (bytes.length > limits.maxBytes) {
    throw new Refused(
      StatusCode.INPUT_OVER_LIMIT,
      `the image has ${bytes.length} bytes; at most ${limits.maxBytes} are accepted`
    )
  }
  const format = sniffFormat(bytes)
  if (format === "unknown") {
    throw new Refused(
      StatusCode.INPUT_UNSUPPORTED_FORMAT,
      "not a known image format; send JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP"
    )
  }
  if (format === "svg" && !limits.allowSvg) {
    throw new Refused(
      StatusCode.INPUT_UNSUPPORTED_FORMAT,
      "SVG is not accepted; render it to PNG first, or open the engine with allowSvg"
    )
  }
  return format
}

const checkPixels = (width: number, height: number, { maxPixels }: VisionLimits): void => {
  if (width * height <= maxPixels) return
  throw new Refused(
    StatusCode.INPUT_OVER_LIMIT,
    `the image has ${width} × ${height} pixels; at most ${maxPixels} are accepted`
  )
}

const bitmapHeader = (bytes: Uint8Array, limits: VisionLimits): Header => {
  const { height, width } = readBitmapHeader(bytes)
  checkPixels(width, height, limits)
  return { width, height, format: "bmp", colorMode: "RGB" }
}

const jpegHeader = ({ components, height, width }: JpegHeader, limits: VisionLimits): Header => {
  checkPixels(width, height, limits)
  return { width, height, format: "jpeg", colorMode: components === 1 ? "L" : components === 3 ? "RGB" : "CMYK" }
}

/** Reads the header only. Throws `Refused`. */
export const readHeader = async (bytes: Uint8Array, limits: VisionLimits): Promise<Header> => {
  const format = checkFormat(bytes, limits)
  const plain = format === "jpeg" ? readJpegHeader(bytes) : undefined
  if (plain !== undefined) return jpegHeader(plain, limits)
  try {
    if (format === "bmp") return bitmapHeader(bytes, limits)
    const found = await open(sharpInput(bytes), { ...limits, maxPixels: Number.MAX_SAFE_INTEGER }).metadata()
    const { channels, height, width } = found
    checkPixels(width, height, limits)
    const mode = (colorModes[found.space] ?? "RGB") + (found.hasAlpha ? "A" : "")
    return { width, height, format, colorMode: channels === 1 ? "L" : mode }
  } catch (cause) {
    if (cause instanceof Refused) throw cause
    throw new Refused(StatusCode.ALL_INPUT_INVALID_BYTES, `the ${format} header cannot be read: ${firstLine(cause)}`)
  }
}

const readOrientation = async (input: ReturnType<typeof sharpInput>, limits: VisionLimits): Promise<Orientation> => {
  const { orientation = 1 } = await open(input, limits).metadata()
  return isOrientation(orientation) ? orientation : 1
}

/** Decodes to sRGB at the size of a frame; transparent parts become mid grey. Throws `Refused`. */
export const decode = async (
  bytes: Uint8Array,
  header: Header,
  frame: Frame,
  limits: VisionLimits
): Promise<Pixels & { readonly orientation: Orientation }> => {
  const { fit, height, width } = frame
  try {
    const input = sharpInput(bytes)
    const orientation = frame.upright === true ? await readOrientation(input, limits) : 1
    const [wide, high] = orientation > 4 ? [header.height, header.width] : [header.width, header.height]
    const size = fit === "inside" ? workingSize(wide, high, Math.max(width, height)) : { width, height }
    const image = open(input, limits)
    const { data, info } = await (orientation === 1 ? image : image.autoOrient())
      .resize({ ...size, fit: fit === "cover" ? "cover" : "fill", kernel: "cubic", fastShrinkOnLoad: true })
      .flatten({ background: { r: 128, g: 128, b: 128 } })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true })
    return { ...size, data: toRgb(data, info.channels, size.width * size.height), orientation }
  } catch (cause) {
    if (cause instanceof Refused) throw cause
    throw new Refused(
      StatusCode.ALL_INPUT_INVALID_BYTES,
      `the ${header.format} pixels cannot be decoded: ${firstLine(cause)}`
    )
  }
}

const toRgb = (data: Uint8Array, channels: number, count: number): Uint8Array => {
  if (channels === 3) return data
  const out = new Uint8Array(count * 3)
  const step = channels < 3 ? 0 : 1 // one or two channels: the first one is grey
  for (let i = 0; i < count; i++) {
    const from = i * channels
    out[i * 3] = data[from] ?? 0
    out[i * 3 + 1] = data[from + step] ?? 0
    out[i * 3 + 2] = data[from + 2 * step] ?? 0
  }
  return out
}
