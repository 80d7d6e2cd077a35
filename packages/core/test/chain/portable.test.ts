import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Stream } from "effect"
import * as fc from "fast-check"
import { InvalidOption, model, models, PluginError, sightline } from "../../src/index.ts"
import { definePlugin, stageSame, type Media, source, stageMany, stage } from "../../src/plugin.ts"
import { fakeConnection } from "../../src/testing.ts"
import { answerConcepts } from "../run/answers.ts"
import { fromPortable } from "../../src/portable.ts"
import { idProblem } from "../../src/connection/path-segment.ts"

const url = "https://images.test/a.jpg"
const marks = (version: number) =>
  definePlugin({
    name: "marks",
    version,
    verbs: {
      mark: (text: string, options?: { readonly size?: number }) =>
        stageSame("marks.mark", { text, size: options?.size }, (media: Media) =>
          Effect.succeed(media.with({ name: text }))
        ),
      twice: () => stageMany("marks.twice", {}, (media: Media<"image">) => Stream.make(media, media)),
      count: () =>
        stage("marks.count", {}, (answer: { readonly concepts: ReadonlyArray<unknown> }) =>
          Effect.succeed(answer.concepts.length)
        )
    },
    sources: {
      webcam: (options: { readonly device: number }) =>
        source("anything", [options], Effect.sync(() => new Error("no camera")).pipe(Effect.as(undefined as never)))
    },
    members: () => ({ wipe: () => "wiped" })
  })

const makeApp = () => {
  const connection = fakeConnection(answerConcepts({ train: 0.9, railway: 0.4 }))
  return { connection, app: sightline(connection, { secrets: { openai: "sk-very-secret" } }).use(marks(1)) }
}

interface Built {
  toPortable(): unknown
  run(): Promise<unknown>
  plan(): Promise<unknown>
}
type Verb = readonly [name: string, ...args: ReadonlyArray<unknown>]

const text = fc.string({ minLength: 1, maxLength: 8 }).filter((word) => word.trim() !== "")
/** Ids that a path can contain; others are refused before anything is sent. */
const id = text.filter((word) => idProblem(word) === undefined)
const asks: fc.Arbitrary<Verb> = fc.oneof(
  fc.array(text, { minLength: 1, maxLength: 3 }).map((names): Verb => ["concepts", ...names]),
  fc.double({ min: 0, max: 1, noNaN: true }).map((score): Verb => ["atLeast", score]),
  fc.integer({ min: 1, max: 200 }).map((n): Verb => ["top", n]),
  text.map((code): Verb => ["language", code]),
  fc.dictionary(text, fc.jsonValue({ maxDepth: 2 })).map((params): Verb => ["params", params]),
  id.map((version): Verb => ["version", version]),
  text.map((id): Verb => ["key", id]),
  fc.constant<Verb>(["secret", "api_key", "openai"]),
  fc
    .tuple(text, fc.option(fc.record({ size: fc.integer() }), { nil: undefined }))
    .map((args): Verb => ["mark", ...args]),
  fc.constant<Verb>(["twice"])
)
const predicts: fc.Arbitrary<Verb> = fc.oneof(
  fc.constantFrom<Verb>(
    ["predict", models.general],
    ["predict", "https://clarifai.com/a/b/models/c"],
    ["predict", "some-id"]
  ),
  fc.constant<Verb>([
    "predict",
    model({ id: "pets", task: "visual-classifier", concepts: ["cat", "dog"], versionId: "v" })
  ]),
  fc.constant<Verb>(["all", { a: models.general, b: "some-id" }])
)
const ends: fc.Arbitrary<Verb> = fc.oneof(
  fc.integer({ min: 0, max: 3 }).map((times): Verb => ["retry", { times }]),
  fc.integer({ min: 1000, max: 60_000 }).map((ms): Verb => ["timeout", { ms }]),
  fc.constantFrom<Verb>(["cached"], ["cached", { capacity: 3 }], ["cached", { ttlMs: 5000 }])
)
const starts: fc.Arbitrary<Verb> = fc.constantFrom<Verb>(
  ["input", url],
  ["input", new URL(url)],
  ["input", url, { key: "k" }],
  ["inputs", [url, "https://images.test/b.jpg"]]
)
const chains = fc
  .tuple(
    starts,
    fc.array(asks, { maxLength: 6 }),
    fc.option(predicts, { nil: undefined }),
    fc.array(ends, { maxLength: 2 })
  )
  .map(([start, before, predict, after]) => [start, ...before, ...(predict === undefined ? [] : [predict]), ...after])

/** Calls the verbs by name: the types of a random chain cannot be known. */
const build = (app: object, verbs: ReadonlyArray<Verb>): Built =>
  verbs.reduce<unknown>((on, [name, ...args]) => Reflect.apply(Reflect.get(Object(on), name), on, args), app) as Built

const bodies = ({ calls }: { readonly calls: ReadonlyArray<{ readonly path: string; readonly body: unknown }> }) =>
  calls.map(({ body, path }) => JSON.stringify([path, body])).sort()

describe("a portable chain", () => {
  it("read back from JSON has the same plan, makes the same calls and gets the same answers", async () => {
    await fc.assert(
      fc.asyncProperty(chains, async (verbs) => {
        const here = makeApp()
        const there = makeApp()
        const chain = build(here.app, verbs)
        const json = JSON.stringify(chain.toPortable())
        const back = fromPortable(there.app, JSON.parse(json))
        assert.deepStrictEqual(back.toPortable(), JSON.parse(json))
        assert.notInclude(json, "sk-very-secret")
        assert.deepStrictEqual(await back.plan(), (await chain.plan()) as never)
        const plain = (value: unknown) => JSON.stringify(value)
        assert.strictEqual(plain(await back.run()), plain(await chain.run()))
        assert.deepStrictEqual(bodies(there.connection), bodies(here.connection))
      }),
      { numRuns: 60 }
    )
  }, 60_000)

  it("is a few hundred bytes, and leaves a model's vocabulary at home", () => {
    const { app } = makeApp()
    const words = Array.from({ length: 5000 }, (_, i) => `word ${i}`)
    const long = model({ id: "long", userId: "u", appId: "a", task: "visual-classifier", concepts: words })
    const json = JSON.stringify(
      app.input(url).concepts("word 1").atLeast(0.5).mark("x").predict(long).cached().toPortable()
    )
    assert.isBelow(json.length, 500)
  })

  it("keeps the models' kinds where they are not the usual ones", () => {
    const { app } = makeApp()
    const only = model({ id: "m", task: "visual-classifier", accepts: ["image"] })
    const back = fromPortable(app, JSON.parse(JSON.stringify(app.input(url).predict(only).toPortable())))
    assert.deepStrictEqual(back["~sightline/state"].steps[0], { type: "predict", model: only })
  })

  it("does not exist for chains that hold functions, bytes or a key", () => {
    const { app } = makeApp()
    const local = app.input(url).map(() => 1)
    // @ts-expect-error a function cannot travel
    assert.throws(() => local.toPortable(), InvalidOption, /map has a function as its argument/)
    const bytes = app.input(Uint8Array.of(1))
    // @ts-expect-error neither can bytes
    assert.throws(() => bytes.toPortable(), InvalidOption, /not plain data/)
    assert.throws(
      () => app.input(url).secret("k", "sk-live-123").toPortable(),
      InvalidOption,
      /name one of the app's secrets/
    )
    assert.throws(() => app.input(url).secret("k", Redacted.make("x")).toPortable(), InvalidOption)
    assert.throws(() => app.input(url).params({ n: Number.NaN }).toPortable(), InvalidOption, /not plain data/)
  })

  it("needs the same plugins in the same versions", () => {
    const form: unknown = JSON.parse(JSON.stringify(makeApp().app.input(url).mark("x").toPortable()))
    const bare = sightline(fakeConnection(() => ({})))
    assert.throws(() => fromPortable(bare, form), PluginError, /this app does not have it/)
    assert.throws(() => fromPortable(bare.use(marks(2)), form), PluginError, /made with version 1, this app has 2/)
  })

  it("starts from a plugin's source by the name that the app has for it", () => {
    const { app } = makeApp()
    const form = app.webcam({ device: 1 }).predict(models.general).toPortable()
    assert.deepStrictEqual(form.source, { verb: "webcam", args: [{ device: 1 }] })
    fromPortable(app, form)
  })
})

describe("a form from anywhere", () => {
  const { app } = makeApp()
  const form = (source: unknown, ...steps: ReadonlyArray<unknown>) =>
    JSON.parse(JSON.stringify({ sightline: 1, plugins: {}, source, steps })) as unknown
  const good = { verb: "input", args: [url] }
  const refused = (value: unknown) => {
    try {
      fromPortable(app, value)
    } catch (thrown) {
      assert.isTrue(thrown instanceof PluginError || thrown instanceof InvalidOption, String(thrown))
      return
    }
    assert.fail(`accepted ${JSON.stringify(value)}`)
  }

  it("reaches no inherited method, no member of the app and nothing that runs", () => {
    const inherited = [
      "constructor",
      "__proto__",
      "toString",
      "valueOf",
      "hasOwnProperty",
      "__defineGetter__",
      "__lookupGetter__",
      "isPrototypeOf",
      "toLocaleString"
    ]
    const running = [
      "run",
      "result",
      "stream",
      "toStream",
      "plan",
      "explain",
      "pipe",
      "asEffect",
      "toPortable",
      "toJSON",
      "map",
      "tap",
      "when",
      "orElse"
    ]
    const hidden = ["~sightline/add", "~sightline/state", "then", ""]
    for (const verb of [...inherited, ...running, ...hidden]) {
      refused(form(good, { verb, args: [] }))
      refused(form({ verb, args: [] }))
    }
    for (const verb of ["use", "fromPortable", "connection", "wipe", "parts"]) refused(form({ verb, args: [] }))
  })

  it("is refused with a typed error whatever is in it", () => {
    for (const value of [
      null,
      1,
      "x",
      [],
      {},
      { sightline: 2 },
      form(null),
      form(good, null),
      form(good, { verb: 1, args: [] })
    ])
      refused(value)
    refused({ sightline: 1, plugins: { toString: 1 }, source: good, steps: [] })
    refused(form(good, { verb: "predict", args: [{ id: "x", task: "no-such-task" }] }))
    refused(form(good, { verb: "predict", args: [5] }))
    refused(form(good, { verb: "predict", args: [] }))
    refused(form(good, { verb: "all", args: [{}] }))
    refused(form(good, { verb: "all", args: [{ a: null }] }))
    refused(form(good, { verb: "concepts", args: [1] }))
    refused(form(good, { verb: "retry", args: [{ times: 1e9 }] }))
    refused(form(good, { verb: "language", args: [7] }))
    refused(form(good, { verb: "cached", args: [{ capacity: "many" }] }))
  })

  it("cannot reach the prototype of plain objects", async () => {
    const json = `{"sightline":1,"plugins":{},"source":{"verb":"input","args":["${url}",{"__proto__":{"key":"p"},"constructor":{"prototype":{"evil":1}}}]},"steps":[{"verb":"params","args":[{"__proto__":{"evil":1}}]},{"verb":"params","args":[{"a":1,"__proto__":{"evil":2}}]},{"verb":"predict","args":["m"]}]}`
    await fromPortable(app, JSON.parse(json)).result()
    assert.strictEqual(Reflect.get({}, "evil"), undefined)
  })

  it("never throws anything untyped for random JSON", () => {
    const json = fc.jsonValue({ maxDepth: 3 })
    const verbs = fc.constantFrom(
      "input",
      "inputs",
      "text",
      "predict",
      "all",
      "concepts",
      "top",
      "params",
      "mark",
      "secret",
      "runner",
      "key",
      "retry",
      "timeout",
      "cached",
      "twice",
      "count"
    )
    const call = fc.record({ verb: verbs, args: fc.array(json, { maxLength: 3 }) })
    fc.assert(
      fc.property(call, fc.array(call, { maxLength: 4 }), (start, steps) => {
        try {
          fromPortable(app, { sightline: 1, plugins: {}, source: start, steps })
        } catch (thrown) {
          assert.isTrue(thrown instanceof PluginError || thrown instanceof InvalidOption, String(thrown))
        }
      }),
      { numRuns: 300 }
    )
  })
})
