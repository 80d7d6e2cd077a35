/** A zoo of graphs that do not fit their manifest, or fit in an unusual form: each is read rightly or refused in a sentence. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import sharp from "sharp"
import { Result } from "effect"
import { parseManifest } from "../../src/onnx/model-manifest.ts"
import type { ModelResult } from "../../src/models/pretrained/model-process/model-messages.ts"
import { loadOnnx } from "../../src/models/pretrained/onnx-model.ts"
import { elements, type Operation, writeGraph } from "../models/pretrained/onnx-graph.ts"
import { freshFolder } from "../support/fresh-engine.ts"

/** Values of an output: numbers repeat until its shape is full. */
interface Output {
  readonly shape: ReadonlyArray<number>
  readonly values: ReadonlyArray<number>
  readonly integers?: boolean
}

interface Animal {
  readonly manifest: object
  readonly outputs: Readonly<Record<string, Output>>
  readonly input?: ReadonlyArray<number | string>
  readonly inputType?: number
  /** A second input, `state`. */
  readonly state?: ReadonlyArray<number>
  /** What the refusal contains. */
  readonly refused?: RegExp
  /** Compares the answer to an image whose left half is red and whose right half is blue. */
  readonly right?: (result: ModelResult) => void | Promise<void>
}

const uint8 = 2
const float16 = 10

const graphOf = ({ input = [1, 3, 8, 8], inputType = elements.float, outputs, state }: Animal): Uint8Array => {
  const named = Object.entries(outputs)
  const constants = named.map(([name, { integers = false, shape, values }]) => {
    const size = shape.reduce((product, one) => product * one, 1)
    const numbers = Array.from({ length: size }, (_, i) => values[i % values.length] ?? 0)
    const data = integers ? BigInt64Array.from(numbers, BigInt) : Float32Array.from(numbers)
    return { name: `${name}-constant`, shape, data }
  })
  return writeGraph({
    inputs: [
      { name: "pixels", type: inputType, shape: input },
      ...(state === undefined ? [] : [{ name: "state", type: elements.float, shape: state }])
    ],
    outputs: named.map(([name, { integers = false, shape }]) => ({
      name,
      type: integers ? elements.int64 : elements.float,
      shape
    })),
    constants,
    operations: named.map(([name]): Operation => ({ op: "Identity", inputs: [`${name}-constant`], outputs: [name] }))
  })
}

const image = async () => {
  const data = Uint8Array.from({ length: 64 * 32 * 3 }, (_, i) =>
    i % 3 === (Math.floor(i / 3) % 64 < 32 ? 0 : 2) ? 255 : 0
  )
  return { width: 64, height: 32, data }
}

const ask = async (animal: Animal): Promise<ModelResult> => {
  using folder = freshFolder()
  writeFileSync(join(folder.path, "model.onnx"), graphOf(animal))
  const parsed = parseManifest(JSON.stringify({ runtime: "onnx", ...animal.manifest }))
  if (Result.isFailure(parsed)) throw new Error(parsed.failure)
  const model = await loadOnnx({ folder: folder.path, manifest: parsed.success, allowHub: false })
  return await model.run({ image: await image(), params: {}, pieces: false }, () => {})
}

const values = (result: ModelResult) => (result.kind === "concepts" ? result.scores.map(({ value }) => value) : [])
const near = (found: ReadonlyArray<number>, expected: ReadonlyArray<number>) => {
  assert.lengthOf(found, expected.length)
  for (const [i, value] of expected.entries()) assert.closeTo(found[i] ?? Number.NaN, value, 1e-4)
}
const scoresAre = (expected: ReadonlyArray<number>) => (result: ModelResult) => near(values(result), expected)
const boxesAre =
  (...expected: ReadonlyArray<readonly [string, number, number, number, number, number]>) =>
  (result: ModelResult) => {
    const regions = result.kind === "regions" ? result.regions : []
    assert.deepStrictEqual(
      regions.map(({ score }) => score.name),
      expected.map(([name]) => name)
    )
    for (const [i, [, value, left, top, right, bottom]] of expected.entries()) {
      const { box, score } = regions[i] ?? {}
      near(
        [score?.value ?? -1, box?.left ?? -1, box?.top ?? -1, box?.right ?? -1, box?.bottom ?? -1],
        [value, left, top, right, bottom]
      )
    }
  }
/** Names and shares of the masks, and the level at the left and right end of the first one. */
const masksAre =
  (shares: Readonly<Record<string, number>>, levels: readonly [number, number], size: readonly [number, number]) =>
  async (result: ModelResult) => {
    const masks = result.kind === "masks" ? result.masks : []
    assert.deepStrictEqual(Object.fromEntries(masks.map(({ score }) => [score.name, score.value])), shares)
    const { data, info } = await sharp(masks[0]?.png).extractChannel(0).raw().toBuffer({ resolveWithObject: true })
    assert.deepStrictEqual([info.width, info.height], [...size])
    assert.deepStrictEqual([data[0] ?? -1, data[info.width - 1] ?? -1], [...levels])
  }

const abc = ["a", "b", "c"]
const classifier = { type: "visual-classifier", labels: abc }
const detector = { type: "visual-detector", labels: abc }
const segmenter = { type: "visual-segmenter", labels: abc }
const embedder = { type: "visual-embedder" }
const one = (shape: ReadonlyArray<number>, ...numbers: ReadonlyArray<number>) => ({ out: { shape, values: numbers } })
const softmax = [0.7, 0.2, 0.1]
const logits = [2, 0, -1]
const box = [0.25, 0.25, 0.75, 0.5]
const boxes = { shape: [1, 2, 4], values: [...box, 0, 0, 0.5, 1] }
/** Left half of the map one class, right half another. */
const map = (shape: ReadonlyArray<number>, at: (x: number, channel: number) => number, last = false): Output => {
  const size = shape.reduce((product, each) => product * each, 1)
  const channels = size / 64
  return {
    shape,
    values: Array.from({ length: size }, (_, i) =>
      last ? at(Math.floor(i / channels) % 8, i % channels) : at(i % 8, Math.floor(i / 64))
    )
  }
}
const halfAndHalf = (x: number, channel: number) => (channel === (x < 4 ? 0 : 2) ? 5 : -5)
const halves = { a: 0.5, c: 0.5 }

const zoo: Readonly<Record<string, Animal>> = {
  "a classifier with a state that begins as zeros": {
    manifest: { ...classifier, inputs: { state: [0] } },
    state: [1, 4],
    outputs: one([1, 3], ...softmax),
    right: scoresAre(softmax)
  },
  "a classifier with a state that is not given": {
    manifest: classifier,
    state: [1, 4],
    outputs: one([1, 3], ...softmax),
    refused: /the graph has another input, state \[1, 4\]; give its values in inputs\.state/
  },
  "a classifier with a state of another size": {
    manifest: { ...classifier, inputs: { state: [0, 0] } },
    state: [1, 4],
    outputs: one([1, 3], ...softmax),
    refused: /inputs\.state has 2 values, which do not make \[1, 4\]/
  },
  "a classifier of logits": {
    manifest: classifier,
    outputs: one([1, 3], ...logits),
    right: scoresAre([0.84379, 0.1142, 0.04201])
  },
  "a classifier that ends in softmax": {
    manifest: classifier,
    outputs: one([1, 3], ...softmax),
    right: scoresAre(softmax)
  },
  "a classifier that ends in softmax, said to need it": {
    manifest: { ...classifier, outputs: { activation: "softmax" } },
    outputs: one([1, 3], ...softmax),
    right: scoresAre(softmax)
  },
  "a classifier that ends in softmax, said to need a sigmoid": {
    manifest: { ...classifier, outputs: { activation: "sigmoid" } },
    outputs: one([1, 3], ...softmax),
    refused: /sum to 1, so the graph ends in softmax/
  },
  "a classifier that ends in sigmoids": {
    manifest: classifier,
    outputs: one([1, 3], 0.9, 0.8, 0.1),
    refused: /do not sum to 1; set outputs.activation/
  },
  "a classifier that ends in sigmoids, said so": {
    manifest: { ...classifier, outputs: { activation: "none" } },
    outputs: one([1, 3], 0.9, 0.8, 0.1),
    right: scoresAre([0.9, 0.8, 0.1])
  },
  "a classifier of logits, said to be probabilities": {
    manifest: { ...classifier, outputs: { activation: "none" } },
    outputs: one([1, 3], ...logits),
    refused: /out holds -1 to 2; set it to softmax/
  },
  "a classifier as a map of one place": {
    manifest: classifier,
    outputs: one([1, 3, 1, 1], ...softmax),
    right: scoresAre(softmax)
  },
  "a classifier without a batch": { manifest: classifier, outputs: one([3], ...softmax), right: scoresAre(softmax) },
  "a classifier with more scores than labels": {
    manifest: classifier,
    outputs: one([1, 4], 0.7, 0.2, 0.1, 0),
    refused: /out \[1, 4\] has 4 scores, but manifest.json has 3 labels/
  },
  "a classifier of every patch": {
    manifest: classifier,
    outputs: one([1, 5, 3], 1),
    refused: /out \[1, 5, 3\] is not one row/
  },
  "a classifier that returns the class": {
    manifest: classifier,
    outputs: { out: { shape: [1, 3], values: [1], integers: true } },
    refused: /holds integers/
  },
  "a classifier that returns no numbers": {
    manifest: classifier,
    outputs: one([1, 3], Number.NaN),
    refused: /holds NaN, which is not a number/
  },
  "a classifier with a second output": {
    manifest: classifier,
    outputs: { ...one([1, 3], ...softmax), other: { shape: [1, 5], values: [0] } },
    refused: /outputs out \[1, 3\], other \[1, 5\]; name one in outputs.scores/
  },
  "a classifier whose output is not there": {
    manifest: { ...classifier, outputs: { scores: "probs" } },
    outputs: one([1, 3], ...softmax),
    refused: /no output probs for the answer; it has out \[1, 3\]/
  },
  "a graph of another size": {
    manifest: { ...classifier, image: { width: 224, height: 224 } },
    outputs: one([1, 3], ...softmax),
    refused: /pixels \[1, 3, 8, 8\], but image.height in manifest.json is 224/
  },
  "a graph that takes any size": {
    manifest: classifier,
    input: [1, 3, "height", "width"],
    outputs: one([1, 3], ...softmax),
    refused: /any height \(pixels \[1, 3, height, width\]\); state image.height/
  },
  "a graph with channels last": {
    manifest: classifier,
    input: [1, 8, 8, 3],
    outputs: one([1, 3], ...softmax),
    right: scoresAre(softmax)
  },
  "a graph with channels last, said to be first": {
    manifest: { ...classifier, image: { layout: "nchw" } },
    input: [1, 8, 8, 3],
    outputs: one([1, 3], ...softmax),
    refused: /pixels \[1, 8, 8, 3\]: read as nchw, it has 8 channels/
  },
  "a grey graph": {
    manifest: classifier,
    input: [1, 1, 8, 8],
    outputs: one([1, 3], ...softmax),
    right: scoresAre(softmax)
  },
  "a graph of four channels": {
    manifest: classifier,
    input: [1, 4, 8, 8],
    outputs: one([1, 3], ...softmax),
    refused: /pixels \[1, 4, 8, 8\] has neither 1 nor 3 channels/
  },
  "a graph of batches": {
    manifest: classifier,
    input: [4, 3, 8, 8],
    outputs: one([4, 3], ...softmax),
    refused: /batches of 4 images/
  },
  "a graph of levels": {
    manifest: classifier,
    inputType: uint8,
    outputs: one([1, 3], ...softmax),
    right: scoresAre(softmax)
  },
  "a graph of half floats": {
    manifest: classifier,
    inputType: float16,
    outputs: one([1, 3], ...softmax),
    refused: /pixels \[1, 3, 8, 8\] is float16/
  },
  "a detector with scores for each class": {
    manifest: detector,
    outputs: { boxes, scores: { shape: [1, 2, 3], values: [0.1, 0.9, 0, 0.6, 0, 0] } },
    right: boxesAre(["b", 0.9, ...([0.25, 0.25, 0.75, 0.5] as const)], ["a", 0.6, 0, 0, 0.5, 1])
  },
  "a detector with its scores turned": {
    manifest: detector,
    outputs: { boxes, scores: { shape: [1, 3, 2], values: [0.1, 0.6, 0.9, 0, 0, 0] } },
    right: boxesAre(["b", 0.9, ...([0.25, 0.25, 0.75, 0.5] as const)], ["a", 0.6, 0, 0, 0.5, 1])
  },
  "a detector with its boxes turned": {
    manifest: detector,
    outputs: {
      boxes: { shape: [1, 4, 2], values: [0.25, 0, 0.25, 0, 0.75, 0.5, 0.5, 1] },
      scores: { shape: [1, 2, 3], values: [0.1, 0.9, 0, 0.6, 0, 0] }
    },
    right: boxesAre(["b", 0.9, ...([0.25, 0.25, 0.75, 0.5] as const)], ["a", 0.6, 0, 0, 0.5, 1])
  },
  "a detector with boxes of five": {
    manifest: detector,
    outputs: { boxes: { shape: [1, 2, 5], values: [0.1] }, scores: { shape: [1, 2, 3], values: [0.5] } },
    refused: /boxes \[1, 2, 5\] holds no boxes: its last dimension must be 4/
  },
  "a detector with more boxes than scores": {
    manifest: detector,
    outputs: { boxes, scores: { shape: [1, 3, 3], values: [0.5] } },
    refused: /scores \[1, 3, 3\] does not fit 2 boxes/
  },
  "a detector with more classes than labels": {
    manifest: detector,
    outputs: { boxes, scores: { shape: [1, 2, 4], values: [0.5] } },
    refused: /scores \[1, 2, 4\] does not fit 2 boxes and 3 classes/
  },
  "a detector with a class for nothing": {
    manifest: { ...detector, outputs: { background: "last" } },
    outputs: { boxes, scores: { shape: [1, 2, 4], values: [0.1, 0.8, 0, 0.1, 0, 0, 0, 1] } },
    right: boxesAre(["b", 0.8, ...([0.25, 0.25, 0.75, 0.5] as const)])
  },
  "a detector of logits": {
    manifest: detector,
    outputs: { boxes, scores: { shape: [1, 2, 3], values: [3, -2, 0] } },
    refused: /the scores reach 3; set outputs.activation/
  },
  "a detector in pixels, said to be fractions": {
    manifest: detector,
    outputs: { boxes: { shape: [1, 2, 4], values: [2, 2, 6, 6] }, scores: { shape: [1, 2, 3], values: [0.5] } },
    refused: /the boxes reach 6, which are no fractions of the image; set outputs.normalized to false/
  },
  "a detector of centres, said to be corners": {
    manifest: detector,
    outputs: { boxes: { shape: [1, 2, 4], values: [0.5, 0.5, 0.2, 0.1] }, scores: { shape: [1, 2, 3], values: [0.5] } },
    refused: /read as xyxy, 2 of 2 boxes end before they begin/
  },
  "a detector with a class that has no label": {
    manifest: { ...detector, outputs: { classes: "classes" } },
    outputs: {
      boxes,
      scores: { shape: [1, 2], values: [0.9] },
      classes: { shape: [1, 2], values: [1, 17], integers: true }
    },
    refused: /returned class 17; manifest.json has 3 labels/
  },
  "a detector of rows of six": {
    manifest: detector,
    outputs: one([1, 3, 6], 0.25, 0.25, 0.75, 0.5, 0.9, 1, 0, 0, 0.5, 1, 0.05, 2, 0, 0, 0, 0, 0, 0),
    right: boxesAre(["b", 0.9, ...([0.25, 0.25, 0.75, 0.5] as const)])
  },
  "a detector of rows of six with two labels": {
    manifest: { ...detector, labels: ["a", "b"] },
    outputs: one([1, 2, 6], ...box, 0.9, 1),
    refused: /out \[1, 2, 6\] can be read as box-score-class and as box-scores; set outputs.columns/
  },
  "a detector of rows of box and scores, turned, whose boxes overlap": {
    manifest: { ...detector, outputs: { boxFormat: "cxcywh", normalized: false, maxOverlap: 0.5 } },
    outputs: one([1, 7, 2], 4, 4.2, 4, 4, 4, 4, 4, 4, 0.1, 0.1, 0.9, 0.8, 0, 0),
    right: boxesAre(["b", 0.9, 0.25, 0.25, 0.75, 0.75])
  },
  "a detector of rows of another length": {
    manifest: detector,
    outputs: one([1, 2, 9], 0.5),
    refused: /out \[1, 2, 9\] is none of the tables known here/
  },
  "a detector with anchors and key points": {
    manifest: {
      type: "visual-detector",
      labels: ["face"],
      outputs: { anchors: [{ cells: 2, perCell: 1 }], boxes: ["raw"], scores: ["sure"], activation: "sigmoid" }
    },
    outputs: {
      raw: { shape: [1, 4, 6], values: [0, 0, 2, 4, 1, 1] },
      sure: { shape: [1, 4, 1], values: [-9, 9, -9, -9] }
    },
    right: boxesAre(["face", 1 / (1 + Math.exp(-9)), 5 / 8, 0, 7 / 8, 0.5])
  },
  "a detector with other anchors than boxes": {
    manifest: {
      type: "visual-detector",
      labels: ["face"],
      outputs: { anchors: [{ cells: 2, perCell: 2 }], boxes: "raw", scores: "sure", activation: "sigmoid" }
    },
    outputs: { raw: { shape: [1, 4, 6], values: [0] }, sure: { shape: [1, 4, 1], values: [0] } },
    refused: /4 boxes, but outputs.anchors makes 8 anchors/
  },
  "a detector whose outputs have other names": {
    manifest: detector,
    outputs: { first: boxes, second: { shape: [1, 2, 3], values: [0.5] } },
    refused: /first \[1, 2, 4\], second \[1, 2, 3\]; name those of boxes and scores/
  },
  "a segmenter with classes first": {
    manifest: segmenter,
    outputs: { out: map([1, 3, 8, 8], halfAndHalf) },
    right: masksAre(halves, [255, 0], [8, 8])
  },
  "a segmenter with classes last": {
    manifest: segmenter,
    outputs: { out: map([1, 8, 8, 3], halfAndHalf, true) },
    right: masksAre(halves, [255, 0], [8, 8])
  },
  "a segmenter that can be read both ways": {
    manifest: { ...segmenter, labels: ["a", "b", "c", "d", "e", "f", "g", "h"] },
    outputs: { out: map([1, 8, 8, 8], halfAndHalf) },
    refused: /out \[1, 8, 8, 8\] can be read both ways with 8 labels; set outputs.layout/
  },
  "a segmenter of one class, as probabilities": {
    manifest: { ...segmenter, labels: ["a"] },
    outputs: { out: map([1, 1, 8, 8], (x) => (x < 4 ? 0.9 : 0.2)) },
    right: masksAre({ a: 0.5 }, [255, 0], [8, 8])
  },
  "a segmenter of one class, as logits": {
    manifest: { ...segmenter, labels: ["a"] },
    outputs: { out: map([1, 8, 8], (x) => (x < 4 ? 3 : -3)) },
    right: masksAre({ a: 0.5 }, [255, 0], [8, 8])
  },
  "a segmenter of one class with three labels": {
    manifest: segmenter,
    outputs: { out: map([1, 1, 8, 8], (x) => x) },
    refused: /out \[1, 1, 8, 8\] has no dimension of 3 classes/
  },
  "a segmenter that returns classes": {
    manifest: segmenter,
    outputs: { out: { ...map([1, 8, 8], (x) => (x < 4 ? 0 : 2)), integers: true } },
    right: masksAre(halves, [255, 0], [8, 8])
  },
  "a segmenter of an image that is padded": {
    manifest: { ...segmenter, image: { fit: "contain" } },
    // the upper and lower quarter are padding: 16 rows of 32 are the image
    outputs: {
      out: { shape: [1, 3, 8, 8], values: [...Array(16).fill(-9), ...Array(32).fill(9), ...Array(16).fill(-9)] }
    },
    right: masksAre({ a: 1 }, [255, 255], [8, 4])
  },
  "an embedder": {
    manifest: { ...embedder, outputs: { normalize: true } },
    outputs: one([1, 4], 3, 4, 0, 0),
    right: (result) => near(result.kind === "embedding" ? [...result.vector] : [], [0.6, 0.8, 0, 0])
  },
  "an embedder of tokens": {
    manifest: embedder,
    outputs: one([1, 5, 4], 1),
    refused: /out \[1, 5, 4\] has a vector for each of 5 tokens/
  },
  "an embedder of a map, channels last": {
    manifest: embedder,
    outputs: one([1, 2, 2, 3], 1, 2, 3),
    right: (result) => near(result.kind === "embedding" ? [...result.vector] : [], [1, 2, 3])
  },
  "an embedder of a map that can be read both ways": {
    manifest: embedder,
    outputs: one([1, 3, 3, 3], 1),
    refused: /out \[1, 3, 3, 3\] can be \[1, n, height, width\] or/
  },
  "an embedder of two images": {
    manifest: embedder,
    outputs: one([2, 4], 1),
    refused: /out \[2, 4\] is no embedding of one image/
  }
}

describe("of the graphs of the zoo", () => {
  it("most are unusual or wrong", () => assert.isAtLeast(Object.keys(zoo).length, 50))

  it.each(Object.entries(zoo))("%s is read rightly or refused", async (_, animal) => {
    const outcome = await ask(animal).then(
      (result) => ({ result, message: "" }),
      (cause: unknown) => ({ result: undefined, message: cause instanceof Error ? cause.message : String(cause) })
    )
    if (animal.refused !== undefined) {
      assert.match(outcome.message, animal.refused)
      assert.isUndefined(outcome.result)
      return
    }
    assert.strictEqual(outcome.message, "")
    if (outcome.result !== undefined) await animal.right?.(outcome.result)
  })
})
