/** Sounds of recordings and videos, as samples. */
import { assert, describe, it } from "@effect/vitest"
import { dataBytes, hasData } from "@sightline/fixtures"
import { decodeSound, type SoundOptions } from "../../src/sound/decode-sound.ts"

/** A WAV of 16 bits with two channels: the second one is silent. */
const stereo = (sampleRate: number, seconds: number): Uint8Array => {
  const count = sampleRate * seconds
  const view = new DataView(new ArrayBuffer(44 + count * 4))
  const put = (at: number, word: string) => new Uint8Array(view.buffer).set(new TextEncoder().encode(word), at)
  put(0, "RIFF")
  view.setUint32(4, 36 + count * 4, true)
  put(8, "WAVEfmt ")
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 2, true)
  view.setUint32(24, sampleRate, true)
  view.setUint32(28, sampleRate * 4, true)
  view.setUint16(32, 4, true)
  view.setUint16(34, 16, true)
  put(36, "data")
  view.setUint32(40, count * 4, true)
  for (let i = 0; i < count; i++) view.setInt16(44 + i * 4, 16_384 * Math.sin(i / 20), true)
  return new Uint8Array(view.buffer)
}

const collect = async (bytes: Uint8Array, options?: SoundOptions) => {
  const samples: Array<number> = []
  const decoded = decodeSound(bytes, options)
  let next = await decoded.next()
  for (; next.done !== true; next = await decoded.next()) samples.push(...next.value)
  return { samples, ...next.value }
}

const failure = (bytes: Uint8Array, options?: SoundOptions): Promise<unknown> =>
  collect(bytes, options).then(
    () => "no failure",
    (cause: unknown) => cause
  )

describe("the sound of a recording", () => {
  it("is the mean of its channels, at the rate that is asked for", async () => {
    const same = await collect(stereo(16_000, 2))
    assert.strictEqual(same.samples.length, 32_000)
    assert.isFalse(same.cutShort)
    for (const [i, sample] of same.samples.entries()) assert.closeTo(sample, 0.25 * Math.sin(i / 20), 1e-3)
    const other = await collect(stereo(44_100, 2), { sampleRate: 8000 })
    assert.closeTo(other.samples.length, 16_000, 40)
  })

  it("that breaks off is decoded as far as it goes", async () => {
    const whole = stereo(16_000, 2)
    const { samples } = await collect(whole.subarray(0, whole.length / 2))
    assert.closeTo(samples.length, 16_000, 20)
  })

  it("is refused where there is none, or too much of it", async () => {
    assert.deepInclude(await failure(new Uint8Array(0)), { _tag: "VideoUnsupported", reason: "empty" })
    assert.deepInclude(await failure(new TextEncoder().encode("no sound at all")), { _tag: "VideoUnsupported" })
    assert.deepInclude(await failure(stereo(16_000, 2), { maxMs: 1000 }), { _tag: "VideoTooLarge", limit: "ms" })
  })

  it.skipIf(!hasData("video"))("is refused of a video without any", async () => {
    const silent = dataBytes("video", "clarifai-sample_h264_no-audio.mp4")
    assert.deepInclude(await failure(silent), { _tag: "VideoUnsupported", reason: "no-sound" })
  })
})
