import { assert, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { noSecrets } from "../../src/errors/secrets.ts"
import { fork } from "../../src/promise.ts"
import { makeCoalesce } from "../../src/predict/coalesce.ts"
import type { InputResult } from "../../src/predict/batch.ts"
import type { CallInput } from "../../src/predict/predict-call.ts"
import type { Endpoint } from "../../src/predict/endpoint.ts"

const target = (model: string): Endpoint => ({
  service: "model",
  model,
  kind: "image",
  path: `/${model}`,
  options: {},
  secrets: [],
  hidden: noSecrets,
  maxInputs: Infinity
})
const entry: CallInput = { encoded: { pieces: [], sizeBytes: 1 }, url: undefined }
const answer: InputResult = { ok: true, output: {}, attempts: 1, requestId: undefined }
const turn = Effect.promise(() => new Promise<void>((done) => void setTimeout(done, 5)))

it.live("calls wait for room, in order, and one that everybody gave up is never made", () =>
  Effect.gen(function* () {
    const sent: Array<string> = []
    const gate = yield* Deferred.make<void>()
    const dispatch = makeCoalesce({
      fork,
      concurrency: 1,
      fits: (_, { items }) => items < 2,
      send: ({ model }, entries) => {
        sent.push(`${model} ${entries.length}`)
        return Effect.as(
          Deferred.await(gate),
          entries.map(() => answer)
        )
      }
    })
    const ask = (model: string) => Effect.forkChild(dispatch(target(model), entry))
    const kept = [yield* ask("a"), yield* ask("a"), yield* ask("a")]
    const leaving = [yield* ask("b"), yield* ask("b")]
    kept.push(yield* ask("c"))
    while (sent.length === 0) yield* turn // on a busy machine the first turn may come late
    yield* turn
    assert.deepStrictEqual(sent, ["a 2"])
    for (const fiber of leaving) yield* Fiber.interrupt(fiber)
    yield* Deferred.succeed(gate, undefined)
    for (const fiber of kept) assert.strictEqual(yield* Fiber.join(fiber), answer)
    assert.deepStrictEqual(sent, ["a 2", "a 1", "c 1"])
  })
)

it.live("groups that are answered at once follow each other without end", () =>
  Effect.gen(function* () {
    const dispatch = makeCoalesce({
      fork,
      concurrency: 1,
      fits: (_, { items }) => items < 1,
      send: (_, entries) => Effect.succeed(entries.map(() => answer))
    })
    const all = Effect.forEach(Array.from({ length: 3000 }), () => dispatch(target("a"), entry), {
      concurrency: "unbounded"
    })
    assert.strictEqual((yield* Effect.timeout(all, "20 seconds")).length, 3000)
  })
)

it.live("who gave up before there was room is not sent", () =>
  Effect.gen(function* () {
    const sent: Array<number> = []
    const gate = yield* Deferred.make<void>()
    const dispatch = makeCoalesce({
      fork,
      concurrency: 1,
      fits: (_, { items }) => items < 2,
      send: (_, entries) => {
        sent.push(entries.length)
        return Effect.as(
          Deferred.await(gate),
          entries.map(() => answer)
        )
      }
    })
    const ask = Effect.forkChild(dispatch(target("a"), entry))
    const [first, second, leaving, kept] = [yield* ask, yield* ask, yield* ask, yield* ask]
    while (sent.length === 0) yield* turn
    yield* Fiber.interrupt(leaving)
    yield* Deferred.succeed(gate, undefined)
    for (const fiber of [first, second, kept]) assert.strictEqual(yield* Fiber.join(fiber), answer)
    assert.deepStrictEqual(sent, [2, 1])
  })
)
