import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable } from "node:stream"
import { file } from "../../src/media/local-file.ts"
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
    assert.strictEqual(from(" https://images.test/a.jpg\n"), "url")
    assert.strictEqual(from(file("photo.jpg")), "file")
    assert.strictEqual(from(file("C:\\photos\\a.jpg")), "file")
    assert.strictEqual(from(file(new URL("file:///tmp/a%20b.jpg"))), "file")
    assert.strictEqual(from(Readable.from([Buffer.from("a")])), "stream")
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
    assert.throws(() => toMedia("image", 5), TypeError, /is number; give an address/)
    // @ts-expect-error for JavaScript callers
    assert.throws(() => toMedia("image", null), TypeError, /is null; give an address/)
    assert.throws(() => toMedia("image", "s3://bucket/a.jpg"), TypeError, /address of s3:/)
    assert.throws(() => toMedia("image", new URL("ftp://a.test/b")), TypeError, /URL of ftp:/)
    assert.throws(() => toMedia("image", " "), TypeError, /empty/)
    assert.throws(() => file(""), TypeError, /not empty/)
    assert.throws(() => file("a\0b"), TypeError, /null character/)
    assert.throws(() => file(new URL("https://a.test/b")), TypeError, /takes a path or a file: URL/)
    assert.throws(() => toMedia("image", new URL("file://host/share/a.jpg")), TypeError, /another machine/)
    assert.throws(() => file(new URL("file:///photos/..%2F..%2Fetc/passwd")), TypeError, /no encoded slash/)
    for (const address of ["http://", "https:///", "https://a b.test/c", "https://[::1/a.jpg", "http://a:99999/b"])
      assert.throws(() => toMedia("image", address), TypeError, /an address that cannot be read/)
  })
  it("and never read from the file system because of a string", () => {
    for (const text of ["/etc/passwd", "photo.jpg", "../a", "~/a", "C:\\a.jpg", "/dev/zero", "a\u0000b"])
      assert.throws(() => toMedia("image", text), TypeError, /pass file\(path\)/)
    for (const text of ["file:///etc/passwd", "FILE:/etc/passwd", " file:a"])
      assert.throws(() => toMedia("image", text), TypeError, /file: address as text/)
    const picture = Buffer.alloc(300_000, "picture").toString("base64")
    assert.throws(() => toMedia("image", picture), TypeError, /is a text of 400000 characters/)
    assert.throws(() => toMedia("image", "a.jpg?sig=secret"), TypeError, /is "a\.jpg\?…"/)
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
    assert.match(await problem(file("/no/such/file.jpg")), /there is no such file/)
    assert.match(await problem(file("/")), /is a folder/)
    assert.match(await problem(file("/dev/null")), /is no regular file/)
    assert.match(await problem(new Uint8Array()), /it is empty/)
  })

  it.skipIf(process.platform === "win32")(
    "refuses named pipes without waiting for somebody who writes to them",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "pipe-"))
      const pipe = join(folder, "photo.jpg")
      execFileSync("mkfifo", [pipe])
      // more than Node has threads for files: one that waited would keep all others from being read
      for (const found of await Promise.all(Array.from({ length: 8 }, () => problem(file(pipe)))))
        assert.match(found, /is no regular file/)
      rmSync(folder, { recursive: true })
    }
  )

  it("reads a stream of Node's, and says why one fails", async () => {
    const bytes = await Effect.runPromise(readBytes(toMedia("image", Readable.from([Buffer.from("ab"), "c"]))))
    assert.strictEqual(Buffer.from(bytes).toString(), "abc")
    const broken = Readable.from(
      (function* () {
        yield Buffer.from("a")
        throw new Error("disk on fire")
      })()
    )
    assert.match(await problem(broken), /the stream failed \(disk on fire\)/)
    assert.match(await problem(Readable.from([{ a: 1 }])), /objects instead of bytes/)
  })

  it("knows a URL and a Blob by class where they have no tag, as in older workers of Cloudflare", () => {
    const untagged = <A extends object>(value: A): A =>
      Object.defineProperty(value, Symbol.toStringTag, { value: undefined })
    assert.strictEqual(Object.prototype.toString.call(untagged(new URL("https://x.test/a.jpg"))), "[object Object]")
    assert.strictEqual(toMedia("image", untagged(new URL("https://x.test/a.jpg"))).source.from, "url")
    assert.strictEqual(toMedia("image", untagged(new Blob([Uint8Array.of(1)]))).source.from, "blob")
  })

  it("copies shared memory, which another thread may write", async () => {
    const shared = new SharedArrayBuffer(2)
    const view = new Uint8Array(shared)
    view.set([1, 2])
    for (const input of [shared, view]) {
      const media = toMedia("image", input)
      view.set([9, 9])
      const bytes = await Effect.runPromise(readBytes(media))
      assert.deepStrictEqual([[...bytes], bytes.buffer instanceof ArrayBuffer], [[1, 2], true])
      view.set([1, 2])
    }
  })

  it("reads no more of a file than is allowed, whatever its size says", async () => {
    const read = readBytes(toMedia("image", file("/proc/self/maps")), { maxBytes: 100 })
    if (existsSync("/proc/self/maps"))
      assert.match((await Effect.runPromise(Effect.flip(read))).message, /more than the 100 bytes/)
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
      readBytes(toMedia("image", file("big.jpg")), { maxBytes: 10 }).pipe(
        Effect.flip,
        Effect.provideService(Files, files)
      )
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
    assert.match(await problem(stream), /locked|read already/) // another medium over a stream that is used up
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
