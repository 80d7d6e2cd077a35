import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type CallError, MediaUnreadable, NotFound } from "../../src/errors/errors.ts"
import { Media } from "../../src/media/media.ts"
import type { InputResult } from "../../src/predict/batch.ts"
import type { Endpoint } from "../../src/predict/endpoint.ts"
import type { CallInput } from "../../src/predict/predict-call.ts"
import {
  type DividedCall,
  type Division,
  planDivision,
  predictDivision,
  type SplitRequest
} from "../../src/predict/split-media.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"
import { endpointOf } from "./inputs.ts"

const connection = fakeConnection(() => ({}), { limits: { maxVideoMs: 123 } })
const whole = endpointOf({ kind: "video", options: { sampleMs: 1000, top: 2 } })
const part = (time: number, more: Partial<DividedCall> = {}): DividedCall => ({
  kind: "video",
  media: [new Media("video", { from: "bytes", bytes: Uint8Array.of(time) })],
  sampleMs: 500,
  frames: (outputs) => outputs.map((_, index) => ({ frame_info: { index, time } })),
  ...more
})
const divisionOf = (calls: Division["calls"], failed: Division["failed"] = (error) => error): Division => ({
  calls,
  planned: calls,
  failed
})
const good = (id: string, attempts = 1): InputResult => ({
  ok: true,
  output: { id, data: { concepts: [] } },
  attempts,
  requestId: `request ${id}`
})
const bad = (error: CallError): InputResult => ({ ok: false, error, attempts: 2, requestId: undefined })
/** Predicts with the n-th of these answers for the n-th call, and notes what was sent. */
const predict = (division: Division, answers: ReadonlyArray<ReadonlyArray<InputResult>>, endpoint = whole) => {
  const sent: Array<readonly [Endpoint, ReadonlyArray<CallInput>]> = []
  return Effect.map(
    predictDivision(division, endpoint, connection, (to, inputs) =>
      Effect.suspend(() => Effect.succeed(answers[sent.push([to, inputs]) - 1] ?? []))
    ),
    (result) => ({ result, sent })
  )
}

describe("a divided medium", () => {
  it.effect("is one output: the facts of the first call, and the frames of all in order", () =>
    Effect.gen(function* () {
      const answers = [[good("a", 1)], [good("b", 3), good("c", 2)], [good("d", 1)]]
      const { result, sent } = yield* predict(
        divisionOf(() => Stream.make(part(0), part(1), part(2))),
        answers
      )
      assert.deepStrictEqual(result, {
        ok: true,
        output: {
          id: "a",
          data: {
            frames: [
              { frame_info: { index: 0, time: 0 } },
              { frame_info: { index: 0, time: 1 } },
              { frame_info: { index: 1, time: 1 } },
              { frame_info: { index: 0, time: 2 } }
            ]
          }
        },
        attempts: 5,
        requestId: "request d"
      })
      assert.lengthOf(sent, 3)
    })
  )
  it.effect("is sent with the kind and the distance of frames of each call, and its other options", () =>
    Effect.gen(function* () {
      const address = new Media("image", { from: "url", url: "https://x.test/f.jpg" })
      const frames = part(1, { kind: "image", sampleMs: undefined, media: [address] })
      const { sent } = yield* predict(
        divisionOf(() => Stream.make(part(0), frames)),
        [[good("a")], [good("b")]]
      )
      assert.deepStrictEqual(
        sent.map(([{ kind, options, path }]) => [kind, options, path]),
        [
          ["video", { top: 2, sampleMs: 500 }, whole.path],
          ["image", { top: 2 }, whole.path]
        ]
      )
      const [[bytes], [url]] = sent.map(([, inputs]) => inputs) as [ReadonlyArray<CallInput>, ReadonlyArray<CallInput>]
      assert.deepStrictEqual(bytes?.encoded.pieces[1], Uint8Array.of(0))
      assert.isUndefined(bytes?.url)
      assert.strictEqual(url?.url, "https://x.test/f.jpg")
    })
  )
  it.effect("asks its plugin with what was asked of the whole", () =>
    Effect.gen(function* () {
      const asked: Array<SplitRequest> = []
      yield* predict(
        divisionOf((request) => {
          asked.push(request)
          return Stream.empty
        }),
        []
      )
      assert.deepStrictEqual(asked, [{ model: "m", sampleMs: 1000, connection: "fake", limits: connection.limits }])
    })
  )
  it.effect("without calls is an output without frames", () =>
    Effect.gen(function* () {
      const { result } = yield* predict(
        divisionOf(() => Stream.empty),
        []
      )
      assert.deepStrictEqual(result, { ok: true, output: { data: { frames: [] } }, attempts: 0, requestId: undefined })
    })
  )
  it.effect("fails with what its plugin makes of a failed call and the frames before it", () =>
    Effect.gen(function* () {
      const own = new MediaUnreadable({ media: "clip", problem: "cut off" })
      const seen: Array<unknown> = []
      const notFound = new NotFound({})
      const division = divisionOf(
        () => Stream.make(part(5), part(6), part(7)),
        (error, answered) => {
          seen.push(
            error,
            answered.map(({ timeMs }) => timeMs)
          )
          return own
        }
      )
      const { result } = yield* predict(division, [[good("a")], [good("b"), bad(notFound)], [good("c")]])
      assert.deepStrictEqual(result, { ok: false, error: own as never, attempts: 3, requestId: "request a" })
      assert.deepStrictEqual(seen, [notFound, [5]])
    })
  )
  it.effect("that turns out unreadable fails behind the calls before it", () =>
    Effect.gen(function* () {
      const unreadable = new MediaUnreadable({ media: "clip", problem: "no key frame" })
      const seen: Array<number> = []
      const division = divisionOf(
        () => Stream.concat(Stream.make(part(5)), Stream.fail(unreadable)),
        (error, answered) => {
          seen.push(answered.length)
          return error
        }
      )
      const { result } = yield* predict(division, [[good("a")]])
      assert(!result.ok)
      assert.strictEqual<unknown>(result.error, unreadable)
      assert.deepStrictEqual(seen, [1])
      assert.strictEqual(result.attempts, 1)
    })
  )
})

describe("the plan of a divided medium", () => {
  it.effect("lists the calls that are planned, with their notes, and makes none", () =>
    Effect.gen(function* () {
      const division: Division = {
        ...divisionOf(() => Stream.die("not for a plan")),
        planned: () => Stream.make(part(0, { note: "first" }), part(1))
      }
      const planned = yield* planDivision(division, whole, connection, ({ options }, inputs) => [
        options.sampleMs,
        inputs.length
      ])
      assert.deepStrictEqual(planned, [
        [[500, 1], "first"],
        [[500, 1], undefined]
      ])
    })
  )
})
