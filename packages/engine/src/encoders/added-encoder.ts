/** An image encoder by the name of a model in the folder of models. */
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { EncoderProblem, oneLine } from "../encoder-problem.ts"
import { parseManifest } from "../onnx/model-manifest.ts"
import { findEntry } from "../added-models/catalogue.ts"
import { changedFile } from "../added-models/lock-file.ts"
import type { DecoderOptions } from "../vision/decoding/decoder.ts"
import { makeOnnxEmbedder } from "./onnx-encoder.ts"
import { makeTransformersEmbedder } from "./transformers-encoder.ts"

/** A size as people read it. */
const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`

const encoderEntry = "image-embedding"

/**
 * One line about the encoder of the catalogue: what it weighs and how it is added. Empty if the catalogue has none, or the
 * engine does not use a built-in encoder.
 */
export const encoderAdvice = (embedder: unknown): string => {
  const entry = findEntry(encoderEntry)
  if (entry === undefined || (embedder !== "fast" && embedder !== "accurate")) return ""
  const { name, sizeBytes } = entry
  return `the encoder ${name} (${megabytes(sizeBytes)}) is often more accurate: sightline models add ${name}, then engine({ embedder: "${name}" })`
}

/** Opens the encoder `name` of a folder of models. Its id has the hash of its files, so that versions only fit it. */
export const makeAddedEmbedder = Effect.fn("vision.makeAddedEmbedder")(function* (
  models: string,
  name: string,
  options: DecoderOptions
) {
  const problem = (details: string) => new EncoderProblem({ encoder: name, details })
  const folder = join(models, name)
  const attempt = <A>(work: () => Promise<A>) =>
    Effect.tryPromise({ try: work, catch: (cause) => problem(oneLine(cause)) })
  const text = yield* attempt(() => readFile(join(folder, "manifest.json"), "utf8").catch(() => undefined))
  if (text === undefined) {
    const entry = findEntry(name)
    return yield* problem(
      entry === undefined
        ? `${models} has no model of that name; name one of it, or use "accurate" or "fast"`
        : `it is not added; sightline models add ${name} (${megabytes(entry.sizeBytes)})`
    )
  }
  const parsed = parseManifest(text)
  if (Result.isFailure(parsed)) return yield* problem(`manifest.json: ${parsed.failure}`)
  const { dtype, outputs, runtime, type } = parsed.success
  if (type !== "visual-embedder") return yield* problem(`it is a ${type}; an embedder must be a visual-embedder`)
  const changed = yield* attempt(() => changedFile(models, name))
  if (changed !== undefined)
    return yield* problem(`its file ${changed} is not as it was added (models.lock); remove the model and add it again`)
  if (runtime === "onnx") return yield* makeOnnxEmbedder({ ...options, folder })
  return yield* makeTransformersEmbedder({
    ...options,
    model: folder,
    dtype: dtype ?? "fp32",
    ...(outputs?.pooling === undefined ? {} : { pooling: outputs.pooling })
  })
})
