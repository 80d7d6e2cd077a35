/**
 * Folder `audio`: decoding of audio files to samples. This file: reads AIFF and uncompressed AIFF-C (Apple, "Audio Interchange
 * File Format", 1989 and 1991).
 */
import { StatusCode } from "@sightline/core/status"
import { Refused } from "../../../vision/decoding/decode.ts"
import { checkSound, integerReader, mixChannels, type Sound } from "./pcm.ts"

const text = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3))

/** An 80-bit IEEE 754 number: sign and exponent in 16 bits, then 64 bits of mantissa with its leading 1. */
const readExtended = (view: DataView, at: number): number => {
  const exponent = (view.getUint16(at) & 0x7fff) - 16_383
  return view.getUint32(at + 2) * 2 ** (exponent - 31) + view.getUint32(at + 6) * 2 ** (exponent - 63)
}

interface Common {
  readonly channels: number
  readonly frames: number
  readonly bits: number
  readonly sampleRate: number
  /** `NONE` and `twos` are big-endian integers, `sowt` little-endian ones, `fl32` big-endian floats. */
  readonly coding: string
}

const readCommon = (view: DataView, at: number, size: number): Common => ({
  channels: view.getUint16(at),
  frames: view.getUint32(at + 2),
  bits: view.getUint16(at + 6),
  sampleRate: readExtended(view, at + 8),
  coding: size >= 22 ? text(view, at + 18) : "NONE"
})

/** Reads the sound; channels are averaged. Throws `Refused`. */
export const readAiff = (bytes: Uint8Array): Sound => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let common: Common | undefined
  let data: { readonly start: number; readonly size: number } | undefined
  for (let at = 12; at + 8 <= bytes.length;) {
    const [name, size] = [text(view, at), view.getUint32(at + 4)]
    const start = at + 8
    if (name === "COMM" && size >= 18 && start + Math.min(size, 22) <= bytes.length)
      common = readCommon(view, start, size)
    if (name === "SSND" && start + 8 <= bytes.length) {
      const offset = view.getUint32(start)
      const first = start + 8 + offset
      data = { start: first, size: Math.max(0, Math.min(size - 8 - offset, bytes.length - first)) }
    }
    at = start + size + (size % 2)
  }
  if (common === undefined || data === undefined)
    throw new Refused(StatusCode.ALL_INPUT_INVALID_BYTES, "the AIFF file has no samples")
  const { bits, channels, coding, frames, sampleRate } = common
  const width = Math.ceil(bits / 8)
  const { size, start } = data
  const isFloat = /^fl32$/i.test(coding) && bits === 32
  const at = isFloat
    ? (index: number) => view.getFloat32(start + index * 4)
    : ["NONE", "twos", "sowt"].includes(coding)
      ? integerReader(view, start, width * 8, coding === "sowt", false)
      : undefined
  if (at === undefined)
    throw new Refused(
      StatusCode.INPUT_UNSUPPORTED_FORMAT,
      `AIFF with the coding ${JSON.stringify(coding)} and ${bits} bits is not supported; convert it to PCM`
    )
  const count = channels === 0 ? 0 : Math.min(frames, Math.floor(size / (width * channels)))
  checkSound(channels, sampleRate, count)
  return { samples: mixChannels(count, channels, at), sampleRate }
}
