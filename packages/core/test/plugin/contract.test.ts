import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { models, PluginError, sightline } from "../../src/index.ts"
import {
  definePlugin,
  expectSuccess,
  stageSame,
  type Media,
  MediaUnreadable,
  source,
  stage,
  type CallEvent
} from "../../src/plugin.ts"
import { type FakeCall, fakeConnection } from "../../src/testing.ts"
import { answerConcepts, inputsOf } from "../run/answers.ts"

const url = "https://images.test/a.jpg"
const urls = (n: number) => Array.from({ length: n }, (_, i) => `https://images.test/${i}.jpg`)
const connect = () => fakeConnection(answerConcepts({ train: 0.9 }))

/** A service that counts how often it is opened and closed. */
class Camera extends Context.Service<Camera, { readonly name: string }>()("test/Camera") {}
const cameraPlugin = (count: { opened: number; closed: number }) =>
  definePlugin({
    name: "camera",
    version: 1,
    layer: Layer.effect(
      Camera,
      Effect.acquireRelease(
        Effect.gen(function* () {
          yield* Effect.sleep(5)
          return { name: `camera ${++count.opened}` }
        }),
        () => Effect.sync(() => void count.closed++)
      )
    ),
    verbs: {
      shot: () =>
        stage("camera.shot", {}, (media: Media<"image">) =>
          Effect.map(Camera, (camera) => media.with({ key: camera.name }))
        )
    },
    sources: {
      webcam: () =>
        source(
          "webcam",
          [],
          Effect.map(Camera, (camera) => camera.name)
        )
    }
  })

describe("a plugin's layer", () => {
  it("is built once for each app when first needed, is hidden from chains, and closes with the app", async () => {
    const count = { opened: 0, closed: 0 }
    const app = sightline(connect()).use(cameraPlugin(count))
    assert.strictEqual(count.opened, 0)
    const names = await Promise.all([app.webcam().run(), app.webcam().run(), app.webcam().run()])
    assert.deepStrictEqual(names, ["camera 1", "camera 1", "camera 1"])
    await app.input(url).shot().predict(models.general).run()
    const other = sightline(connect()).use(cameraPlugin(count))
    assert.strictEqual(await other.webcam().run(), "camera 2")
    await app[Symbol.asyncDispose]()
    assert.deepStrictEqual(count, { opened: 2, closed: 1 })
    await other[Symbol.asyncDispose]()
    assert.deepStrictEqual(count, { opened: 2, closed: 2 })
  })

  it("goes on being built for others when the chain that asked first is given up", async () => {
    const count = { opened: 0, closed: 0 }
    const app = sightline(connect()).use(cameraPlugin(count))
    const given = new AbortController()
    const first = app.webcam().run({ signal: given.signal })
    const second = app.webcam().run()
    given.abort(new Error("given up"))
    assert.match(String(await first.catch((error: unknown) => error)), /given up/)
    assert.strictEqual(await second, "camera 1")
    await app[Symbol.asyncDispose]()
  })

  it("that cannot be built fails what needs it, and is built again by the next run", async () => {
    let working = false
    const shaky = definePlugin({
      name: "shaky",
      version: 1,
      layer: Layer.effect(
        Camera,
        Effect.suspend(() => (working ? Effect.succeed({ name: "it" }) : Effect.fail(new Error("no driver"))))
      ),
      sources: {
        webcam: () =>
          source(
            "webcam",
            [],
            Effect.map(Camera, (camera) => camera.name)
          )
      }
    })
    const app = sightline(connect()).use(shaky)
    const error: unknown = await app
      .webcam()
      .run()
      .catch((thrown: unknown) => thrown)
    assert.strictEqual(String(error), "Error: no driver") // the layer's failure, typed
    const result = await app.webcam().result()
    if (!result.ok) expectTypeOf(result.error).toEqualTypeOf<Error>()
    working = true
    assert.strictEqual(await app.webcam().run(), "it")
    await app[Symbol.asyncDispose]()
    assert.match(
      String(
        await app
          .webcam()
          .run()
          .catch((thrown: unknown) => thrown)
      ),
      /the app was disposed/
    )
  })
})

describe("members", () => {
  it("make wire calls and start chains with the app's verbs", async () => {
    const connection = fakeConnection((call: FakeCall) =>
      call.path === "/v2/concepts" ? { status: { code: 10000 }, concepts: [] } : answerConcepts({ train: 0.9 })(call)
    )
    const gallery = definePlugin({
      name: "gallery",
      version: 1,
      verbs: {
        framed: () => stageSame("gallery.framed", {}, (media: Media) => Effect.succeed(media.with({ key: "framed" })))
      },
      sources: {},
      members: (host) => ({
        gallery: {
          list: () =>
            expectSuccess(host.wire, { method: "GET", path: "/v2/concepts", body: undefined, timeoutMs: 1000 }),
          newest: () =>
            host
              .from(source("newest", [], Effect.succeed(image)))
              .framed()
              .top(2)
        }
      })
    })
    const image = await sightline(connect())
      .input(url)
      .map((media) => media)
      .run()
    const app = sightline(connection).use(gallery)
    const answered = await Effect.runPromise(app.gallery.list())
    assert.deepStrictEqual(answered.json["concepts"], [])
    const chain = app.gallery.newest().predict(models.general)
    await chain.run()
    assert.strictEqual(inputsOf(connection.calls.at(-1))[0]?.id, "framed")
  })
})

describe("hooks", () => {
  const tag = (name: string) =>
    definePlugin({
      name,
      version: 1,
      hooks: { prepare: (media) => Effect.succeed(media.with({ key: `${media.facts.key ?? ""}${name}` })) }
    })

  it("prepare: each on what the plugin before gave, and a failure fails that input alone", async () => {
    const connection = connect()
    const picky = definePlugin({
      name: "picky",
      version: 1,
      hooks: {
        prepare: (media, { index }) =>
          index === 1
            ? Effect.fail(new MediaUnreadable({ media: media.describe(), problem: "too dark" }))
            : Effect.succeed(media)
      }
    })
    const app = sightline(connection).use(tag("a")).use(tag("b")).use(picky)
    const outcomes = await app.inputs(urls(3)).predict(models.general).run()
    assert.deepStrictEqual(
      outcomes.map((outcome) => (outcome.ok ? outcome.value.inputId : outcome.error._tag)),
      ["ab", "MediaUnreadable", "ab"]
    )
  })

  it("request: the plugin added first is outermost, and may answer itself", async () => {
    const order: Array<string> = []
    const around = (name: string) =>
      definePlugin({
        name,
        version: 1,
        hooks: {
          request: (call, next) =>
            Effect.sync(() => order.push(`${name} before ${call.attempt}`)).pipe(
              Effect.andThen(next(call)),
              Effect.tap(() => Effect.sync(() => order.push(`${name} after`)))
            )
        }
      })
    const connection = connect()
    await sightline(connection).use(around("outer")).use(around("inner")).input(url).predict(models.general).run()
    assert.deepStrictEqual(order, ["outer before 1", "inner before 1", "inner after", "outer after"])
    const offline = definePlugin({
      name: "offline",
      version: 1,
      hooks: {
        request: () =>
          Effect.succeed({
            httpStatus: 200,
            text: JSON.stringify({ status: { code: 10000 }, outputs: [{ status: { code: 10000 }, data: {} }] }),
            retryAfterMs: undefined,
            location: undefined
          })
      }
    })
    const silent = connect()
    const { concepts } = await sightline(silent).use(offline).input(url).predict(models.general).run()
    assert.deepStrictEqual([concepts, silent.calls], [[], []])
  })

  it("response: sees every event, and what it throws changes nothing", async () => {
    const events: Array<CallEvent["type"]> = []
    const listening = definePlugin({
      name: "listening",
      version: 1,
      hooks: {
        response: (event) => {
          events.push(event.type)
          throw new Error("a listener that throws")
        }
      }
    })
    await sightline(connect()).use(listening).input(url).predict(models.general).run()
    assert.deepStrictEqual(events, ["call", "answer"])
  })
})

describe("a plugin that does not fit is refused at run time as at compile time", () => {
  const app = sightline(connect())
  /** As JavaScript sees it: nothing stops the call. */
  const use = (plugin: unknown, on: object = app): unknown => Reflect.apply(Reflect.get(on, "use"), on, [plugin])
  const pass = () => stage("x", {}, (media: Media) => Effect.succeed(media))
  const plugin = (fields: object) => ({ ...definePlugin({ name: "p", version: 1 }), ...fields })

  it("for its verbs", () => {
    for (const verb of [
      "top",
      "concepts",
      "predict",
      "all",
      "map",
      "run",
      "pipe",
      "then",
      "constructor",
      "toString",
      "~sightline/state"
    ])
      assert.throws(() => use(plugin({ verbs: { [verb]: pass } })), PluginError, /p: (the verb|a verb named)/, verb)
    assert.throws(() => use(plugin({ verbs: { x: 1 } })), PluginError, /verb x is not a function/)
  })

  it("for its sources and members", () => {
    for (const name of ["input", "inputs", "use", "connection", "then", "toString", "constructor"]) {
      assert.throws(() => use(plugin({ sources: { [name]: pass } })), PluginError, /is taken already/, name)
      assert.throws(() => use(plugin({ members: () => ({ [name]: 1 }) })), PluginError, /is taken already/, name)
    }
    const gallery = definePlugin({ name: "gallery", version: 1, members: () => ({ gallery: 1 }) })
    assert.throws(
      () => use(plugin({ members: () => ({ gallery: 2 }) }), app.use(gallery)),
      PluginError,
      /the name gallery is taken/
    )
    assert.throws(
      () => use(plugin({ sources: { a: pass }, members: () => ({ a: 1 }) })),
      PluginError,
      /the name a is taken/
    )
  })

  it("for what it requires, its hooks and its layer", () => {
    assert.throws(() => use(plugin({ requires: ["exif"] })), PluginError, /requires the plugin exif/)
    assert.throws(() => use(plugin({ hooks: { prepare: 1 } })), PluginError, /prepare hook is not a function/)
    assert.throws(() => use(plugin({ hooks: { perpare: () => {} } })), PluginError, /no hook named perpare/)
    assert.throws(() => use(plugin({ layer: {} })), PluginError, /not an Effect Layer/)
    assert.throws(() => use({}), PluginError, /has no name/)
    assert.throws(() => use(plugin({ version: "1" })), PluginError, /version is not a number/)
  })
})

describe("a plugin that is wrong in ways that types forbid", () => {
  const promising = definePlugin({
    name: "promising",
    version: 1,
    verbs: {
      // as a JavaScript author may write it
      later: () => stageSame("promising.later", {}, (async (media: Media) => media) as never)
    }
  })

  it("says so where a stage gives a Promise, for one input and for many, and does not hang", async () => {
    const app = sightline(connect()).use(promising)
    const one = await app.input(url).later().run().catch(String)
    const sentence =
      "promising.later: its function gave no Effect; wrap a Promise in Effect.promise or Effect.tryPromise"
    assert.strictEqual(one, `TypeError: ${sentence}`)
    for (const outcome of await app.inputs(urls(2)).later().predict(models.general).run())
      assert.include(outcome.ok ? "" : outcome.error.message, sentence)
  })

  it("loses one input alone where its prepare hook throws", async () => {
    const hook = definePlugin({
      name: "brittle",
      version: 1,
      hooks: {
        prepare: (media, { index }) => {
          if (index === 1) throw new RangeError("no such colour")
          return Effect.succeed(media)
        }
      }
    })
    const outcomes = await sightline(connect()).use(hook).inputs(urls(3)).predict(models.general).run()
    assert.deepStrictEqual(
      outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error._tag)),
      ["ok", "MediaUnreadable", "ok"]
    )
    assert(outcomes[1]?.ok === false)
    assert.include(outcomes[1].error.message, "a plugin's prepare hook threw: no such colour")
  })

  it("is told to be called where the function that makes it was added", () => {
    const make = function promise() {
      return promising
    }
    assert.throws(
      () => sightline(connect()).use(make as never),
      "it is a function that makes a plugin; call it: use(promise())"
    )
  })
})

it("inputs takes a list, and no single text", () => {
  const app = sightline(connect())
  // @ts-expect-error a string would be iterated by its letters
  assert.throws(() => app.inputs(url), "inputs must be an array or another iterable")
  // @ts-expect-error neither is a number one
  assert.throws(() => app.inputs(3), "must be an array")
})

it("a console shows where an app's calls go, and its plugins", async () => {
  const { inspect } = await import("node:util")
  const app = sightline(connect()).use(cameraPlugin({ opened: 0, closed: 0 }))
  assert.strictEqual(inspect(app), "App(fake, camera)")
})
