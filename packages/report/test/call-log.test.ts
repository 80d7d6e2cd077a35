import { assert, describe, it } from "@effect/vitest"
import { type CallInfo, RateLimited, ServiceFailed, sightline, model, type CallEvent } from "@sightline/core"
import { recorder } from "../src/index.ts"
import { CallLog } from "../src/run/call-log.ts"
import { serviceOf } from "./support.ts"

const infoOf = (id: number, more: Partial<CallInfo> = {}): CallInfo => ({
  id,
  method: "POST",
  path: "/v2/users/me/apps/mine/models/general/outputs",
  model: "general",
  items: 2,
  bytes: 100,
  attempt: 1,
  ...more
})

const sent = (call: CallInfo, rateWaitMs = 0): CallEvent => ({ type: "call", call, rateWaitMs })
const answer = (call: CallInfo, requestId: string, code = 10000): CallEvent => ({
  type: "answer",
  call,
  httpStatus: 200,
  code,
  requestId,
  ms: 1
})

/** What is recorded of events at these times. */
const recorded = (events: ReadonlyArray<readonly [atMs: number, event: CallEvent]>, most = 1000) => {
  const log = new CallLog(most)
  for (const [atMs, event] of events) log.note(event, atMs)
  return log.read()
}

describe("recorded calls", () => {
  it("have their attempts with times from the first event, and the waits between them", () => {
    const busy = new RateLimited({ retryAfterMs: 300 })
    const [first, second] = [infoOf(1), infoOf(1, { attempt: 2 })]
    const { calls, durationMs } = recorded([
      [5000, sent(first, 40)],
      [5120.04, answer(first, "a", 11005)],
      [5120.06, { type: "retry", call: first, error: busy, waitMs: 300 }],
      [5420, sent(second)],
      [5500, answer(second, "b")]
    ])
    assert.deepStrictEqual(calls, [
      {
        id: 1,
        what: "general",
        predicts: true,
        items: 2,
        bytes: 100,
        attempts: [
          { startMs: 0, ms: 120, rateWaitMs: 40, code: 11005, httpStatus: 200, error: "RateLimited", retryWaitMs: 300 },
          { startMs: 420, ms: 80, code: 10000, httpStatus: 200 }
        ]
      }
    ])
    assert.strictEqual(durationMs, 500)
  })

  it("know the call that they came of, and the request that settled inputs", () => {
    const { byRequest, calls } = recorded([
      [0, sent(infoOf(1))],
      [10, answer(infoOf(1), "whole", 30002)],
      [11, sent(infoOf(2, { after: 1, items: 1 }))],
      [20, answer(infoOf(2), "half")]
    ])
    assert.deepStrictEqual(
      calls.map(({ parent }) => parent),
      [undefined, 1]
    )
    assert.deepStrictEqual(
      [...byRequest],
      [
        ["whole", 1],
        ["half", 2]
      ]
    )
  })

  it("that have no end last until the last event, and say so", () => {
    const { calls } = recorded([
      [0, sent(infoOf(1))],
      [5, sent(infoOf(2))],
      [90, { type: "failure", call: infoOf(2), error: new ServiceFailed({}), ms: 85 }]
    ])
    assert.deepStrictEqual(
      calls.map(({ attempts }) => attempts),
      [[{ startMs: 0, ms: 90, error: "Unanswered" }], [{ startMs: 5, ms: 85, error: "ServiceFailed" }]]
    )
  })

  it("name no ids of users, apps and inputs, and count calls beyond the limit", () => {
    const path = "/v2/users/anna/apps/secret-app/inputs/photo-of-anna"
    const { calls, more } = recorded(
      [1, 2, 3, 4].map((id) => [id, sent(infoOf(id, { method: "GET", path, model: undefined }))]),
      3
    )
    assert.deepStrictEqual([calls.map(({ what }) => what), more], [["GET inputs", "GET inputs", "GET inputs"], 1])
    const training = recorded([[0, sent(infoOf(9, { path: "/v2/models/pets/versions" }))]]).calls[0]
    assert.deepStrictEqual([training?.what, training?.predicts], ["POST models/versions", false])
  })

  it("add up times of stages and of plugins", () => {
    const stage = (name: string, plugin: string | undefined, ms: number): CallEvent => ({
      type: "stage",
      name,
      plugin,
      index: 0,
      ms
    })
    const { plugins, stages } = recorded([
      [0, stage("exif.upright", "exif", 10)],
      [1, stage("exif.upright", "exif", 5.25)],
      [2, stage("prepare", "exif", 2)],
      [3, stage("count", undefined, 1)]
    ])
    assert.deepStrictEqual(stages, [
      { name: "exif.upright", ms: 15.3, count: 2 },
      { name: "exif.prepare", ms: 2, count: 1 },
      { name: "count", ms: 1, count: 1 }
    ])
    assert.deepStrictEqual(plugins, [{ name: "exif", ms: 17.3, count: 3 }])
  })
})

describe("a recorder", () => {
  const general = model({ id: "general", task: "visual-classifier" })
  const service = () => serviceOf(() => ({ concepts: [{ id: "a", name: "a", value: 0.5 }] }))
  const urls = ["https://x.test/1.jpg", "https://x.test/2.jpg"]

  it("records the same as a listener, as a plugin, and as both", async () => {
    const ways = [
      (watch: ReturnType<typeof recorder>) => sightline(service(), { onEvent: watch.event }),
      (watch: ReturnType<typeof recorder>) => sightline(service()).use(watch.plugin),
      (watch: ReturnType<typeof recorder>) => sightline(service(), { onEvent: watch.event }).use(watch.plugin)
    ]
    for (const way of ways) {
      const watch = recorder({ now: () => 0 })
      await way(watch).inputs(urls).predict(general).run()
      const { calls } = watch.read()
      assert.deepStrictEqual(
        calls.map(({ attempts, items, what }) => [what, items, attempts.length]),
        [["general", 2, 1]]
      )
    }
  })
})
