import { assert, describe, it } from "@effect/vitest"
import { dataBytes, dataJson, hasData } from "@sightline/fixtures"
import { Effect, Schema } from "effect"
import sharp from "sharp"
import { makeEmbedder } from "../../../src/vision/built-in-encoder.ts"
import { defaultVisionLimits } from "../../../src/vision/decoding/decode-limits.ts"

const Expected = Schema.Struct({
  files: Schema.Record(Schema.String, Schema.Struct({ expect: Schema.String, magic: Schema.String }))
})

describe.skipIf(!hasData("hostile"))("hostile files", () => {
  it.live(
    "each settles as it should, sixteen at once",
    () =>
      Effect.gen(function* () {
        const { files } = yield* Schema.decodeUnknownEffect(Expected)(dataJson("hostile", "expected.json"))
        const embedder = yield* makeEmbedder({ setting: "fast" })
        const wrong = yield* Effect.forEach(
          Object.entries(files),
          Effect.fnUntraced(function* ([file, { expect, magic }]) {
            const { _tag } = yield* Effect.result(embedder.embed(dataBytes("hostile", file)))
            // "decodes" is said of films and sounds too: a picture embedder refuses those
            const must = expect === "decodes" && magic.startsWith("image/") ? "Success" : "Failure"
            return (expect === "error" || expect === "decodes") && _tag !== must ? [file] : []
          }),
          { concurrency: 16 }
        )
        assert.deepStrictEqual(wrong.flat(), [])
      }),
    120_000
  )
})

describe("exhausting files", () => {
  it.live("a picture that would take too much memory is refused with 30105, and the next one works", () =>
    Effect.gen(function* () {
      const limits = { ...defaultVisionLimits, timeoutMs: 60_000, memoryMiB: 40 }
      const { inspect, embed } = yield* makeEmbedder({ setting: "fast", workers: 1, limits })
      const interlaced = yield* Effect.promise(() =>
        sharp({ create: { width: 5000, height: 5000, channels: 3, background: "navy" } })
          .png({ progressive: true, compressionLevel: 1 })
          .toBuffer()
      )
      const { code } = yield* Effect.flip(embed(interlaced))
      assert.strictEqual(code, 30105)
      assert.strictEqual((yield* inspect(interlaced)).width, 5000)
    })
  )
})
