/** A small real model in the place of the service's general one: it knows the concepts that the documents show. */
import { elements, writeGraph } from "../../packages/engine/test/models/pretrained/onnx-graph.ts"
import { put } from "../../packages/engine/test/models/pretrained/tiny-models.ts"

/** The id and version of the general model in the documents. */
export const generalModel = {
  id: "aaa03c23b3724a16a56b629203edc62c",
  version: "aa7f35c01e0642fda5cf400f543e7c40"
} as const

/** A concept of a documented response. */
export interface Concept {
  readonly id: string
  readonly name: string
}

/** Colors of flat media, as fractions. The last is that of `flatGif`. */
export const colors = {
  black: [0, 0, 0],
  green: [0, 1, 0],
  blue: [0, 0, 1],
  clip: [200 / 255, 40 / 255, 40 / 255]
} as const

const size = 8
const first = 0.98
const step = 0.01
const others = 0.1

/**
 * Writes the model into a models folder. Its graph is one affine function of the mean color: for each of the four colors,
 * the concepts of that color get the highest scores, in their order.
 */
export const putGeneralModel = (
  models: string,
  conceptsOf: Readonly<Record<keyof typeof colors, ReadonlyArray<Concept>>>
): void => {
  const labels = [...new Map(Object.values(conceptsOf).flatMap((all) => all.map((one) => [one.id, one]))).values()]
  const weights = new Float32Array(3 * labels.length)
  const bias = new Float32Array(labels.length)
  for (const [at, { id }] of labels.entries()) {
    const target = (color: keyof typeof colors) => {
      const rank = conceptsOf[color].findIndex((concept) => concept.id === id)
      return rank < 0 ? others : first - step * rank
    }
    const zero = target("black")
    const [green, blue] = [target("green") - zero, target("blue") - zero]
    const [red1, green1, blue1] = colors.clip
    const red = (target("clip") - zero - green * green1 - blue * blue1) / red1
    bias[at] = zero
    weights.set([red], at)
    weights.set([green], labels.length + at)
    weights.set([blue], 2 * labels.length + at)
  }
  put(models, generalModel.id, {
    "manifest.json": {
      type: "visual-classifier",
      runtime: "onnx",
      name: "general-v1.3",
      version: generalModel.version,
      image: { width: size, height: size, fit: "fill" },
      labels,
      outputs: { activation: "sigmoid" }
    },
    "model.onnx": writeGraph({
      inputs: [{ name: "pixels", type: elements.float, shape: [1, 3, size, size] }],
      outputs: [{ name: "scores", type: elements.float, shape: [1, labels.length] }],
      constants: [
        { name: "weights", shape: [3, labels.length], data: weights },
        { name: "bias", shape: [labels.length], data: bias }
      ],
      operations: [
        { op: "GlobalAveragePool", inputs: ["pixels"], outputs: ["pooled"] },
        { op: "Flatten", inputs: ["pooled"], outputs: ["mean"] },
        { op: "MatMul", inputs: ["mean", "weights"], outputs: ["product"] },
        { op: "Add", inputs: ["product", "bias"], outputs: ["scores"] }
      ]
    })
  })
}
