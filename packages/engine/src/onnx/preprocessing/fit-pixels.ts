/**
 * Folder `onnx/preprocessing`: from pixels to the input tensor of a graph. This file: images for pretrained models, inside
 * their process: pixels that were decoded elsewhere, fitted to the graph.
 */
import type { Pixels } from "../../vision/pixels.ts"
import type { GraphImage } from "./image-input.ts"
import { GraphProblem } from "../graph-problem.ts"

/** Loaded with the first image: an encoder that is never used must not need the library, as in a bundle without it. */
const loadSharp = async () => (await import("sharp")).default

/** The place of the original in a fitted image, to map boxes back: `(x - left) / width` is a fraction of the original. */
export interface Fitted extends Pixels {
  readonly placed: { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
}

/** Fits pixels to the size of a graph's input. */
export const fitRgb = async (
  from: Pixels,
  { fit, height, width }: Pick<GraphImage, "fit" | "height" | "width">
): Promise<Fitted> => {
  const sharp = await loadSharp()
  const { data } = await sharp(from.data, { raw: { width: from.width, height: from.height, channels: 3 } })
    .resize({ width, height, fit, background: { r: 114, g: 114, b: 114 } })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const ratio =
    fit === "cover"
      ? Math.max(width / from.width, height / from.height)
      : Math.min(width / from.width, height / from.height)
  const size = fit === "fill" ? { width, height } : { width: from.width * ratio, height: from.height * ratio }
  const placed = { ...size, left: (width - size.width) / 2, top: (height - size.height) / 2 }
  return { width, height, data, placed }
}

type TensorForm = Pick<GraphImage, "channels" | "layout" | "mean" | "order" | "scale" | "std" | "type">

/** A graph's input: scaled, centred, in its layout and order of channels. Grey is the luma of ITU-R BT.601. */
export const toTensor = ({ data, height, width }: Pixels, form: TensorForm): Float32Array | Uint8Array => {
  const { channels, layout, mean, order, scale, std, type } = form
  const area = width * height
  const level = (pixel: number, channel: number): number => {
    if (channels === 3) return data[pixel * 3 + (order === "rgb" ? channel : 2 - channel)] ?? 0
    return 0.299 * (data[pixel * 3] ?? 0) + 0.587 * (data[pixel * 3 + 1] ?? 0) + 0.114 * (data[pixel * 3 + 2] ?? 0)
  }
  const out = type === "uint8" ? new Uint8Array(area * channels) : new Float32Array(area * channels)
  for (let channel = 0; channel < channels; channel++) {
    const [shift, divide] = [mean[channel] ?? mean[0] ?? 0, std[channel] ?? std[0] ?? 1]
    const [start, step] = layout === "nchw" ? [channel * area, 1] : [channel, channels]
    for (let i = 0; i < area; i++) {
      const value = level(i, channel)
      out[start + i * step] = type === "uint8" ? Math.round(value) : (value / scale - shift) / divide
    }
  }
  return out
}

/** An image as PNG, of another width in its proportions if one is wanted. */
export const rgbPng = async (
  from: { readonly width: number; readonly height: number; readonly data: Uint8Array | Uint8ClampedArray },
  wanted?: unknown
) => {
  const sharp = await loadSharp()
  const { height, width } = from
  const channels = from.data.length / (width * height)
  if (channels !== 1 && channels !== 3 && channels !== 4)
    throw new GraphProblem(`the image of ${width} x ${height} pixels has ${from.data.length} numbers`)
  const image = sharp(from.data, { raw: { width, height, channels } })
  const sized = typeof wanted === "number" && wanted !== width ? image.resize({ width: wanted }) : image
  const { data, info } = await sized.toColourspace("srgb").png().toBuffer({ resolveWithObject: true })
  return { kind: "image" as const, png: new Uint8Array(data), width: info.width, height: info.height }
}

/** A mask as PNG: white inside. */
export const maskPng = async (inside: Uint8Array, width: number, height: number): Promise<Uint8Array> => {
  const sharp = await loadSharp()
  const png = await sharp(inside, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer()
  return new Uint8Array(png)
}
