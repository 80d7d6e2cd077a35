/** transformers.js image encoders: from a folder, and from a hub only if that is requested. */
import { importOptional } from "../optional-import.ts"
import type * as Hub from "@huggingface/transformers"
import { Effect } from "effect"
import type { Scope } from "effect"
import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import { readdir, readFile } from "node:fs/promises"
import { basename, join, resolve } from "node:path"
import { makeDecoder } from "../vision/decoding/decoder.ts"
import type { DecoderOptions } from "../vision/decoding/decoder.ts"
import type { Embedder } from "../vision/built-in-encoder.ts"
import type { Pixels } from "../vision/pixels.ts"
import { poolOutput } from "../onnx/postprocessing/pooling.ts"
import type { Pooling } from "../onnx/postprocessing/pooling.ts"
import { embedDecoded } from "./embed-decoded.ts"
import { EncoderProblem, oneLine, loadPackage } from "../encoder-problem.ts"
import type { MissingPackage } from "../encoder-problem.ts"

/** Options of a transformers.js encoder. */
export interface TransformersEmbedderOptions extends DecoderOptions {
  /** A folder in the hub's layout (`config.json`, `preprocessor_config.json`, `onnx/model.onnx`), or a hub's id. */
  readonly model: string
  /** Whether `model` is a hub's id whose files may be downloaded. Otherwise nothing is downloaded. */
  readonly hub?: boolean
  /** `first` suits encoders with a class token. @default "mean" */
  readonly pooling?: Pooling
  /** The precision of the model's file, as transformers.js names it. @default "fp32" */
  readonly dtype?: string
}

// The package resizes and normalises images by the model's files; it is given enough pixels for that.
const side = 512

/** The files that decide a vector: for a stated precision, the graph of that precision and how images are prepared. */
const decidingFiles = async (folder: string, dtype: string | undefined): Promise<ReadonlyArray<string>> => {
  if (dtype === undefined) return ["config.json", join("onnx", "model.onnx")]
  const graphs = (await readdir(join(folder, "onnx"))).toSorted().map((name) => join("onnx", name))
  return ["config.json", "preprocessor_config.json", ...graphs]
}

const localId = Effect.fnUntraced(function* (
  folder: string,
  dtype: string | undefined,
  pooling: Pooling
): Effect.fn.Return<string, EncoderProblem> {
  const problem = (details: string) => new EncoderProblem({ encoder: folder, details })
  if (!existsSync(join(folder, "config.json"))) {
    return yield* problem("no config.json there; name a folder with the model's files, or set hub: true to download")
  }
  const hash = createHash("sha256")
  if (dtype !== undefined) hash.update(`${dtype} ${pooling}`)
  const files = yield* Effect.tryPromise({
    try: () => decidingFiles(folder, dtype),
    catch: (cause) => problem(oneLine(cause))
  })
  for (const file of files) {
    const path = join(folder, file)
    const bytes = yield* Effect.tryPromise({ try: () => readFile(path), catch: (cause) => problem(oneLine(cause)) })
    hash.update(bytes)
  }
  return `transformers-${basename(folder)}-${hash.digest("hex").slice(0, 12)}`
})

/** Opens a transformers.js encoder. It is loaded and run once, so that its problems are reported when the engine opens. */
export const makeTransformersEmbedder = Effect.fn("vision.makeTransformersEmbedder")(function* ({
  dtype,
  hub = false,
  model,
  pooling = "mean",
  ...options
}: TransformersEmbedderOptions): Effect.fn.Return<Embedder, EncoderProblem | MissingPackage, Scope.Scope> {
  const problem = (details: string) => new EncoderProblem({ encoder: model, details })
  const source = hub ? model : resolve(model)
  const id = hub ? `transformers-hub-${model}` : yield* localId(source, dtype, pooling)
  const { pipeline, RawImage } = yield* loadPackage(
    "@huggingface/transformers",
    "a transformers.js image encoder",
    () => importOptional<typeof Hub>("@huggingface/transformers")
  )
  const extract = yield* Effect.acquireRelease(
    Effect.tryPromise({
      try: () =>
        pipeline("image-feature-extraction", source, {
          dtype: (dtype ?? "fp32") as "fp32", // any of its names; it refuses others itself
          local_files_only: !hub
        }),
      catch: (cause) => problem(`the model does not load: ${oneLine(cause)}`)
    }),
    (loaded) => Effect.promise(() => loaded.dispose())
  )
  const encode = Effect.fnUntraced(function* ({ data, height, width }: Pixels) {
    const tensor = yield* Effect.tryPromise({
      try: () => extract(new RawImage(data, width, height, 3)),
      catch: (cause) => problem(`the model does not run: ${oneLine(cause)}`)
    })
    const numbers = tensor.data instanceof Float32Array ? tensor.data : new Float32Array()
    const vector = poolOutput(numbers, tensor.dims, pooling)
    return vector ?? (yield* problem(`its output has the shape [${tensor.dims.join(", ")}], which is not known here`))
  })
  const { length } = yield* encode({ width: 32, height: 32, data: new Uint8Array(32 * 32 * 3) })
  const decoder = yield* makeDecoder(options)
  const embed = embedDecoded(decoder, { width: side, height: side, fit: "inside" }, encode)
  return { id, dimensions: length, embed, inspect: decoder.inspect }
})
