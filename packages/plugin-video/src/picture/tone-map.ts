// HDR pictures (HLG, PQ) as SDR, without clipping what is bright: as ffmpeg does with
// `zscale=t=linear:npl=100,zscale=p=bt709,tonemap=hable,zscale=t=bt709`.
// Sources: ITU-R BT.2100-2 (tables 4 and 5), BT.2087 (primaries), BT.1886; J. Hable, "Uncharted 2: HDR Lighting", 2010.

/** How brightness is coded: hybrid log-gamma, or the perceptual quantiser of HDR10. */
export type HdrTransfer = "hlg" | "pq"

/** A picture's HDR coding. `peak` is its brightest light, in hundreds of cd/m²; `wide` says that its primaries are BT.2020. */
export interface HdrCoding {
  readonly transfer: HdrTransfer
  readonly wide: boolean
  readonly peak?: number
}

/** Peaks of pictures that do not state one: the display of HLG, and the 10,000 cd/m² that the quantiser reaches. */
const usualPeaks: Readonly<Record<HdrTransfer, number>> = { hlg: 10, pq: 100 }

const steps = 4096

const tableOf = (at: (x: number) => number): Float32Array =>
  Float32Array.from({ length: steps }, (_, i) => at(i / (steps - 1)))

/**
 * HLG signal to display light, in hundreds of cd/m², on a display of 1000 cd/m². Its system gamma of 1.2 works on each
 * colour independently, as in zscale.
 */
const hlgToDisplay = (signal: number): number => {
  const scene = signal <= 0.5 ? (signal * signal) / 3 : (Math.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12
  return 10 * scene ** 1.2
}

/** PQ signal to display light, in hundreds of cd/m². */
const pqToDisplay = (signal: number): number => {
  const power = signal ** (1 / 78.84375)
  return 100 * (Math.max(0, power - 0.8359375) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)
}

const lightTables: Partial<Record<HdrTransfer, Float32Array>> = {}
const lightTable = (transfer: HdrTransfer): Float32Array =>
  (lightTables[transfer] ??= tableOf(transfer === "hlg" ? hlgToDisplay : pqToDisplay))

let displayTable: Uint8Array | undefined
/** Light 0..1, by its square root, to levels of a display (BT.1886). */
const displayLevels = (): Uint8Array =>
  (displayTable ??= Uint8Array.from({ length: 16_384 }, (_, i) => Math.round(255 * (i / 16_383) ** (2 / 2.4))))

const hable = (x: number): number => (x * (x * 0.15 + 0.05) + 0.004) / (x * (x * 0.15 + 0.5) + 0.06) - 1 / 15

/**
 * Packed 16-bit RGB of an HDR picture as packed 8-bit RGB.
 *
 * Shape: `width * height * 3` values in, as many out. Cost: some 40 ns a pixel.
 */
export const toneMap = (pixels: Uint16Array, coding: HdrCoding): Uint8Array => {
  const { transfer, wide } = coding
  const peak = coding.peak ?? usualPeaks[transfer]
  const light = lightTable(transfer)
  const levels = displayLevels()
  const scale = 1 / hable(peak)
  const out = new Uint8Array(pixels.length)
  const level = (value: number): number => levels[Math.round(Math.sqrt(Math.min(1, Math.max(0, value))) * 16_383)] ?? 0
  for (let i = 0; i + 2 < pixels.length; i += 3) {
    let r = light[(pixels[i] ?? 0) >> 4] ?? 0
    let g = light[(pixels[i + 1] ?? 0) >> 4] ?? 0
    let b = light[(pixels[i + 2] ?? 0) >> 4] ?? 0
    if (wide) {
      const [wideR, wideG, wideB] = [r, g, b]
      r = 1.660491 * wideR - 0.587641 * wideG - 0.07285 * wideB
      g = -0.12455 * wideR + 1.1329 * wideG - 0.008349 * wideB
      b = -0.018151 * wideR - 0.100579 * wideG + 1.11873 * wideB
    }
    // one factor for all three keeps the hue
    const brightest = Math.max(r, g, b, 1e-6)
    const factor = (hable(brightest) * scale) / brightest
    out[i] = level(r * factor)
    out[i + 1] = level(g * factor)
    out[i + 2] = level(b * factor)
  }
  return out
}
