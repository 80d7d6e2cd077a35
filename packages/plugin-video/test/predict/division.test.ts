// Which way a video takes to a model: whole, in parts, as images, by URL; and that the plan tells it.
import { assert, describe, it } from "@effect/vitest"
import { file, models, sightline } from "@sightline/core"
import { dataPath, hasData } from "@sightline/fixtures"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { video, type VideoOptions } from "../../src/index.ts"
import { bodyOf, service } from "../service.ts"

const MiB = 1024 * 1024
const clip = (name: string) => dataPath("video", name)
const times = (frames: ReadonlyArray<{ readonly timeMs: number }>) => frames.map(({ timeMs }) => timeMs)
const everySecond = (n: number) => Array.from({ length: n }, (_, i) => i * 1000)
const kinds = (connection: ReturnType<typeof service>) =>
  connection.calls.map((call) => Object.keys(bodyOf(call).inputs[0]?.data ?? {}).join())
const maxBytes = (bytes: number) => ({ image: MiB, text: MiB, audio: MiB, video: bytes })

/** A file behind a server that answers ranges; `sent` counts the bytes of its answers. */
const served = async (path: string, use: (url: string, sent: () => number) => Promise<void>) => {
  const bytes = readFileSync(path)
  let sent = 0
  const server = createServer((request, response) => {
    const [, from = "0", to = "0"] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? []
    const part = bytes.subarray(Number(from), Number(to) + 1)
    sent += part.byteLength
    response.writeHead(206, { "content-range": `bytes ${from}-${to}/${bytes.length}` }).end(part)
  })
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  const { port } = server.address() as AddressInfo // a TCP server has one
  try {
    await use(`http://127.0.0.1:${port}/clip.mp4?token=secret`, () => sent)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe.skipIf(!hasData("video"))("a video over the limits", () => {
  const long = hasData("video") ? clip("bottles_long-gop_40s_no-audio.mp4") : ""
  const oneKey = hasData("video") ? clip("chaplin_one-keyframe_h264_mp3.mp4") : ""

  it("goes in parts though its key pictures are further apart than a part should be large", async () => {
    const connection = service({ limits: { maxVideoMs: 20_000 } })
    const app = sightline(connection).use(video({ partBytes: 1000 }))
    const { frames } = await app.video(file(long)).predict(models.general).run()
    assert.isTrue(kinds(connection).every((kind) => kind === "video"))
    assert.isAbove(connection.calls.length, 2)
    assert.strictEqual(frames[0]?.timeMs, 0)
    assert.isAtLeast(frames.at(-1)?.timeMs ?? 0, 38_000)
  })
  it("is decoded here where it cannot be cut, as the plan tells", async () => {
    const connection = service({ limits: { maxVideoMs: 5000 } })
    const chain = sightline(connection)
      .use(video({ maxSide: 64 }))
      .video(file(oneKey))
      .predict(models.general)
    const plan = await chain.plan()
    assert.include(plan.notes.join(), "decoded here")
    assert.deepStrictEqual(times((await chain.run()).frames), everySecond(10))
    assert.deepStrictEqual(new Set(kinds(connection)), new Set(["image"]))
    assert.deepStrictEqual(
      plan.calls.map(({ items }) => items),
      connection.calls.map((call) => bodyOf(call).inputs.length)
    )
  })
  it("goes on as images from where it can be cut no further", async () => {
    // its key pictures come every two seconds at first, and then one after more than three
    const connection = service({ limits: { maxVideoMs: 3000 } })
    const chain = sightline(connection)
      .use(video({ maxSide: 64 }))
      .video(file(clip("vfr_screen-recording_h264.mp4")))
      .sampleEvery({ ms: 500 })
      .predict(models.general)
    const plan = await chain.plan()
    const { frames } = await chain.run()
    const seen = kinds(connection)
    assert.deepStrictEqual([seen[0], seen.at(-1)], ["video", "image"])
    assert.deepStrictEqual(
      plan.calls.map(({ items }) => items),
      connection.calls.map((call) => bodyOf(call).inputs.length)
    )
    for (const [i, timeMs] of times(frames).entries())
      assert.isTrue(i === 0 || (timeMs > (frames[i - 1]?.timeMs ?? 0) && timeMs - (frames[i - 1]?.timeMs ?? 0) <= 500))
    assert.strictEqual(frames.at(-1)?.timeMs, 8500)
  })
  it("fails where it cannot be cut and must not be decoded here", async () => {
    const app = sightline(service({ limits: { maxVideoMs: 5000 } })).use(video({ predict: "remote" }))
    const result = await app.video(file(oneKey)).predict(models.general).result()
    const error: unknown = result.ok ? undefined : result.error
    assert.propertyVal(error, "_tag", "VideoTooLarge")
    assert.propertyVal(error, "limit", "part")
  })
  it("is not sent whole in a body that is too large as base64", async () => {
    const connection = service({ limits: { maxBodyBytes: 400_000, maxBytes: maxBytes(MiB) } })
    await sightline(connection).use(video()).video(file(long)).predict(models.general).run()
    assert.isAbove(connection.calls.length, 1)
    for (const call of connection.calls) assert.isAtMost(JSON.stringify(call.body).length, 400_000)
  })
})

describe.skipIf(!hasData("video"))("a video by URL", () => {
  const path = hasData("video") ? clip("cars_12.5fps_h264_aac_30s.mp4") : ""
  const run = (url: string, options: VideoOptions, limits: NonNullable<Parameters<typeof service>[0]>["limits"]) => {
    const connection = service(limits === undefined ? {} : { limits })
    return {
      connection,
      chain: sightline(connection)
        .use(video({ allowPrivate: true, ...options }))
        .video(url)
        .predict(models.general)
    }
  }
  it("is not read here unless asked, and the plan says so", () =>
    served(path, async (url, sent) => {
      const { chain, connection } = run(url, {}, { maxVideoMs: 10_000 })
      const plan = await chain.plan()
      assert.include(plan.notes.join(), "fetchUrls")
      await chain.run()
      assert.strictEqual(sent(), 0)
      assert.strictEqual(bodyOf(connection.calls[0] ?? assert.fail("no call")).inputs[0]?.data.video?.url, url)
    }))
  it("within the limits goes as it is, read here only so far as its length needs", () =>
    served(path, async (url, sent) => {
      const { chain, connection } = run(url, { fetchUrls: true }, undefined)
      await chain.run()
      assert.strictEqual(bodyOf(connection.calls[0] ?? assert.fail("no call")).inputs[0]?.data.video?.url, url)
      assert.isBelow(sent(), readFileSync(path).length)
    }))
  it("over the limits is read by ranges and goes in parts, with each moment once", () =>
    served(path, async (url, sent) => {
      const { chain, connection } = run(url, { fetchUrls: true }, { maxVideoMs: 10_000 })
      const plan = await chain.plan()
      assert.include(plan.notes.join(), "cut into parts")
      const planned = sent()
      const { frames } = await chain.run()
      assert.strictEqual(plan.calls.length, connection.calls.length)
      assert.isTrue(connection.calls.every((call) => bodyOf(call).inputs[0]?.data.video?.base64 !== undefined))
      for (const [i, timeMs] of times(frames).entries())
        assert.isTrue(
          i === 0 || (timeMs > (frames[i - 1]?.timeMs ?? 0) && timeMs - (frames[i - 1]?.timeMs ?? 0) <= 1000)
        )
      assert.isAtLeast(frames.at(-1)?.timeMs ?? 0, 29_000)
      assert.isBelow(sent() - planned, readFileSync(path).length * 1.5)
    }))
  it("never shows its query in an error", () =>
    served(path, async (url) => {
      const refused = (async () => new Response(null, { status: 403 })) as typeof fetch
      const { chain } = run(url, { fetchUrls: true, fetch: refused }, undefined)
      const result = await chain.result()
      const error: unknown = result.ok ? undefined : result.error
      assert.propertyVal(error, "_tag", "VideoSourceError")
      assert.notInclude(String(error) + JSON.stringify(error), "secret")
    }))
})
