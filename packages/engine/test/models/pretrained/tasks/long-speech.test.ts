/** Speech that is longer than a model hears at once, in several containers and rates. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { resample } from "../../../../src/models/pretrained/audio/resample.ts"
import { writeWav } from "../../../../src/models/pretrained/audio/wav.ts"
import { freshEngine } from "../../../support/fresh-engine.ts"
import { putListener } from "../tiny-models.ts"

const rate = 16_000
const hasFfmpeg = spawnSync("ffmpeg", ["-version"]).status === 0

/** 25 seconds of loud and quiet sounds of 0.3 to 0.7 seconds, in steps of a letter; it begins loud and ends quiet. */
const part = (seed: number): Float32Array => {
  const samples = new Float32Array(25 * rate)
  let state = seed
  let loud = false
  let until = 0
  for (let i = 0; i < samples.length; i++) {
    if (i >= until) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      until = i + (15 + ((state >>> 16) % 21)) * 320
      loud = !loud
    }
    samples[i] = (loud && i < 24.5 * rate ? 0.9 : 0.01) * Math.sin(i / 5)
  }
  return samples
}

const parts = [part(1), part(2), part(3)]
const whole = Float32Array.from(parts.flatMap((one) => [...one]))

const folder = mkdtempSync(join(tmpdir(), "sightline-speech-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const convert = (name: string, ...args: ReadonlyArray<string>): Uint8Array => {
  const file = join(folder, name)
  const { status, stderr } = spawnSync("ffmpeg", ["-loglevel", "error", "-y", "-i", "pipe:0", ...args, file], {
    input: writeWav({ samples: whole, sampleRate: rate })
  })
  assert.strictEqual(status, 0, stderr.toString())
  return new Uint8Array(readFileSync(file))
}

/** An engine that hears, and what it understands of a sound. */
const listener = () => {
  const local = freshEngine({ limits: { modelTimeoutMs: 120_000 } })
  putListener(join(local.directory, "models"), "tiny")
  const hear = async (bytes: Uint8Array, params: object = {}) => {
    const { body } = await local.ask("POST /v2/models/tiny/outputs", {
      inputs: [{ data: { audio: { base64: Buffer.from(bytes).toString("base64") } } }],
      model: { model_version: { output_info: { params } } }
    })
    return body.outputs[0]
  }
  const textOf = async (bytes: Uint8Array): Promise<string> => (await hear(bytes)).data.text.raw
  return { ...local, hear, textOf }
}

describe("speech of 75 seconds", { timeout: 180_000 }, () => {
  it.skipIf(!hasFfmpeg)("is the sum of its parts, in containers of all kinds", async () => {
    await using local = listener()
    const expected: Array<string> = []
    for (const samples of parts) expected.push(await local.textOf(writeWav({ samples, sampleRate: rate })))
    assert.match(expected.join(""), /^(ab){60,}$/)
    for (const bytes of [
      writeWav({ samples: whole, sampleRate: rate }),
      convert("speech.m4a", "-ar", "44100", "-ac", "2", "-b:a", "128k"),
      convert("speech.webm", "-c:a", "libopus")
    ])
      assert.strictEqual(await local.textOf(bytes), expected.join(""))
  })

  it("has its words with their times, and refuses options that the model has not", async () => {
    await using local = listener()
    const { data } = await local.hear(writeWav({ samples: whole, sampleRate: rate }), { timestamps: "word" })
    const [word] = data.time_segments
    assert.strictEqual(word.data.text.raw, data.text.raw)
    assert.isAtMost(word.time_info.begin_time ?? 0, 0.02)
    assert.closeTo(word.time_info.end_time, 75, 0.1)
    for (const [params, words] of [
      [{ language: "de" }, "language cannot be set"],
      [{ timestamps: "often" }, 'timestamps must be true, false or "word"']
    ] as const) {
      const { status } = await local.hear(writeWav({ samples: parts[0] ?? whole, sampleRate: rate }), params)
      assert.strictEqual(status.code, 40001)
      assert.include(status.details, words)
    }
  })
})

describe("another rate", () => {
  it("keeps tones that it can hold and drops those that it cannot", () => {
    const tone = (hertz: number, sampleRate: number) =>
      Float32Array.from({ length: sampleRate }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / sampleRate))
    const loudness = (samples: Float32Array) =>
      Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
    for (const sampleRate of [8000, 22_050, 44_100, 48_000]) {
      const out = resample({ samples: tone(1000, sampleRate), sampleRate }, rate)
      assert.strictEqual(out.length, rate)
      const expected = tone(1000, rate)
      let largest = 0
      for (let i = 100; i < rate - 100; i++) largest = Math.max(largest, Math.abs((out[i] ?? 0) - (expected[i] ?? 0)))
      assert.isBelow(largest, 0.01, `${sampleRate}`)
    }
    assert.isBelow(loudness(resample({ samples: tone(12_000, 48_000), sampleRate: 48_000 }, rate)), 0.01)
  })
})
