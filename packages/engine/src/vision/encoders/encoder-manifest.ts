/** `encoder.json`, the file beside an ONNX encoder that describes its input and output. */
import { Effect, Schema } from "effect"
import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { basename, join, resolve, sep } from "node:path"
import { EncoderProblem, oneLine } from "../../encoder-problem.ts"

const Size = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2048 }))
const Three = Schema.Tuple([Schema.Finite, Schema.Finite, Schema.Finite])

/**
 * `encoder.json`. Each channel is passed as `(level / 255 - mean) / std`. `fit`: `cover` crops around the middle, `fill`
 * stretches. The names of input and output may be left out if the model has one of each.
 */
export const Manifest = Schema.Struct({
  /** Names the encoder in the heads that are trained on it. @default the folder's name */
  id: Schema.optionalKey(Schema.NonEmptyString),
  /** The model file, in the same folder. @default "model.onnx" */
  file: Schema.optionalKey(Schema.NonEmptyString),
  width: Size,
  height: Size,
  mean: Schema.optionalKey(Three),
  std: Schema.optionalKey(Three),
  layout: Schema.optionalKey(Schema.Literals(["nchw", "nhwc"])),
  fit: Schema.optionalKey(Schema.Literals(["cover", "fill"])),
  input: Schema.optionalKey(Schema.String),
  output: Schema.optionalKey(Schema.String),
  pooling: Schema.optionalKey(Schema.Literals(["first", "mean"]))
})

/** An encoder's folder: its manifest, its model, and an id that changes with the model. */
export interface EncoderFolder {
  readonly id: string
  readonly manifest: typeof Manifest.Type
  readonly modelPath: string
}

/** Reads and checks an encoder's folder. */
export const readEncoderFolder = Effect.fn("vision.readEncoderFolder")(function* (
  folder: string
): Effect.fn.Return<EncoderFolder, EncoderProblem> {
  const problem = (details: string) => new EncoderProblem({ encoder: folder, details })
  const read = (path: string) =>
    Effect.tryPromise({ try: () => readFile(path), catch: (cause) => problem(oneLine(cause)) })
  const text = yield* read(join(folder, "encoder.json"))
  const manifest = yield* Schema.decodeEffect(Schema.fromJsonString(Manifest))(text.toString("utf8")).pipe(
    Effect.mapError((error) => problem(`encoder.json: ${oneLine(error)}`))
  )
  const modelPath = resolve(folder, manifest.file ?? "model.onnx")
  if (!modelPath.startsWith(resolve(folder) + sep)) return yield* problem("encoder.json: `file` must be in the folder")
  const hash = createHash("sha256")
    .update(text)
    .update(yield* read(modelPath))
  const name = manifest.id ?? basename(resolve(folder))
  return { id: `onnx-${name}-${hash.digest("hex").slice(0, 12)}`, manifest, modelPath }
})
