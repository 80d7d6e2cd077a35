/** Rewrites TIFF pages whose samples libvips cannot read, or misreads, as plain ones. */
import { unsupported } from "../bytes/format-error.ts"
import type { View } from "../bytes/view.ts"
import { canDecompress } from "./decompress.ts"
import { type Directory, entryOf, numberAt } from "./ifd.ts"
import { layoutOf, numberOf, type PageLayout, readPages } from "./pages.ts"
import { readerOf, type ReadSample, readSamples, sampleFormats } from "./samples.ts"
import { tag } from "./tags.ts"
import { writePlainTiff } from "./tiff-writer.ts"

/** Photometric interpretations, and how many samples their colours take. */
const [whiteIsZero, blackIsZero, rgb, separated] = [0, 1, 2, 5]
const coloursOf: ReadonlyMap<number, number> = new Map([
  [whiteIsZero, 1],
  [blackIsZero, 1],
  [rgb, 3],
  [separated, 4]
])

/** Most bytes that samples are rewritten to: 44 megapixels of 8-bit RGB. */
const maxBytes = 1 << 27

/** How a page is rewritten. */
interface Rewrite {
  readonly layout: PageLayout
  readonly read: ReadSample
  readonly format: number
  /** Colour samples, which come first. */
  readonly colours: number
  /** The sample that is alpha, and its kind: 1 premultiplied, 2 not. */
  readonly alpha?: { readonly index: number; readonly kind: number }
  /** `same`: values stay. `scaled`: to 16 bits. `float`: RGB in 32 bits, which libvips takes for linear light. */
  readonly output: "same" | "scaled" | "float"
}

/** How a page has to be rewritten; undefined where libvips reads it correctly, or this code cannot read it either. */
const rewriteOf = (view: View, page: Directory): Rewrite | undefined => {
  const layout = layoutOf(view, page)
  const { compression, photometric, samples } = layout
  const colours = coloursOf.get(photometric)
  const [bits = 1] = layout.bits
  const format = numberOf(view, page, tag.sampleFormat, sampleFormats.unsigned)
  const read = readerOf(format, bits, view.littleEndian)
  const isUniform = layout.bits.every((each) => each === bits)
  if (colours === undefined || samples < colours || !isUniform || read === undefined || !canDecompress(compression))
    return undefined
  const extra = entryOf(page, tag.extraSamples)
  const kinds = Array.from({ length: samples - colours }, (_, i) => numberAt(view, extra, i) ?? 0)
  const first = kinds.findIndex((kind) => kind === 1 || kind === 2)
  const isFloat = format === sampleFormats.float
  const isFloatRgb = isFloat && photometric === rgb
  const isShort = !isFloat && bits <= 16
  const hasOnlyAlpha = kinds.length === 0 || (kinds.length === 1 && first === 0)
  if (hasOnlyAlpha && (isShort || (isFloatRgb && bits <= 32))) return undefined
  return {
    layout,
    read,
    format,
    colours,
    ...(first < 0 ? {} : { alpha: { index: colours + first, kind: kinds[first] ?? 0 } }),
    output: isFloatRgb ? "float" : isShort ? "same" : "scaled"
  }
}

/**
 * The value that is shown as white: 1 for fractions; else the top of the smallest usual range that holds all samples,
 * since files do not say which range they use.
 */
const whiteOf = (largest: number, format: number): number => {
  if (format === sampleFormats.float && largest <= 1) return 1
  return [255, 65_535, 4_294_967_295].find((white) => largest <= white) ?? largest
}

const largestColour = (view: View, page: Directory, { colours, layout, read }: Rewrite): number => {
  let largest = 0
  readSamples(view, page, layout, read, ({ channel, count, valueAt }) => {
    if (channel >= colours) return
    for (let i = 0; i < count; i++) {
      const value = valueAt(i)
      if (value > largest && value < Infinity) largest = value
    }
  })
  return largest
}

/** How a value is stored: bits of a sample, and what writes one, given its index. */
const storeOf = (view: View, page: Directory, rewrite: Rewrite, data: DataView) => {
  const { format, layout, output } = rewrite
  const [bits = 8] = layout.bits
  if (output === "float") return { store: (at: number, value: number) => data.setFloat32(at * 4, value, true) }
  if (output === "same") {
    // Signed samples are shown with their lowest value as black.
    const offset = format === sampleFormats.signed ? 2 ** (bits - 1) : 0
    return bits === 8
      ? { store: (at: number, value: number) => data.setUint8(at, value + offset) }
      : { store: (at: number, value: number) => data.setUint16(at * 2, value + offset, true) }
  }
  const white = whiteOf(largestColour(view, page, rewrite), format)
  const opaque = format === sampleFormats.float ? 1 : 2 ** bits - 1
  return {
    store: (at: number, value: number, isAlpha: boolean) => {
      const level = Math.round((value / (isAlpha ? opaque : white)) * 65_535)
      // NaN counts as 0.
      data.setUint16(at * 2, Math.min(65_535, Math.max(0, level || 0)), true)
    }
  }
}

/**
 * The first page as an uncompressed TIFF with its colours, at most one alpha channel, and samples of 8 or 16 bits (RGB
 * floats: 32); undefined where libvips reads the page correctly, or this code cannot read it either.
 *
 * Rewritten are pages with channels of unstated meaning or several extra ones, which libvips takes for alpha or refuses;
 * grey floats, which it shows black; 64-bit floats; and integers of 32 and 64 bits, which it cuts off. The colour profile
 * is kept, `Orientation` is not. Fails (`FormatError`): `corrupt` when samples are damaged; `unsupported` when the result
 * would have over 128 MiB.
 */
export const plainTiff = (bytes: Uint8Array): Uint8Array | undefined => {
  const { pages, view } = readPages(bytes)
  const [page] = pages
  const rewrite = page && rewriteOf(view, page)
  if (page === undefined || rewrite === undefined) return undefined
  const { alpha, colours, layout, output, read } = rewrite
  const { height, photometric, width } = layout
  const channels = colours + (alpha === undefined ? 0 : 1)
  const bits = output === "float" ? 32 : output === "same" ? (layout.bits[0] ?? 8) : 16
  const size = (width * height * channels * bits) / 8
  if (size > maxBytes) throw unsupported("TIFF", `${size} bytes of unusual samples`, page.at)
  const data = new Uint8Array(size)
  const { store } = storeOf(view, page, rewrite, new DataView(data.buffer))
  readSamples(view, page, layout, read, ({ channel, count, valueAt, x, y }) => {
    const isAlpha = channel === alpha?.index
    if (channel >= colours && !isAlpha) return
    const start = (y * width + x) * channels + (isAlpha ? colours : channel)
    for (let i = 0; i < count; i++) store(start + i * channels, valueAt(i), isAlpha)
  })
  const icc = entryOf(page, tag.icc)
  return writePlainTiff({
    width,
    height,
    channels,
    bits,
    isFloat: output === "float",
    photometric,
    ...(alpha === undefined ? {} : { alpha: alpha.kind }),
    ...(icc === undefined ? {} : { icc: bytes.slice(icc.valueAt, icc.valueAt + icc.valueBytes) }),
    data
  })
}
