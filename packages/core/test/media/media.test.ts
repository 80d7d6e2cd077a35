import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { runInNewContext } from "node:vm"
import { inspect } from "node:util"
import { type MediaInput, toMedia } from "../../src/index.ts"
import { Files, readBytes } from "../../src/plugin.ts"

const read = (input: MediaInput, maxBytes?: number) =>
  Effect.runPromise(readBytes(toMedia("image", input), maxBytes === undefined ? {} : { maxBytes }))
const problem = async (input: MediaInput, maxBytes?: number): Promise<string> =>
  read(input, maxBytes).then(
    () => "it was read",
    (error: unknown) => String(error)
  )
const streamOf = (...chunks: ReadonlyArray<Uint8Array>) => {
  const seen = { cancelled: false }
  const left = [...chunks]
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const chunk = left.shift()
      if (chunk === undefined) controller.close()
      else controller.enqueue(chunk)
    },
    cancel: () => {
      seen.cancelled = true
    }
  })
  return { stream, seen }
}

describe("an input is told apart by type and form", () => {
  it("as URL, path or bytes", () => {
    const from = (input: MediaInput) => toMedia("image", input).source.from
    assert.strictEqual(from("https://images.test/a.jpg"), "url")
    assert.strictEqual(from("HTTP://images.test/a.jpg"), "url")
    assert.strictEqual(from("data:image/png;base64,AAAA"), "url")
    assert.strictEqual(from("photo.jpg"), "file")
    assert.strictEqual(from("C:\\photos\\a.jpg"), "file")
    assert.strictEqual(from(new URL("file:///tmp/a%20b.jpg")), "file")
    assert.deepStrictEqual(toMedia("image", new URL("file:///tmp/a%20b.jpg")).source, {
      from: "file",
      path: "/tmp/a b.jpg"
    })
    assert.strictEqual(from(new Blob([Uint8Array.of(1)])), "blob")
    assert.strictEqual(from(new File([Uint8Array.of(1)], "a.png")), "blob")
    assert.strictEqual(from(new ArrayBuffer(2)), "bytes")
    assert.strictEqual(from(Buffer.from([1, 2])), "bytes")
    assert.strictEqual(toMedia("image", "data:image/webp;base64,AAAA").facts.contentType, "image/webp")
  })

  it("also when it comes from another realm", async () => {
    const foreign: Uint8Array = runInNewContext("new Uint8Array([1, 2, 3])")
    assert.deepStrictEqual([...(await read(foreign))], [1, 2, 3])
    const buffer: ArrayBuffer = runInNewContext("new Uint8Array([4, 5]).buffer")
    assert.deepStrictEqual([...(await read(buffer))], [4, 5])
  })

  it("and refused with a line that says what it could be", () => {
    // @ts-expect-error for JavaScript callers
    assert.throws(() => toMedia("image", 5), TypeError, /got number/)
    // @ts-expect-error for JavaScript callers
    assert.throws(() => toMedia("image", null), TypeError, /got null/)
    assert.throws(() => toMedia("image", "s3://bucket/a.jpg"), TypeError, /URLs of s3/)
    assert.throws(() => toMedia("image", new URL("ftp://a.test/b")), TypeError, /URLs of ftp/)
    assert.throws(() => toMedia("image", ""), TypeError, /empty/)
  })
})

describe("reading", () => {
  it("decodes data URLs of both forms, byte for byte", async () => {
    assert.deepStrictEqual([...(await read("data:image/png;base64,AQL/"))], [1, 2, 255])
    assert.deepStrictEqual([...(await read("data:image/png;base64,AQL%2F"))], [1, 2, 255])
    assert.deepStrictEqual([...(await read("data:,a%FF%00z"))], [97, 255, 0, 122])
    assert.match(await problem("data:image/png;base64,***"), /valid base64/)
    assert.match(await problem("data:nothing"), /not a valid data: URL/)
  })

  it("says why a file cannot be read", async () => {
    assert.match(await problem("/no/such/file.jpg"), /there is no file at \/no\/such\/file\.jpg/)
    assert.match(await problem("/"), /is a folder/)
    assert.match(await problem(new Uint8Array()), /it is empty/)
  })

  it("asks for a file's size before reading more than can be sent", async () => {
    let opened = false
    const files = {
      size: () => Effect.succeed(1000),
      read: () =>
        Effect.sync(() => {
          opened = true
          return new Uint8Array(1000)
        })
    }
    const error = await Effect.runPromise(
      readBytes(toMedia("image", "big.jpg"), { maxBytes: 10 }).pipe(Effect.flip, Effect.provideService(Files, files))
    )
    assert.match(error.message, /it has 1000 bytes and at most 10/)
    assert.isFalse(opened)
  })

  it("reads a stream once for all who want it", async () => {
    const { stream } = streamOf(Uint8Array.of(1), Uint8Array.of(2, 3))
    const media = toMedia("image", stream)
    const [one, two] = await Effect.runPromise(
      Effect.all([readBytes(media), readBytes(media.with({ key: "k" }))], { concurrency: 2 })
    )
    assert.deepStrictEqual(
      [[...one], [...two]],
      [
        [1, 2, 3],
        [1, 2, 3]
      ]
    )
    assert.deepStrictEqual([...(await Effect.runPromise(readBytes(media)))], [1, 2, 3])
    assert.match(await problem(stream), /read already/) // another medium over a stream that is used up
  })

  it("closes a stream that is too long, or that nobody waits for any more", async () => {
    const long = streamOf(new Uint8Array(8), new Uint8Array(8), new Uint8Array(8))
    assert.match(await problem(long.stream, 10), /more than the 10 bytes/)
    assert.isTrue(long.seen.cancelled)
    const seen = { cancelled: false }
    const endless = new ReadableStream<Uint8Array>({
      cancel: () => {
        seen.cancelled = true
      }
    })
    const fiber = Effect.runFork(readBytes(toMedia("image", endless)))
    await new Promise((done) => setTimeout(done, 5))
    await Effect.runPromise(Fiber.interrupt(fiber))
    assert.isTrue(seen.cancelled)
  })
})

describe("a medium shows where it is and never what it holds", () => {
  it("in text, JSON and inspect", () => {
    const shown = [
      toMedia("image", "https://user:pass@images.test/a.jpg?token=secret#x"),
      toMedia("image", Uint8Array.of(115, 101, 99, 114, 101, 116)),
      toMedia("image", `data:image/png;base64,${btoa("secret")}`)
    ].map((media) =>
      [
        String(media),
        JSON.stringify(media),
        inspect(media, { depth: 9 }),
        inspect({ media }, { showHidden: true })
      ].join()
    )
    for (const text of shown) {
      assert.notInclude(text, "secret")
      assert.notInclude(text, "pass")
      assert.notInclude(text, "115")
      assert.notInclude(text, btoa("secret"))
    }
  })
})
