/** Samples of uncompressed audio, and the bounds of any audio. */
import { StatusCode } from "@sightline/core/status"
import { Refused } from "../../../vision/decoding/decode.ts"

/** Mono samples, -1..1. */
export interface Sound {
  readonly samples: Float32Array
  readonly sampleRate: number
}

/** Most samples of one sound: 17 minutes at 48 kHz. Compressed silence would otherwise fill any memory. */
export const maxSamples = 50_000_000

/** Throws `Refused` for a number of channels, a rate or a length that no recording has. */
export const checkSound = (channels: number, sampleRate: number, count: number): void => {
  if (channels < 1 || channels > 64 || sampleRate < 1000 || sampleRate > 768_000)
    throw new Refused(
      StatusCode.INPUT_UNSUPPORTED_FORMAT,
      `audio with ${channels} channels at ${sampleRate} Hz is not supported`
    )
  if (count > maxSamples)
    throw new Refused(StatusCode.INPUT_OVER_LIMIT, `the audio has more than ${maxSamples} samples per channel`)
}

/** The samples of each frame, averaged over its channels. `at` returns the n-th sample of the interleaved channels. */
export const mixChannels = (count: number, channels: number, at: (index: number) => number): Float32Array => {
  const samples = new Float32Array(count)
  for (let i = 0; i < count; i++) {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += at(i * channels + channel)
    samples[i] = sum / channels
  }
  return samples
}

/** Reads integers of 8 to 32 bits as -1..1. `unsigned8`: bytes are unsigned, as in WAV. */
export const integerReader = (
  view: DataView,
  start: number,
  bits: number,
  littleEndian: boolean,
  unsigned8: boolean
): ((index: number) => number) | undefined => {
  switch (bits) {
    case 8:
      return unsigned8
        ? (index) => (view.getUint8(start + index) - 128) / 128
        : (index) => view.getInt8(start + index) / 128
    case 16:
      return (index) => view.getInt16(start + index * 2, littleEndian) / 32_768
    case 24:
      return (index) => {
        const at = start + index * 3
        const [low, high] = littleEndian ? [at, at + 2] : [at + 2, at]
        return (view.getUint8(low) + view.getUint8(at + 1) * 256 + view.getInt8(high) * 65_536) / 8_388_608
      }
    case 32:
      return (index) => view.getInt32(start + index * 4, littleEndian) / 2_147_483_648
    default:
      return undefined
  }
}
