/** WAV in and out: what speech models hear and say. */
import { StatusCode } from "@sightline/core/status"
import { Refused } from "../../vision/decode.ts"

/** Mono samples, -1..1. */
export interface Sound {
  readonly samples: Float32Array
  readonly sampleRate: number
}

const text = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3))

interface Format {
  readonly code: number
  readonly channels: number
  readonly sampleRate: number
  readonly bits: number
}

/** Reads PCM of 8, 16, 24 or 32 bits, or 32-bit floats; channels are averaged. Throws `Refused`. */
export const readWav = (bytes: Uint8Array): Sound => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12 || text(view, 0) !== "RIFF" || text(view, 8) !== "WAVE")
    throw new Refused(StatusCode.INPUT_UNSUPPORTED_FORMAT, "the audio is not WAV; convert it to WAV (PCM) first")
  let format: Format | undefined
  for (let at = 12; at + 8 <= bytes.length;) {
    const [name, size] = [text(view, at), view.getUint32(at + 4, true)]
    const start = at + 8
    if (name === "fmt " && size >= 16 && start + 16 <= bytes.length) {
      const code = view.getUint16(start, true)
      // In the extensible form the real code is the beginning of the sub-format's id.
      const real = code === 0xfffe && size >= 26 && start + 26 <= bytes.length ? view.getUint16(start + 24, true) : code
      format = {
        code: real,
        channels: view.getUint16(start + 2, true),
        sampleRate: view.getUint32(start + 4, true),
        bits: view.getUint16(start + 14, true)
      }
    }
    if (name === "data" && format !== undefined)
      return readSamples(view, start, Math.min(size, bytes.length - start), format)
    at = start + size + (size % 2)
  }
  throw new Refused(StatusCode.ALL_INPUT_INVALID_BYTES, "the WAV file has no samples")
}

const readSamples = (view: DataView, start: number, size: number, format: Format): Sound => {
  const { bits, channels, code, sampleRate } = format
  const supported = (code === 1 && [8, 16, 24, 32].includes(bits)) || (code === 3 && bits === 32)
  if (!supported || channels < 1 || channels > 64 || sampleRate < 1000 || sampleRate > 768_000)
    throw new Refused(
      StatusCode.INPUT_UNSUPPORTED_FORMAT,
      `WAV of format ${code} with ${bits} bits, ${channels} channels at ${sampleRate} Hz is not taken; use PCM`
    )
  const step = bits / 8
  const count = Math.floor(size / (step * channels))
  const at = (index: number): number => {
    const place = start + index * step
    if (code === 3) return view.getFloat32(place, true)
    if (bits === 8) return (view.getUint8(place) - 128) / 128
    if (bits === 16) return view.getInt16(place, true) / 32_768
    if (bits === 32) return view.getInt32(place, true) / 2_147_483_648
    return (view.getUint16(place, true) + view.getInt8(place + 2) * 65_536) / 8_388_608
  }
  const samples = new Float32Array(count)
  for (let i = 0; i < count; i++) {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += at(i * channels + channel)
    samples[i] = sum / channels
  }
  return { samples, sampleRate }
}

/** The same sound at another rate, by linear interpolation; going down, over means of what falls together. */
export const resample = ({ sampleRate, samples }: Sound, rate: number): Float32Array => {
  if (sampleRate === rate) return samples
  const ratio = sampleRate / rate
  const out = new Float32Array(Math.floor(samples.length / ratio))
  for (let i = 0; i < out.length; i++) {
    const from = i * ratio
    if (ratio > 1) {
      const last = Math.min(samples.length, Math.max(Math.floor(from) + 1, Math.floor(from + ratio)))
      let sum = 0
      for (let j = Math.floor(from); j < last; j++) sum += samples[j] ?? 0
      out[i] = sum / (last - Math.floor(from))
    } else {
      const low = Math.floor(from)
      const [a, b] = [samples[low] ?? 0, samples[low + 1] ?? samples[low] ?? 0]
      out[i] = a + (b - a) * (from - low)
    }
  }
  return out
}

/** Mono 16-bit PCM. */
export const writeWav = ({ sampleRate, samples }: Sound): Uint8Array => {
  const out = new DataView(new ArrayBuffer(44 + samples.length * 2))
  const put = (at: number, word: string) => new Uint8Array(out.buffer).set(new TextEncoder().encode(word), at)
  put(0, "RIFF")
  out.setUint32(4, 36 + samples.length * 2, true)
  put(8, "WAVEfmt ")
  out.setUint32(16, 16, true)
  out.setUint16(20, 1, true)
  out.setUint16(22, 1, true)
  out.setUint32(24, sampleRate, true)
  out.setUint32(28, sampleRate * 2, true)
  out.setUint16(32, 2, true)
  out.setUint16(34, 16, true)
  put(36, "data")
  out.setUint32(40, samples.length * 2, true)
  samples.forEach((sample, i) => out.setInt16(44 + i * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true))
  return new Uint8Array(out.buffer)
}
