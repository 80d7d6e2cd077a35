import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import sharp from "sharp"
import type { Sharp } from "sharp"
import type { Embedder as EmbedderShape } from "../../src/vision/built-in-encoder.ts"
import { makeEmbedder } from "../../src/vision/built-in-encoder.ts"

class Fast extends Context.Service<Fast, EmbedderShape>()("test/Fast") {
  static readonly layer = Layer.effect(Fast, makeEmbedder({ setting: "fast", workers: 2 }))
}

const picture = (width: number, height: number) =>
  sharp({
    create: { width, height, channels: 3, background: "teal", noise: { type: "gaussian", mean: 120, sigma: 40 } }
  })
    .composite([
      {
        input: Buffer.from(
          `<svg width="${width}" height="${height}"><circle cx="40%" cy="30%" r="20%" fill="red"/></svg>`
        )
      }
    ])
    .removeAlpha()

const bytes = (image: Sharp) => Effect.promise(async () => new Uint8Array(await image.toBuffer()))

const distance = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((x, i) => x - (b[i] ?? 0)))

layer(Fast.layer, { timeout: "60 seconds" })("the built-in embedder", (it) => {
  it.effect("gives a vector of length 1, the same to the bit each time and from each process", () =>
    Effect.gen(function* () {
      const embedder = yield* Fast
      const image = yield* bytes(picture(320, 240).png())
      const all = yield* Effect.forEach(Array.from({ length: 6 }), () => embedder.embed(image), { concurrency: 3 })
      for (const { info, vector } of all) {
        assert.strictEqual(vector.length, embedder.dimensions)
        assert.closeTo(Math.hypot(...vector), 1, 1e-3)
        assert.deepStrictEqual(vector, all[0]?.vector)
        assert.deepStrictEqual(info, { width: 320, height: 240, format: "png", colorMode: "RGB" })
      }
    })
  )

  it.effect("gives the mirror image's vector when asked", () =>
    Effect.gen(function* () {
      const embedder = yield* Fast
      const image = yield* bytes(picture(192, 192).png())
      const flipped = yield* bytes(sharp(image).flop().png())
      const both = yield* embedder.embed(image, { mirror: true })
      const { vector } = yield* embedder.embed(flipped)
      assert.isDefined(both.mirrored)
      assert.isBelow(distance(both.mirrored ?? new Float32Array(), vector), 0.05)
      assert.isAbove(distance(both.vector, vector), 0.1)
    })
  )

  it.effect("reads stored pixels: an EXIF turn changes nothing", () =>
    Effect.gen(function* () {
      const embedder = yield* Fast
      const plain = yield* bytes(picture(300, 200).png())
      const turned = yield* bytes(sharp(plain).withMetadata({ orientation: 6 }).png())
      const info = yield* embedder.inspect(turned)
      assert.deepStrictEqual([info.width, info.height], [300, 200])
      const a = yield* embedder.embed(plain)
      const b = yield* embedder.embed(turned)
      assert.deepStrictEqual(a.vector, b.vector)
    })
  )

  for (const [name, make, mode] of [
    ["a grey picture", () => picture(64, 64).toColourspace("b-w").png(), "L"],
    ["one with transparency", () => picture(64, 64).ensureAlpha(0.5).png(), "RGBA"],
    ["a CMYK JPEG", () => picture(64, 64).toColourspace("cmyk").jpeg(), "CMYK"],
    ["sixteen bits", () => picture(64, 64).toColourspace("rgb16").png(), "RGB"],
    ["one pixel", () => picture(1, 1).png(), "RGB"],
    ["a line", () => picture(3000, 1).png(), "RGB"]
  ] as const) {
    it.effect(`describes ${name}`, () =>
      Effect.gen(function* () {
        const { info, vector } = yield* (yield* Fast).embed(yield* bytes(make()))
        assert.strictEqual(info.colorMode, mode)
        assert.closeTo(Math.hypot(...vector), 1, 1e-3)
      })
    )
  }
})

describe("what cannot be used", () => {
  const embedder = makeEmbedder({
    setting: "fast",
    workers: 1,
    limits: { maxBytes: 200_000, maxPixels: 10_000, timeoutMs: 20_000, memoryMiB: 300, allowSvg: false }
  })
  const cases: ReadonlyArray<readonly [string, () => Effect.Effect<Uint8Array>, number]> = [
    ["nothing", () => Effect.succeed(new Uint8Array()), 30300],
    ["a text", () => Effect.succeed(new TextEncoder().encode("hello")), 30101],
    ["an SVG", () => Effect.succeed(new TextEncoder().encode('<svg width="9" height="9"/>')), 30101],
    ["too many bytes", () => Effect.succeed(new Uint8Array(200_001)), 30105],
    ["too many pixels", () => bytes(picture(200, 51).png()), 30105],
    ["half a JPEG", () => Effect.map(bytes(picture(90, 90).jpeg()), (all) => all.slice(0, all.length / 2)), 30300]
  ]
  for (const [name, make, code] of cases) {
    it.effect(`refuses ${name} with ${code}, and works on`, () =>
      Effect.gen(function* () {
        const { embed } = yield* embedder
        const error = yield* Effect.flip(embed(yield* make()))
        assert.deepStrictEqual([error._tag, error.code], ["UnreadableImage", code])
        const { vector } = yield* embed(yield* bytes(picture(90, 90).png()))
        assert.isAbove(vector.length, 0)
      })
    )
  }

  it.live("a process that takes too long is ended, and the next picture has a new one", () =>
    Effect.gen(function* () {
      const limits = { maxBytes: 2e7, maxPixels: 1e8, timeoutMs: 400, memoryMiB: 900, allowSvg: false }
      const { embed, inspect } = yield* makeEmbedder({ setting: "fast", workers: 1, limits })
      const large = yield* bytes(
        sharp({ create: { width: 6000, height: 6000, channels: 3, background: "red" } }).avif({ effort: 0 })
      )
      const small = yield* bytes(picture(32, 32).png())
      const [slow, next] = yield* Effect.all([Effect.result(embed(large)), Effect.result(inspect(small))])
      assert.strictEqual(slow._tag, "Failure")
      if (slow._tag === "Failure") assert.strictEqual(slow.failure.code, 30002)
      assert.strictEqual(next._tag, "Success")
    })
  )
})
