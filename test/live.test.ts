/** Live streams over an engine: frames of a video as they are decoded, with every plugin, over gRPC and in this process. */
import { models, type CallEvent } from "@sightline/core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { dataBytes, hasData } from "@sightline/fixtures"
import { openService, type Service } from "./contract/services.ts"

/** Each test's service. */
const opened = (place: "grpc" | "process" | "socket") => {
  let service: Service | undefined
  beforeAll(async () => {
    service = await openService(place)
  })
  afterAll(() => service?.[Symbol.asyncDispose]())
  return () => service ?? assert.fail("the service did not open")
}

if (!hasData("video")) console.warn("skipped: live streams over frames of a video (there is no test data)")

describe.skipIf(!hasData("video")).each(["grpc", "process"] as const)("live streams over an engine's %s", (place) => {
  const service = opened(place)

  it("take the frames of a video, and answer as any other run", { timeout: 120_000 }, async () => {
    const events: Array<CallEvent> = []
    const app = service().watched((event) => events.push(event))
    const clip = dataBytes("video", "clarifai-sample_h264_no-audio.mp4")
    const chain = app.video(clip).sampleEvery({ ms: 2000 }).frames().predict(models.general)
    const shared = await Array.fromAsync(chain.stream())
    const calls = events.filter(({ type }) => type === "call").length
    const live = await Array.fromAsync(chain.stream({ live: "wait" }))
    assert.isAbove(live.length, 3)
    assert.isBelow(calls, live.length)
    assert.strictEqual(events.filter(({ type }) => type === "call").length - calls, live.length)
    const told = (outcomes: typeof live) =>
      outcomes.map((outcome) => [outcome.index, outcome.ok && outcome.value.concepts.map(({ name }) => name)])
    assert.deepStrictEqual(told(live), told(shared))
  })
  it("drop frames that come too fast, and say how many", { timeout: 120_000 }, async () => {
    const events: Array<CallEvent> = []
    const app = service().watched((event) => events.push(event))
    const clip = dataBytes("video", "clarifai-sample_h264_no-audio.mp4")
    const chain = app.video(clip).sampleEvery({ ms: 500 }).frames().predict(models.general)
    const all = await Array.fromAsync(chain.stream())
    const indices: Array<number> = []
    for await (const outcome of chain.stream({ live: "newest", concurrency: 1 })) {
      assert.isTrue(outcome.ok)
      indices.push(outcome.index)
    }
    const dropped = events.flatMap((event) => (event.type === "drop" ? [event.index] : []))
    assert.deepStrictEqual(
      [...indices, ...dropped].toSorted((a, b) => a - b),
      all.map(({ index }) => index)
    )
    assert.strictEqual(indices.at(-1), all.length - 1)
  })
})

describe("live streams over HTTP", () => {
  const service = opened("socket")
  it("are refused before an input is read", async () => {
    let read = 0
    const inputs = (function* () {
      read++
      yield new Uint8Array([1])
    })()
    const stream = service().app.inputs(inputs).predict(models.general).stream({ live: "newest" })
    const thrown: unknown = await Array.fromAsync(stream).catch((error: unknown) => error)
    assert.propertyVal(thrown, "_tag", "NotSupported")
    assert.strictEqual(read, 0)
  })
})
