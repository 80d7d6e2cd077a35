/** The folder of an ONNX encoder: the same `manifest.json` as that of a pretrained model, of type `visual-embedder`. */
import { Effect, Result } from "effect"
import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { basename, join, resolve } from "node:path"
import { EncoderProblem, oneLine } from "../encoder-problem.ts"
import { fileInFolder } from "../onnx/graph-session.ts"
import { type ManifestValue, parseManifest } from "../onnx/model-manifest.ts"

/** An encoder's folder: its manifest, its model, and an id that changes with the model. */
export interface EncoderFolder {
  readonly id: string
  readonly manifest: ManifestValue
  readonly modelPath: string
}

/** Reads and checks an encoder's folder. */
export const readEncoderFolder = Effect.fn("vision.readEncoderFolder")(function* (
  folder: string
): Effect.fn.Return<EncoderFolder, EncoderProblem> {
  const problem = (details: string) => new EncoderProblem({ encoder: folder, details })
  const read = (path: string) =>
    Effect.tryPromise({ try: () => readFile(path), catch: (cause) => problem(oneLine(cause)) })
  const text = yield* read(join(folder, "manifest.json"))
  const parsed = parseManifest(text.toString("utf8"))
  if (Result.isFailure(parsed)) return yield* problem(`manifest.json: ${parsed.failure}`)
  const manifest = parsed.success
  if (manifest.type !== "visual-embedder" || manifest.runtime !== "onnx")
    return yield* problem(
      `manifest.json: the type must be visual-embedder and the runtime onnx, not ${manifest.type} and ${manifest.runtime}`
    )
  const modelPath = yield* Effect.try({
    try: () => fileInFolder(folder, manifest.file ?? "model.onnx"),
    catch: (cause) => problem(oneLine(cause))
  })
  // Names and aliases do not change the vectors: the head stays of use when they do.
  const { image, inputs, outputs } = manifest
  const hash = createHash("sha256")
    .update(JSON.stringify([image, inputs, outputs]))
    .update(yield* read(modelPath))
  return { id: `onnx-${basename(resolve(folder))}-${hash.digest("hex").slice(0, 12)}`, manifest, modelPath }
})
