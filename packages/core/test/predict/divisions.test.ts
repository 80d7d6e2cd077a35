// Media that do not go whole: what a `divide` hook may count on.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { clarifai, models, sightline } from "../../src/index.ts"
import {
  type SplitRequest,
  definePlugin,
  type DividedCall,
  type Division,
  Media,
  MediaUnreadable,
  source
} from "../../src/plugin.ts"
import { type FakeCall, fakeConnection } from "../../src/testing.ts"

const part = (index: number, bytes = new Uint8Array(30).fill(index)): DividedCall => ({
  kind: "video",
  media: [new Media("video", { from: "bytes", bytes })],
  sampleMs: 500,
  note: `part ${index}`,
  frames: (outputs) =>
    outputs.flatMap(({ data }) =>
      (data?.frames ?? []).map((frame) => ({
        ...frame,
        frame_info: { index, time: index * 10_000 + (frame.frame_info?.time ?? 0) }
      }))
    )
})

const failure = (problem: string) => new MediaUnreadable({ media: "the clip", problem })

/** Adds `app.clip()`, a video, and cuts every video into parts made by `calls`. */
const divider = (calls: Division["calls"], asked: Array<SplitRequest> = []) =>
  definePlugin({
    name: "divider",
    version: 1,
    sources: {
      clip: () =>
        source("clip", [], Effect.succeed(new Media("video", { from: "url", url: "https://videos.test/a.mp4" })))
    },
    hooks: {
      divide: (media) =>
        media.kind !== "video"
          ? undefined
          : {
              calls: (of) => {
                asked.push(of)
                return calls(of)
              },
              planned: calls,
              failed: (_, answered) => failure(`after ${answered.length} frames`)
            }
    }
  })

const ok = { code: 10000, description: "Ok" }
const answer = () => ({
  status: ok,
  outputs: [{ id: "o", status: ok, data: { frames: [{ frame_info: { index: 0, time: 7 }, data: {} }] } }]
})
const parts = (n: number) => () => Stream.map(Stream.range(0, n - 1), (index) => part(index))

describe("a medium that is divided", () => {
  it("becomes one answer whose frames come in order, whichever call is answered first", async () => {
    let calls = 0
    const connection = fakeConnection(async () => {
      const mine = calls++
      if (mine % 2 === 0) await new Promise((later) => setTimeout(later, 20))
      return answer()
    })
    const { frames } = await sightline(connection)
      .use(divider(parts(6)))
      .clip()
      .predict(models.general)
      .run()
    assert.deepStrictEqual(
      frames.map(({ timeMs }) => timeMs),
      [7, 10_007, 20_007, 30_007, 40_007, 50_007]
    )
  })
  it("asks with the distance of frames that each call wants, and hears what was asked of the whole", async () => {
    const asked: Array<SplitRequest> = []
    const connection = fakeConnection(answer, { limits: { maxVideoMs: 123 } })
    await sightline(connection)
      .use(divider(parts(1), asked))
      .clip()
      .predict(models.general)
      .run()
    assert.deepNestedPropertyVal(
      connection.calls[0]?.body,
      "model.model_version.output_info.output_config.sample_ms",
      500
    )
    assert.propertyVal(asked[0], "connection", "fake")
    assert.deepNestedPropertyVal(asked[0], "limits.maxVideoMs", 123)
  })
  it("is told by a plan as the calls it makes, with their notes, and no call is made for that", async () => {
    const connection = fakeConnection(answer)
    const plan = await sightline(connection)
      .use(divider(parts(3)))
      .clip()
      .predict(models.general)
      .plan()
    assert.deepStrictEqual(
      plan.calls.map(({ items }) => items),
      [1, 1, 1]
    )
    assert.deepStrictEqual(plan.notes, ["part 0", "part 1", "part 2"])
    assert.lengthOf(connection.calls, 0)
  })
  it("makes few calls ahead of those that are answered", async () => {
    let made = 0
    let answered = 0
    let most = 0
    const counting = () =>
      Stream.map(Stream.rechunk(Stream.range(0, 19), 1), (index) => {
        most = Math.max(most, ++made - answered)
        return part(index)
      })
    const connection = fakeConnection(async () => {
      await new Promise((later) => setTimeout(later, 5))
      answered++
      return answer()
    })
    await sightline(connection).use(divider(counting)).clip().predict(models.general).run()
    assert.strictEqual(answered, 20)
    assert.isAtMost(most, 5)
  })
  it("ends with what the division makes of a failure, given the frames answered before", async () => {
    let calls = 0
    const connection = fakeConnection(() => (calls++ < 3 ? answer() : { status: { code: 11102, description: "no" } }), {
      limits: { maxAttempts: 1 }
    })
    const result = await sightline(connection)
      .use(divider(parts(8)))
      .clip()
      .predict(models.general)
      .result()
    assert.isFalse(result.ok)
    assert.include(String(result.ok ? "" : result.error), "after 3 frames")
  })
  it("ends so, too, when the division itself fails between calls", async () => {
    const connection = fakeConnection(answer)
    const failing = () => Stream.concat(parts(2)(), Stream.fail(failure("cutting")))
    const result = await sightline(connection).use(divider(failing)).clip().predict(models.general).result()
    assert.include(String(result.ok ? "" : result.error), "after 2 frames")
    assert.lengthOf(connection.calls, 2)
  })
  it("goes beside media that go whole, each with its own outcome", async () => {
    const connection = fakeConnection(({ body }: FakeCall) =>
      JSON.stringify(body).includes("base64") ? answer() : { status: ok, outputs: [{ status: ok, data: {} }] }
    )
    const outcomes = await sightline(connection)
      .use(divider(parts(2)))
      .inputs([
        new Media("video", { from: "url", url: "https://videos.test/a.mp4" }),
        new Media("image", { from: "url", url: "https://images.test/b.jpg" })
      ])
      .predict(models.general)
      .run()
    assert.deepStrictEqual(
      outcomes.map(({ ok: well }) => well),
      [true, true]
    )
    assert.lengthOf(connection.calls, 3)
  })
})

describe("bodies of calls that follow each other", () => {
  /** A service that answers each part with its first byte as the time, over a real socket. */
  const bodies = async (calls: number, sizeOf: (index: number) => number, refuse: (call: number) => boolean) => {
    const heard: Array<string> = []
    let seen = 0
    const server = createServer((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        if (refuse(seen++)) return response.writeHead(503).end("{}")
        const text = Buffer.concat(chunks).toString()
        heard.push(text)
        const sent: {
          readonly inputs: ReadonlyArray<{ readonly data: { readonly video: { readonly base64: string } } }>
        } = JSON.parse(text)
        const bytes = Buffer.from(sent.inputs[0]?.data.video.base64 ?? "", "base64")
        const same = bytes.every((byte) => byte === bytes[0])
        const frame = { frame_info: { index: 0, time: same ? bytes.length : -1 }, data: {} }
        response.end(JSON.stringify({ status: ok, outputs: [{ status: ok, data: { frames: [frame] } }] }))
      })
    })
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
    const { port } = server.address() as AddressInfo // a TCP server has one
    const made = () =>
      Stream.map(Stream.rechunk(Stream.range(0, calls - 1), 1), (index) => ({
        ...part(index, new Uint8Array(sizeOf(index)).fill(index + 1)),
        frames: part(0).frames
      }))
    const connection = clarifai({ pat: "key", userId: "u", appId: "a", baseUrl: `http://127.0.0.1:${port}` })
    try {
      const { frames } = await sightline(connection).use(divider(made)).clip().predict(models.general).run()
      return { times: frames.map(({ timeMs }) => timeMs), heard }
    } finally {
      await connection[Symbol.asyncDispose]()
      server.closeAllConnections()
      server.close()
    }
  }
  it("share memory and never content, whatever their sizes", async () => {
    const sizeOf = (index: number) => [90_000, 1_200_000, 10, 700_001, 2_500_000][index % 5] ?? 1
    const { heard, times } = await bodies(25, sizeOf, () => false)
    assert.deepStrictEqual(
      times,
      Array.from({ length: 25 }, (_, i) => sizeOf(i))
    )
    assert.lengthOf(heard, 25)
  })
  it("stay right when calls are refused and made again", async () => {
    const { times } = await bodies(
      12,
      () => 400_000,
      (call) => call % 5 === 1
    )
    assert.deepStrictEqual(times, Array(12).fill(400_000))
  }, 30_000)
})
