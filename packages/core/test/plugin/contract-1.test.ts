// What contract 1 lets an author do: hooks with services and errors, plugins on plugins, answers that stay answers.
import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import { Context, Data, Effect, Layer, Stream } from "effect"
import {
  type Concept,
  inFrame,
  InvalidOption,
  type Media,
  models,
  type Outcome,
  type PredictError,
  type Region,
  sightline,
  StepFailed,
  toMedia
} from "../../src/index.ts"
import {
  definePlugin,
  ending,
  extend,
  invalidInput,
  PluginError,
  series,
  seriesSame,
  source,
  sourceOfMany,
  stage,
  stageMany,
  stageSame
} from "../../src/plugin.ts"
import { type FakeCall, fakeConnection } from "../../src/testing.ts"
import { fromPortable } from "../../src/portable.ts"
import { answerConcepts, inputsOf } from "../run/answers.ts"

const url = (n: number) => `https://images.test/${n}.jpg`
const ok = { code: 10_000, description: "Ok" }
const regions = ["a", "b"].map((id) => ({
  id,
  value: 0.9,
  region_info: { bounding_box: { top_row: 0, left_col: 0, bottom_row: 0.5, right_col: 0.5 } },
  data: { concepts: [{ id: "f", name: "face", value: 0.9 }] }
}))
const answerRegions = (call: FakeCall) => ({
  status: ok,
  outputs: inputsOf(call).map(() => ({ id: "o", status: ok, input: { id: "i" }, data: { regions } }))
})

class Clock2 extends Context.Service<Clock2, { readonly now: () => number }>()("test/Clock2") {}
class Denied extends Data.TaggedError("Denied")<{ readonly reason: string }> {}
class NoDriver extends Data.TaggedError("NoDriver")<{ readonly port: number }> {}

describe("hooks with services and errors", () => {
  it("reach the types of predictions, less what the plugin's layer gives", async () => {
    const seen: Array<number> = []
    const gate = definePlugin({
      name: "gate",
      version: 1,
      hooks: {
        prepare: (media) =>
          Effect.flatMap(Clock2, ({ now }) => {
            seen.push(now())
            return media.facts.key === "no" ? Effect.fail(new Denied({ reason: "no" })) : Effect.succeed(media)
          })
      },
      layer: Layer.succeed(Clock2, { now: () => 7 })
    })
    const app = sightline(fakeConnection(answerConcepts({ train: 0.9 }))).use(gate)
    const chain = app.input(url(1)).predict(models.general)
    expectTypeOf<Effect.Error<typeof chain>>().toEqualTypeOf<PredictError | Denied>()
    expectTypeOf<Effect.Services<typeof chain>>().toEqualTypeOf<never>()
    await chain.run()
    assert.deepStrictEqual(seen, [7])
    const outcomes = await app
      .inputs(["no", "yes"].map((key) => toMedia("image", url(1), { key })))
      .predict(models.general)
      .run()
    assert.deepStrictEqual(
      outcomes.map((one) => (one.ok ? "ok" : one.error._tag)),
      ["Denied", "ok"]
    )
    const [denied] = outcomes
    assert.instanceOf(denied?.ok === false && denied.error, Denied) // its own class, with its fields
  })

  it("may need a service of the caller's", async () => {
    const timed = definePlugin({
      name: "timed",
      version: 1,
      hooks: { prepare: (media) => Effect.as(Clock2, media) }
    })
    const chain = sightline(fakeConnection(answerConcepts({ train: 0.9 })))
      .use(timed)
      .input(url(1))
      .predict(models.general)
    expectTypeOf<Effect.Services<typeof chain>>().toEqualTypeOf<Clock2>()
    const answer = await Effect.runPromise(Effect.provideService(chain, Clock2, { now: () => 1 }))
    assert.strictEqual(answer.concepts[0]?.name, "train")
  })

  it("request and answer hooks fail with their own errors, and are not repeated", async () => {
    let calls = 0
    const budget = definePlugin({
      name: "budget",
      version: 1,
      hooks: { request: (call, next) => (++calls > 1 ? Effect.fail(new Denied({ reason: "spent" })) : next(call)) }
    })
    const app = sightline(fakeConnection(answerConcepts({ train: 0.9 }))).use(budget)
    await app.input(url(1)).predict(models.general).run()
    const result = await app.input(url(1)).predict(models.general).result()
    assert(!result.ok && result.error._tag === "Denied")
    assert.deepStrictEqual([result.error.reason, calls], ["spent", 2])
  })

  it("that return a Promise are a typed failure and no run without an end", async () => {
    const late = definePlugin({
      name: "late",
      version: 1,
      hooks: { answer: ((answer: object) => Promise.resolve(answer)) as never }
    })
    const result = await sightline(fakeConnection(answerConcepts({ train: 0.9 })))
      .use(late)
      .input(url(1))
      .predict(models.general)
      .result()
    assert(!result.ok)
    assert.instanceOf(result.error, StepFailed)
    assert.match(String(result.error), /late: answer.*gave no Effect/)
  })

  it("are not called for media that their filter leaves out", async () => {
    const kinds: Array<string> = []
    const note = (name: string) => (media: Media) => Effect.sync(() => (kinds.push(`${name} ${media.kind}`), media))
    const app = sightline(fakeConnection(answerConcepts({ train: 0.9 }))).use(
      definePlugin({
        name: "filtered",
        version: 1,
        hooks: { prepare: { filter: { kind: "image", type: "image/png" }, order: "post", run: note("png") } }
      })
    )
    for (const input of [Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), Uint8Array.of(0x89, 0x50, 0x4e, 0x47)])
      await app.input(input).predict(models.general).run()
    await app.text("a").predict("m").run()
    assert.deepStrictEqual(kinds, ["png image"])
  })

  it("run in the order that they ask for", async () => {
    const order: Array<string> = []
    const plugin = <const N extends string>(name: N, at?: "pre" | "post") =>
      definePlugin({
        name,
        version: 1,
        hooks: {
          prepare: {
            ...(at === undefined ? {} : { order: at }),
            run: (media: Media) => Effect.sync(() => (order.push(name), media))
          }
        }
      })
    await sightline(fakeConnection(answerConcepts({ train: 0.9 })))
      .use(plugin("last", "post"))
      .use(plugin("middle"))
      .use(plugin("first", "pre"))
      .input(url(1))
      .predict(models.general)
      .run()
    assert.deepStrictEqual(order, ["first", "middle", "last"])
  })

  it("go around a run and its inputs, and observe with an Effect", async () => {
    const log: Array<string> = []
    const audit = definePlugin({
      name: "audit",
      version: 1,
      hooks: {
        run: ({ chain }) =>
          Effect.sync(() => {
            log.push(`begin ${chain}`)
            return ({ ok: well }: { readonly ok: boolean }) => Effect.sync(() => void log.push(`end ${well}`))
          }),
        input: ({ index }) =>
          Effect.succeed((outcome: Outcome<unknown, unknown>) =>
            Effect.sync(() => void log.push(`${index} ${outcome.ok}`))
          ),
        response: ({ type }) => Effect.sync(() => void (type === "call" && log.push("call")))
      }
    })
    const app = sightline(fakeConnection(answerConcepts({ train: 0.9 }))).use(audit)
    const chain = app.inputs([url(0), new Uint8Array(), url(2)]).predict(models.general)
    await chain.run()
    assert.deepStrictEqual(log.filter((line) => line !== "call").toSorted(), [
      "0 true",
      "1 false",
      "2 true",
      "begin inputs → predict(general-image-recognition)",
      "end true"
    ])
    assert.deepStrictEqual(
      log.filter((line) => line === "call"),
      ["call"]
    )
    assert.strictEqual((await chain.plan()).calls.length, 1) // and a plan is no run
    assert.lengthOf(log, 6)
  })
})

describe("a plugin on another one", () => {
  const base = (driver: Effect.Effect<{ readonly now: () => number }, NoDriver> = Effect.succeed({ now: () => 3 })) =>
    definePlugin({
      name: "base",
      version: 1,
      verbs: { stamped: () => stageSame("base.stamped", {}, (media: Media<"image">) => Effect.as(Clock2, media)) },
      sources: { photo: () => source("photo", [], Effect.succeed(toMedia("image", url(1)))) },
      members: () => ({ shelf: () => "shelf" }),
      layer: Layer.effect(Clock2, driver)
    })
  const upper = definePlugin({
    name: "upper",
    version: 1,
    requires: [base],
    verbs: {
      timed: () =>
        stage("upper.timed", {}, (image: Media<"image">) =>
          Effect.map(Clock2, ({ now }) => (image.kind === "image" ? now() : 0))
        )
    },
    members: ({ app }) => ({ twice: () => app.photo().stamped().timed(), where: () => app.shelf() })
  })

  it("knows its verbs, sources, members and services", async () => {
    const app = sightline(fakeConnection(answerConcepts({ train: 0.9 })))
      .use(base())
      .use(upper)
    const chain = app.input(url(1)).timed()
    expectTypeOf<Effect.Services<typeof chain>>().toEqualTypeOf<never>()
    expectTypeOf<Effect.Error<typeof chain>>().toEqualTypeOf<NoDriver>()
    assert.deepStrictEqual([await chain.run(), await app.twice().run(), app.where()], [3, 3, "shelf"])
  })

  it("shares a layer's failure, which costs only the chains that need it", async () => {
    let built = 0
    const broken = Effect.suspend(() => {
      built++
      return Effect.fail(new NoDriver({ port: 1 }))
    })
    const app = sightline(fakeConnection(answerConcepts({ train: 0.9 })))
      .use(base(broken))
      .use(upper)
    assert.strictEqual((await app.input(url(1)).predict(models.general).run()).concepts[0]?.name, "train")
    assert.strictEqual(built, 0)
    const outcomes = await app
      .inputs([url(1), url(2), url(3)])
      .timed()
      .run()
    assert.deepStrictEqual(
      outcomes.map((one) => !one.ok && one.error._tag),
      ["NoDriver", "NoDriver", "NoDriver"]
    )
    assert.strictEqual(built, 1) // once in a run
    await app.input(url(1)).timed().result()
    assert.strictEqual(built, 2)
  })

  it("is refused without it", () => {
    const app = sightline(fakeConnection(() => ({})))
    // @ts-expect-error plugin upper requires plugin base: add it first
    assert.throws(() => app.use(upper), PluginError, /plugin upper: it requires the plugin base: add it first/)
  })
})

describe("answers stay answers", () => {
  const nms = definePlugin({
    name: "nms",
    version: 1,
    verbs: {
      nms: () =>
        extend("nms", {}, (answer: { readonly regions: ReadonlyArray<Region> }) =>
          Effect.succeed({ regions: answer.regions.slice(0, 1), dropped: answer.regions.length - 1 })
        ),
      same: () =>
        stageSame("nms.same", {}, (answer: { readonly regions: ReadonlyArray<Region> }) =>
          Effect.succeed({ regions: answer.regions.slice(1) })
        ),
      turned: () => stageSame("nms.turned", {}, () => Effect.succeed(toMedia("text", "https://x.test/a") as Media))
    }
  })
  const app = sightline(fakeConnection(answerRegions)).use(nms)

  it("with fields added or replaced: names, model, medium and frame of reference stay", async () => {
    const chain = app.input(Uint8Array.of(0xff, 0xd8)).concepts("face").predict(models.faces).nms()
    const answer = await chain.run()
    answer.regions[0]?.concepts satisfies ReadonlyArray<Concept<"face">> | undefined
    expectTypeOf(answer.dropped).toEqualTypeOf<number>()
    assert.deepStrictEqual([answer.regions.length, answer.dropped, answer.inputId], [1, 1, "i"])
    assert.deepStrictEqual(inFrame(answer, "original").regions.length, 1)
    expectTypeOf(chain.crops).toBeFunction()
    const crops = await chain.crops().run()
    assert.match(String(crops[0]?.ok === false && crops[0].error), /cannot decode pictures/) // it knew the picture
  })

  it("with what a step of the same type left out", async () => {
    const answer = await app.input(url(1)).predict(models.faces).same().run()
    assert.deepStrictEqual([answer.regions.length, answer.inputId], [1, "i"])
    assert.strictEqual(inFrame(answer, "original").regions[0]?.id, "b")
  })

  it("and a step of the same type that changes the kind is refused", async () => {
    const [outcome] = await app
      .inputs([url(1)])
      .turned()
      .run()
    assert.match(String(outcome?.ok === false && outcome.error), /stageSame keeps the kind.*image into text/)
  })
})

describe("steps over a series", () => {
  const many = definePlugin({
    name: "many",
    version: 1,
    verbs: {
      limit: (n: number) =>
        seriesSame("many.limit", { n }, (all: Stream.Stream<Outcome<unknown, unknown>>) => Stream.take(all, n)),
      sized: () =>
        series(
          "many.sized",
          {},
          (all: Stream.Stream<Outcome<{ readonly concepts: ReadonlyArray<unknown> }, unknown>>) =>
            Stream.map(all, (one) =>
              one.ok
                ? { ...one, value: one.value.concepts.length }
                : { ...one, error: new Denied({ reason: "failed" }) }
            )
        ),
      count: () =>
        ending("many.count", {}, (all: Stream.Stream<Outcome<unknown, unknown>>) =>
          Effect.map(Stream.runCollect(all), (each) => each.length)
        )
    }
  })
  const appOf = () => {
    const connection = fakeConnection(answerConcepts({ train: 0.9 }))
    return { connection, app: sightline(connection).use(many) }
  }
  const urls = Array.from({ length: 300 }, (_, i) => url(i))

  it("limit what is predicted, as their plan says", async () => {
    const { app, connection } = appOf()
    const chain = app.inputs(urls).limit(130).predict(models.general)
    const plan = await chain.plan()
    const outcomes = await chain.run()
    expectTypeOf(outcomes[0]).toExtend<Outcome<{ readonly concepts: unknown }, unknown> | undefined>()
    assert.deepStrictEqual(
      outcomes.map(({ index }) => index),
      urls.slice(0, 130).map((_, i) => i)
    )
    assert.deepStrictEqual(
      plan.calls.map(({ items }) => items),
      connection.calls.map((call) => inputsOf(call).length)
    )
    assert.isTrue(outcomes.every((one) => one.attempts === 1))
  })

  it("follow a prediction, keep what it took, and end a chain", async () => {
    const { app } = appOf()
    const sized = await app
      .inputs([url(0), new Uint8Array()])
      .predict(models.general)
      .sized()
      .run()
    assert.deepStrictEqual(
      sized.map((one) => (one.ok ? [one.value, one.attempts] : one.error._tag)),
      [[1, 1], "Denied"]
    )
    const count = app.inputs(urls).predict(models.general).count()
    expectTypeOf(await count.run()).toEqualTypeOf<number>()
    assert.strictEqual(await count.map((n) => n + 1).run(), 301)
    assert.deepStrictEqual(await Array.fromAsync(count.stream()), [300])
    // @ts-expect-error a chain of one value has no series
    assert.isUndefined(app.input(url(0)).count === undefined ? undefined : undefined)
  })

  it("travel", () => {
    const { app } = appOf()
    assert.deepStrictEqual(
      app
        .inputs([url(0)])
        .limit(3)
        .predict("m")
        .count()
        .toPortable().steps,
      [
        { verb: "limit", args: [3] },
        { verb: "predict", args: ["m"] },
        { verb: "count", args: [] }
      ]
    )
  })
})

describe("a throw in a plugin's source", () => {
  const boom = (i: number) => {
    if (i === 290) throw new Error("the 291st")
    return toMedia("image", url(i))
  }
  const open = {
    generator: function* () {
      for (let i = 0; i < 300; i++) yield boom(i)
    },
    "async generator": async function* () {
      for (let i = 0; i < 300; i++) yield boom(i)
    },
    stream: () => Stream.mapEffect(Stream.range(0, 299), (i) => Effect.sync(() => boom(i)))
  }
  for (const [name, make] of Object.entries(open))
    it(`keeps 290 outcomes of a ${name}, however the chain is run`, async () => {
      const bucket = definePlugin({
        name: "bucket",
        version: 1,
        sources: { bucket: () => sourceOfMany("bucket", [], make as typeof open.generator, { replayable: false }) },
        verbs: { each: () => stageMany("bucket.each", {}, (image: Media<"image">) => Stream.as(open.stream(), image)) }
      })
      const app = sightline(fakeConnection(answerConcepts({ train: 0.9 }))).use(bucket)
      const check = (outcomes: ReadonlyArray<Outcome<unknown, unknown>>) => {
        assert.strictEqual(outcomes.filter((one) => one.ok).length, 290)
        const failed = outcomes.find((one) => !one.ok)
        assert.deepStrictEqual([outcomes.length, failed?.index], [291, 290])
        assert.match(String(failed?.ok === false && failed.error), /the 291st/)
      }
      const chain = app.bucket().predict(models.general)
      check(await chain.run())
      check(await Array.fromAsync(chain.stream({ ordered: false })))
      const result = await chain.result()
      check(result.ok ? result.value : [])
      check(await Array.fromAsync(chain))
      const looped: Array<Outcome<unknown, unknown>> = []
      for await (const outcome of chain) looped.push(outcome)
      check(looped)
      const portable = fromPortable(app, JSON.parse(JSON.stringify(chain.toPortable())))
      check((await portable.run()) as ReadonlyArray<Outcome<unknown, unknown>>) // a form does not say what it gives
      check(await Effect.runPromise(Stream.runCollect(chain.toStream())))
      check(await app.input(url(1)).each().predict(models.general).run())
      const [inner] = await app
        .inputs([url(1)])
        .each()
        .predict(models.general)
        .run()
      check(inner?.ok ? inner.value : [])
      assert.match((await chain.plan()).notes.join(), /can be read only once, so it was not read/)
    })

  it("and one bad item fails alone", async () => {
    const bucket = definePlugin({
      name: "bucket",
      version: 1,
      sources: {
        bucket: () =>
          sourceOfMany("bucket", [], function* () {
            yield toMedia("image", url(0))
            yield invalidInput(new Denied({ reason: "gone" }))
            yield toMedia("image", url(2))
          })
      }
    })
    const outcomes = await sightline(fakeConnection(answerConcepts({ train: 0.9 })))
      .use(bucket)
      .bucket()
      .predict(models.general)
      .run()
    assert.deepStrictEqual(
      outcomes.map((one) => (one.ok ? "ok" : one.error._tag)),
      ["ok", "Denied", "ok"]
    )
  })
})

describe("a plugin of another contract or copy", () => {
  const app = sightline(fakeConnection(() => ({})))
  const good = definePlugin({ name: "good", version: 1 })
  it("is refused with a sentence", () => {
    const use = (plugin: object) => () => app.use(plugin as typeof good)
    assert.throws(
      use({ ...good, contract: 2 }),
      PluginError,
      /made for contract 2.*has contract 1; update @sightline\/core/
    )
    assert.throws(use({ ...good, contract: 0 }), PluginError, /update the plugin/)
    assert.throws(use({ ...good, "~copy": {} }), PluginError, /another copy of @sightline\/core.*peer dependency/)
    const { contract: _, ...older } = good
    assert.throws(use(older), PluginError, /it has no contract; make it with definePlugin/)
    assert.strictEqual(good.contract, 1)
  })
  it("names an option error by name", () => {
    assert.throws(() => app.use(42 as never), PluginError, /it has no name/)
    assert.instanceOf(new InvalidOption({ option: "a", problem: "b" }), Error)
  })
})
