/** Writes the samples of a page in the way that its rewrite states. */
import type { View } from "../bytes/view.ts"
import { type Directory, entryOf, numberAt } from "./ifd.ts"
import type { Output, Rewrite } from "./rewrite.ts"
import { sampleFormats } from "./samples.ts"
import { photometrics, tag } from "./tags.ts"

/** The form of the rewritten page. */
export interface StoredForm {
  readonly photometric: number
  /** Colour channels. */
  readonly colours: number
  readonly bits: number
}

/** The form that an output has. */
export const storedForm = ({ colours, layout, output }: Rewrite): StoredForm => {
  const forms: Readonly<Record<Output, StoredForm>> = {
    same: { photometric: layout.photometric, colours, bits: layout.bits[0] ?? 8 },
    scaled: { photometric: layout.photometric, colours, bits: 16 },
    float: { photometric: layout.photometric, colours, bits: 32 },
    palette: { photometric: photometrics.rgb, colours: 3, bits: 8 },
    yCbCr: { photometric: photometrics.rgb, colours: 3, bits: 8 },
    lab: { photometric: photometrics.cieLab, colours: 3, bits: 16 }
  }
  return forms[output]
}

/** Stores a value. `at` counts the channels before it; colour channels count from 0, and alpha is the one after them. */
export type StoreSample = (at: number, value: number, channel: number) => void

const clamped = (value: number, most: number): number => Math.min(most, Math.max(0, Math.round(value) || 0)) // NaN is 0

/** Red, green and blue of each index, 0 to 255. Some writers fill the map with 8-bit values. */
const paletteOf = (view: View, page: Directory, bits: number): ((index: number, channel: number) => number) => {
  const map = entryOf(page, tag.colorMap)
  const size = 2 ** bits
  const levels = Float64Array.from({ length: size * 3 }, (_, i) => numberAt(view, map, i) ?? 0)
  const shift = levels.some((level) => level > 255) ? 8 : 0
  return (index, channel) => (levels[channel * size + index] ?? 0) >> shift
}

/** CIELAB of 16 bits: lightness unsigned, the others signed. ICC's form has an offset, and its lightness ends at 0xFF00. */
const toLab16 = (value: number, channel: number, bits: number, isIcc: boolean): number => {
  if (channel === 0) return bits === 8 ? value * 257 : isIcc ? clamped((value * 65_535) / 65_280, 65_535) : value
  const wide = bits === 8 ? value * 256 : value
  return (isIcc ? wide - 32_768 : wide) & 0xffff
}

/** What stores the samples of a rewritten page. */
export const storeOf = (view: View, page: Directory, rewrite: Rewrite, data: DataView): StoreSample => {
  const { colours, format, layout, output, white } = rewrite
  const [bits = 8] = layout.bits
  const isFloat = format === sampleFormats.float
  const opaque = isFloat ? 1 : 2 ** bits - 1
  const toByte = (value: number): number => clamped((value / opaque) * 255, 255)
  switch (output) {
    case "float":
      return (at, value) => data.setFloat32(at * 4, value, true)
    case "same": {
      // Signed samples are shown with their lowest value as black.
      const offset = format === sampleFormats.signed ? 2 ** (bits - 1) : 0
      return bits === 8
        ? (at, value) => data.setUint8(at, value + offset)
        : (at, value) => data.setUint16(at * 2, value + offset, true)
    }
    case "scaled":
      return (at, value, channel) =>
        data.setUint16(at * 2, clamped((value / (channel < colours ? white : opaque)) * 65_535, 65_535), true)
    case "palette": {
      const colour = paletteOf(view, page, bits)
      return (at, value, channel) => {
        if (channel > 0) data.setUint8(at, toByte(value))
        else for (let c = 0; c < 3; c++) data.setUint8(at + c, colour(value, c))
      }
    }
    case "yCbCr":
      return (at, value) => data.setUint8(at, toByte(value))
    case "lab": {
      const isIcc = layout.photometric === photometrics.iccLab
      return (at, value, channel) => data.setUint16(at * 2, toLab16(value, channel, bits, isIcc), true)
    }
  }
}

/** Turns pixels of YCbCr into RGB, in place. Source: TIFF 6.0, section 21, and section 20 for the reference values. */
export const yCbCrToRgb = (view: View, page: Directory, data: Uint8Array, channels: number): void => {
  const coefficients = entryOf(page, tag.yCbCrCoefficients)
  const [red, green, blue] = [0.299, 0.587, 0.114].map((usual, i) => numberAt(view, coefficients, i) || usual) as [
    number,
    number,
    number
  ] // as many as are listed
  const reference = entryOf(page, tag.referenceBlackWhite)
  const usual = [0, 255, 128, 255, 128, 255]
  const scaled = (value: number, channel: number, top: number): number => {
    const limit = (i: number): number => numberAt(view, reference, 2 * channel + i) ?? usual[2 * channel + i] ?? 0
    return ((value - limit(0)) * top) / (limit(1) - limit(0) || 1)
  }
  const tables = [255, 127, 127].map((top, channel) =>
    Float64Array.from({ length: 256 }, (_, value) => scaled(value, channel, top))
  )
  for (let at = 0; at < data.length; at += channels) {
    const [y = 0, cb = 0, cr = 0] = tables.map((table, i) => table[data[at + i] ?? 0] ?? 0)
    const r = cr * (2 - 2 * red) + y
    const b = cb * (2 - 2 * blue) + y
    data[at] = clamped(r, 255)
    data[at + 1] = clamped((y - blue * b - red * r) / green, 255)
    data[at + 2] = clamped(b, 255)
  }
}
