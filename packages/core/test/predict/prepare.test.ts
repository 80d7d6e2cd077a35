import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { InvalidOption, MediaUnreadable } from "../../src/errors/errors.ts"
import { defaultLimits } from "../../src/connection/limits.ts"
import { type Kind, Media, partsMedia, textMedia } from "../../src/media/media.ts"
import { checkBytes, type PrepareSettings, prepareInput, prepareNow } from "../../src/predict/prepare.ts"
import type { Division } from "../../src/predict/split-media.ts"

const settings = (more: Partial<PrepareSettings> = {}): PrepareSettings => ({
  prepare: [],
  divide: [],
  wire: { connection: { limits: { maxBytes: { ...defaultLimits.maxBytes, image: 4 } } } },
  ...more
})
const context = { index: 0, key: undefined }
const url = (kind: "image" | "video" = "image", key?: string) =>
  new Media(kind, { from: "url", url: "https://x.test/a" }, key === undefined ? {} : { key })
const bytes = (...of: ReadonlyArray<number>) => new Media("image", { from: "bytes", bytes: Uint8Array.from(of) })
const division: Division = { calls: () => Stream.empty, planned: () => Stream.empty, failed: (error) => error }
const naming: PrepareSettings["prepare"][number] = {
  plugin: "p",
  filter: { kind: "image" },
  run: (media) => Effect.succeed(media.with({ name: "prepared" }))
}

describe("a medium that needs no work", () => {
  it("is prepared at once: an address or a text", () => {
    const media = url("image", "mine")
    const prepared = prepareNow(settings(), media)
    assert.strictEqual(prepared?.media, media)
    assert.deepInclude(prepared?.input, { id: "mine", url: "https://x.test/a" })
    assert.deepStrictEqual(prepared?.input.encoded.pieces, [
      `{"id":"mine","data":{"image":{"url":"https://x.test/a"}}}`
    ])
    assert.isUndefined(prepareNow(settings(), textMedia("hi"))?.input.url)
    assert.deepStrictEqual(prepareNow(settings(), textMedia("hi"))?.input.encoded.pieces, [
      `{"data":{"text":{"raw":"hi"}}}`
    ])
  })
  it("is not one that has to be read, hooked or divided, nor anything else", () => {
    assert.isUndefined(prepareNow(settings(), bytes(1)))
    assert.isUndefined(prepareNow(settings({ prepare: [naming] }), url()))
    assert.isUndefined(prepareNow(settings({ divide: [() => division] }), url("video")))
    assert.isUndefined(prepareNow(settings(), { kind: "image" }))
    assert.isDefined(prepareNow(settings({ prepare: [naming] }), url("video")))
    assert.isDefined(prepareNow(settings({ divide: [() => division] }), url("image")))
    assert.isDefined(prepareNow(settings(), url("video")))
  })
})

describe("an input's id", () => {
  it.each([
    ["a", true],
    ["x".repeat(128), true],
    ["..a", true],
    ["...", true],
    ["grüße 🚂", true],
    ["", false],
    ["x".repeat(129), false],
    [".", false],
    ["..", false],
    ["a/b", false],
    ["a\nb", false]
  ])("is the caller's key where services take it (%j: %s)", (key, sent) => {
    const input = prepareNow(settings(), url("image", key))?.input
    assert.strictEqual(input?.id, sent ? key : undefined)
    const [text] = input?.encoded.pieces ?? []
    assert.strictEqual(Object.hasOwn(JSON.parse(String(text)) as object, "id"), sent)
  })
})

describe("the bytes of an image", () => {
  const ascii = (text: string) => new TextEncoder().encode(text)
  const brand = (name: string) => Uint8Array.of(0, 0, 0, 24, ...ascii(`ftyp${name}`), 0, 0, 2, 0)
  const problemOf = (kind: Kind, read: Uint8Array) =>
    Effect.match(checkBytes(new Media(kind, { from: "url", url: "https://x.test/a" }), read), {
      onFailure: ({ problem }) => problem,
      onSuccess: (checked) => (checked === read ? undefined : "other bytes")
    })
  it.effect.each<[string, Uint8Array, string | undefined]>([
    ["an MP4", brand("isom"), "it is a video; give it to app.video(..) of plugin-video"],
    ["a QuickTime clip", brand("qt  "), "it is a video; give it to app.video(..) of plugin-video"],
    ["an AVI", ascii("RIFF....AVI LIST"), "it is a video; give it to app.video(..) of plugin-video"],
    ["a WAVE", ascii("RIFF....WAVEfmt "), "it is a sound; give it to app.audio(..)"],
    ["a brand of images", brand("mif1"), undefined],
    ["a brand that is new", brand("abcd"), undefined],
    ["a PNG", Uint8Array.of(0x89, 0x50, 0x4e, 0x47), undefined],
    ["what no format begins with", Uint8Array.of(1, 2, 3), undefined]
  ])("are refused where they are certainly of another kind: %s", ([, read, problem]) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* problemOf("image", read), problem)
      // who says what it is knows better
      assert.isUndefined(yield* problemOf("video", read))
      assert.isUndefined(yield* problemOf("audio", read))
    })
  )
  it.effect("are checked before they are sent, and the error names the medium", () =>
    Effect.gen(function* () {
      const media = new Media("image", { from: "bytes", bytes: ascii("ID3\u0004") })
      const error: unknown = yield* Effect.flip(prepareInput(settings(), media, context))
      assert.instanceOf(error, MediaUnreadable)
      assert.include(error.problem, "it is a sound")
      assert.strictEqual(error.media, media.describe())
    })
  )
})

describe("preparing an input", () => {
  it.effect("runs hooks, reads its bytes and encodes them", () =>
    Effect.gen(function* () {
      const prepared = yield* prepareInput(settings({ prepare: [naming] }), bytes(1, 2, 3), context)
      assert.strictEqual(prepared.media.facts.name, "prepared")
      assert.deepStrictEqual(prepared.input.encoded.pieces[1], Uint8Array.of(1, 2, 3))
      assert.isUndefined(prepared.input.url)
    })
  )
  it.effect("reads no address", () =>
    Effect.gen(function* () {
      const { input } = yield* prepareInput(settings({ prepare: [naming] }), url(), context)
      assert.deepStrictEqual(input.encoded.pieces, [`{"data":{"image":{"url":"https://x.test/a"}}}`])
    })
  )
  it.effect("reads no more than the limit of its kind", () =>
    Effect.gen(function* () {
      assert.isDefined(yield* prepareInput(settings(), bytes(1, 2, 3, 4), context))
      assert.instanceOf(yield* Effect.flip(prepareInput(settings(), bytes(1, 2, 3, 4, 5), context)), MediaUnreadable)
    })
  )
  it.effect("prepares and reads each of its parts", () =>
    Effect.gen(function* () {
      const whole = partsMedia<"image" | "text">([bytes(1), textMedia("what?")], { key: "k" })
      const { input, media } = yield* prepareInput(settings({ prepare: [naming] }), whole, context)
      assert(media.source.from === "parts")
      assert.deepStrictEqual(
        media.source.parts.map(({ facts }) => facts.name),
        ["prepared", undefined]
      )
      assert.strictEqual(media.facts.key, "k")
      assert.strictEqual(input.id, "k")
      assert.deepStrictEqual(input.encoded.pieces.slice(1), [Uint8Array.of(1), `"},"text":{"raw":"what?"}}}`])
    })
  )
  it.effect("refuses a text file that is not UTF-8, and nothing of other kinds", () =>
    Effect.gen(function* () {
      const text = (...of: ReadonlyArray<number>) => new Media("text", { from: "bytes", bytes: Uint8Array.from(of) })
      const error: unknown = yield* Effect.flip(prepareInput(settings(), text(0xff, 0xfe), context))
      assert.instanceOf(error, MediaUnreadable)
      assert.include(error.problem, "not UTF-8")
      assert.deepStrictEqual((yield* prepareInput(settings(), text(0x68, 0x69), context)).input.encoded.pieces, [
        `{"data":{"text":{"raw":"hi"}}}`
      ])
      assert.isDefined(yield* prepareInput(settings(), bytes(0xff, 0xfe), context))
    })
  )
  it.effect("leaves a medium that does not go whole to the first plugin that divides it", () =>
    Effect.gen(function* () {
      const asked: Array<number> = []
      const none = (_: Media, { index }: { readonly index: number }) => void asked.push(index)
      const other: Division = { ...division }
      const divide = [none, () => division, () => other]
      const { input, media } = yield* prepareInput(settings({ divide, prepare: [naming] }), url("video"), {
        index: 5,
        key: undefined
      })
      assert.strictEqual(input.division, division)
      assert.deepStrictEqual(input.encoded, { pieces: [], sizeBytes: 0 })
      assert.strictEqual(media.facts.name, undefined)
      assert.deepStrictEqual(asked, [5])
    })
  )
  it.effect("fails where the chain holds no medium", () =>
    Effect.gen(function* () {
      const error: unknown = yield* Effect.flip(prepareInput(settings(), { concepts: [] }, context))
      assert.instanceOf(error, InvalidOption)
      assert.strictEqual(error.option, "predict")
      assert.include(error.problem, "needs a medium")
    })
  )
})
