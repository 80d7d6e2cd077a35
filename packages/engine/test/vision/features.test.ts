import { assert, describe, it } from "@effect/vitest"
import { createHash } from "node:crypto"
import { makeRandom } from "../../src/seeded-random.ts"
import { drawLeaves } from "../../src/vision/dead-leaves.ts"
import { readDictionary } from "../../src/vision/dictionary.ts"
import { fisherSize, makeFisherEncoder } from "../../src/vision/fisher.ts"
import { sniffFormat } from "../../src/vision/decoding/image-format.ts"
import { mirror, workingSize } from "../../src/vision/pixels.ts"
import { toPlanes } from "../../src/vision/features/planes.ts"
import { shrink } from "../../src/vision/features/pyramid.ts"
import { makeDescriber, sideOf } from "../../src/vision/representation.ts"
import { denseSift, siftSize } from "../../src/vision/features/sift.ts"
import { decodeVocabulary, encodeVocabulary } from "../../src/vision/vocabulary.ts"

const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex").slice(0, 16)
const length = (vector: Float32Array) => Math.hypot(...vector)

describe("drawn pictures", () => {
  it("are the same for a seed, on every machine", () => {
    assert.strictEqual(sha(drawLeaves(1, 64, 48).data), sha(drawLeaves(1, 64, 48).data))
    assert.notStrictEqual(sha(drawLeaves(1, 64, 48).data), sha(drawLeaves(2, 64, 48).data))
  })
})

describe("vocabularies", () => {
  it("come back from their bytes to a part in thirty thousand, and then exactly", () => {
    const { sift } = readDictionary()
    const bytes = encodeVocabulary(sift)
    const { end, vocabulary } = decodeVocabulary(bytes, 0, sift)
    assert.strictEqual(end, bytes.length)
    assert.deepStrictEqual(encodeVocabulary(vocabulary), bytes)
    assert.isTrue(sift.variances.every((variance) => variance > 0))
    assert.closeTo(
      sift.weights.reduce((a, b) => a + b, 0),
      1,
      0.01
    )
  })
})

describe("Fisher vectors", () => {
  const size = 8
  const random = makeRandom(2)
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random() - 0.5)
  const vocabulary = {
    input: 12,
    size,
    words: 8,
    mean: numbers(12),
    projection: numbers(12 * size),
    weights: new Float32Array(8).fill(1 / 8),
    means: numbers(64),
    variances: numbers(64).map((x) => 0.3 + x * x)
  }

  /** The definition, word for word, in 64 bits. */
  const byDefinition = (descriptors: Float32Array, count: number): Float64Array => {
    const { mean, means, projection, variances, weights, words } = vocabulary
    const out = new Float64Array(fisherSize(vocabulary))
    for (let n = 0; n < count; n++) {
      const x = Array.from({ length: size }, (_, d) =>
        mean.reduce((sum, m, i) => sum + ((descriptors[n * 12 + i] ?? 0) - m) * (projection[i * size + d] ?? 0), 0)
      )
      const densities = Array.from(weights, (weight, w) =>
        x.reduce((p, value, d) => {
          const variance = variances[w * size + d] ?? 1
          return (p * Math.exp(-((value - (means[w * size + d] ?? 0)) ** 2) / (2 * variance))) / Math.sqrt(variance)
        }, weight)
      )
      const total = densities.reduce((a, b) => a + b, 0)
      for (let w = 0; w < words; w++) {
        const share = (densities[w] ?? 0) / total / count
        for (const [d, value] of x.entries()) {
          const at = w * size + d
          const far = (value - (means[at] ?? 0)) / Math.sqrt(variances[at] ?? 1)
          out[at] = (out[at] ?? 0) + (share * far) / Math.sqrt(1 / 8)
          out[at + 64] = (out[at + 64] ?? 0) + (share * (far * far - 1)) / Math.sqrt(2 / 8)
        }
      }
    }
    const rooted = out.map((value) => Math.sign(value) * Math.sqrt(Math.abs(value)))
    return rooted.map((value) => value / Math.hypot(...rooted))
  }

  it("are what their definition says, whatever was encoded before", () => {
    const encoder = makeFisherEncoder(vocabulary, 30)
    encoder.descriptors.set(numbers(30 * 12))
    encoder.encode(30, new Float32Array(128), 0)
    const descriptors = numbers(21 * 12)
    encoder.descriptors.set(descriptors)
    const found = new Float32Array(130)
    encoder.encode(21, found, 1)
    const expected = byDefinition(descriptors, 21)
    for (let i = 0; i < 128; i++) assert.closeTo(found[i + 1] ?? Number.NaN, expected[i] ?? 0, 2e-3)
    assert.deepStrictEqual([found[0], found[129]], [0, 0])
  })

  it("of nothing are zero", () => {
    const out = new Float32Array(128)
    makeFisherEncoder(vocabulary, 4).encode(0, out, 0)
    assert.isTrue(out.every((value) => value === 0))
  })
})

describe("descriptors", () => {
  it("of a flat picture are zero, of an edge point across it", () => {
    const width = 24
    const flat = toPlanes({ width, height: width, data: new Uint8Array(width * width * 3).fill(90) })
    const out = new Float32Array(siftSize * 100)
    const count = denseSift(flat, out, 0)
    assert.isAbove(count, 0)
    assert.isTrue(out.every((value) => value === 0))
    const edge = toPlanes({
      width,
      height: width,
      data: Uint8Array.from({ length: width * width * 3 }, (_, i) => (Math.floor(i / 3) % width < 12 ? 20 : 220))
    })
    denseSift(edge, out, 0)
    const byDirection = Array.from({ length: 8 }, (_, direction) =>
      out.reduce((sum, value, i) => sum + (i % 8 === direction ? value : 0), 0)
    )
    assert.strictEqual(byDirection.indexOf(Math.max(...byDirection)), 0)
    assert.isBelow((byDirection[2] ?? 0) + (byDirection[4] ?? 0), 1e-3)
  })
})

describe("pictures of every size", () => {
  it("have vectors of length 1 that do not depend on what came before", () => {
    const describePicture = makeDescriber("fast")
    const side = sideOf("fast")
    const first = describePicture(drawLeaves(3, side, 100))
    for (const [width, height] of [
      [side, side / 4],
      [side / 4, side],
      [side, side]
    ] as const) {
      const vector = describePicture(drawLeaves(4, width, height))
      assert.closeTo(length(vector), 1, 1e-3)
      assert.isTrue(vector.every(Number.isFinite))
    }
    assert.closeTo(length(describePicture({ width: side, height: 48, data: new Uint8Array(side * 48 * 3) })), 1, 1e-3)
    assert.deepStrictEqual(describePicture(drawLeaves(3, side, 100)), first)
  })

  it("keep their shape at working size, down to a quarter", () => {
    assert.deepStrictEqual(workingSize(4000, 3000, 256), { width: 256, height: 192 })
    assert.deepStrictEqual(workingSize(1, 9000, 256), { width: 64, height: 256 })
    assert.deepStrictEqual(workingSize(1, 1, 192), { width: 192, height: 192 })
  })

  it("are the same again when mirrored twice, and keep their mean when made smaller", () => {
    const picture = drawLeaves(7, 40, 30)
    assert.deepStrictEqual(mirror(mirror(picture)), picture)
    const planes = toPlanes(picture)
    const small = shrink(planes, 0.5)
    const mean = (plane: Float32Array) => plane.reduce((a, b) => a + b, 0) / plane.length
    assert.deepStrictEqual([small.width, small.height], [20, 15])
    assert.closeTo(mean(small.l), mean(planes.l), 0.01)
  })
})

describe("formats", () => {
  it("are told by their first bytes", () => {
    const of = (...bytes: ReadonlyArray<number | string>) =>
      sniffFormat(
        Uint8Array.from(bytes.flatMap((b) => (typeof b === "number" ? b : Array.from(b, (c) => c.charCodeAt(0)))))
      )
    assert.strictEqual(of(0xff, 0xd8, 0xff), "jpeg")
    assert.strictEqual(of(0x89, "PNG\r\n\u001a\n"), "png")
    assert.strictEqual(of("GIF89a"), "gif")
    assert.strictEqual(of("RIFF....WEBPVP8 "), "webp")
    assert.strictEqual(of("RIFF....WAVEfmt "), "unknown")
    assert.strictEqual(of("II", 42, 0), "tiff")
    assert.strictEqual(of("MM", 0, 42), "tiff")
    assert.strictEqual(of("BM"), "bmp")
    assert.strictEqual(of(0, 0, 0, 20, "ftypavif", 0, 0, 0, 0, "mif1"), "heif")
    assert.strictEqual(of(0, 0, 0, 20, "ftypisom", 0, 0, 0, 0, "mp41"), "unknown")
    assert.strictEqual(of("<?xml version='1.0'?><svg width='1'>"), "svg")
    assert.strictEqual(of("hello"), "unknown")
  })
})
