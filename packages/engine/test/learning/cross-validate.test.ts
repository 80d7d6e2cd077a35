import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { crossValidate, stratify } from "../../src/learning/cross-validate.ts"
import type { EvaluateOptions } from "../../src/learning/cross-validate.ts"
import { makeRandom } from "../../src/seeded-random.ts"
import { bufferVectors } from "../../src/learning/vector-buffer.ts"
import type { LabelledImage } from "../../src/learning/vector-buffer.ts"

const size = 12
const concepts = ["cat", "dog"]

type TrainingSet = Omit<EvaluateOptions, "examples" | "vectors"> & { readonly images: ReadonlyArray<LabelledImage> }

const judge = ({ images, ...options }: TrainingSet) =>
  Effect.scoped(Effect.flatMap(bufferVectors(images), (buffered) => crossValidate({ ...options, ...buffered })))

const options = (each: number, over: Partial<TrainingSet> = {}): TrainingSet => {
  const random = makeRandom(3)
  const images = concepts.flatMap((concept, c) =>
    Array.from({ length: each }, () => ({
      vector: Float32Array.from({ length: size }, (_, k) => (k === c ? 1 : 0) + 0.7 * (random() - 0.5)),
      labels: { [concept]: 1 as const }
    }))
  )
  return {
    embedder: "t",
    images,
    concepts,
    mutuallyExclusive: true,
    closedEnvironment: true,
    seed: 1,
    folds: 4,
    ...over
  }
}

describe("crossValidate", () => {
  for (const mutuallyExclusive of [true, false]) {
    it.live(`scores each example once, the same each time (mutually exclusive: ${mutuallyExclusive})`, () =>
      Effect.gen(function* () {
        const trainingSet = options(12, { mutuallyExclusive })
        const found = yield* judge(trainingSet)
        assert.deepStrictEqual(found, yield* judge(trainingSet))
        assert.deepStrictEqual(
          found.scores.map(({ index }) => index),
          trainingSet.images.map((_, i) => i)
        )
        assert.strictEqual(
          found.confusion.flat().reduce((a, b) => a + b, 0),
          24
        )
        assert.isAbove(found.top1Accuracy, 0.9)
        assert.strictEqual(found.top5Accuracy, 1)
        assert.isBelow(found.expectedCalibrationError, 0.25)
        for (const metrics of found.concepts) {
          assert.deepStrictEqual([metrics.positives, metrics.negatives], [12, 12])
          assert.isAbove(metrics.rocAuc ?? 0, 0.9)
        }
      })
    )
  }

  it.live("refuses too few concepts, and too few examples of one", () =>
    Effect.gen(function* () {
      const one = yield* Effect.flip(judge(options(9, { concepts: ["cat"] })))
      const few = yield* Effect.flip(judge(options(3)))
      assert.deepStrictEqual([one.code, few.code], [21315, 21316])
      const late = yield* Effect.flip(judge(options(9, { timeoutMs: 1 })))
      assert.strictEqual(late.code, 21310)
    })
  )
})

it("folds are even for each kind of label", () => {
  const kinds = Array.from({ length: 50 }, (_, i) => (i % 5 === 0 ? "rare" : "common"))
  const folds = stratify(kinds, 5, 9)
  for (let fold = 0; fold < 5; fold++) {
    const inside = kinds.filter((_, i) => folds[i] === fold)
    assert.strictEqual(inside.filter((kind) => kind === "rare").length, 2)
    assert.strictEqual(inside.length, 10)
  }
})
