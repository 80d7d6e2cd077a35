import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { attachmentsOf } from "../../src/connection/attachments.ts"
import { Media, partsMedia, textMedia } from "../../src/media/media.ts"
import {
  assemble,
  assembleAttached,
  base64Length,
  encodeInput,
  memberOf,
  utf8Length
} from "../../src/predict/request-body.ts"

const bytesOf = (...bytes: ReadonlyArray<number>) => Uint8Array.from(bytes)
const image = (bytes: Uint8Array) => new Media("image", { from: "bytes", bytes })
const decoder = new TextDecoder()
/** The body of an input, as it is sent. */
const textOf = ({ pieces, sizeBytes }: ReturnType<typeof encodeInput>) => decoder.decode(assemble(pieces, sizeBytes))

/** Runs without Node's Buffer, as a browser does. */
const withoutBuffer = <A>(run: () => A): A => {
  const { Buffer } = globalThis
  Reflect.deleteProperty(globalThis, "Buffer")
  try {
    return run()
  } finally {
    Object.assign(globalThis, { Buffer })
  }
}

describe("lengths", () => {
  it("of text are those of its UTF-8", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string())
    fc.assert(
      fc.property(text, (one) => {
        assert.strictEqual(utf8Length(one), new TextEncoder().encode(one).length)
      }),
      {
        numRuns: 500,
        examples: [["\x7f\x80\u07ff\u0800\uffff"], ["🚂"], ["a\ud83d"], ["\ud83dx"], ["\udc00"], ["é🚂é"]]
      }
    )
  })
  it("of base64 are those with padding", () => {
    for (let n = 0; n < 10; n++) assert.strictEqual(base64Length(n), Buffer.alloc(n).toString("base64").length)
  })
})

describe("the member of a medium", () => {
  it("is its address where nothing was read", () => {
    const media = new Media("video", { from: "url", url: `https://x.test/"a"` })
    assert.deepStrictEqual(memberOf(media, undefined), [`"video":{"url":"https://x.test/\\"a\\""}`])
  })
  it("is its bytes between two texts", () => {
    const bytes = bytesOf(1, 2)
    assert.deepStrictEqual(memberOf(new Media("audio", { from: "stream", stream: new ReadableStream() }), bytes), [
      `"audio":{"base64":"`,
      bytes,
      `"}`
    ])
  })
  it("is raw text, also where the text was read", () => {
    assert.deepStrictEqual(memberOf(textMedia(`say "hi"`), undefined), [`"text":{"raw":"say \\"hi\\""}`])
    const file = new Media("text", { from: "url", url: "data:text/plain,x" })
    assert.deepStrictEqual(memberOf(file, new TextEncoder().encode("grüße")), [`"text":{"raw":"grüße"}`])
    assert.deepStrictEqual(memberOf(new Media("text", { from: "url", url: "https://x.test/a.txt" }), undefined), [
      `"text":{"url":"https://x.test/a.txt"}`
    ])
  })
})

describe("an encoded input", () => {
  it("is one text for an address, with the id where there is one", () => {
    const media = new Media("image", { from: "url", url: "https://x.test/ü.jpg" })
    const { pieces, sizeBytes } = encodeInput(media, [undefined], `a"b`)
    assert.deepStrictEqual(pieces, [`{"id":"a\\"b","data":{"image":{"url":"https://x.test/ü.jpg"}}}`])
    assert.strictEqual(sizeBytes, Buffer.byteLength(String(pieces[0])))
    assert.deepStrictEqual(encodeInput(media, []).pieces, [`{"data":{"image":{"url":"https://x.test/ü.jpg"}}}`])
  })
  it("is valid JSON once its bytes are base64, of the size it says", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.option(fc.string(), { nil: undefined }), (bytes, id) => {
        const encoded = encodeInput(image(bytes), [bytes], id)
        const text = textOf(encoded)
        assert.strictEqual(encoded.sizeBytes, Buffer.byteLength(text))
        assert.deepStrictEqual(JSON.parse(text), {
          ...(id === undefined ? {} : { id }),
          data: { image: { base64: Buffer.from(bytes).toString("base64") } }
        })
      })
    )
  })
  it("has each of its parts", () => {
    const bytes = bytesOf(255, 0, 128)
    const media = partsMedia<"image" | "text">([
      textMedia("what?"),
      image(bytes),
      new Media("image", { from: "url", url: "https://x.test/b.jpg" })
    ])
    assert.deepStrictEqual(JSON.parse(textOf(encodeInput(media, [undefined, bytes, undefined]))), {
      data: { text: { raw: "what?" }, image: { url: "https://x.test/b.jpg" } }
    })
    const encoded = encodeInput(media, [undefined, bytes, undefined])
    assert.include(textOf(encoded), `"image":{"base64":"/wCA"},"image":{"url"`)
    const urls = partsMedia([textMedia("a"), textMedia("b")])
    assert.deepStrictEqual(encodeInput(urls, []).pieces, [`{"data":{"text":{"raw":"a"},"text":{"raw":"b"}}}`])
  })
})

describe("a body", () => {
  const pieces = fc.array(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 20 })), { maxLength: 8 })
  const expected = (given: ReadonlyArray<string | Uint8Array>) =>
    given.map((piece) => (typeof piece === "string" ? piece : Buffer.from(piece).toString("base64"))).join("")
  it("is its texts and the base64 of its bytes, with Node's Buffer and without", () => {
    fc.assert(
      fc.property(pieces, (given) => {
        const text = expected(given)
        const size = Buffer.byteLength(text)
        assert.strictEqual(decoder.decode(assemble(given, size)), text)
        assert.strictEqual(decoder.decode(withoutBuffer(() => assemble(given, size))), text)
      })
    )
  })
  it("is written into the memory that is given, and beyond its end nothing is touched", () => {
    const memory = new Uint8Array(20).fill(7)
    const body = memory.subarray(0, 8)
    assert.strictEqual(assemble(["ab", bytesOf(1, 2, 3), "cd"], 8, body), body)
    assert.strictEqual(decoder.decode(body), "abAQIDcd")
    assert.isTrue(memory.subarray(8).every((byte) => byte === 7))
  })
  it("has bytes longer than what is turned into base64 at a time", () => {
    const bytes = Uint8Array.from({ length: 3 * 16_384 * 2 + 5 }, (_, i) => (i * 31) & 255)
    const size = base64Length(bytes.length) + 2
    assert.strictEqual(decoder.decode(assemble(["<", bytes, ">"], size)), expected(["<", bytes, ">"]))
  })
  it("takes bytes that are a part of other memory", () => {
    const bytes = bytesOf(9, 9, 1, 2, 3, 9).subarray(2, 5)
    assert.strictEqual(decoder.decode(assemble([bytes], 4)), "AQID")
    assert.strictEqual(decoder.decode(withoutBuffer(() => assemble([bytes], 4))), "AQID")
  })
  it("can leave its bytes beside the text", () => {
    const [first, second] = [bytesOf(1), bytesOf(2, 3)]
    const body = assembleAttached([`{"a":"`, first, `","b":"`, second, `"}`])
    assert.deepStrictEqual(attachmentsOf(body), [first, second])
    assert.notInclude(decoder.decode(body), "AQ==")
    assert.sameMembers(Object.keys(JSON.parse(decoder.decode(body)) as object), ["a", "b"])
  })
})
