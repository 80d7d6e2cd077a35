import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { InvalidOption, models, sightline } from "../../src/index.ts"
import { definePlugin, type Media, stageMany } from "../../src/plugin.ts"
import { fakeConnection } from "../../src/testing.ts"
import { answerConcepts } from "../run/answers.ts"
import { fromPortable } from "../../src/portable.ts"

const url = "https://images.test/a.jpg"
const twice = definePlugin({
  name: "twice",
  version: 1,
  verbs: { twice: () => stageMany("twice.it", {}, (media: Media<"image">) => Stream.make(media, media)) }
})
const make = () => {
  const connection = fakeConnection(answerConcepts({ train: 0.9 }))
  return { connection, app: sightline(connection).use(twice) }
}
type App = ReturnType<typeof make>["app"]
const start = (app: App) => app.input(url)
const many = (app: App) => app.inputs([url, url])
type Start = ReturnType<typeof start>
type Series = ReturnType<typeof many>
const before = (chain: Start | Series) => chain as Start // the steps are the same
const none: ReadonlyArray<string> = []

/** Options that cannot be right, each in a chain of its own. */
const wrong: Readonly<Record<string, readonly [(chain: Start) => ReturnType<typeof right>, RegExp]>> = {
  "top, before the prediction": [(chain) => chain.top(500).predict(models.general), /top is 500/],
  "concepts without a name": [(chain) => chain.concepts(...none).predict(models.general), /concepts needs one or more/],
  "concepts with an empty name": [(chain) => chain.concepts("a", " ").predict(models.general), /concepts needs/],
  "retry, less than never": [(chain) => right(chain).retry({ times: -1 }), /retry times is -1; it must be a whole/],
  "retry, a half": [(chain) => right(chain).retry({ times: 1.5 }), /retry times is 1.5/],
  "retry before the prediction": [(chain) => chain.retry({ times: 101 }).predict(models.general), /retry times is 101/],
  "a timeout of nothing": [(chain) => right(chain).timeout({ ms: 0 }), /timeout ms is 0; it must be a number above 0/],
  "a timeout that is no number": [(chain) => right(chain).timeout({ ms: NaN }), /timeout ms is NaN/],
  "a timeout after one that is good": [(chain) => right(chain).timeout({ ms: 500 }).timeout({ ms: -1 }), /ms is -1/],
  "no room for answers": [(chain) => right(chain).cached({ capacity: 0 }), /cached capacity is 0; it must be a whole/],
  "answers kept for less than nothing": [(chain) => right(chain).cached({ ttlMs: -5 }), /cached ttlMs is -5/],
  "retry of what is kept": [(chain) => right(chain).cached().retry({ times: NaN }), /retry times is NaN/]
}
const right = (chain: Start) => chain.predict(models.general)

describe.each(Object.entries(wrong))("an option that cannot be right: %s", (_, [build, says]) => {
  const isSaid = (error: unknown) => {
    assert.instanceOf(error, InvalidOption)
    assert.match(error.message, says)
  }

  it("is the chain's typed failure, and nothing is sent", async () => {
    const { app, connection } = make()
    const chain = build(start(app)) // throws nothing
    const result = await chain.result()
    assert.isFalse(result.ok)
    if (!result.ok) isSaid(result.error)
    isSaid(await chain.run().catch((error: unknown) => error))
    isSaid(await Effect.runPromise(Effect.flip(chain)))
    assert.lengthOf(connection.calls, 0)
  })

  it("is the failure of each of several, also of those made of one", async () => {
    const { app, connection } = make()
    for (const several of [many(app), start(app).twice()]) {
      const outcomes: unknown = await build(before(several)).run()
      assert.isArray(outcomes)
      if (!Array.isArray(outcomes)) continue
      assert.lengthOf(outcomes, 2)
      for (const outcome of outcomes) isSaid(Object(outcome).error)
    }
    assert.lengthOf(connection.calls, 0)
  })

  it("is told by the plan, which has no calls then", async () => {
    const { app } = make()
    for (const chain of [build(start(app)), build(before(many(app)))]) {
      const { calls, unreadable } = await chain.plan()
      assert.lengthOf(calls, 0)
      if (unreadable.length > 0) for (const { problem } of unreadable) assert.match(problem, says)
      else assert.fail("the plan does not tell")
    }
  })

  it("is dealt with by an orElse after it, and by none before it", async () => {
    const { app, connection } = make()
    for (const chain of [start(app), before(many(app))]) {
      const after: unknown = await build(chain)
        .orElse((error) => error._tag)
        .run()
      const tags = Array.isArray(after) ? after.map((outcome) => Object(outcome).value as unknown) : [after]
      assert.deepStrictEqual([...new Set(tags)], ["InvalidOption"])
    }
    assert.lengthOf(connection.calls, 0)
  })
})

describe("a chain with an option that cannot be right", () => {
  it("asks no orElse that comes before it", async () => {
    const { app, connection } = make()
    let asked = 0
    const fallback = () => asked++
    const chain = right(start(app)).orElse(fallback).timeout({ ms: 0 })
    const result = await chain.result()
    assert.strictEqual(result.ok ? "" : result.error._tag, "InvalidOption")
    assert.deepStrictEqual([asked, connection.calls.length], [0, 0])
  })

  it("does not travel", () => {
    for (const ms of [0, NaN])
      assert.throws(() => right(start(make().app)).timeout({ ms }).toPortable(), InvalidOption, /timeout ms is/)
  })

  it("does not come from elsewhere", () => {
    const { app } = make()
    const form = right(start(app)).toPortable()
    for (const step of [
      { verb: "timeout", args: [{ ms: "soon" }] },
      { verb: "retry", args: [{ times: null }] },
      { verb: "concepts", args: [] }
    ])
      assert.throws(() => fromPortable(app, { ...form, steps: [step, ...form.steps] }), InvalidOption)
  })

  it("streams no piece", async () => {
    const { app, connection } = make()
    const pieces = app.text("a").timeout({ ms: 0 }).generate(models.llama3)
    const error: unknown = await pieces.text().catch((thrown: unknown) => thrown)
    assert.instanceOf(error, InvalidOption)
    assert.lengthOf(connection.calls, 0)
  })

  it("throws at once for what types forbid: no model", () => {
    const { app } = make()
    const nothing: unknown = undefined
    assert.throws(() => start(app).predict(nothing as string), InvalidOption, /needs a model/)
  })
})
