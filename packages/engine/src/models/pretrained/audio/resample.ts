/** Other rates for sound: a low-pass filter at the lower of both rates, so that nothing is heard that was not there. */
import type { Sound } from "./pcm.ts"

/** Zero crossings of the filter on each side: more make it steeper. */
const crossings = 16

/** sin(pi x) / (pi x), faded out by a Hann window. */
const filterAt = (x: number): number => {
  if (x === 0) return 1
  if (Math.abs(x) >= crossings) return 0
  const angle = Math.PI * x
  return (Math.sin(angle) / angle) * 0.5 * (1 + Math.cos(angle / crossings))
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))

/** More phases than this are rounded to: rates without a common divisor would need a filter for each sample. */
const maxPhases = 4096

/** Resamples by a windowed sinc filter. Cost: 32 multiplications a sample, times the ratio for a lower rate. */
export const resample = ({ sampleRate, samples }: Sound, rate: number): Float32Array => {
  if (sampleRate === rate) return samples
  const shared = divisor(Math.round(sampleRate), Math.round(rate))
  const phases = Math.min(maxPhases, Math.round(rate) / shared)
  const cutoff = Math.min(1, rate / sampleRate)
  const half = Math.ceil(crossings / cutoff)
  const width = 2 * half
  const taps = new Float32Array(phases * width)
  for (let phase = 0; phase < phases; phase++) {
    let sum = 0
    for (let tap = 0; tap < width; tap++) sum += filterAt((tap - half + 1 - phase / phases) * cutoff)
    for (let tap = 0; tap < width; tap++)
      taps[phase * width + tap] = filterAt((tap - half + 1 - phase / phases) * cutoff) / sum
  }
  const ratio = sampleRate / rate
  const out = new Float32Array(Math.floor(samples.length / ratio))
  for (let i = 0; i < out.length; i++) {
    const at = i * ratio
    const whole = Math.floor(at)
    const phase = Math.min(phases - 1, Math.round((at - whole) * phases))
    let sum = 0
    for (let tap = 0; tap < width; tap++)
      sum += (taps[phase * width + tap] ?? 0) * (samples[whole + tap - half + 1] ?? 0)
    out[i] = sum
  }
  return out
}
