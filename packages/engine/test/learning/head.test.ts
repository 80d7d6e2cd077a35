import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { decodeHead, encodeHead, predictHead, trainHead } from "../../src/learning/head.ts"
import type { TrainOptions } from "../../src/learning/head.ts"
import { makeRandom } from "../../src/learning/seeded-random.ts"
import { shelve } from "../../src/learning/vector-buffer.ts"
import type { Picture } from "../../src/learning/vector-buffer.ts"

const size = 24

/** Vectors of length 1 around one centre for each concept; `spread` is the noise beside it. */
const clusters = (concepts: ReadonlyArray<string>, each: number, seed: number, spread = 0.2): Array<Picture> => {
  const random = makeRandom(seed)
  return concepts.flatMap((concept, c) =>
    Array.from({ length: each }, () => {
      const raw = Float32Array.from({ length: size }, (_, k) => (k === c ? 1 : 0) + spread * (random() - 0.5) * 4)
      const length = Math.hypot(...raw)
      return { vector: raw.map((x) => x / length), labels: { [concept]: 1 as const } }
    })
  )
}

type Lesson = Omit<TrainOptions, "examples" | "vectors"> & { readonly pictures: ReadonlyArray<Picture> }

const lesson = (pictures: ReadonlyArray<Picture>, over: Partial<Lesson> = {}): Lesson => ({
  pictures,
  embedder: "test-1",
  concepts: ["cat", "dog", "owl"],
  mutuallyExclusive: true,
  closedEnvironment: true,
  seed: 7,
  ...over
})

const train = ({ pictures, ...options }: Lesson) =>
  Effect.scoped(Effect.flatMap(shelve(pictures), (shelved) => trainHead({ ...options, ...shelved })))

const best = (scores: Float32Array) => scores.indexOf(Math.max(...scores))

describe("trainHead", () => {
  it.live("learns concepts that exclude each other: scores add up to 1 and point the right way", () =>
    Effect.gen(function* () {
      const head = yield* train(lesson(clusters(["cat", "dog", "owl"], 12, 1)))
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
      const head = yield* train(lesson(clusters(["cat", "dog", "owl"], 30, 1), { mutuallyExclusive: false }))
      for (const { labels, vector } of clusters(["cat", "dog", "owl"], 10, 2)) {
        const scores = predictHead(head, vector)
        for (const [c, concept] of head.concepts.entries()) {
          assert.strictEqual((scores[c] ?? 0) > 0.5, labels[concept] === 1)
        }
      }
    })
  )

  it.live("gives the same bytes for the same lesson", () =>
    Effect.gen(function* () {
      const examples = clusters(["cat", "dog", "owl"], 9, 3)
      const [a, b] = yield* Effect.all([train(lesson(examples)), train(lesson(examples))], { concurrency: 2 })
      assert.deepStrictEqual(encodeHead(a), encodeHead(b))
    })
  )

  it.live("goes on from a head: what the new examples do not touch stays", () =>
    Effect.gen(function* () {
      const first = yield* train(lesson(clusters(["cat", "dog", "owl"], 12, 1)))
      const more = clusters(["cat", "dog", "owl"], 4, 5)
      const next = yield* train(lesson(more, { resumeFrom: first }))
      const hits = clusters(["cat", "dog", "owl"], 10, 2).filter(
        ({ labels, vector }) => labels[next.concepts[best(predictHead(next, vector))] ?? ""] === 1
      )
      assert.isAbove(hits.length, 27)
      const wrong = yield* Effect.flip(train(lesson(more, { resumeFrom: first, embedder: "other-1" })))
      assert.strictEqual(wrong.code, 21118)
    })
  )

  const cat = clusters(["cat"], 3, 1)
  const none = cat.map(({ vector }) => ({ vector, labels: { cat: 0 as const } }))
  const both = [...cat, ...clusters(["dog"], 3, 2)]
  const problems: ReadonlyArray<readonly [string, Lesson, number]> = [
    ["no example", lesson([]), 21110],
    ["no label", lesson(cat.map(({ vector }) => ({ vector, labels: {} }))), 21110],
    ["negatives only", lesson(none, { mutuallyExclusive: false }), 21111],
    ["a concept without positives, when told to fail", lesson(both, { failOnMissingPositives: true }), 21111],
    ["one concept that excludes others", lesson(cat, { concepts: ["cat"] }), 21112],
    ["no time", lesson(both, { timeoutMs: 1 }), 21113],
    ["one class only", lesson(cat, { concepts: ["cat", "dog"], seed: 2 }), 21112],
    ["one example", lesson(cat.slice(0, 1), { mutuallyExclusive: false }), 21117],
    ["no concept", lesson(cat, { concepts: [] }), 21118],
    ["a concept twice", lesson(cat, { concepts: ["cat", "cat"] }), 21118],
    [
      "a vector that is not finite",
      lesson([...both, { vector: new Float32Array(size).fill(Number.NaN), labels: { cat: 1 } }]),
      21118
    ],
    ["vectors of two sizes", lesson([...both, { vector: new Float32Array(3), labels: { cat: 1 } }]), 21118]
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
      const heads = yield* Effect.forEach([1, 1], (seed) => train(lesson(both, { seed, mutuallyExclusive: false })))
      assert.deepStrictEqual(heads[0]?.weights, heads[1]?.weights)
      assert.strictEqual(heads[0]?.concepts.length, 3)
    })
  )
})

describe("a head as bytes", () => {
  it.live("comes back the same, and broken bytes say so", () =>
    Effect.gen(function* () {
      const head = yield* train(lesson(clusters(["cat", "dog", "owl"], 6, 1)))
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
