/** Reads what pipelines of transformers.js answer: plain objects, lists and tensors. */
import { type Pooling, poolVector } from "../../onnx/postprocessing/pooling.ts"
import type { ModelScore } from "../../onnx/label.ts"
import { maskPng } from "../../onnx/preprocessing/fit-pixels.ts"
import type { LoadedModel } from "./model-process/model-messages.ts"

/** A part of an answer, before its members are checked. */
export interface Found {
  readonly [key: string]: unknown
}

export const isFound = (value: unknown): value is Found => typeof value === "object" && value !== null

/** Pipelines answer with one object or a list, and with a list of lists for a list of inputs. */
export const listOf = (value: unknown): ReadonlyArray<Found> =>
  Array.isArray(value) ? value.flat().filter(isFound) : isFound(value) ? [value] : []

export const numberOf = (value: unknown, fallback: number): number =>
  typeof value === "number" && Number.isFinite(value) ? value : fallback

/** A member with text; throws where the answer has none, so that no failure becomes an empty text. */
export const textIn = (value: unknown, key: string): string => {
  const text = isFound(value) ? value[key] : undefined
  if (typeof text === "string") return text
  throw new Error(`the model gave no ${key}`)
}

export const readScore = (found: Found): ModelScore => {
  const label = typeof found["label"] === "string" ? found["label"] : ""
  return { id: label, name: label, value: numberOf(found["score"], 0) }
}

export const readScores = (value: unknown): ReadonlyArray<ModelScore> => listOf(value).map(readScore)

/** The labels of a model's config. */
export const labelsIn = (config: unknown): LoadedModel["labels"] => {
  const named = isFound(config) && isFound(config["id2label"]) ? Object.values(config["id2label"]) : []
  return named.filter((label) => typeof label === "string").map((label) => ({ id: label, name: label }))
}

/** A box of fractions. */
export const readBox = (box: unknown) => {
  const edges = isFound(box) ? box : {}
  const clip = (key: string) => Math.min(1, Math.max(0, numberOf(edges[key], 0)))
  return { top: clip("ymin"), left: clip("xmin"), bottom: clip("ymax"), right: clip("xmax") }
}

/** Masks; the value of each is its share of the image. */
export const readMasks = (value: unknown) =>
  Promise.all(
    listOf(value).map(async (found) => {
      const mask = isFound(found["mask"]) ? found["mask"] : {}
      const { data } = mask
      const [width, height] = [numberOf(mask["width"], 0), numberOf(mask["height"], 0)]
      if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray))
        throw new Error("the model gave a mask without pixels")
      const inside = Uint8Array.from(data, (pixel) => (pixel > 127 ? 255 : 0))
      const share = inside.reduce((sum, pixel) => sum + (pixel === 255 ? 1 : 0), 0) / Math.max(1, inside.length)
      return { png: await maskPng(inside, width, height), width, height, score: { ...readScore(found), value: share } }
    })
  )

/** The vector of one input: a vector, or the mean of the vectors of all tokens or patches, or one of them. */
export const readVector = (value: unknown, pooling: Pooling = "mean"): Float32Array => {
  const tensor = isFound(value) ? value : {}
  const dims = Array.isArray(tensor["dims"]) ? tensor["dims"].map(Number) : []
  const data = tensor["data"]
  const vector = data instanceof Float32Array ? poolVector(data, dims, pooling) : undefined
  if (vector === undefined || vector.length === 0)
    throw new Error(`the model gave no vector of one input, but the shape [${dims.join(", ")}]`)
  return vector
}
