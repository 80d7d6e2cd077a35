import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import libheif from "libheif-js/wasm-bundle.js"
import { withHeic } from "../../src/codec/heic-codec.ts"
import { PixelCodec } from "../../src/codec/pixel-codec.ts"
import { prepare } from "../../src/prepare/prepare-image.ts"
import { bytesOf, defaultOptions, files } from "../dataset.ts"
import { gridDistance, gridOf } from "../support.ts"

describe("HEIC with libheif", () => {
  const heic = files.find(([name]) => name.endsWith(".heic"))
  it.live.skipIf(heic === undefined)(
    "is decoded, turned once, and sent as JPEG",
    () =>
      Effect.gen(function* () {
        const [name, expected] = heic ?? ["", undefined]
        const { bytes, format, sent, touch } = yield* prepare(bytesOf(name), { ...defaultOptions, maxSide: 800 }).pipe(
          Effect.provideService(PixelCodec, withHeic(libheif))
        )
        assert.deepStrictEqual([format, touch, sent], ["jpeg", "re-encoded", { width: 600, height: 800 }])
        const grid = yield* Effect.promise(() => gridOf(bytes, true))
        if (expected?.uprightGrid) assert.isAtMost(gridDistance(grid ?? [], expected.uprightGrid), 3)
      }),
    60_000
  )
  it.live("that is damaged fails with a typed error", () =>
    Effect.gen(function* () {
      const job = {
        bytes: new Uint8Array(100),
        format: "heic",
        orientation: 1,
        encoding: { format: "png" },
        keepIcc: true,
        animated: false,
        maxPixels: 1e6
      } as const
      const error = yield* Effect.flip(withHeic(libheif).render(job))
      assert.strictEqual(error._tag, "ImageUndecodable")
    })
  )
})
