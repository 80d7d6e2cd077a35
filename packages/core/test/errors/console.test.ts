import { assert, describe, it } from "@effect/vitest"
import { inspect } from "node:util"
import { clarifai, inBody, model, models, type Outcome, sightline } from "../../src/index.ts"
import { method, methods } from "../../src/methods.ts"
import { resources } from "../../src/resources.ts"
import { fakeConnection, recording } from "../../src/testing.ts"
import { answerConcepts } from "../run/answers.ts"

const pat = "0123456789abcdef0123456789abcdef"
const cloud = clarifai({ pat, baseUrl: "https://user:password@service.test/v2", headers: { "x-proxy-token": "hush" } })
const url = "https://images.test/a.jpg?sig=secret"
const llm = model({ id: "llm", task: "text-to-text" })

describe("a console shows", () => {
  const shown: Readonly<Record<string, readonly [value: unknown, text: string]>> = {
    "a connection": [clarifai({ pat }), "Connection(clarifai, at most 15 calls a second)"],
    "a connection to an address": [cloud, "Connection(clarifai at service.test, at most 15 calls a second)"],
    "a connection around another": [inBody(cloud), "Connection(clarifai at service.test, at most 15 calls a second)"],
    "a connection of tests": [recording(fakeConnection(() => ({}))), "Connection(fake)"],
    "an app": [sightline(cloud).use(resources()), "App(clarifai, resources)"],
    "a chain": [
      sightline(cloud).input(url).concepts("train").predict(models.general),
      "Pipeline(input → concepts → predict(general-image-recognition))"
    ],
    "a streamed answer": [
      sightline(cloud).text("secret").top(2).generate(llm),
      "Generation(text → top → generate(llm))"
    ],
    "a streaming method": [
      sightline(cloud)
        .use(methods())
        .call(method(llm, { takes: { prompt: "str" }, gives: "str", streams: true }), { prompt: "secret" }),
      "Generation(call(llm.predict))"
    ]
  }
  for (const [what, [value, text]] of Object.entries(shown))
    it(`${what} in one line, without secrets`, () => {
      assert.strictEqual(inspect(value), text)
      const all = inspect(value, { showHidden: true, depth: Infinity })
      for (const secret of [pat, "hush", "password", "secret"]) assert.notInclude(all, secret)
    })

  it("what an address that is none gives only to the call that needs it", () => {
    assert.strictEqual(
      inspect(clarifai({ pat, baseUrl: "http://" })),
      "Connection(clarifai, at most 15 calls a second)"
    )
  })

  it("an answer and an outcome as plain data", async () => {
    const app = sightline(fakeConnection(answerConcepts({ train: 0.9 })))
    const [outcome] = await app.inputs([url]).predict(models.general).run()
    assert(outcome?.ok)
    assert.match(inspect(outcome.value, { breakLength: Infinity }), /^\{ .*concepts: \[ \{ id: '.*', name: 'train'/)
    assert.match(inspect(outcome, { breakLength: Infinity }), /^\{ ok: true, .*index: 0, .*attempts: 1/)
  })
})

describe("the error of an outcome", () => {
  const app = sightline(fakeConnection(() => ({ status: { code: 11102, description: "no" } })))
  const failures = (outcomes: ReadonlyArray<Outcome<unknown, Error>>) =>
    outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]))
  const series = app.inputs([url, url]).predict(models.general)
  const runSeries = () => series.run()
  const settleSeries = () => series.result()
  const streamSeries = () => Array.fromAsync(series.stream())

  it("tells the line that ran the series, and no line of this package's", async () => {
    const settled = await settleSeries()
    assert(settled.ok)
    for (const [name, outcomes] of [
      ["runSeries", await runSeries()],
      ["settleSeries", settled.value],
      ["streamSeries", await streamSeries()]
    ] as const) {
      assert.lengthOf(failures(outcomes), 2)
      for (const error of failures(outcomes)) {
        const text = inspect(error)
        assert.match(text, /^InvalidRequest: general-image-recognition, input \d: the request is not valid \(11102\)/)
        assert.include(text, name)
        assert.notMatch(text, /effect[/\\](?:dist|src)/)
      }
    }
  })
})
