/** ONNX graphs that take images, run by onnxruntime-node. */
import { StatusCode } from "@sightline/core/status"
import { importOptional } from "../../optional-import.ts"
import { join } from "node:path"
import type * as Runtime from "onnxruntime-node"
import type { InferenceSession, Tensor } from "onnxruntime-node"
import { Refused } from "../../vision/decode.ts"
import type { ManifestValue } from "./model-manifest.ts"
import { fitRgb, type Fitted, maskPng, toTensor } from "./fit-pixels.ts"
import type { ModelBox, ModelResult, ModelScore, ModelSetup, LoadedModel } from "./model-messages.ts"

type Outputs = Readonly<Record<string, Tensor>>

/** Opens a graph. Rejects if the package, the file or the manifest does not fit. */
export const loadOnnx = async ({ folder, manifest }: ModelSetup): Promise<LoadedModel> => {
  const { InferenceSession, Tensor } = await importOptional<typeof Runtime>("onnxruntime-node")
  const { image } = manifest
  if (image === undefined) throw new Error("manifest.json must say in `image` which width and height the graph takes")
  const file = manifest.file ?? "model.onnx"
  if (!/^[\w.-]+$/.test(file)) throw new Error("`file` in manifest.json must be the name of a file in the same folder")
  const session: InferenceSession = await InferenceSession.create(join(folder, file))
  const [inputName = ""] = session.inputNames
  const labels = (manifest.labels ?? []).map((label) =>
    typeof label === "string" ? { id: label, name: label } : label
  )
  const shape = image.layout === "nhwc" ? [1, image.height, image.width, 3] : [1, 3, image.height, image.width]
  return {
    labels,
    run: async (job) => {
      if (job.image === undefined)
        throw new Refused(
          StatusCode.INPUT_INVALID_ARGUMENT,
          "the input has no image with a url or base64; this model sees images"
        )
      const fitted = await fitRgb(job.image, image)
      const outputs = await session.run({ [inputName]: new Tensor("float32", toTensor(fitted, image), shape) })
      return await readOutputs(manifest, outputs, session.outputNames, labels, fitted)
    }
  }
}

const readOutputs = async (
  manifest: ManifestValue,
  outputs: Outputs,
  names: ReadonlyArray<string>,
  labels: LoadedModel["labels"],
  fitted: Fitted
): Promise<ModelResult> => {
  const { outputs: meaning = {} } = manifest
  const take = (name: string | undefined, what: string): Tensor => {
    const tensor = outputs[name ?? names[0] ?? ""]
    if (tensor === undefined) throw new Error(`the graph has no output for ${what}; it has ${names.join(", ")}`)
    return tensor
  }
  if (manifest.type === "visual-embedder") {
    const vector = Float32Array.from(numbers(take(meaning.scores, "the embedding")))
    const length = Math.hypot(...vector) || 1
    return { kind: "embedding", vector: meaning.normalize === true ? vector.map((x) => x / length) : vector }
  }
  if (manifest.type === "visual-classifier") {
    const values = activate(numbers(take(meaning.scores, "the scores")), meaning.activation ?? "softmax")
    return { kind: "concepts", scores: values.map((value, index) => scoreOf(labels, index, value)) }
  }
  if (manifest.type === "visual-detector")
    return { kind: "regions", regions: readBoxes(manifest, take, labels, fitted) }
  if (manifest.type === "visual-segmenter")
    return { kind: "masks", masks: await readMasks(take(meaning.scores, "the mask"), labels) }
  throw new Error(`an ONNX graph cannot be served as ${manifest.type}; use the runtime "transformers"`)
}

const numbers = (tensor: Tensor): ReadonlyArray<number> => Array.from(tensor.data as ArrayLike<number | bigint>, Number) // no strings in scores

const scoreOf = (labels: LoadedModel["labels"], index: number, value: number): ModelScore => ({
  ...(labels[index] ?? { id: `LABEL_${index}`, name: `LABEL_${index}` }),
  value
})

const activate = (values: ReadonlyArray<number>, how: "none" | "softmax" | "sigmoid"): ReadonlyArray<number> => {
  if (how === "none") return values
  if (how === "sigmoid") return values.map((value) => 1 / (1 + Math.exp(-value)))
  const top = Math.max(...values)
  const powers = values.map((value) => Math.exp(value - top))
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / sum)
}

const readBoxes = (
  { outputs: meaning = {} }: ManifestValue,
  take: (name: string | undefined, what: string) => Tensor,
  labels: LoadedModel["labels"],
  fitted: Fitted
) => {
  const boxes = numbers(take(meaning.boxes ?? "boxes", "the boxes"))
  const scores = numbers(take(meaning.scores ?? "scores", "the scores"))
  const classes = meaning.classes === undefined ? undefined : numbers(take(meaning.classes, "the classes"))
  const count = boxes.length / 4
  const perBox = classes === undefined ? scores.length / count : 1
  return Array.from({ length: count }, (_, index) => {
    const row = scores.slice(index * perBox, (index + 1) * perBox)
    const activated = classes === undefined ? activate(row, meaning.activation ?? "none") : row
    const best = activated.reduce((top, value, at) => (value > (activated[top] ?? 0) ? at : top), 0)
    const label = classes === undefined ? best : (classes[index] ?? 0)
    const box = toBox(
      boxes.slice(index * 4, index * 4 + 4),
      meaning.boxFormat ?? "xyxy",
      meaning.normalized ?? true,
      fitted
    )
    return { box, score: scoreOf(labels, label, activated[best] ?? 0) }
  })
}

const toBox = (
  four: ReadonlyArray<number>,
  format: string,
  normalized: boolean,
  { height, placed, width }: Fitted
): ModelBox => {
  const [a = 0, b = 0, c = 0, d = 0] = four
  const corners =
    format === "yxyx"
      ? [b, a, d, c]
      : format === "xywh"
        ? [a, b, a + c, b + d]
        : format === "cxcywh"
          ? [a - c / 2, b - d / 2, a + c / 2, b + d / 2]
          : four
  const [left = 0, top = 0, right = 0, bottom = 0] = corners
  const across = (x: number) => clip(((normalized ? x * width : x) - placed.left) / placed.width)
  const down = (y: number) => clip(((normalized ? y * height : y) - placed.top) / placed.height)
  return { top: down(top), left: across(left), bottom: down(bottom), right: across(right) }
}

const clip = (fraction: number): number => Math.min(1, Math.max(0, fraction))

/** Each pixel belongs to the class of its highest number; classes without a pixel give no mask. */
const readMasks = async (tensor: Tensor, labels: LoadedModel["labels"]) => {
  const [classes = 1, height = 1, width = 1] = tensor.dims.slice(-3)
  const values = numbers(tensor)
  const area = width * height
  const winner = Array.from({ length: area }, (_, pixel) => {
    let best = 0
    for (let c = 1; c < classes; c++) if ((values[c * area + pixel] ?? 0) > (values[best * area + pixel] ?? 0)) best = c
    return best
  })
  const found = [...new Set(winner)].sort((a, b) => a - b)
  return await Promise.all(
    found.map(async (index) => {
      const inside = Uint8Array.from(winner, (one) => (one === index ? 255 : 0))
      const share = inside.reduce((sum, value) => sum + (value === 255 ? 1 : 0), 0) / area
      return { png: await maskPng(inside, width, height), width, height, score: scoreOf(labels, index, share) }
    })
  )
}
