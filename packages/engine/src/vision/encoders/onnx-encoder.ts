/** Any ONNX image encoder, run by onnxruntime-node (an optional package, loaded when it is first needed). */
import { StatusCode } from "@sightline/core/status"
import { importOptional } from "../../optional-import.ts"
import { Effect } from "effect"
import type { Scope } from "effect"
import type * as Runtime from "onnxruntime-node"
import type { InferenceSession, Tensor } from "onnxruntime-node"
import { makeDecoder, UnreadableImage } from "../decoder.ts"
import type { DecoderOptions } from "../decoder.ts"
import type { Embedder } from "../built-in-encoder.ts"
import type { Pixels } from "../pixels.ts"
import { mirror } from "../pixels.ts"
import { readEncoderFolder } from "./encoder-manifest.ts"
import type { EncoderFolder } from "./encoder-manifest.ts"
import { poolOutput } from "./pooling.ts"
import { EncoderProblem, oneLine, loadPackage } from "../../encoder-problem.ts"
import type { MissingPackage } from "../../encoder-problem.ts"

/** The encoder's folder, with `encoder.json` and a model. */
export interface OnnxEmbedderOptions extends DecoderOptions {
  readonly folder: string
}

/** The input: normalised, in the model's layout. */
export const toInput = ({ data, height, width }: Pixels, manifest: EncoderFolder["manifest"]): Float32Array => {
  const { layout = "nchw", mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225] } = manifest
  const [place, channel] = layout === "nchw" ? [1, width * height] : [3, 1]
  const out = new Float32Array(width * height * 3)
  for (let c = 0; c < 3; c++) {
    const scale = 1 / (255 * (std[c] ?? 1))
    const shift = (mean[c] ?? 0) / (std[c] ?? 1)
    for (let i = 0; i < width * height; i++) out[i * place + c * channel] = (data[i * 3 + c] ?? 0) * scale - shift
  }
  return out
}

const pickName = (kind: string, wanted: string | undefined, names: ReadonlyArray<string>, encoder: string) => {
  const name = wanted ?? (names.length === 1 || kind === "output" ? names[0] : undefined)
  if (name !== undefined && names.includes(name)) return Effect.succeed(name)
  const details = `encoder.json: "${kind}" must be one of ${names.join(", ")}`
  return Effect.fail(new EncoderProblem({ encoder, details }))
}

const readTensor = (tensor: Tensor | undefined): Float32Array | undefined =>
  tensor?.data instanceof Float32Array ? tensor.data : undefined

/** Opens an ONNX encoder. It is loaded and run once, so that its problems are reported when the engine opens. */
export const makeOnnxEmbedder = Effect.fn("vision.makeOnnxEmbedder")(function* ({
  folder,
  ...options
}: OnnxEmbedderOptions): Effect.fn.Return<Embedder, EncoderProblem | MissingPackage, Scope.Scope> {
  const { id, manifest, modelPath } = yield* readEncoderFolder(folder)
  const problem = (details: string) => new EncoderProblem({ encoder: folder, details })
  const ort = yield* loadPackage("onnxruntime-node", "an ONNX image encoder", () =>
    importOptional<typeof Runtime>("onnxruntime-node")
  )
  const session: InferenceSession = yield* Effect.acquireRelease(
    Effect.tryPromise({
      try: () => ort.InferenceSession.create(modelPath),
      catch: (cause) => problem(`the model does not load: ${oneLine(cause)}`)
    }),
    (session) => Effect.promise(() => session.release())
  )
  const input = yield* pickName("input", manifest.input, session.inputNames, folder)
  const output = yield* pickName("output", manifest.output, session.outputNames, folder)
  const { fit = "cover", height, layout = "nchw", pooling = "first", width } = manifest
  const shape = layout === "nchw" ? [1, 3, height, width] : [1, height, width, 3]

  const encode = Effect.fnUntraced(function* (pixels: Pixels) {
    const tensor = new ort.Tensor("float32", toInput(pixels, manifest), shape)
    const results = yield* Effect.tryPromise({
      try: () => session.run({ [input]: tensor }, [output]),
      catch: (cause) => problem(`the model does not run: ${oneLine(cause)}`)
    })
    const found = results[output]
    const vector = poolOutput(readTensor(found) ?? new Float32Array(), found?.dims ?? [], pooling)
    return (
      vector ?? (yield* problem(`the output ${output} is not float32 of shape [1, n], [1, tokens, n] or [1, n, h, w]`))
    )
  })
  const { length } = yield* encode({ width, height, data: new Uint8Array(width * height * 3) })
  const decoder = yield* makeDecoder(options)
  const embed = Effect.fn("vision.embed")(function* (image: Uint8Array, options?: { readonly mirror?: boolean }) {
    const { info, pixels } = yield* decoder.pixels(image, { width, height, fit })
    const unusable = Effect.mapError(
      (cause: EncoderProblem) => new UnreadableImage({ code: StatusCode.INPUT_FAILED, details: cause.details })
    )
    const vector = yield* unusable(encode(pixels))
    const mirrored = options?.mirror === true ? yield* unusable(encode(mirror(pixels))) : undefined
    return { vector, info, ...(mirrored && { mirrored }) }
  })
  return { id, dimensions: length, embed, inspect: decoder.inspect }
})
