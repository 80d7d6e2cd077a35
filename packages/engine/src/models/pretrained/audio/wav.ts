/** WAV, in and out: the audio of speech models. */
import { StatusCode } from "@sightline/core/status"
import { Refused } from "../../../vision/decoding/decode.ts"
import { checkSound, integerReader, mixChannels, type Sound } from "./pcm.ts"

const text = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3))

interface Format {
  readonly code: number
  readonly channels: number
  readonly sampleRate: number
  readonly bits: number
}

const names = new Set(["RIFF", "RF64", "BW64"])

/** The size of the data in files of more than 4 GiB, which write -1 in the chunk itself (EBU Tech 3306). */
const unknownSize = 0xffff_ffff

/** Reads PCM of 8, 16, 24 or 32 bits, or floats of 32 or 64; channels are averaged. Throws `Refused`. */
export const readWav = (bytes: Uint8Array): Sound => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12 || !names.has(text(view, 0)) || text(view, 8) !== "WAVE")
    throw new Refused(StatusCode.INPUT_UNSUPPORTED_FORMAT, "the audio is not WAV; convert it to WAV (PCM) first")
  let format: Format | undefined
  for (let at = 12; at + 8 <= bytes.length;) {
    const [name, size] = [text(view, at), view.getUint32(at + 4, true)]
    const start = at + 8
    if (name === "fmt " && size >= 16 && start + 16 <= bytes.length) {
      const code = view.getUint16(start, true)
      // In the extensible form, the code is the beginning of the sub-format's id.
      const real = code === 0xfffe && size >= 26 && start + 26 <= bytes.length ? view.getUint16(start + 24, true) : code
      format = {
        code: real,
        channels: view.getUint16(start + 2, true),
        sampleRate: view.getUint32(start + 4, true),
        bits: view.getUint16(start + 14, true)
      }
    }
    if (name === "data" && format !== undefined)
      return readSamples(
        view,
        start,
        size === unknownSize ? bytes.length - start : Math.min(size, bytes.length - start),
        format
      )
    at = start + size + (size % 2)
  }
  throw new Refused(StatusCode.ALL_INPUT_INVALID_BYTES, "the WAV file has no samples")
}

const readSamples = (view: DataView, start: number, size: number, format: Format): Sound => {
  const { bits, channels, code, sampleRate } = format
  const at =
    code === 1
      ? integerReader(view, start, bits, true, true)
      : code === 3 && bits === 32
        ? (index: number) => view.getFloat32(start + index * 4, true)
        : code === 3 && bits === 64
          ? (index: number) => view.getFloat64(start + index * 8, true)
          : undefined
  if (at === undefined)
    throw new Refused(
      StatusCode.INPUT_UNSUPPORTED_FORMAT,
      `WAV of format ${code} with ${bits} bits is not supported; convert it to PCM`
    )
  const count = channels === 0 ? 0 : Math.floor(size / ((bits / 8) * channels))
  checkSound(channels, sampleRate, count)
  return { samples: mixChannels(count, channels, at), sampleRate }
}

/** Encodes mono 16-bit PCM. */
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
