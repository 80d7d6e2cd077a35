import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import type { Connection } from "../../src/connection/connection.ts"
import { Media } from "../../src/media/media.ts"
import { type InputResult, predictBatch } from "../../src/predict/batch.ts"
import type { CallInput } from "../../src/predict/predict-call.ts"
import type { FakeCall } from "../../src/testing/fake-connection.ts"
import { inputsOf } from "../run/answers.ts"
import { runtimeOver, statusBody, withTime } from "../call/runtime.ts"
import { callInput, endpointOf, outputOf } from "./inputs.ts"

const endpoint = endpointOf()
const urlOf = (id: string) => `https://x.test/${id}.jpg`
const inputsFor = (ids: string): ReadonlyArray<CallInput> => Array.from(ids, (id) => callInput(urlOf(id), id))
/** The ids of a call's inputs, as one text. */
const idsOf = (call: FakeCall) =>
  inputsOf(call)
    .map(({ id }) => id ?? "?")
    .join("")
const good = (id: string) => outputOf({ id, url: urlOf(id) }, `of ${id}`)
const bad = (id: string, code: number) => outputOf({ id, url: urlOf(id) }, "", code)
const answered = (call: FakeCall, output: (id: string) => object = good, code = 10000) => ({
  status: { code, req_id: `r ${idsOf(call)}` },
  outputs: Array.from(idsOf(call), (id) => output(id))
})
/** Each result in short: its concept or the tag of its error, and its attempts. */
const summary = (results: ReadonlyArray<InputResult>) =>
  results.map(
    (result) => `${result.ok ? result.output.data?.concepts?.[0]?.name : result.error._tag} ${result.attempts}`
  )

const run = (answer: (call: FakeCall, nth: number) => unknown, inputs: ReadonlyArray<CallInput>, limits = {}) => {
  let nth = 0
  const fake = runtimeOver((call) => answer(call, nth++), { limits })
  return Effect.map(withTime(predictBatch(fake.runtime, endpoint, inputs)), (results) => ({
    ...fake,
    results,
    sent: () => fake.calls.map(idsOf)
  }))
}

describe("a batch", () => {
  it.effect("is one call, and each input gets its own output", () =>
    Effect.gen(function* () {
      const { results, sent } = yield* run((call) => {
        const { outputs, status } = answered(call)
        return { status, outputs: outputs.toReversed() }
      }, inputsFor("abc"))
      assert.deepStrictEqual(summary(results), ["of a 1", "of b 1", "of c 1"])
      assert.deepStrictEqual(sent(), ["abc"])
      assert.strictEqual(results[0]?.requestId, "r abc")
    })
  )
  it.effect("takes no output with another input's id for one of its own, alone or together", () =>
    Effect.gen(function* () {
      const alone = yield* run((call) => answered(call, () => good("z")), inputsFor("a"))
      assert.deepStrictEqual(summary(alone.results), ["MalformedAnswer 1"])
      const together = yield* run((call) => answered(call, (id) => good(id === "b" ? "z" : id)), inputsFor("abc"))
      assert.deepStrictEqual(summary(together.results), ["of a 1", "MalformedAnswer 1", "of c 1"])
      assert.deepStrictEqual(together.sent(), ["abc"])
    })
  )
  it.effect("repeats only those inputs that may be repeated, and counts their attempts", () =>
    Effect.gen(function* () {
      const { results, sent } = yield* run(
        (call, nth) =>
          nth === 0 ? answered(call, (id) => (id === "b" ? bad(id, 11005) : good(id)), 10010) : answered(call),
        inputsFor("abc")
      )
      assert.deepStrictEqual(summary(results), ["of a 1", "of b 2", "of c 1"])
      assert.deepStrictEqual(sent(), ["abc", "b"])
      assert.strictEqual(results[1]?.requestId, "r b")
    })
  )
  it.effect("stops repeating an input after the most attempts", () =>
    Effect.gen(function* () {
      const { events, results, sent } = yield* run(
        (call) => answered(call, (id) => (id === "a" ? bad(id, 11005) : good(id)), 10010),
        inputsFor("ab"),
        { maxAttempts: 3 }
      )
      assert.deepStrictEqual(summary(results), ["RateLimited 3", "of b 1"])
      assert.deepStrictEqual(sent(), ["ab", "a", "a"])
      const calls = events.flatMap((event) => (event.type === "call" ? [event.call] : []))
      assert.deepStrictEqual(
        calls.map(({ after, id, items }) => [id, items, after]),
        [
          [1, 2, undefined],
          [2, 1, 1],
          [3, 1, 2]
        ]
      )
    })
  )
  it.effect("does not repeat an input that failed for good", () =>
    Effect.gen(function* () {
      const { results, sent } = yield* run(
        (call) => answered(call, (id) => (id === "a" ? bad(id, 30104) : good(id)), 10010),
        inputsFor("ab")
      )
      assert.deepStrictEqual(summary(results), ["InputRejected 1", "of b 1"])
      assert.deepStrictEqual(sent(), ["ab"])
    })
  )
  it.effect("is split until the input that it was refused for is alone", () =>
    Effect.gen(function* () {
      const { results, sent } = yield* run(
        (call) => (idsOf(call).includes("c") ? Response.json(statusBody(11100), { status: 400 }) : answered(call)),
        inputsFor("abcd")
      )
      assert.deepStrictEqual(summary(results), ["of a 2", "of b 2", "InvalidRequest 3", "of d 3"])
      assert.deepStrictEqual(sent(), ["abcd", "ab", "cd", "c", "d"])
    })
  )
  it.effect("goes on without the input that the service names", () =>
    Effect.gen(function* () {
      const { results, sent } = yield* run(
        (call, nth) =>
          nth === 0 ? answered(call, (id) => bad(id, id === "b" ? 30101 : 30002), 10020) : answered(call),
        inputsFor("abc")
      )
      assert.deepStrictEqual(sent()[1], "ac")
      assert.deepStrictEqual(summary(results), ["of a 2", "InputRejected 1", "of c 2"])
    })
  )
  it.effect("that is refused in all of its parts is not searched to the last one", () =>
    Effect.gen(function* () {
      const ids = "abcdefghijklmnopqrstuvwxyzABCDEF"
      const { results, sent } = yield* run(() => Response.json(statusBody(11100), { status: 400 }), inputsFor(ids))
      assert.isTrue(results.every(({ ok }) => !ok))
      // 1 + 2 + 4 + 8 calls, and the 16 parts of two are not tried
      assert.lengthOf(sent(), 15)
    })
  )
  it.effect("whose one input was refused is not sent again", () =>
    Effect.gen(function* () {
      const { results, sent } = yield* run(() => Response.json(statusBody(11100), { status: 400 }), inputsFor("a"))
      assert.deepStrictEqual(summary(results), ["InvalidRequest 1"])
      assert.lengthOf(sent(), 1)
    })
  )
  it.effect("whose call failed as a whole fails each input with it", () =>
    Effect.gen(function* () {
      const { results, sent } = yield* run(() => Response.json(statusBody(11001), { status: 401 }), inputsFor("ab"))
      assert.deepStrictEqual(summary(results), ["Unauthorized 1", "Unauthorized 1"])
      assert.lengthOf(sent(), 1)
    })
  )
  it.effect("whose call has no answer at all fails each input with it", () =>
    Effect.gen(function* () {
      const { results, sent } = yield* run(() => new Response("<html>", { status: 502 }), inputsFor("ab"))
      assert.deepStrictEqual(summary(results), ["ServiceFailed 1", "ServiceFailed 1"])
      assert.deepStrictEqual(sent(), ["ab"])
    })
  )
  it.effect("is repeated whole where it is refused and all of its inputs may be repeated", () =>
    Effect.gen(function* () {
      const { results, sent } = yield* run(
        (call, nth) => (nth === 0 ? answered(call, (id) => bad(id, 11005), 10020) : answered(call)),
        inputsFor("abc")
      )
      assert.deepStrictEqual(summary(results), ["of a 2", "of b 2", "of c 2"])
      assert.deepStrictEqual(sent(), ["abc", "abc"])
    })
  )
  it.effect("that is refused repeats inputs that may be repeated, beside a call for the others", () =>
    Effect.gen(function* () {
      const statuses: Readonly<Record<string, number>> = { a: 11005, b: 30002, c: 30104 }
      const { results, sent } = yield* run(
        (call, nth) => (nth === 0 ? answered(call, (id) => bad(id, statuses[id] ?? 0), 10020) : answered(call)),
        inputsFor("abc")
      )
      assert.deepStrictEqual(summary(results), ["of a 2", "of b 2", "InputRejected 1"])
      assert.deepStrictEqual(sent(), ["abc", "b", "a"])
    })
  )
  it.effect("is searched to the last input where the first call answered one", () =>
    Effect.gen(function* () {
      const others = "abcdefghijklmnopqrstuvwxyzABCDEF"
      const { results, sent } = yield* run(
        (call, nth) =>
          nth === 0
            ? answered(call, (id) => (id === "0" ? good(id) : bad(id, 11005)), 10010)
            : Response.json(statusBody(11100), { status: 400 }),
        inputsFor(`0${others}`)
      )
      assert.strictEqual(results.filter(({ ok }) => ok).length, 1)
      assert.includeMembers(sent(), others.split(""))
    })
  )
  it.effect("is searched to the last input where a later call answered one", () =>
    Effect.gen(function* () {
      const [sound, refused] = ["abcdefghijklmnop", "ABCDEFGHIJKLMNOP"]
      const { results, sent } = yield* run(
        (call) =>
          refused.split("").some((id) => idsOf(call).includes(id))
            ? Response.json(statusBody(11100), { status: 400 })
            : answered(call, (id) => (id === "a" ? bad(id, 30104) : good(id)), 10010),
        inputsFor(sound + refused)
      )
      assert.strictEqual(results.filter(({ ok }) => ok).length, 15)
      assert.includeMembers(sent(), refused.split(""))
    })
  )
  it.effect("waits for an eighth to a quarter of a second before it repeats an input", () =>
    Effect.gen(function* () {
      let nth = 0
      const { calls, runtime } = runtimeOver((call) =>
        nth++ === 0 ? answered(call, (id) => (id === "a" ? bad(id, 11005) : good(id)), 10010) : answered(call)
      )
      const fiber = yield* Effect.forkChild(predictBatch(runtime, endpoint, inputsFor("ab")))
      const turns = Effect.promise(() => new Promise((go) => void setTimeout(go, 20)))
      yield* turns
      yield* TestClock.adjust(120)
      yield* turns
      assert.lengthOf(calls, 1)
      yield* TestClock.adjust(131)
      assert.deepStrictEqual(summary(yield* Fiber.join(fiber)), ["of a 2", "of b 1"])
      assert.lengthOf(calls, 2)
    })
  )
})

describe("a batch with a medium that does not go whole", () => {
  it.effect("sends each input alone, the divided one in the calls of its division", () =>
    Effect.gen(function* () {
      const part = (id: string) => ({
        kind: "image" as const,
        media: [new Media("image", { from: "url", url: urlOf(id) })],
        sampleMs: undefined,
        frames: () => [{ frame_info: { index: 0, time: id === "x" ? 0 : 1 } }]
      })
      const calls = () => Stream.make(part("x"), part("y"))
      const divided: CallInput = {
        encoded: { pieces: [], sizeBytes: 0 },
        url: undefined,
        division: { calls, planned: calls, failed: (error) => error }
      }
      const fake = runtimeOver((call) => ({
        status: { code: 10000 },
        outputs: inputsOf(call).map(() => ({
          status: { code: 10000 },
          data: { concepts: [{ name: "one", value: 1 }] }
        }))
      }))
      const results = yield* predictBatch(fake.runtime, endpoint, [...inputsFor("a"), divided])
      assert.lengthOf(fake.calls, 3)
      assert.deepStrictEqual(summary(results).at(0), "one 1")
      const [, second] = results
      assert(second?.ok === true)
      assert.deepStrictEqual(
        second.output.data?.frames?.map(({ frame_info }) => frame_info?.time),
        [0, 1]
      )
      assert.strictEqual(second.attempts, 2)
    })
  )
  it.effect.each<[string, first: Response | undefined, bodies: number, memories: number]>([
    ["is used again once its call was answered", undefined, 2, 1],
    [
      "is not used again where the first body of a repeat may still be on its way",
      Response.json(statusBody(11005), { status: 429 }),
      3,
      2
    ]
  ])("has bodies whose memory %s", ([, first, sent, memories]) =>
    Effect.gen(function* () {
      const bodies: Array<unknown> = []
      let nth = 0
      const answering = runtimeOver(
        (call) =>
          (nth++ === 0 ? first?.clone() : undefined) ?? {
            status: { code: 10000 },
            outputs: inputsOf(call).map(() => ({ status: { code: 10000 }, data: {} }))
          }
      )
      const { connection } = answering.runtime
      const fetch: Connection["fetch"] = (input, init) => {
        bodies.push(ArrayBuffer.isView(init?.body) ? init.body.buffer : undefined)
        return connection.fetch(input, init)
      }
      const releasing = Object.assign(fetch, { "~sightline/releasesBodies": () => true })
      const part = (byte: number) => ({
        kind: "image" as const,
        media: [new Media("image", { from: "bytes", bytes: new Uint8Array(1000).fill(byte) })],
        sampleMs: undefined,
        frames: () => []
      })
      // the second call begins when the first one was answered
      const calls = () =>
        Stream.fromIterable([1, 2]).pipe(
          Stream.rechunk(1),
          Stream.tap((at) => Effect.sleep(1000 * at)),
          Stream.map(part)
        )
      const divided: CallInput = {
        encoded: { pieces: [], sizeBytes: 0 },
        url: undefined,
        division: { calls, planned: calls, failed: (error) => error }
      }
      const { runtime } = runtimeOver(() => undefined, { connection: { fetch: releasing } })
      yield* withTime(predictBatch(runtime, endpoint, [divided]))
      for (const body of bodies) assert.instanceOf(body, ArrayBuffer)
      assert.lengthOf(bodies, sent)
      assert.strictEqual(new Set(bodies).size, memories)
    })
  )
})
