import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, fstatSync } from "node:fs"
import { join } from "node:path"
import { crossValidate } from "../../src/learning/cross-validate.ts"
import { encodeHead, trainHead } from "../../src/learning/head.ts"
import { makeRandom } from "../../src/seeded-random.ts"
import { eachRow, readVector } from "../../src/learning/rows.ts"
import { makeVectorBuffer, bufferVectors } from "../../src/learning/vector-buffer.ts"
import type { LabelledImage } from "../../src/learning/vector-buffer.ts"
import { freshFolder } from "../support/fresh-engine.ts"

const concepts = ["cat", "dog", "owl"]

/** Pictures of three kinds, each second one with its mirror image, each seventh of none of the kinds. */
const draw = (count: number, size: number): Array<LabelledImage> => {
  const random = makeRandom(count + size)
  const vector = (kind: number) =>
    Float32Array.from({ length: size }, (_, k) => ((k % 3 === kind ? 0.4 : 0) + random() - 0.5) / Math.sqrt(size))
  return Array.from({ length: count }, (_, i) => ({
    vector: vector(i % 3),
    ...(i % 2 === 0 ? { mirrored: vector(i % 3) } : {}),
    labels: { [i % 7 === 6 ? "fox" : (concepts[i % 3] ?? "")]: 1 as const }
  }))
}

const filed = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(Effect.sync(freshFolder), (folder) => Effect.sync(folder[Symbol.dispose]))
  return { file: join(folder.path, "vectors"), inMemory: 0 }
})

describe("a buffer", () => {
  it.live("gives back what was added, from memory and from a file that has no name any more", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const images = draw(90, 7001) // more than is written at once
        const wanted = images.flatMap(({ mirrored, vector }) => (mirrored ? [vector, mirrored] : [vector]))
        const options = yield* filed
        for (const { examples, vectors } of [yield* bufferVectors(images), yield* bufferVectors(images, options)]) {
          const rows: Array<Float32Array> = []
          eachRow({ ...vectors, places: Uint32Array.from(wanted.keys()) }, (row) => rows.push(row.slice()))
          assert.deepStrictEqual(rows, wanted)
          assert.deepStrictEqual([examples[2]?.place, examples[2]?.views, examples[3]?.views], [3, 2, 1])
          const part = new Float32Array(5)
          readVector(vectors, 4, part, { at: 1, first: 7, count: 3 })
          assert.deepStrictEqual(part, Float32Array.of(0, ...(wanted[4] ?? []).slice(7, 10), 0))
        }
        assert.isFalse(existsSync(options.file))
      })
    )
  )

  it.live("closes its file with the scope", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const options = yield* filed
        const { vectors } = yield* Effect.scoped(bufferVectors(draw(3, 8), options))
        assert.throws(() => fstatSync(typeof vectors.from === "number" ? vectors.from : assert.fail("no file")))
      })
    )
  )

  it.live("says what is wrong: vectors of two sizes, a folder that cannot be written", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const sizes = yield* Effect.flip(bufferVectors([...draw(2, 8), ...draw(2, 9)]))
        assert.strictEqual(sizes.code, 21118)
        const { file } = yield* filed
        const folder = yield* Effect.flip(bufferVectors(draw(2, 8), { file: join(file, "not-there"), inMemory: 0 }))
        assert.strictEqual(folder.code, 21106)
        assert.include(folder.details, "ENOENT")
      })
    )
  )

  it.live("holds memory for as many as were announced, or for one draft of a file", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { file } = yield* filed
        for (const [most, wanted] of [
          [100, "object"],
          [101, "number"]
        ] as const) {
          const { add, close } = yield* makeVectorBuffer({ most, file, inMemory: 100 * 8 * 4 })
          yield* Effect.forEach(draw(3, 8), add)
          assert.strictEqual(typeof (yield* close).from, wanted)
        }
      })
    )
  )
})

describe("learning from a file", () => {
  const trainingSet = { embedder: "test-1", concepts, mutuallyExclusive: true, closedEnvironment: true, seed: 3 }

  // few examples (dual), many with short vectors (normal equations), many with long ones (conjugate gradients)
  for (const [count, size] of [
    [60, 200],
    [900, 40],
    [700, 1600]
  ] as const) {
    it.live(`gives the same head to the bit as from memory: ${count} images of ${size} numbers`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const images = draw(count, size)
          const [memory, file] = [yield* bufferVectors(images), yield* bufferVectors(images, yield* filed)]
          assert.strictEqual(typeof file.vectors.from, "number")
          const head = yield* trainHead({ ...trainingSet, ...memory })
          assert.deepStrictEqual(encodeHead(yield* trainHead({ ...trainingSet, ...file })), encodeHead(head))
          const resumed = { ...trainingSet, resumeFrom: head, seed: 4 }
          assert.deepStrictEqual(
            encodeHead(yield* trainHead({ ...resumed, ...file })),
            encodeHead(yield* trainHead({ ...resumed, ...memory }))
          )
        })
      )
    )
  }

  it.live("gives the same evaluation as from memory", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const images = draw(120, 50)
        const [memory, file] = [yield* bufferVectors(images), yield* bufferVectors(images, yield* filed)]
        const found = yield* crossValidate({ ...trainingSet, ...file })
        assert.isAbove(found.top1Accuracy, 0.5)
        assert.deepStrictEqual(found, yield* crossValidate({ ...trainingSet, ...memory }))
      })
    )
  )
})
