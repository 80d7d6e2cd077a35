/** Audio for models: what is decoded is what was recorded. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { readSound } from "../../../../src/models/pretrained/audio/read-sound.ts"
import { writeWav } from "../../../../src/models/pretrained/audio/wav.ts"
import { Refused } from "../../../../src/vision/decoding/decode.ts"

/** A second of two tones, a click and silence. */
const samples = Float32Array.from({ length: 16_000 }, (_, i) =>
  i > 12_000 ? 0 : i === 8000 ? 0.99 : 0.4 * Math.sin(i / 7) + 0.3 * Math.sin(i / 31)
)
const wav = writeWav({ samples, sampleRate: 16_000 })
const hasFfmpeg = spawnSync("ffmpeg", ["-version"]).status === 0

const folder = mkdtempSync(join(tmpdir(), "sightline-sound-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Converts through a file, since some headers are written last. */
const convert = (...args: ReadonlyArray<string>): Uint8Array => {
  const file = join(folder, "sound")
  const options = ["-hide_banner", "-loglevel", "error", "-y", "-i", "pipe:0", ...args, file]
  const { status, stderr } = spawnSync("ffmpeg", options, { input: wav })
  assert.strictEqual(status, 0, stderr.toString())
  return new Uint8Array(readFileSync(file))
}

/** Two channels, the second one at half the level: their mean is three quarters of the recording. */
const stereo = ["-af", "pan=stereo|c0=c0|c1=0.5*c0"]

const assertSame = (bytes: Uint8Array, tolerance: number, level = 1): void => {
  const sound = readSound(bytes)
  assert.strictEqual(sound.sampleRate, 16_000)
  assert.strictEqual(sound.samples.length, samples.length)
  let largest = 0
  for (const [i, sample] of sound.samples.entries())
    largest = Math.max(largest, Math.abs(sample - level * (samples[i] ?? 0)))
  assert.isBelow(largest, tolerance)
}

const refusal = (bytes: Uint8Array): number => {
  try {
    readSound(bytes)
  } catch (cause) {
    if (cause instanceof Refused) return cause.refusal.code
    throw cause
  }
  return 0
}

describe("sound", () => {
  it("is read from WAV, and from RF64 and BW64 with and without a size", () => {
    assertSame(wav, 1 / 16_000)
    for (const name of ["RF64", "BW64"]) {
      const large = wav.slice()
      large.set(new TextEncoder().encode(name))
      assertSame(large, 1 / 16_000)
      new DataView(large.buffer).setUint32(40, 0xffff_ffff, true)
      assertSame(large, 1 / 16_000)
    }
  })

  it.skipIf(!hasFfmpeg).each([
    ["FLAC", ["-f", "flac"]],
    ["FLAC without compression", ["-f", "flac", "-compression_level", "0"]],
    ["FLAC with the longest predictors", ["-f", "flac", "-compression_level", "12"]],
    ["FLAC of 24 bits", ["-f", "flac", "-sample_fmt", "s32", "-bits_per_raw_sample", "24"]],
    ["FLAC in stereo", ["-f", "flac", ...stereo]],
    ["FLAC in stereo, mid and side", ["-f", "flac", ...stereo, "-ch_mode", "mid_side"]],
    ["FLAC in stereo, left and side", ["-f", "flac", ...stereo, "-ch_mode", "left_side"]],
    ["FLAC in stereo, side and right", ["-f", "flac", ...stereo, "-ch_mode", "right_side"]],
    ["AIFF", ["-f", "aiff"]],
    ["AIFF of 24 bits in stereo", ["-f", "aiff", "-c:a", "pcm_s24be", ...stereo]],
    ["AIFF-C, little endian", ["-f", "aiff", "-c:a", "pcm_s16le"]],
    ["AIFF-C of floats", ["-f", "aiff", "-c:a", "pcm_f32be"]],
    ["RF64", ["-f", "wav", "-rf64", "always"]],
    ["WAV of 64-bit floats", ["-f", "wav", "-c:a", "pcm_f64le"]],
    ["WAV of 24 bits", ["-f", "wav", "-c:a", "pcm_s24le"]]
  ])("in %s is what was recorded", (_, args) => {
    assertSame(convert(...args), 1 / 10_000, args.includes("-af") ? 0.75 : 1)
  })

  it.skipIf(!hasFfmpeg)("with tags after its end is what was recorded", () => {
    const flac = convert("-f", "flac")
    const tagged = new Uint8Array(flac.length + 128)
    tagged.set(flac)
    tagged.set(new TextEncoder().encode("TAG"), flac.length)
    assertSame(tagged, 1 / 10_000)
  })

  it.skipIf(!hasFfmpeg)("that is damaged or cut is refused or shorter, and never hangs", { timeout: 60_000 }, () => {
    const codes = new Set<number>()
    for (const source of [convert("-f", "flac"), convert("-f", "aiff"), wav]) {
      for (let round = 0; round < 60; round++) {
        const bytes = source.slice(0, round % 3 === 0 ? Math.floor((source.length * round) / 60) : undefined)
        for (let n = 0; n < 5; n++)
          bytes[(round * 7919 + n * 104_729) % Math.max(1, bytes.length)] = (round * 31 + n) & 255
        codes.add(refusal(bytes))
      }
    }
    for (const code of codes) assert.include([0, 30101, 30105, 30300], code)
  })

  it("that is no known format, or has more samples than any recording, is refused", () => {
    assert.strictEqual(refusal(new TextEncoder().encode("ID3 and so on")), 30101)
    assert.strictEqual(refusal(new TextEncoder().encode("fLaC")), 30300)
    assert.strictEqual(refusal(new Uint8Array()), 30101)
  })

  it("of compressed silence does not fill the memory", { timeout: 60_000 }, () => {
    // STREAMINFO: 48 kHz, mono, 16 bits. Then frames of 65,536 samples of a constant 0, in 14 bytes each.
    const info = [0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, 34, ...Array.from({ length: 10 }, () => 0)]
    const rate = [0x0b, 0xb8, 0x00, 0xf0, ...Array.from({ length: 20 }, () => 0)]
    const frame = [0xff, 0xf8, 0x70, 0x00, 0x00, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00]
    const head = Uint8Array.from([...info, ...rate])
    const bytes = new Uint8Array(head.length + frame.length * 1000)
    bytes.set(head)
    for (let n = 0; n < 1000; n++) bytes.set(frame, head.length + n * frame.length)
    assert.strictEqual(refusal(bytes), 30105)
  })
})
