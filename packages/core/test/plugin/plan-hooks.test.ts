import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { models, sightline } from "../../src/index.ts"
import { definePlugin, type Media } from "../../src/plugin.ts"
import { fakeConnection } from "../../src/testing.ts"
import { answerConcepts } from "../run/answers.ts"

const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47)
class Codec extends Context.Service<Codec, object>()("test/Codec") {}

const setUp = () => {
  const log = { built: 0, called: 0, events: new Array<string>() }
  const upright = definePlugin({
    name: "upright",
    version: 1,
    hooks: {
      prepare: {
        filter: { kind: "image", type: ["image/jpeg", "image/tiff"] },
        order: "pre",
        run: (media: Media) => Effect.map(Codec, () => (log.called++, media))
      }
    },
    layer: Layer.effect(
      Codec,
      Effect.sync(() => (log.built++, {}))
    )
  })
  const audit = definePlugin({
    name: "audit",
    version: 1,
    hooks: {
      run: () => Effect.void,
      input: () => Effect.sync(() => void log.called++),
      request: (request, next) => next(request),
      answer: { filter: { type: "image/png" }, run: (answer: object) => Effect.succeed(answer) }
    }
  })
  const app = sightline(fakeConnection(answerConcepts({ train: 0.9 })), {
    onEvent: (event) => event.type === "stage" && log.events.push(`${event.plugin} ${event.name} ${event.index}`)
  })
    .use(audit)
    .use(upright)
  return { app, log }
}

describe("a plan lists which plugin touches which input", () => {
  it("by the order and the filter of its hooks", async () => {
    const { app } = setUp()
    const chain = app.inputs([jpeg, png, png, jpeg, jpeg, new Uint8Array()]).predict(models.general)
    const { hooks } = await chain.plan()
    assert.deepStrictEqual(hooks, [
      { plugin: "audit", hook: "run", inputs: [[0, 5]] },
      { plugin: "audit", hook: "input", inputs: [[0, 5]] },
      {
        plugin: "upright",
        hook: "prepare",
        order: "pre",
        filter: { kind: "image", type: ["image/jpeg", "image/tiff"] },
        inputs: [
          [0, 0],
          [3, 5]
        ]
      },
      { plugin: "audit", hook: "request", inputs: [[0, 4]] },
      { plugin: "audit", hook: "answer", filter: { type: "image/png" }, inputs: [[1, 2]] }
    ])
    const text = await chain.explain()
    assert.include(text, "  upright prepare (pre, image, image/jpeg, image/tiff): inputs 0, 3 to 5\n")
    assert.include(text, "  audit answer (image/png): inputs 1 to 2\n")
  })

  it("and starts no input, as no run was asked for", async () => {
    const { app, log } = setUp()
    await app.inputs([png]).predict(models.general).plan()
    assert.deepStrictEqual(log, { built: 0, called: 0, events: [] })
  })

  it("also of one that it does not read, or that matches none", async () => {
    const { app } = setUp()
    const once = app
      .inputs(
        (function* () {
          yield png
        })()
      )
      .predict(models.general)
    assert.deepStrictEqual(
      (await once.plan()).hooks.map(({ inputs }) => inputs),
      [[], [], [], [], []]
    )
    assert.include(
      await app
        .text("a")
        .predict(models.general as never)
        .explain(),
      "upright prepare (pre, image, image/jpeg, image/tiff): no input"
    )
  })
})

describe("an input that a hook does not match", () => {
  it("costs nothing: no call, no layer, no event; others have the time of each plugin", async () => {
    const { app, log } = setUp()
    await app.input(png).predict(models.general).run()
    assert.deepStrictEqual(
      [log.built, log.events],
      [0, ["audit run undefined", "audit input 0", "audit request undefined", "audit answer 0"]]
    )
    await app.input(jpeg).predict(models.general).run()
    assert.strictEqual(log.built, 1)
    assert.deepStrictEqual(log.events.slice(4), [
      "audit run undefined",
      "audit input 0",
      "upright prepare 0",
      "audit request undefined"
    ])
  })
})
