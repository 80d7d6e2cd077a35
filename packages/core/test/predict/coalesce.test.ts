import { assert, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { noSecrets } from "../../src/errors/secrets.ts"
import { fork } from "../../src/promise.ts"
import { Permit } from "../../src/call/call-permit.ts"
import { Deadline } from "../../src/call/deadline.ts"
import { type CoalesceOptions, makeCoalesce } from "../../src/predict/coalesce.ts"
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

/** A coalesce whose calls are noted and answered by `answer`. */
const noting = (
  answer: (inputs: ReadonlyArray<CallInput>) => Effect.Effect<ReadonlyArray<InputResult>>,
  fits: CoalesceOptions["fits"] = () => true
) => {
  const sent: Array<ReadonlyArray<string | undefined>> = []
  const predict = makeCoalesce({
    fork,
    concurrency: 8,
    fits,
    send: ({ model }, inputs) => {
      sent.push([model, ...inputs.map(({ url }) => url)])
      return answer(inputs)
    }
  })
  return { predict, sent }
}
const inputOf = (url: string, sizeBytes = 1): CallInput => ({ encoded: { pieces: [], sizeBytes }, url })
const echo = (inputs: ReadonlyArray<CallInput>) =>
  Effect.succeed(
    inputs.map(({ url }): InputResult => ({ ok: true, output: { id: url ?? "" }, attempts: 1, requestId: undefined }))
  )

it.live("each caller of a turn gets the result of its own input, and calls are full in order", () =>
  Effect.gen(function* () {
    const { predict, sent } = noting(echo, (_, { bytes }, sizeBytes) => bytes + sizeBytes <= 10)
    const inputs = [inputOf("a", 6), inputOf("b", 4), inputOf("c", 1), inputOf("d", 20), inputOf("e", 1)]
    const results = yield* Effect.forEach(inputs, (input) => predict(target("m"), input), { concurrency: "unbounded" })
    assert.deepStrictEqual(
      results.map((result) => result.ok && result.output.id),
      ["a", "b", "c", "d", "e"]
    )
    assert.deepStrictEqual(sent, [
      ["m", "a", "b"],
      ["m", "c"],
      ["m", "d"],
      ["m", "e"]
    ])
  })
)

it.live("inputs of different endpoints share no call", () =>
  Effect.gen(function* () {
    const { predict, sent } = noting(echo)
    const ask = (model: string, url: string) => predict(target(model), inputOf(url))
    yield* Effect.all([ask("m", "a"), ask("n", "b"), ask("m", "c")], { concurrency: "unbounded" })
    assert.deepStrictEqual(sent, [
      ["m", "a", "c"],
      ["n", "b"]
    ])
    yield* ask("m", "d")
    assert.deepStrictEqual(sent.at(-1), ["m", "d"])
  })
)

it.live("a defect reaches all callers of its call", () =>
  Effect.gen(function* () {
    const { predict } = noting(() => Effect.die("broken"))
    const exits = yield* Effect.forEach(["a", "b"], (url) => Effect.exit(predict(target("m"), inputOf(url))), {
      concurrency: "unbounded"
    })
    for (const exit of exits) assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
  })
)

it.live("the last caller that leaves stops the call, and none before it", () =>
  Effect.gen(function* () {
    const state = { started: false, stopped: false }
    const { predict } = noting(() =>
      Effect.onInterrupt(
        Effect.suspend(() => {
          state.started = true
          return Effect.never
        }),
        () => Effect.sync(() => void (state.stopped = true))
      )
    )
    const first = yield* Effect.forkChild(predict(target("m"), inputOf("a")))
    const second = yield* Effect.forkChild(predict(target("m"), inputOf("b")))
    while (!state.started) yield* turn
    yield* Fiber.interrupt(first)
    assert.isFalse(state.stopped)
    yield* Fiber.interrupt(second)
    assert.isTrue(state.stopped)
  })
)

it.live("a caller's deadline is not that of the call", () =>
  Effect.gen(function* () {
    const seen: Array<number> = []
    const { predict } = noting((inputs) =>
      Effect.flatMap(Deadline, ({ atMs }) => {
        seen.push(atMs)
        return echo(inputs)
      })
    )
    yield* Effect.provideService(predict(target("m"), inputOf("a")), Deadline, { atMs: 1, timeoutMs: 1 })
    assert.deepStrictEqual(seen, [Infinity])
  })
)

it.live("callers of different permits share no call", () =>
  Effect.gen(function* () {
    const { predict, sent } = noting(echo)
    const ask = (name: string | undefined, url: string) => {
      const asked = predict(target("m"), inputOf(url))
      return name === undefined ? asked : Effect.provideService(asked, Permit, { name, ask: () => Effect.void })
    }
    yield* Effect.all([ask("p", "a"), ask("q", "b"), ask(undefined, "c"), ask("p", "d")], { concurrency: "unbounded" })
    assert.deepStrictEqual(sent, [
      ["m", "a", "d"],
      ["m", "b"],
      ["m", "c"]
    ])
  })
)

it.live("who gave up within the turn takes no place in a call", () =>
  Effect.gen(function* () {
    const { predict, sent } = noting(echo, (_, { items }) => items < 2)
    const ask = (url: string) => Effect.forkChild(predict(target("m"), inputOf(url)), { startImmediately: true })
    const [first, leaving, second] = [yield* ask("a"), yield* ask("b"), yield* ask("c")]
    yield* Fiber.interrupt(leaving)
    for (const fiber of [first, second]) yield* Fiber.join(fiber)
    assert.deepStrictEqual(sent, [["m", "a", "c"]])
  })
)
