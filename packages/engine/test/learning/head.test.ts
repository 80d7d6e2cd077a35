import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { decodeHead, encodeHead, predictHead, trainHead } from "../../src/learning/head.ts"
import type { TrainOptions } from "../../src/learning/head.ts"
import { makeRandom } from "../../src/seeded-random.ts"
import { bufferVectors } from "../../src/learning/vector-buffer.ts"
import type { LabelledImage } from "../../src/learning/vector-buffer.ts"

const size = 24

/** Vectors of length 1 around one centre for each concept; `spread` is the noise beside it. */
const clusters = (concepts: ReadonlyArray<string>, each: number, seed: number, spread = 0.2): Array<LabelledImage> => {
  const random = makeRandom(seed)
  return concepts.flatMap((concept, c) =>
    Array.from({ length: each }, () => {
      const raw = Float32Array.from({ length: size }, (_, k) => (k === c ? 1 : 0) + spread * (random() - 0.5) * 4)
      const length = Math.hypot(...raw)
      return { vector: raw.map((x) => x / length), labels: { [concept]: 1 as const } }
    })
  )
}

type TrainingSet = Omit<TrainOptions, "examples" | "vectors"> & { readonly images: ReadonlyArray<LabelledImage> }

const trainingSet = (images: ReadonlyArray<LabelledImage>, over: Partial<TrainingSet> = {}): TrainingSet => ({
  images,
  embedder: "test-1",
  concepts: ["cat", "dog", "owl"],
  mutuallyExclusive: true,
  closedEnvironment: true,
  seed: 7,
  ...over
})

const train = ({ images, ...options }: TrainingSet) =>
  Effect.scoped(Effect.flatMap(bufferVectors(images), (buffered) => trainHead({ ...options, ...buffered })))

const best = (scores: Float32Array) => scores.indexOf(Math.max(...scores))

describe("trainHead", () => {
  it.live("learns concepts that exclude each other: scores add up to 1 and point the right way", () =>
    Effect.gen(function* () {
      const head = yield* train(trainingSet(clusters(["cat", "dog", "owl"], 12, 1)))
      for (const { labels, vector } of clusters(["cat", "dog", "owl"], 10, 2)) {
        const scores = predictHead(head, vector)
        assert.closeTo(
          scores.reduce((a, b) => a + b, 0),
          1,
          1e-5
        )
        assert.strictEqual(head.concepts[best(scores)], Object.keys(labels)[0])
      }
    })
  )

  it.live("learns independent concepts, each above and below one half where it should be", () =>
    Effect.gen(function* () {
      const head = yield* train(trainingSet(clusters(["cat", "dog", "owl"], 30, 1), { mutuallyExclusive: false }))
      for (const { labels, vector } of clusters(["cat", "dog", "owl"], 10, 2)) {
        const scores = predictHead(head, vector)
        for (const [c, concept] of head.concepts.entries()) {
          assert.strictEqual((scores[c] ?? 0) > 0.5, labels[concept] === 1)
        }
      }
    })
  )

  it.live("gives the same bytes for the same training set", () =>
    Effect.gen(function* () {
      const examples = clusters(["cat", "dog", "owl"], 9, 3)
      const [a, b] = yield* Effect.all([train(trainingSet(examples)), train(trainingSet(examples))], { concurrency: 2 })
      assert.deepStrictEqual(encodeHead(a), encodeHead(b))
    })
  )

  it.live("goes on from a head: what the new examples do not touch stays", () =>
    Effect.gen(function* () {
      const first = yield* train(trainingSet(clusters(["cat", "dog", "owl"], 12, 1)))
      const more = clusters(["cat", "dog", "owl"], 4, 5)
      const next = yield* train(trainingSet(more, { resumeFrom: first }))
      const hits = clusters(["cat", "dog", "owl"], 10, 2).filter(
        ({ labels, vector }) => labels[next.concepts[best(predictHead(next, vector))] ?? ""] === 1
      )
      assert.isAbove(hits.length, 27)
      const wrong = yield* Effect.flip(train(trainingSet(more, { resumeFrom: first, embedder: "other-1" })))
      assert.strictEqual(wrong.code, 21118)
    })
  )

  const cat = clusters(["cat"], 3, 1)
  const none = cat.map(({ vector }) => ({ vector, labels: { cat: 0 as const } }))
  const both = [...cat, ...clusters(["dog"], 3, 2)]
  const problems: ReadonlyArray<readonly [string, TrainingSet, number]> = [
    ["no example", trainingSet([]), 21110],
    ["no label", trainingSet(cat.map(({ vector }) => ({ vector, labels: {} }))), 21110],
    ["negatives only", trainingSet(none, { mutuallyExclusive: false }), 21111],
    ["a concept without positives, when told to fail", trainingSet(both, { failOnMissingPositives: true }), 21111],
    ["one concept that excludes others", trainingSet(cat, { concepts: ["cat"] }), 21112],
    ["no time", trainingSet(both, { timeoutMs: 1 }), 21113],
    ["one class only", trainingSet(cat, { concepts: ["cat", "dog"], seed: 2 }), 21112],
    ["one example", trainingSet(cat.slice(0, 1), { mutuallyExclusive: false }), 21117],
    ["no concept", trainingSet(cat, { concepts: [] }), 21118],
    ["a concept twice", trainingSet(cat, { concepts: ["cat", "cat"] }), 21118],
    [
      "a vector that is not finite",
      trainingSet([...both, { vector: new Float32Array(size).fill(Number.NaN), labels: { cat: 1 } }]),
      21118
    ],
    ["vectors of two sizes", trainingSet([...both, { vector: new Float32Array(3), labels: { cat: 1 } }]), 21118]
  ]
  for (const [name, options, code] of problems) {
    it.live(`${name} is ${code}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(train(options))
        assert.deepStrictEqual([error._tag, error.code], ["TrainingProblem", code])
      })
    )
  }

  it.live("fills a concept without positives with random examples, the same for a seed", () =>
    Effect.gen(function* () {
      const heads = yield* Effect.forEach([1, 1], (seed) =>
        train(trainingSet(both, { seed, mutuallyExclusive: false }))
      )
      assert.deepStrictEqual(heads[0]?.weights, heads[1]?.weights)
      assert.strictEqual(heads[0]?.concepts.length, 3)
    })
  )
})

describe("a head as bytes", () => {
  it.live("comes back the same, and broken bytes say so", () =>
    Effect.gen(function* () {
      const head = yield* train(trainingSet(clusters(["cat", "dog", "owl"], 6, 1)))
      const bytes = encodeHead(head)
      assert.deepStrictEqual(Result.getOrThrow(decodeHead(bytes)), head)
      for (const broken of [
        bytes.slice(0, 5),
        bytes.slice(0, -1),
        bytes.map((b, i) => (i === 4 ? 9 : b)),
        bytes.map((b, i) => (i === 20 ? 0 : b))
      ]) {
        const result = decodeHead(broken)
        assert.isTrue(Result.isFailure(result))
      }
    })
  )
})
