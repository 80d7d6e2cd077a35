// Hooks around runs and inputs: what they need and how they fail is in the type of every chain.
import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import { Context, Data, Effect, Layer, Stream } from "effect"
import { models, type Outcome, type PredictError, sightline, StepFailed } from "../../src/index.ts"
import { definePlugin, PluginError, sourceOfMany, stageSame, toMedia } from "../../src/plugin.ts"
import { fakeConnection } from "../../src/testing.ts"
import { fromPortable } from "../../src/portable.ts"
import { answerConcepts } from "../run/answers.ts"

const url = (n: number) => `https://images.test/${n}.jpg`
const connect = () => fakeConnection(answerConcepts({ train: 0.9 }))

class Denied extends Data.TaggedError("Denied")<{ readonly reason: string }> {}
class Locked extends Data.TaggedError("Locked")<{ readonly path: string }> {}
class Ledger extends Context.Service<Ledger, { readonly rows: Array<string> }>()("test/Ledger") {}

type ItemError<A> =
  A extends ReadonlyArray<infer O> ? (Extract<O, { readonly ok: false }> extends { error: infer E } ? E : never) : never

describe("a run hook", () => {
  const licence = (reason: string | undefined) =>
    definePlugin({
      name: "licence",
      version: 1,
      hooks: { run: () => (reason === undefined ? Effect.void : Effect.fail(new Denied({ reason }))) }
    })

  it("fails the run before anything is sent, and every chain's type says so", async () => {
    const connection = connect()
    const app = sightline(connection).use(licence("expired"))
    const one = app.input(url(1)).predict(models.general)
    expectTypeOf<Effect.Error<typeof one>>().toEqualTypeOf<PredictError | Denied>()
    const many = app.inputs([url(1), url(2)]).predict(models.general)
    expectTypeOf<Effect.Error<typeof many>>().toEqualTypeOf<Denied>()
    const results = [await one.result(), await many.result()]
    assert.deepStrictEqual(
      results.map((result) => !result.ok && result.error._tag),
      ["Denied", "Denied"]
    )
    const streamed = await Effect.runPromise(Effect.result(Stream.runCollect(many.toStream())))
    assert.strictEqual(streamed._tag === "Failure" && streamed.failure._tag, "Denied")
    assert.deepStrictEqual(connection.calls, [])
  })

  it("fails a chain of one input as its source would, so that orElse handles it", async () => {
    const chain = sightline(connect())
      .use(licence("expired"))
      .input(url(1))
      .orElse((error) => error._tag)
    expectTypeOf<Effect.Error<typeof chain>>().toEqualTypeOf<StepFailed>()
    assert.strictEqual(await chain.run(), "Denied")
  })

  it("changes nothing where it succeeds", async () => {
    const { concepts } = await sightline(connect()).use(licence(undefined)).input(url(1)).predict(models.general).run()
    assert.lengthOf(concepts, 1)
  })
})

describe("an input hook", () => {
  const gate = definePlugin({
    name: "gate",
    version: 1,
    hooks: {
      input: ({ key, single }) =>
        key === "no" || single === true ? Effect.fail(new Denied({ reason: "no" })) : Effect.void
    }
  })
  const keyed = ["a", "no", "b"].map((key, i) => toMedia("image", url(i), { key }))

  it("fails its input alone, and every chain's type says so", async () => {
    const connection = connect()
    const app = sightline(connection).use(gate)
    const chain = app.inputs(keyed).predict(models.general)
    expectTypeOf<Effect.Error<typeof chain>>().toEqualTypeOf<never>()
    expectTypeOf<Denied>().toExtend<ItemError<Effect.Success<typeof chain>>>()
    const outcomes = await chain.run()
    assert.deepStrictEqual(
      outcomes.map((one) => (one.ok ? one.key : one.error._tag)),
      ["a", "Denied", "b"]
    )
    assert.lengthOf(connection.calls, 1)
    const one = app.input(url(1))
    expectTypeOf<Effect.Error<typeof one>>().toEqualTypeOf<Denied>()
    const result = await one.result()
    assert.strictEqual(!result.ok && result.error._tag, "Denied")
  })

  it("is in the types of a plugin's sources too", () => {
    const bucket = definePlugin({
      name: "bucket",
      version: 1,
      sources: { bucket: () => sourceOfMany("bucket", [], () => Stream.fromIterable(keyed)) }
    })
    const chain = sightline(connect()).use(bucket).use(gate).bucket()
    expectTypeOf<Denied>().toExtend<ItemError<Effect.Success<typeof chain>>>()
  })

  it("is called once for an input that is run again", async () => {
    let started = 0
    let failed = 0
    const flaky = definePlugin({
      name: "flaky",
      version: 1,
      verbs: {
        flaky: () =>
          stageSame("flaky.once", {}, (media: unknown) =>
            failed++ === 0
              ? Effect.fail(Object.assign(new Denied({ reason: "once" }), { retryable: true }))
              : Effect.succeed(media)
          )
      },
      hooks: { input: () => Effect.sync(() => void started++) }
    })
    await sightline(connect()).use(flaky).input(url(1)).flaky().retry({ times: 2 }).run()
    assert.deepStrictEqual([started, failed], [1, 2])
  })

  it("needs a service of the caller's, or a layer whose failure is typed", async () => {
    const input = () =>
      Effect.map(
        Ledger,
        ({ rows }) =>
          ({ ok }: Outcome<unknown, unknown>) =>
            Effect.sync(() => void rows.push(`${ok}`))
      )
    const audit = definePlugin({ name: "audit", version: 1, hooks: { input } })
    const app = sightline(connect()).use(audit)
    const chain = app.input(url(1)).predict(models.general)
    expectTypeOf<Effect.Services<typeof chain>>().toEqualTypeOf<Ledger>()
    const back = fromPortable(app, chain.toPortable())
    expectTypeOf<Effect.Services<typeof back>>().toEqualTypeOf<Ledger>()
    const rows: Array<string> = []
    await Effect.runPromise(Effect.provideService(chain, Ledger, { rows }))
    assert.deepStrictEqual(rows, ["true"])

    const locked = definePlugin({
      name: "audit",
      version: 1,
      hooks: { input },
      layer: Layer.effect(Ledger, Effect.fail(new Locked({ path: "audit.sqlite" })))
    })
    const closed = sightline(connect()).use(locked).input(url(1)).predict(models.general)
    expectTypeOf<Effect.Services<typeof closed>>().toEqualTypeOf<never>()
    expectTypeOf<Effect.Error<typeof closed>>().toEqualTypeOf<PredictError | Locked>()
    const result = await closed.result()
    assert.strictEqual(!result.ok && result.error._tag, "Locked")
  })
})

describe("a function that is async where an Effect is due", () => {
  const app = sightline(connect())
  const wrong = {
    "its input hook": { hooks: { input: async () => {} } },
    "its run hook": { hooks: { run: async () => {} } },
    "its request hook": { hooks: { request: { run: async () => {} } } },
    "its response hook": { hooks: { response: async () => {} } },
    "its verb late": { verbs: { late: async () => {} } },
    "its source late": { sources: { late: async () => {} } }
  }
  for (const [what, spec] of Object.entries(wrong))
    it(`is refused by name: ${what}`, () => {
      const plugin = definePlugin({ name: "late", version: 1, ...(spec as object) })
      assert.throws(() => app.use(plugin), PluginError, `plugin late: ${what} is an async function; return an Effect`)
    })

  it("or returns a Promise otherwise, is a typed failure of the input or run", async () => {
    for (const kind of ["input", "run"]) {
      const late = definePlugin({ name: "late", version: 1, hooks: { [kind]: (() => Promise.resolve()) as never } })
      const result = await app.use(late).input(url(1)).predict(models.general).result()
      assert.match(String(!result.ok && result.error), /the step late: hook failed: its function gave no Effect/)
      assert.instanceOf(!result.ok && result.error, StepFailed)
    }
  })
})
