/** Images for pretrained models, inside their process: pixels that were decoded elsewhere, fitted to the graph. */
import sharp from "sharp"
import type { Pixels } from "../../vision/pixels.ts"
import type { ManifestValue } from "./model-manifest.ts"

/** The place of the original in a fitted image, to map boxes back: `(x - left) / width` is a fraction of the original. */
export interface Fitted extends Pixels {
  readonly placed: { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
}

/** Fits pixels to the size of a graph's input. */
export const fitRgb = async (from: Pixels, image: NonNullable<ManifestValue["image"]>): Promise<Fitted> => {
  const { fit = "fill", height, width } = image
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

/** A graph's input: scaled, centred, in its layout and order of channels. */
export const toTensor = ({ data, height, width }: Pixels, image: NonNullable<ManifestValue["image"]>): Float32Array => {
  const { layout = "nchw", mean = [0, 0, 0], order = "rgb", scale = 255, std = [1, 1, 1] } = image
  const area = width * height
  const out = new Float32Array(area * 3)
  for (let channel = 0; channel < 3; channel++) {
    const from = order === "rgb" ? channel : 2 - channel
    const [shift, divide] = [mean[channel] ?? 0, std[channel] ?? 1]
    for (let i = 0; i < area; i++) {
      const value = ((data[i * 3 + from] ?? 0) / scale - shift) / divide
      out[layout === "nchw" ? channel * area + i : i * 3 + channel] = value
    }
  }
  return out
}

/** A mask as PNG: white inside. */
export const maskPng = async (inside: Uint8Array, width: number, height: number): Promise<Uint8Array> => {
  const png = await sharp(inside, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer()
  return new Uint8Array(png)
}
