/** Heads as ONNX models: run by ONNX Runtime, and read back. */
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { InferenceSession, Tensor } from "onnxruntime-node"
import { type Head, predictHead } from "../../src/learning/head.ts"
import { decodeHeadOnnx, encodeHeadOnnx } from "../../src/learning/head-onnx.ts"
import { seeded } from "../support/draw-picture.ts"

const drawHead = (concepts: ReadonlyArray<string>, dimensions: number, mutuallyExclusive: boolean): Head => {
  const random = seeded(concepts.length * 100 + dimensions)
  const numbers = (count: number) => Float64Array.from({ length: count }, () => random() * 2 - 1)
  return {
    embedder: "some-embedder-1",
    concepts,
    mutuallyExclusive,
    dimensions,
    weights: Float32Array.from(numbers(concepts.length * dimensions)),
    bias: numbers(concepts.length),
    calibration: { scale: numbers(concepts.length), shift: numbers(concepts.length) }
  }
}

const heads = [
  drawHead(["cat", "dog", "fox"], 37, true),
  drawHead(["cat", "dog"], 5, false),
  drawHead(["über", `a "b" __proto__`], 300, false)
]

describe("a head as an ONNX model", () => {
  it.each(heads)("gives in ONNX Runtime the scores that it gives here", async (head) => {
    const session = await InferenceSession.create(encodeHeadOnnx(head))
    const random = seeded(9)
    const rows = [0, 1, 2].map(() => Float32Array.from({ length: head.dimensions }, () => random() - 0.5))
    const embedding = new Tensor("float32", Float32Array.from(rows.flatMap((row) => [...row])), [3, head.dimensions])
    const { scores } = await session.run({ embedding })
    assert.deepStrictEqual(scores?.dims, [3, head.concepts.length])
    const expected = rows.flatMap((row) => [...predictHead(head, row)])
    assert.isTrue(scores?.data instanceof Float32Array)
    for (const [i, score] of expected.entries()) assert.closeTo(Number(scores?.data[i]), score, 1e-5)
    await session.release()
  })

  it.each(heads)("is read back to the bit", (head) => {
    assert.deepStrictEqual(Result.getOrThrow(decodeHeadOnnx(encodeHeadOnnx(head))), head)
  })

  it("is refused where it is cut short, changed or something else", () => {
    const [head] = heads
    if (head === undefined) throw new Error("no head")
    const whole = encodeHeadOnnx(head)
    for (let size = 0; size < whole.length; size += 7)
      assert.isTrue(Result.isFailure(decodeHeadOnnx(whole.subarray(0, size))))
    const random = seeded(4)
    for (let i = 0; i < 500; i++) {
      const broken = whole.slice()
      for (let k = 0; k < 4; k++) broken[Math.floor(random() * broken.length)] = Math.floor(random() * 256)
      decodeHeadOnnx(broken) // either way, but an answer
    }
    const none = encodeHeadOnnx({ ...head, weights: head.weights.map(() => Number.NaN) })
    for (const other of [
      none,
      encodeHeadOnnx({ ...head, concepts: ["a", "a", "b"] }),
      new TextEncoder().encode("not a model")
    ])
      assert.isTrue(Result.isFailure(decodeHeadOnnx(other)))
  })
})
