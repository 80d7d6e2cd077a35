/**
 * Folder `onnx`: ONNX graphs that take images, run by onnxruntime-node, and the manifest that describes them. This file: an image
 * encoder, the vector of an image by a graph.
 */
import type { Pixels } from "../vision/pixels.ts"
import type { GraphImage } from "./preprocessing/image-input.ts"
import { mainOutput, makeRunner } from "./graph-runner.ts"
import type { OpenGraph } from "./graph-session.ts"
import type { ManifestValue } from "./model-manifest.ts"
import { readEmbedding } from "./postprocessing/read-embedding.ts"

/** Embeds images with an open graph. Throws, as the returned function does, where graph and manifest do not fit. */
export const embedWith = (
  graph: OpenGraph,
  manifest: ManifestValue
): { readonly image: GraphImage; readonly embed: (pixels: Pixels) => Promise<Float32Array> } => {
  const { image, run } = makeRunner(graph, manifest)
  return {
    image,
    embed: async (pixels) => {
      const { outputs } = await run(pixels)
      return readEmbedding(mainOutput(outputs, manifest.outputs?.scores), manifest.outputs)
    }
  }
}
