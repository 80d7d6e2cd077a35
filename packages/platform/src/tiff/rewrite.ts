/** Decides how the samples of a page have to be rewritten for libvips. */
import type { View } from "../bytes/view.ts"
import { canDecompress } from "./decompress.ts"
import { type Directory, entryOf, numberAt } from "./ifd.ts"
import { layoutOf, numberOf, type PageLayout } from "./pages.ts"
import { readerOf, type ReadSample, readSamples, sampleFormats } from "./samples.ts"
import { photometrics, tag } from "./tags.ts"

/** How many samples the colours of a photometric interpretation take. */
const coloursOf: ReadonlyMap<number, number> = new Map([
  [photometrics.whiteIsZero, 1],
  [photometrics.blackIsZero, 1],
  [photometrics.rgb, 3],
  [photometrics.palette, 1],
  [photometrics.separated, 4],
  [photometrics.yCbCr, 3],
  [photometrics.cieLab, 3],
  [photometrics.iccLab, 3]
])

/** Interpretations whose samples are written as they are, or scaled. */
const plainColours: ReadonlySet<number> = new Set([
  photometrics.whiteIsZero,
  photometrics.blackIsZero,
  photometrics.rgb,
  photometrics.separated
])

/**
 * What is written. `same`: the values. `scaled`: 16 bits, with `white` as the highest. `float`: RGB in 32 bits, which
 * libvips takes for linear light. `palette` and `yCbCr`: RGB in 8 bits. `lab`: CIELAB in 16 bits.
 */
export type Output = "same" | "scaled" | "float" | "palette" | "yCbCr" | "lab"

/** How a page is rewritten. */
export interface Rewrite {
  readonly layout: PageLayout
  readonly read: ReadSample
  /** Kind of numbers, see `sampleFormats`. */
  readonly format: number
  /** Colour samples, which come first. */
  readonly colours: number
  /** The sample that is alpha, and its kind: 1 premultiplied, 2 not. */
  readonly alpha?: { readonly index: number; readonly kind: number }
  readonly output: Output
  /** The value that is shown as white; only for `scaled`. */
  readonly white: number
}

/** The kind of numbers; SGI's tag is older than `SampleFormat`. */
const formatOf = (view: View, page: Directory): number => {
  const { float, signed, unsigned } = sampleFormats
  const older = [unsigned, signed, unsigned, float][numberOf(view, page, tag.sgiDataType, 0)] ?? unsigned
  return numberOf(view, page, tag.sampleFormat, older)
}

/** What the colours of a page reach. */
interface Levels {
  readonly largest: number
  readonly positive: number
  readonly overOne: number
}

const levelsOf = (
  view: View,
  page: Directory,
  { colours, layout, read }: Pick<Rewrite, "layout" | "read" | "colours">
) => {
  let [largest, positive, overOne] = [0, 0, 0]
  readSamples(view, page, layout, read, ({ channel, count, valueAt }) => {
    if (channel >= colours) return
    for (let i = 0; i < count; i++) {
      const value = valueAt(i)
      if (value > 0) positive++
      if (value > 1) overOne++
      if (value > largest && value < Infinity) largest = value
    }
  })
  return { largest, positive, overOne }
}

/** Tops of the usual ranges of integers. */
const usualTops: ReadonlyArray<number> = [255, 65_535]

/**
 * The value that is shown as white, since files do not say which range they use: 1 for floats that are mostly at most 1,
 * some of which may be brighter than white; else the top of the smallest usual range that holds all samples.
 */
const whiteOf = ({ largest, overOne, positive }: Levels, format: number, bits: number): number => {
  if (format === sampleFormats.float) {
    if (overOne * 2 <= positive) return 1
    if (largest <= 16) return largest
    return [...usualTops, 2 ** 32 - 1].find((white) => largest <= white) ?? largest
  }
  const top = format === sampleFormats.signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1
  return [...usualTops, ...(bits > 32 ? [2 ** 32 - 1] : [])].find((white) => largest <= white) ?? top
}

/** True for a page of 8- or 16-bit integers, or of single samples that fill their bytes. */
const hasPlainSamples = ({ bits, samples }: PageLayout, format: number): boolean =>
  format !== sampleFormats.float &&
  (bits[0] === 8 || bits[0] === 16 || (samples === 1 && [1, 2, 4].includes(bits[0] ?? 0)))

/** What has to be written for colours that are neither grey, RGB nor CMYK. */
const ofOtherColours = (view: View, page: Directory, layout: PageLayout, hasOnlyAlpha: boolean): Output | undefined => {
  const { bits, photometric, samples } = layout
  const [depth = 8] = bits
  switch (photometric) {
    case photometrics.palette:
      return hasOnlyAlpha && (depth === 8 || (samples === 1 && depth < 8 && 8 % depth === 0)) ? undefined : "palette"
    case photometrics.yCbCr: {
      const subsampling = entryOf(page, tag.yCbCrSubsampling)
      const isWhole = [0, 1].every((i) => (numberAt(view, subsampling, i) ?? 2) === 1)
      return isWhole && depth === 8 ? "yCbCr" : undefined
    }
    case photometrics.cieLab:
      return depth === 16 && samples === 3 ? undefined : "lab"
    default:
      return "lab"
  }
}

/**
 * How a page has to be rewritten; undefined where libvips reads it correctly, or this code cannot read it either. `fits`
 * returns whether pages of this many bytes may be rewritten.
 */
export const rewriteOf = (view: View, page: Directory, fits: (bytes: number) => boolean): Rewrite | undefined => {
  const layout = layoutOf(view, page)
  const { compression, photometric, samples } = layout
  const colours = coloursOf.get(photometric)
  const [bits = 1] = layout.bits
  const format = formatOf(view, page)
  const read = readerOf(format, bits, view.littleEndian)
  const isUniform = layout.bits.every((each) => each === bits)
  if (colours === undefined || samples < colours || !isUniform || read === undefined || !canDecompress(compression))
    return undefined
  const extra = entryOf(page, tag.extraSamples)
  const kinds = Array.from({ length: samples - colours }, (_, i) => numberAt(view, extra, i) ?? 0)
  const first = kinds.findIndex((kind) => kind === 1 || kind === 2)
  const hasOnlyAlpha = kinds.length === 0 || (kinds.length === 1 && first === 0)
  const alpha = first < 0 ? {} : { alpha: { index: colours + first, kind: kinds[first] ?? 0 } }
  const rewrite = { layout, read, format, colours, ...alpha, white: 1 }
  const isInteger = format !== sampleFormats.float
  if (!plainColours.has(photometric)) {
    const output = isInteger && bits <= 16 ? ofOtherColours(view, page, layout, hasOnlyAlpha) : undefined
    if (output === undefined || (output === "lab" && bits % 8 !== 0)) return undefined
    // libvips takes the fourth channel of CIELAB for a colour.
    return output === "lab" ? { layout, read, format, colours, white: 1, output } : { ...rewrite, output }
  }
  if (hasPlainSamples(layout, format)) {
    const isStated = entryOf(page, tag.photometric) !== undefined
    return hasOnlyAlpha && isStated
      ? undefined
      : { ...rewrite, output: bits < 8 ? "scaled" : "same", white: 2 ** bits - 1 }
  }
  if (isInteger && bits < 32) return { ...rewrite, output: "scaled", white: 2 ** bits - 1 }
  const isKnownFloat = !isInteger && photometric === photometrics.rgb
  const isLeft = isKnownFloat && hasOnlyAlpha && bits <= 32
  if (isLeft && !fits(layout.width * layout.height * samples * 4)) return undefined
  if (!fits(layout.width * layout.height * samples * 2))
    return { ...rewrite, output: isKnownFloat ? "float" : "scaled" }
  const white = whiteOf(levelsOf(view, page, rewrite), format, bits)
  if (isKnownFloat && white === 1) return isLeft ? undefined : { ...rewrite, output: "float" }
  return { ...rewrite, output: "scaled", white }
}
