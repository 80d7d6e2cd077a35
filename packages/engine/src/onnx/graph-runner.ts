/** Runs a graph on images: fitted, as a tensor, and the tensors that come back. */
import type { Pixels } from "../vision/pixels.ts"
import { takeOutput } from "./postprocessing/box-rows.ts"
import { fitRgb, type Fitted, toTensor } from "./preprocessing/fit-pixels.ts"
import { type GraphImage, resolveConstants, resolveImage } from "./preprocessing/image-input.ts"
import { GraphProblem, portText } from "./graph-problem.ts"
import type { GraphTensor, OpenGraph } from "./graph-session.ts"
import type { ManifestValue } from "./model-manifest.ts"
import { checkNumbers } from "./postprocessing/read-scores.ts"

/** What a graph returned for a fitted image. */
export interface GraphAnswer {
  readonly outputs: ReadonlyArray<GraphTensor>
  readonly fitted: Fitted
}

/** The output that an answer is read from: the named one, or the only one. */
export const mainOutput = (
  outputs: ReadonlyArray<GraphTensor>,
  name: string | ReadonlyArray<string> | undefined
): GraphTensor => {
  const [first, ...others] = outputs
  if (typeof name === "string") return takeOutput(outputs, name, "the answer")
  if (name !== undefined) throw new GraphProblem("outputs.scores must name one output; lists are for detectors")
  if (first !== undefined && others.length === 0) return first
  throw new GraphProblem(`the graph has the outputs ${outputs.map(portText).join(", ")}; name one in outputs.scores`)
}

/** Runs a graph on images. Rejects with a `GraphProblem` if the graph does not take what the manifest says. */
export const makeRunner = (graph: OpenGraph, manifest: ManifestValue) => {
  const image: GraphImage = resolveImage(graph, manifest.image)
  const constants = resolveConstants(graph, image.name, manifest.inputs)
  const run = async (pixels: Pixels): Promise<GraphAnswer> => {
    const fitted = await fitRgb(pixels, image)
    const data = toTensor(fitted, image)
    const outputs = await graph.run({ ...constants, [image.name]: { type: image.type, shape: image.shape, data } })
    for (const tensor of outputs) checkNumbers(tensor)
    return { outputs, fitted }
  }
  return { image, run }
}
