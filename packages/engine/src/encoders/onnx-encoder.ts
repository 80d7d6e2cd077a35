/** Any ONNX image encoder, run by onnxruntime-node (an optional package, loaded when it is first needed). */
import { Effect } from "effect"
import type { Scope } from "effect"
import { EncoderProblem, loadPackage, MissingPackage, oneLine } from "../encoder-problem.ts"
import { openGraph } from "../onnx/graph-session.ts"
import { embedWith } from "../onnx/embed-image.ts"
import { neutralImage, noiseImage } from "../onnx/probe-images.ts"
import type { Embedder } from "../vision/built-in-encoder.ts"
import { makeDecoder } from "../vision/decoding/decoder.ts"
import type { DecoderOptions } from "../vision/decoding/decoder.ts"
import { scaleTo } from "../vision/features/norm.ts"
import type { Pixels } from "../vision/pixels.ts"
import { embedDecoded } from "./embed-decoded.ts"
import { readEncoderFolder } from "./encoder-manifest.ts"

/** The encoder's folder, with `manifest.json` and a model. */
export interface OnnxEmbedderOptions extends DecoderOptions {
  readonly folder: string
}

/** Opens an ONNX encoder. It is loaded and run on two test images, so that problems are reported when the engine opens. */
export const makeOnnxEmbedder = Effect.fn("vision.makeOnnxEmbedder")(function* ({
  folder,
  ...options
}: OnnxEmbedderOptions): Effect.fn.Return<Embedder, EncoderProblem | MissingPackage, Scope.Scope> {
  const { id, manifest, modelPath } = yield* readEncoderFolder(folder)
  const problem = (details: string) => new EncoderProblem({ encoder: folder, details })
  const graph = yield* Effect.acquireRelease(
    Effect.mapError(
      loadPackage("onnxruntime-node", "an ONNX image encoder", () => openGraph(modelPath)),
      (cause) => (cause instanceof MissingPackage ? cause : problem(cause.details.replace(/^it /, "the model ")))
    ),
    (open) => Effect.promise(() => open.close())
  )
  const { embed: run, image } = yield* Effect.try({
    try: () => embedWith(graph, manifest),
    catch: (cause) => problem(oneLine(cause))
  })
  const { fit, height, width } = image

  const encode = Effect.fnUntraced(function* (pixels: Pixels) {
    const vector = yield* Effect.tryPromise({ try: () => run(pixels), catch: (cause) => problem(oneLine(cause)) })
    scaleTo(vector, 0, vector.length, 1)
    return vector
  })
  const { length } = yield* encode(neutralImage(width, height))
  yield* encode(noiseImage(width, height))
  const decoder = yield* makeDecoder(options)
  const frame = { width, height, fit: fit === "contain" ? "inside" : fit } as const
  return { id, dimensions: length, embed: embedDecoded(decoder, frame, encode), inspect: decoder.inspect }
})
