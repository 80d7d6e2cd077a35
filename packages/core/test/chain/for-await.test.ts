import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { expect } from "vitest"
import { file, models, type Outcome, sightline } from "../../src/index.ts"
import { fakeConnection } from "../../src/testing.ts"
import { answerConcepts } from "../run/answers.ts"

const urls = ["https://images.test/a.jpg", "https://images.test/b.jpg", "https://images.test/c.jpg"]
const connectionOf = () => fakeConnection(answerConcepts({ train: 0.9 }))

describe("a chain in `for await`", () => {
  it("gives the outcomes of a series in order, each loop anew", async () => {
    const connection = connectionOf()
    const chain = sightline(connection).inputs(urls).predict(models.general)
    assert.lengthOf(connection.calls, 0)
    for (const loop of [1, 2]) {
      const seen: Array<unknown> = []
      for await (const { index, ok } of chain) seen.push([index, ok])
      assert.deepStrictEqual(
        seen,
        urls.map((_, index) => [index, true])
      )
      assert.lengthOf(connection.calls, loop)
    }
    const byStream = await Array.fromAsync(chain.stream())
    expect(await Array.fromAsync(chain)).toEqual(byStream)
  })

  it("gives the one answer of one input, or throws its typed error", async () => {
    const app = sightline(connectionOf())
    const seen: Array<string | undefined> = []
    for await (const { concepts } of app.input("https://images.test/a.jpg").predict(models.general))
      seen.push(concepts[0]?.name)
    assert.deepStrictEqual(seen, ["train"])
    await expect(Array.fromAsync(app.input(file("no-such-file.jpg")).predict("m"))).rejects.toHaveProperty(
      "_tag",
      "MediaUnreadable"
    )
  })

  it("stops the work where the loop is left", async () => {
    let [read, closed] = [0, 0]
    const endless = function* () {
      try {
        for (;;) yield `https://images.test/${read++}.jpg`
      } finally {
        closed++
      }
    }
    for await (const outcome of sightline(connectionOf()).inputs(endless()).predict(models.general)) {
      assert.isTrue(outcome.ok)
      break
    }
    const readUntilNow = read
    await new Promise((done) => void setTimeout(done, 20))
    assert.deepStrictEqual([read, closed], [readUntilNow, 1])
  })

  it.effect("is what it was to Effect, to assertions, to consoles and to JSON", () =>
    Effect.gen(function* () {
      const connection = connectionOf()
      const app = sightline(connection)
      const make = () => app.inputs(urls).predict(models.general)
      const outcomes: ReadonlyArray<Outcome<unknown, unknown>> = yield* make()
      assert.lengthOf(outcomes, 3)
      const chain = make()
      const before = connection.calls.length
      assert.isTrue(Effect.isEffect(chain))
      expect(chain).toEqual(chain)
      expect({ chain }).toEqual({ chain })
      expect([chain]).toContainEqual(chain)
      assert.strictEqual(inspect(chain), "Pipeline(inputs → predict(general-image-recognition))")
      assert.strictEqual(inspect([chain]), "[ Pipeline(inputs → predict(general-image-recognition)) ]")
      assert.include(JSON.stringify({ chain }), "inputs → predict(general-image-recognition)")
      assert.strictEqual(connection.calls.length, before)
    })
  )

  it("is a series of its one medium to `inputs`; what gives answers is no list of inputs", async () => {
    const connection = connectionOf()
    const app = sightline(connection)
    const medium = app.input("https://images.test/a.jpg", { key: "a" })
    const [first, ...others] = await app.inputs(medium).predict(models.general).run()
    assert.deepStrictEqual([first?.ok, first?.key, others.length], [true, "a", 0])
    const answers: object = app.inputs(urls).predict(models.general)
    const wrong = await app.inputs(answers as AsyncIterable<string>).run() // against their types
    assert.deepStrictEqual(
      wrong.map((outcome): unknown => !outcome.ok && outcome.error._tag),
      ["InvalidOption", "InvalidOption", "InvalidOption"]
    )
  })
})
