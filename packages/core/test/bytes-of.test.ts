// The bytes of a medium, without Effect.
import { assert, describe, it } from "@effect/vitest"
import { bytesOf, file, Media, textMedia, toMedia } from "../src/index.ts"

describe("a medium's bytes", () => {
  it("come from wherever they are", async () => {
    const bytes = Uint8Array.of(1, 2, 3)
    assert.deepStrictEqual(await bytesOf(toMedia("image", bytes)), bytes)
    assert.deepStrictEqual(await bytesOf(toMedia("image", new Blob([bytes]))), bytes)
    assert.deepStrictEqual(await bytesOf(toMedia("image", "data:image/png;base64,AQID")), bytes)
    assert.deepStrictEqual(await bytesOf(textMedia("é")), Uint8Array.of(0xc3, 0xa9))
    const stream = new Media("image", { from: "stream", stream: new Blob([bytes]).stream() })
    assert.deepStrictEqual([await bytesOf(stream), await bytesOf(stream)], [bytes, bytes])
  })

  it("are not read of an address, nor of a file that is not there", async () => {
    for (const media of [toMedia("image", "https://x.test/a.jpg"), toMedia("image", file("nowhere.jpg"))]) {
      const thrown: unknown = await bytesOf(media).catch((error: unknown) => error)
      assert.include(thrown, { _tag: "MediaUnreadable" })
      assert.match(String(thrown), /a\.jpg|nowhere\.jpg: there is no such file/)
    }
  })

  it("reject with the reason of an abort", async () => {
    const signal = AbortSignal.abort("enough")
    assert.strictEqual(await bytesOf(textMedia("x"), { signal }).catch((reason: unknown) => reason), "enough")
  })
})
