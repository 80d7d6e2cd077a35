/** ONNX graphs that take images: loaded, compared with their manifest on test images, and run. */
import { GraphProblem } from "../../onnx/graph-problem.ts"
import { type GraphAnswer, mainOutput, makeRunner } from "../../onnx/graph-runner.ts"
import { fileInFolder, openGraph } from "../../onnx/graph-session.ts"
import type { ModelLabel } from "../../onnx/label.ts"
import { imageOf } from "./model-process/job-image.ts"
import type { LoadedModel, ModelJob, ModelResult, ModelSetup } from "./model-process/model-messages.ts"
import { labelsOf } from "../../onnx/manifest-labels.ts"
import type { ManifestValue } from "../../onnx/model-manifest.ts"
import { neutralImage, noiseImage } from "../../onnx/probe-images.ts"
import { readBoxes } from "../../onnx/postprocessing/read-boxes.ts"
import { readClassGrid, readClassMasks } from "../../onnx/postprocessing/read-class-masks.ts"
import { rgbPng } from "../../onnx/preprocessing/fit-pixels.ts"
import { readImage } from "../../onnx/postprocessing/read-image.ts"
import { readEmbedding } from "../../onnx/postprocessing/read-embedding.ts"
import { activate, labelScores, oneRow, resolveActivation } from "../../onnx/postprocessing/read-scores.ts"

/** Reads the outputs of one kind of model; made once, after looking at the answers to the probe images. */
type Read = (answer: GraphAnswer, job: Pick<ModelJob, "params">) => Promise<ModelResult> | ModelResult

const makeClassifier = (
  manifest: ManifestValue,
  labels: ReadonlyArray<ModelLabel>,
  probes: ReadonlyArray<GraphAnswer>
): Read => {
  const meaning = manifest.outputs ?? {}
  const rowOf = (outputs: GraphAnswer["outputs"]) => oneRow(mainOutput(outputs, meaning.scores), labels)
  const name = mainOutput(probes[0]?.outputs ?? [], meaning.scores).name
  const activation = resolveActivation(
    meaning.activation,
    name,
    probes.map(({ outputs }) => rowOf(outputs))
  )
  return ({ outputs }) => ({ kind: "concepts", scores: labelScores(activate(rowOf(outputs), activation), labels) })
}

const makeDetector =
  (manifest: ManifestValue, labels: ReadonlyArray<ModelLabel>): Read =>
  ({ fitted, outputs }, { params }) => {
    const wanted = params["min_value"]
    const minScore = typeof wanted === "number" ? wanted : undefined
    return { kind: "regions", regions: readBoxes(outputs, manifest, labels, fitted, minScore) }
  }

const makeSegmenter =
  (manifest: ManifestValue, labels: ReadonlyArray<ModelLabel>): Read =>
  async ({ fitted, outputs }) => {
    const grid = readClassGrid(mainOutput(outputs, manifest.outputs?.scores), labels, manifest.outputs)
    return { kind: "masks", masks: await readClassMasks(grid, labels, fitted) }
  }

const makeEmbedder =
  ({ outputs: meaning = {} }: ManifestValue): Read =>
  ({ outputs }) => {
    const vector = readEmbedding(mainOutput(outputs, meaning.scores), meaning)
    const length = Math.hypot(...vector) || 1
    return { kind: "embedding", vector: meaning.normalize === true ? vector.map((x) => x / length) : vector }
  }

const makeRedrawer =
  ({ outputs: meaning = {} }: ManifestValue): Read =>
  ({ outputs }, { params }) =>
    rgbPng(readImage(mainOutput(outputs, meaning.scores), meaning), params["width"])

const makeRead = (
  manifest: ManifestValue,
  labels: ReadonlyArray<ModelLabel>,
  probes: ReadonlyArray<GraphAnswer>
): Read => {
  switch (manifest.type) {
    case "visual-classifier":
      return makeClassifier(manifest, labels, probes)
    case "visual-detector":
      return makeDetector(manifest, labels)
    case "visual-segmenter":
      return makeSegmenter(manifest, labels)
    case "visual-embedder":
      return makeEmbedder(manifest)
    case "image-to-image":
      return makeRedrawer(manifest)
    default:
      throw new GraphProblem(`an ONNX graph cannot be served as ${manifest.type}; use the runtime "transformers"`)
  }
}

/** Opens a graph and compares it with its manifest on two images. Rejects if the package, file or manifest does not fit. */
export const loadOnnx = async ({ folder, manifest }: ModelSetup): Promise<LoadedModel> => {
  const graph = await openGraph(fileInFolder(folder, manifest.file ?? "model.onnx"))
  const labels = labelsOf(manifest)
  const { image, run } = makeRunner(graph, manifest)
  const probes = [await run(neutralImage(image.width, image.height)), await run(noiseImage(image.width, image.height))]
  const read = makeRead(manifest, labels, probes)
  for (const probe of probes) await read(probe, { params: {} })
  return {
    labels,
    run: async (job) => await read(await run(imageOf(job)), job)
  }
}
