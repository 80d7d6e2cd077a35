import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { type Media, models, sightline, type CallEvent } from "../../src/index.ts"
import { definePlugin, stage, stageMany } from "../../src/plugin.ts"
import { fakeConnection } from "../../src/testing.ts"
import { body, output } from "../faults/answers.ts"
import { answerConcepts, inputsOf } from "../run/answers.ts"

const urlsFor = (n: number) => Array.from({ length: n }, (_, i) => `https://images.test/${i}.jpg`)

const watching = () => {
  const events: Array<CallEvent> = []
  return { events, onEvent: (event: CallEvent) => void events.push(event) }
}

const callsIn = (events: ReadonlyArray<CallEvent>) =>
  events.flatMap((event) => (event.type === "call" ? [{ ...event.call, rateWaitMs: event.rateWaitMs }] : []))

const stagesIn = (events: ReadonlyArray<CallEvent>) =>
  events.flatMap((event) => (event.type === "stage" ? [event] : []))

describe("events of calls", () => {
  it("name the call that a divided or repeated part of it comes of", async () => {
    const { events, onEvent } = watching()
    const connection = fakeConnection((call) => {
      const urls = inputsOf(call).map(({ data }) => (data as { readonly image: { readonly url: string } }).image.url)
      return urls.some((url) => url.endsWith("/2.jpg"))
        ? Response.json(body(30002), { status: 400 })
        : body(
            10000,
            urls.map((url) => output(url))
          )
    })
    const outcomes = await sightline(connection, { onEvent }).inputs(urlsFor(4)).predict(models.general).run()
    assert.deepStrictEqual(
      outcomes.map(({ ok }) => ok),
      [true, true, false, true]
    )
    const items = new Map(callsIn(events).map((call) => [call.id, call.items]))
    const tree = callsIn(events).map(({ after, items: own }) => [
      after === undefined ? undefined : items.get(after),
      own
    ])
    // the whole, its halves, and the two quarters of the half that was refused
    assert.deepStrictEqual(tree, [
      [undefined, 4],
      [4, 2],
      [4, 2],
      [2, 1],
      [2, 1]
    ])
  })

  it.effect("say how long an attempt waited for its turn at the connection's rate", () =>
    Effect.gen(function* () {
      const { events, onEvent } = watching()
      const connection = fakeConnection(answerConcepts({ train: 0.9 }), {
        limits: { inputsPerCall: { image: 1, video: 1, audio: 1, text: 1 } },
        perSecond: 1
      })
      const run = sightline(connection, { onEvent }).inputs(urlsFor(3)).predict(models.general).asEffect()
      const running = yield* Effect.forkChild(run)
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(running)
      assert.deepStrictEqual(
        callsIn(events).map(({ rateWaitMs }) => rateWaitMs),
        [0, 1000, 2000]
      )
    })
  )
})

describe("events of stages", () => {
  const slow = definePlugin({
    name: "slow",
    version: 1,
    verbs: {
      wait: (ms: number) => stage("slow.wait", { ms }, (image: Media<"image">) => Effect.as(Effect.sleep(ms), image)),
      halves: () =>
        stageMany("slow.halves", {}, (image: Media<"image">) =>
          Stream.mapEffect(Stream.make(image, image), (half) => Effect.as(Effect.sleep(50), half))
        ),
      fail: () =>
        stage("slow.fail", {}, (image: Media<"image">) => Effect.delay(Effect.fail(new Error(`no ${image.kind}`)), 5))
    },
    hooks: { prepare: (media) => Effect.as(Effect.sleep(30), media) }
  })

  const eventsOf = <A, E>(chain: (onEvent: (event: CallEvent) => void) => Effect.Effect<A, E>) =>
    Effect.gen(function* () {
      const { events, onEvent } = watching()
      const running = yield* Effect.forkChild(Effect.exit(chain(onEvent)))
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(running)
      return stagesIn(events).map(({ index, ms, name, plugin }) => [name, plugin, index, ms])
    })

  it.effect("tell the time of a plugin's verb and of its hook, for each input", () =>
    Effect.gen(function* () {
      const told = yield* eventsOf((onEvent) =>
        sightline(fakeConnection(answerConcepts({ train: 0.9 })), { onEvent })
          .use(slow)
          .inputs(urlsFor(2))
          .wait(200)
          .predict(models.general)
          .asEffect()
      )
      assert.deepStrictEqual(
        told.toSorted((a, b) => String(a).localeCompare(String(b))),
        [
          ["prepare", "slow", 0, 30],
          ["prepare", "slow", 1, 30],
          ["slow.wait", "slow", 0, 200],
          ["slow.wait", "slow", 1, 200]
        ]
      )
    })
  )

  it.effect("tell the time in which a stage's many things were waited for, once", () =>
    Effect.gen(function* () {
      const told = yield* eventsOf((onEvent) =>
        sightline(fakeConnection(answerConcepts({ train: 0.9 })), { onEvent })
          .use(slow)
          .input("https://images.test/0.jpg")
          .halves()
          .predict(models.general)
          .asEffect()
      )
      assert.deepStrictEqual(
        told.filter(([name]) => name === "slow.halves"),
        [["slow.halves", "slow", 0, 100]]
      )
    })
  )

  it("are not told of a plan, which sends nothing", async () => {
    const { events, onEvent } = watching()
    const app = sightline(fakeConnection(answerConcepts({})), { onEvent }).use(slow)
    const plan = await app.inputs(urlsFor(2)).wait(1).predict(models.general).plan()
    assert.deepStrictEqual([plan.items, events], [2, []])
    await app.inputs(urlsFor(2)).wait(1).predict(models.general).run()
    assert.lengthOf(stagesIn(events), 4)
  })

  it.effect("are told of a stage that fails too", () =>
    Effect.gen(function* () {
      const told = yield* eventsOf((onEvent) =>
        sightline(fakeConnection(answerConcepts({})), { onEvent })
          .use(slow)
          .input("https://images.test/0.jpg")
          .fail()
          .predict(models.general)
          .asEffect()
      )
      assert.deepStrictEqual(told, [["slow.fail", "slow", 0, 5]])
    })
  )
})
