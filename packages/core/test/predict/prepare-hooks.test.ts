import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { MediaUnreadable } from "../../src/errors/errors.ts"
import { Media } from "../../src/media/media.ts"
import { type AppPrepareHook, composePrepare, matchesFilter } from "../../src/predict/prepare-hooks.ts"

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52)
const url = (kind: "image" | "video" | "text", contentType?: string) =>
  new Media(kind, { from: "url", url: "https://x.test/a" }, contentType === undefined ? {} : { contentType })
const context = { index: 0, key: undefined }

describe("a filter", () => {
  it("without conditions matches every medium", () => {
    assert.isTrue(matchesFilter({}, url("image")))
  })
  it("matches kinds, one or several", () => {
    assert.isTrue(matchesFilter({ kind: "image" }, url("image")))
    assert.isFalse(matchesFilter({ kind: "image" }, url("video")))
    assert.isTrue(matchesFilter({ kind: ["image", "video"] }, url("video")))
    assert.isFalse(matchesFilter({ kind: ["image", "video"] }, url("text")))
  })
  it("matches media types, and media whose type is not known", () => {
    assert.isTrue(matchesFilter({ type: "image/png" }, url("image", "image/png")))
    assert.isFalse(matchesFilter({ type: "image/png" }, url("image", "image/jpeg")))
    assert.isTrue(matchesFilter({ type: ["image/jpeg", "image/png"] }, url("image", "image/png")))
    assert.isFalse(matchesFilter({ type: "image/pngx" }, url("image", "image/png")))
    assert.isTrue(matchesFilter({ type: "image/png" }, url("image")))
    assert.isFalse(matchesFilter({ kind: "video", type: "image/png" }, url("image", "image/png")))
  })
  it("recognises bytes by what they begin with, unless their type was given", () => {
    const bytes = new Media("image", { from: "bytes", bytes: png })
    assert.isTrue(matchesFilter({ type: "image/png" }, bytes))
    assert.isFalse(matchesFilter({ type: "image/jpeg" }, bytes))
    assert.isTrue(matchesFilter({ type: "image/jpeg" }, bytes.with({ contentType: "image/jpeg" })))
  })
})

describe("prepare hooks", () => {
  const naming = (plugin: string, filter = {}): AppPrepareHook => ({
    plugin,
    filter,
    run: (media, { index }) => Effect.succeed(media.with({ name: `${media.facts.name ?? ""}${plugin}${index}` }))
  })
  it.effect("get each the result of the one before, and those that do not match are not called", () =>
    Effect.gen(function* () {
      const toVideo: AppPrepareHook = { plugin: "v", filter: {}, run: () => Effect.succeed(url("video")) }
      const run = composePrepare([naming("a"), naming("b", { kind: "video" }), naming("c")])
      assert.strictEqual((yield* run(url("image"), context)).facts.name, "a0c0")
      const changing = composePrepare([toVideo, naming("b", { kind: "image" }), naming("c", { kind: "video" })])
      assert.strictEqual((yield* changing(url("image"), { index: 4, key: undefined })).facts.name, "c4")
      const image = url("image")
      assert.strictEqual(yield* composePrepare([])(image, context), image)
    })
  )
  it.effect("that fail or throw fail the input with a typed error", () =>
    Effect.gen(function* () {
      const own = new MediaUnreadable({ media: "it", problem: "too dark" })
      const failing = composePrepare([{ plugin: "p", filter: {}, run: () => Effect.fail(own) }, naming("never")])
      assert.strictEqual(yield* Effect.flip(failing(url("image"), context)), own)
      const throwing: AppPrepareHook["run"] = () => {
        throw new Error("no codec")
      }
      const error: unknown = yield* Effect.flip(
        composePrepare([{ plugin: "p", filter: {}, run: throwing }])(url("image"), context)
      )
      assert.instanceOf(error, MediaUnreadable)
      assert.strictEqual(error.problem, "a plugin's prepare hook threw: no codec")
      assert.include(error.media, "https://x.test/a")
    })
  )
  it.effect("that return no Effect say so", () =>
    Effect.gen(function* () {
      const promising = (async (media: Media) => media) as unknown as AppPrepareHook["run"]
      const error: unknown = yield* Effect.flip(
        composePrepare([{ plugin: "p", filter: {}, run: promising }])(url("image"), context)
      )
      assert.instanceOf(error, MediaUnreadable)
      assert.match(error.problem, /prepare.*Effect/)
    })
  )
})
