/**
 * Folder `pretrained`: models of a folder, as ONNX graphs or in the layout of transformers.js. This file: what a folder of a
 * model holds: the inputs and outputs of its graph, a manifest that fits, and what is wrong with it.
 */
import { readFile, stat } from "node:fs/promises"
import { basename, join, resolve } from "node:path"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { fileInFolder, type GraphPort, openGraph } from "../../onnx/graph-session.ts"
import { type ManifestValue, parseManifest, type ServedType } from "../../onnx/model-manifest.ts"
import { notAdded } from "../../added-models/model-not-added.ts"
import { firstLine } from "./model-process/first-line.ts"
import { loadModel } from "./load-model.ts"

/** What is known of a folder with a model. */
export interface ModelInspection {
  readonly folder: string
  /** Inputs of the graph; empty for a model of transformers.js. Sizes that depend on the input are names. */
  readonly inputs: ReadonlyArray<GraphPort>
  readonly outputs: ReadonlyArray<GraphPort>
  /** The folder's own manifest, or the one that is guessed. */
  readonly manifest: ManifestValue
  /** True if the folder has no manifest, so that it was guessed from the files. */
  readonly guessed: boolean
  /** What to change before the model can be served; empty if a graph was run and fits its manifest. */
  readonly problems: ReadonlyArray<string>
}

/** The type by the class of a model of transformers.js, which `config.json` names. */
const classTypes: ReadonlyArray<readonly [RegExp, ServedType]> = [
  [/ForImageClassification|^CLIPModel|^SiglipModel/, "visual-classifier"],
  [/ForObjectDetection|^DFineFor|^RTDetr/, "visual-detector"],
  [/For(?:Semantic|Universal|Image|Instance)?Segmentation/, "visual-segmenter"],
  [/ForSequenceClassification/, "text-classifier"],
  [/^Whisper|ForSpeechSeq2Seq|ForCTC/, "audio-to-text"],
  [/ForTextToSpeech|^Vits|^Supertonic/, "text-to-audio"],
  [/^VisionEncoderDecoder|ForImageTextToText|^Blip/, "image-to-text"],
  [/ForCausalLM|LMHead|ForConditionalGeneration/, "text-to-text"],
  [/^(?:Dinov2|ViT|Swin|ConvNext|DeiT|Beit|MobileNet)\w*Model|WithRegistersModel/, "visual-embedder"],
  [/Model$/, "text-embedder"]
]

const Config = Schema.fromJsonString(Schema.Struct({ architectures: Schema.optionalKey(Schema.Array(Schema.String)) }))

const guessTransformers = async (folder: string): Promise<ManifestValue | undefined> => {
  const text = await readFile(join(folder, "config.json"), "utf8").catch(() => undefined)
  const decoded = text === undefined ? undefined : Schema.decodeUnknownResult(Config)(text)
  const [name = ""] = decoded !== undefined && Result.isSuccess(decoded) ? (decoded.success.architectures ?? []) : []
  const [, type] = classTypes.find(([form]) => form.test(name)) ?? []
  if (type === undefined) return undefined
  const full = await stat(join(folder, "onnx", "model.onnx")).catch(() => undefined)
  const quantized = await stat(join(folder, "onnx", "model_quantized.onnx")).catch(() => undefined)
  return {
    type,
    runtime: "transformers",
    ...(full === undefined && quantized !== undefined ? { dtype: "q8" } : {})
  }
}

const side = (size: number | string | undefined) => (typeof size === "number" ? undefined : 224)

const guessImage = (inputs: ReadonlyArray<GraphPort>): Pick<ManifestValue, "image"> => {
  const port = inputs.find(({ shape }) => shape.length === 4)
  if (port === undefined) return {}
  const last = port.shape[3] === 3 || port.shape[3] === 1
  const [height, width] = [side(port.shape[last ? 1 : 2]), side(port.shape[last ? 2 : 3])]
  return height === undefined && width === undefined
    ? {}
    : { image: { ...(height === undefined ? {} : { height }), ...(width === undefined ? {} : { width }) } }
}

const looksLikeEmbedding = (name: string): boolean => /embed|feature|pool/i.test(name)

const guessOutputs = (outputs: ReadonlyArray<GraphPort>): Pick<ManifestValue, "type" | "outputs"> => {
  const [first] = outputs
  const boxes = outputs.find(({ name, shape }) => shape.at(-1) === 4 && (/box/i.test(name) || shape.length === 3))
  const scores = outputs.find((port) => port !== boxes && /score|logit|conf|prob/i.test(port.name))
  if (boxes !== undefined && scores !== undefined)
    return { type: "visual-detector", outputs: { boxes: boxes.name, scores: scores.name } }
  if (first === undefined || outputs.length > 1)
    return { type: "visual-classifier", ...(first === undefined ? {} : { outputs: { scores: first.name } }) }
  const { name, shape } = first
  if (shape.length === 4 && shape.slice(2).some((size) => size !== 1)) return { type: "visual-segmenter" }
  if (shape.length === 3 && (shape[2] === 6 || /box|detection/i.test(name))) return { type: "visual-detector" }
  if (shape.length === 3) return { type: "visual-embedder", outputs: { pooling: "first" } }
  return { type: looksLikeEmbedding(name) ? "visual-embedder" : "visual-classifier" }
}

const readManifest = async (folder: string): Promise<ManifestValue | undefined> => {
  const text = await readFile(join(folder, "manifest.json"), "utf8").catch(() => undefined)
  if (text === undefined) return undefined
  const parsed = parseManifest(text)
  if (Result.isSuccess(parsed)) return parsed.success
  throw notAdded(basename(folder), "manifest", `its manifest.json cannot be used: ${parsed.failure}`)
}

/** The path of the graph. A manifest that names a file elsewhere is refused before anything is opened. */
const graphPath = (folder: string, file: string): string => {
  try {
    return fileInFolder(folder, file)
  } catch (cause) {
    throw notAdded(basename(folder), "manifest", firstLine(cause))
  }
}

/**
 * Reports the inputs and outputs of the model in a folder, and its manifest or one that is guessed. A graph is run on a
 * neutral input and compared with the manifest, in this process: inspect only files that you trust.
 *
 * @throws ModelNotAdded for a folder without a model, or with a manifest that cannot be read
 * @example const { manifest, problems } = await inspectModel("./my-model")
 */
export const inspectModel = async (directory: string): Promise<ModelInspection> => {
  const folder = resolve(directory)
  const stated = await readManifest(folder)
  const file = stated?.file ?? "model.onnx"
  const path = graphPath(folder, file)
  const hasGraph = (await stat(path).catch(() => undefined))?.isFile() === true
  if (stated?.runtime === "transformers" || !hasGraph) {
    const manifest = stated ?? (await guessTransformers(folder))
    if (manifest !== undefined && (manifest.runtime === "transformers" || hasGraph))
      return { folder, inputs: [], outputs: [], manifest, guessed: stated === undefined, problems: [] }
    throw notAdded(
      basename(folder),
      "source",
      `${folder} holds no model that is known here: neither ${file}, nor config.json of a known architecture`
    )
  }
  const graph = await openGraph(path).catch((cause: unknown) => {
    throw notAdded(basename(folder), "source", `${file} cannot be opened: ${firstLine(cause)}`)
  })
  const { inputs, outputs } = graph
  await graph.close()
  const manifest = stated ?? { ...guessOutputs(outputs), runtime: "onnx" as const, ...guessImage(inputs) }
  const problems = await loadModel({ folder, manifest, allowHub: false }).then(
    () => [],
    (cause: unknown) => [firstLine(cause)]
  )
  return { folder, inputs, outputs, manifest, guessed: stated === undefined, problems }
}
