// Files that are broken, lie or hold no pictures, and consumers that leave early.
import { assert, describe, it } from "@effect/vitest"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { createReadStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { dataJson, dataPath, hasData } from "@sightline/fixtures"
import { Effect, Stream } from "effect"
import {
  Decoder,
  decodeFrames,
  type DecodeOptions,
  openVideo,
  sampleFrames,
  splitVideo,
  type VideoInput
} from "../../src/index.ts"
import { isVideoError } from "../../src/errors.ts"

interface Hostile {
  readonly files: Record<
    string,
    { readonly expect: "error" | "decodes" | "either" | "bounded"; readonly magic: string }
  >
}

/** The times of the frames that came, and the error that ended them. */
const outcome = async (input: VideoInput, options: DecodeOptions = {}) => {
  const timesMs: Array<number> = []
  try {
    for await (const { timeMs } of decodeFrames(input, { maxSide: 64, ...options })) timesMs.push(timeMs)
    return { timesMs, error: undefined }
  } catch (error) {
    return { timesMs, error }
  }
}

/** Tests serve clips on this machine. */
const trusted = { allowPrivate: true } as const

const isPicture = (magic: string) => magic.startsWith("image/") && magic !== "image/gif"

describe.skipIf(!hasData("hostile"))("hostile files", () => {
  const files = hasData("hostile")
    ? (dataJson("hostile", "expected.json") as Hostile).files // its shape is described in the file itself
    : {}
  it.each(Object.entries(files))("%s settles with frames or a typed error", async (name, { expect, magic }) => {
    const { error, timesMs } = await outcome(readFileSync(dataPath("hostile", name)), {
      limits: { frames: 500, pixels: 4e7 }
    })
    assert.isTrue(error === undefined || isVideoError(error), String(error))
    // a still picture is no video, however sound it is
    if (expect === "error" || isPicture(magic)) assert.isDefined(error)
    if (expect === "decodes" && !isPicture(magic))
      assert.isTrue(error === undefined && timesMs.length > 0, String(error))
  })
})

describe.skipIf(!hasData("video"))("files cut short", () => {
  const names = hasData("video")
    ? readdirSync(dataPath("video")).filter((name) => /\.(mp4|mkv|webm|avi|3gp|mov)$/.test(name))
    : []
  it.each(names)("%s: what was readable is answered as before, then the error says where it ended", async (name) => {
    const bytes = readFileSync(dataPath("video", name))
    const whole = await outcome(bytes, { everyMs: 200 })
    const half = await outcome(bytes.subarray(0, bytes.length / 2), { everyMs: 200 })
    assert.isUndefined(whole.error)
    assert.deepStrictEqual(half.timesMs, whole.timesMs.slice(0, half.timesMs.length))
    assert.propertyVal(half.error, "_tag", "VideoDamaged")
    assert.propertyVal(half.error, "reason", "truncated")
    const ended = half.error instanceof Error && "endedAtMs" in half.error ? Number(half.error.endedAtMs) : Number.NaN
    assert.isAtMost(ended, whole.timesMs.at(-1) ?? 0)
    if (half.timesMs.length > 0) assert.isAbove((half.timesMs.at(-1) ?? 0) + 2000, ended)
  })
})

describe("inputs that are no videos", () => {
  it.each([
    ["nothing", new Uint8Array(0), "empty"],
    ["text", new TextEncoder().encode("#EXTM3U\n#EXT-X-VERSION:3\nhttp://127.0.0.1:9/x.ts\n"), "not-a-video"],
    ["noise", Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251), "not-a-video"]
  ] as const)("%s fails as %s", async (_, bytes, reason) => {
    assert.propertyVal((await outcome(bytes)).error, "reason", reason)
  })
  it("a picture is told so in words", async () => {
    const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0)
    for (const bytes of [Buffer.from(png, "base64"), Buffer.concat([jpeg, new Uint8Array(4000)])]) {
      const { error } = await outcome(bytes)
      assert.propertyVal(error, "reason", "not-a-video")
      assert.match(String(error), /no known (video )?container begins like this/)
    }
  })
  it("a path that is not there says so", async () => {
    const { error } = await outcome({ path: "/no/such/clip.mp4" })
    assert.propertyVal(error, "_tag", "VideoSourceError")
    assert.include(String(error), "there is no such file")
  })
  it.each(["clip.mp4", "/etc/passwd", "file:///etc/passwd", " ../clip.mp4", "ftp://127.0.0.1/clip.mp4", ""])(
    "the string %j never names a file",
    async (text) => {
      const { error } = await outcome(text)
      assert.propertyVal(error, "_tag", "VideoSourceError")
      assert.include(String(error), "give file(")
    }
  )
  it.skipIf(!hasData("audio"))("sound alone is told from a broken file", async () => {
    const name = readdirSync(dataPath("audio")).find((file) => file.endsWith(".m4a"))
    const { error } = await outcome(readFileSync(dataPath("audio", name ?? "")))
    assert.propertyVal(error, "reason", "no-video-track")
  })
})

describe.skipIf(!hasData("video"))("where the bytes come from", () => {
  const path = hasData("video") ? dataPath("video", "bikes_h264_no-audio.mp4") : ""
  const seconds = Array.from({ length: 10 }, (_, i) => i * 1000)
  it("a file, a Blob, streams, bytes and a data: address give the same frames", async () => {
    const bytes = readFileSync(path)
    const inputs: ReadonlyArray<VideoInput> = [
      new Blob([bytes]),
      new Blob([bytes]).stream(),
      createReadStream(path),
      pathToFileURL(path),
      bytes,
      new Uint8Array(bytes).buffer,
      `data:video/mp4;base64,${bytes.toString("base64")}`
    ]
    for (const input of inputs) assert.deepStrictEqual((await outcome(input)).timesMs, seconds)
  })
  it("bytes are left as they are, those of a Buffer too, by showing and by cutting", async () => {
    const given = readFileSync(path)
    const before = new Uint8Array(given)
    const video = await openVideo(given)
    let parts = 0
    for await (const part of splitVideo(video, { bytes: 1e8, ms: 4000, alignMs: 1000, onGrid: true })) {
      parts++
      assert.isNotEmpty((await outcome(part.bytes)).timesMs)
    }
    await video.close()
    assert.isAbove(parts, 1)
    assert.deepStrictEqual((await outcome(given)).timesMs, seconds)
    assert.isTrue(before.every((byte, i) => byte === given[i]))
  })
  it("what a stream was spooled to is gone afterwards", async () => {
    const spools = () => readdirSync(tmpdir()).filter((name) => name.startsWith("sightline-video-"))
    const before = spools()
    const video = await openVideo(new Blob([readFileSync(path)]).stream())
    const spooled = video.bytes.path ?? ""
    assert.isTrue(existsSync(spooled))
    await video.close()
    assert.isFalse(existsSync(spooled))
    assert.isAtMost(spools().length, before.length + 5) // other tests may spool at the same time
  })
  it("a server with ranges is read in parts, one without as a whole, and a refusal is told", async () => {
    const bytes = readFileSync(path)
    let sent = 0
    const server = createServer((request, response) => {
      const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "")
      if (request.url === "/gone") response.writeHead(404).end()
      else if (request.url === "/whole" || range === null) response.writeHead(200).end(bytes)
      else {
        const [from, to] = [Number(range[1]), Math.min(Number(range[2]), bytes.length - 1)]
        sent += to + 1 - from
        response
          .writeHead(206, { "content-range": `bytes ${from}-${to}/${bytes.length}` })
          .end(bytes.subarray(from, to + 1))
      }
    })
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
    const address = server.address() as AddressInfo // a TCP server has one
    const at = (name: string) => `http://127.0.0.1:${address.port}/${name}`
    try {
      assert.deepStrictEqual((await outcome(at("ranges"), trusted)).timesMs, seconds)
      assert.isAbove(sent, 0)
      assert.deepStrictEqual((await outcome(at("whole"), trusted)).timesMs, seconds)
      const { error } = await outcome(at("gone"), trusted)
      assert.include(String(error), "HTTP 404")
      const bounded = await outcome(at("ranges"), { ...trusted, limits: { bytes: 1000 } })
      assert.propertyVal(bounded.error, "limit", "bytes")
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
  it.live("a server that never answers does not hold whoever gives up", () =>
    Effect.gen(function* () {
      const server = createServer(() => {})
      yield* Effect.promise(() => new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening)))
      const address = server.address() as AddressInfo // a TCP server has one
      const decoder = yield* Decoder
      const opened = Effect.scoped(decoder.open(`http://127.0.0.1:${address.port}/a.mp4`, trusted))
      const result = yield* Effect.result(Effect.timeout(opened, "200 millis"))
      assert.strictEqual(result._tag, "Failure")
      server.closeAllConnections()
      server.close()
    }).pipe(Effect.provide(Decoder.layer))
  )
  it("limits on frames and time end the answer after what they allow", async () => {
    assert.deepStrictEqual((await outcome({ path }, { limits: { frames: 3 } })).timesMs, [0, 1000, 2000])
    assert.propertyVal((await outcome({ path }, { limits: { frames: 3 } })).error, "limit", "frames")
    assert.propertyVal((await outcome({ path }, { limits: { ms: 4000 } })).error, "limit", "ms")
    assert.propertyVal((await outcome({ path }, { limits: { pixels: 1000 } })).error, "limit", "pixels")
  })
})

describe.skipIf(!hasData("video"))("a consumer that leaves", () => {
  const path = hasData("video") ? dataPath("video", "cars_12.5fps_h264_aac_30s.mp4") : ""
  it("stops the decoding, and the video can be shown again", async () => {
    const video = await openVideo({ path })
    let seen = 0
    const options = {
      render: { form: "jpeg", quality: 50, maxSide: 64 },
      onProgress: () => {
        seen++
      }
    } as const
    for await (const { index } of sampleFrames(video, { kind: "all", fromMs: 0, toMs: Infinity }, options))
      if (index === 4) break
    assert.strictEqual(seen, 5)
    let count = 0
    for await (const _ of sampleFrames(video, { kind: "keyframes", fromMs: 0, toMs: Infinity }, options)) count++
    assert.strictEqual(count, 7)
    await video.close()
  })
  it("does not make memory grow when that is done again and again", async () => {
    const once = async () => {
      for await (const { index } of decodeFrames({ path }, { form: "rgb" })) if (index === 1) break
    }
    for (let i = 0; i < 10; i++) await once()
    const before = process.memoryUsage().rss
    for (let i = 0; i < 40; i++) await once()
    // the decoders of 40 runs left behind would hold more than this
    assert.isBelow(process.memoryUsage().rss - before, 100 * 1024 * 1024)
  })
  it.live("releases the video when a stream of the service is cut off", () =>
    Effect.gen(function* () {
      const decoder = yield* Decoder
      const folder = mkdtempSync(join(tmpdir(), "sightline-left-"))
      const copy = join(folder, "clip.mp4")
      writeFileSync(copy, readFileSync(path))
      const times = yield* Effect.scoped(
        Effect.gen(function* () {
          const video = yield* decoder.open({ path: copy })
          const frames = decoder.frames(
            video,
            { kind: "every", everyMs: 500, fromMs: 0, toMs: Infinity },
            { render: { form: "jpeg", quality: 50, maxSide: 64 } }
          )
          return yield* Stream.runCollect(Stream.take(frames, 3))
        })
      )
      assert.deepStrictEqual(
        times.map(({ timeMs }) => timeMs),
        [0, 500, 1000]
      )
      if (existsSync("/proc/self/fd")) {
        const open = readdirSync("/proc/self/fd").length
        assert.isBelow(open, 200)
      }
      rmSync(folder, { recursive: true })
    }).pipe(Effect.provide(Decoder.layer))
  )
})
