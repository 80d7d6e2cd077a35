// A plugin that was built for contract 1 and committed: whatever changes in core, it loads, runs and keeps its types.
import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import type { Effect } from "effect"
import { models, type PredictError, sightline } from "../../src/index.ts"
import { fakeConnection } from "../../src/testing.ts"
import { answerConcepts } from "../run/answers.ts"
import { lens, type Smudged } from "./published/contract-1.js"

const url = (n: number) => `https://images.test/${n}.jpg`

describe("a plugin that was published for contract 1", () => {
  const setUp = () => {
    const connection = fakeConnection(answerConcepts({ train: 0.9, rail: 0.8 }))
    return { connection, app: sightline(connection).use(lens({ text: "glass" })) }
  }

  it("loads, and its verbs, source, members, hooks and layer work", async () => {
    const { app, connection } = setUp()
    assert.strictEqual(app.lensName(), "glass")
    const polished = await app.still(url(1)).polished(1).run()
    assert.strictEqual(polished.facts.name, "seen through glass")
    const answer = await app.still(url(1)).polished(1).predict(models.general).counted().run()
    assert.deepStrictEqual([answer.count, answer.concepts.length], [2, 2])
    assert.strictEqual(connection.calls[0]?.headers.get("x-lens"), "glass")
    const outcomes = await app
      .inputs([url(0), url(1), url(2)])
      .predict(models.general)
      .run()
    assert.deepStrictEqual(
      outcomes.map((one) => one.ok || one.error._tag),
      [true, true, "Smudged"]
    )
  })

  it("has the types that its declarations say", () => {
    const { app } = setUp()
    const chain = app.still(url(1)).polished(0).concepts("train").predict(models.general).counted()
    expectTypeOf<Effect.Services<typeof chain>>().toEqualTypeOf<never>()
    expectTypeOf<Effect.Error<typeof chain>>().toEqualTypeOf<PredictError | Smudged>()
    expectTypeOf<Effect.Success<typeof chain>["count"]>().toEqualTypeOf<number>()
    expectTypeOf(app.lensName()).toEqualTypeOf<string>()
    // @ts-expect-error a verb of answers does not exist on a medium
    assert.isFunction(app.still(url(1)).counted)
  })
})
