/** Text to speech. */
import { StatusCode } from "@sightline/core/status"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { Refused } from "../../../vision/decoding/decode.ts"
import { textOf, textParam } from "../model-process/job-text.ts"
import type { ModelJob, ModelResult } from "../model-process/model-messages.ts"
import { isFound, numberOf } from "../transformers-output.ts"
import { writeWav } from "../audio/wav.ts"

/** The voices of a model: files of 32-bit floats in its folder `voices`, by their names. */
export const readVoices = async (folder: string): Promise<ReadonlyMap<string, Float32Array>> => {
  const names = await readdir(join(folder, "voices")).catch(() => [])
  const voices = names
    .filter((name) => name.endsWith(".bin"))
    .toSorted()
    .map(async (name): Promise<readonly [string, Float32Array]> => {
      const bytes = await readFile(join(folder, "voices", name))
      return [
        name.slice(0, -4),
        new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
      ]
    })
  return new Map(await Promise.all(voices))
}

/** The voice that a call names as `voice` or `voice_id`; the first one otherwise. Models without voices have their own. */
const voiceOf = (job: ModelJob, voices: ReadonlyMap<string, Float32Array>): Float32Array | undefined => {
  if (voices.size === 0) return undefined
  const wanted = textParam(job, "voice") ?? textParam(job, "voice_id")
  const voice = wanted === undefined ? [...voices.values()][0] : voices.get(wanted)
  if (voice !== undefined) return voice
  throw new Refused(
    StatusCode.PREDICT_INVALID_REQUEST,
    `voice must be one of ${[...voices.keys()].join(", ")}, not ${wanted}`
  )
}

/** Speaks a text as WAV. */
export const speakText = async (
  pipe: (input: unknown, options: object) => Promise<unknown>,
  voices: ReadonlyMap<string, Float32Array>,
  job: ModelJob
): Promise<ModelResult> => {
  const voice = voiceOf(job, voices)
  const { speed } = job.params
  const sound = await pipe(textOf(job), {
    ...(voice === undefined ? {} : { speaker_embeddings: voice }),
    ...(speed === undefined ? {} : { speed })
  })
  const { audio, data, sampling_rate: rate } = isFound(sound) ? sound : {}
  const samples = audio ?? data
  if (!(samples instanceof Float32Array)) throw new Error("the model gave no sound")
  const sampleRate = numberOf(rate, 16_000)
  return { kind: "audio", wav: writeWav({ samples, sampleRate }), sampleRate, seconds: samples.length / sampleRate }
}
