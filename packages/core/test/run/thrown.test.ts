import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { models, sightline } from "../../src/index.ts"
import { definePlugin, stageSame, type Media, stageMany, stage } from "../../src/plugin.ts"
import { fakeConnection } from "../../src/testing.ts"
import { answerConcepts } from "./answers.ts"

const urls = Array.from({ length: 6 }, (_, i) => `https://images.test/${i}.jpg`)

/** Throws for the third input, as a plugin with a mistake does. */
const broken = definePlugin({
  name: "broken",
  version: 1,
  verbs: {
    before: () =>
      stageSame("broken.before", {}, (media: Media<"image">, { index }) => {
        if (index === 2) throw new RangeError("no third picture")
        return Effect.succeed(media)
      }),
    after: () =>
      stage("broken.after", {}, (answer: { readonly concepts: ReadonlyArray<unknown> }, { index }) =>
        index === 2 ? Effect.die(new RangeError("no third answer")) : Effect.succeed(answer.concepts.length)
      ),
    always: () => stage("broken.always", {}, () => Effect.die(new RangeError("no answer"))),
    pieces: () =>
      stageMany("broken.pieces", {}, (media: Media<"image">, { index }) => {
        if (index === 2) throw new RangeError("no third pieces")
        return Stream.make(media)
      })
  }
})
const appOf = () => {
  const connection = fakeConnection(answerConcepts({ train: 0.9 }))
  return { app: sightline(connection).use(broken), connection }
}
const told = (outcomes: ReadonlyArray<{ readonly ok: boolean; readonly error?: { readonly message: string } }>) =>
  outcomes.map((outcome) => (outcome.ok ? "ok" : (outcome.error?.message ?? "")))

describe("a plugin that throws for one input", () => {
  const others = (message: string, outcomes: ReturnType<typeof told>) => {
    assert.deepStrictEqual(
      outcomes.map((outcome) => outcome === "ok"),
      [true, true, false, true, true, true]
    )
    assert.include(outcomes[2], message)
  }
  it("before the prediction costs that input alone", async () => {
    const { app, connection } = appOf()
    others(
      "broken.before failed: no third picture",
      told(await app.inputs(urls).before().predict(models.general).run())
    )
    assert.strictEqual(connection.calls.length, 1)
  })
  it("after it loses no answer of another", async () => {
    const { app } = appOf()
    const outcomes = await app.inputs(urls).predict(models.general).after().run()
    others("broken.after failed: no third answer", told(outcomes))
    const failed = outcomes[2]
    assert.strictEqual(failed !== undefined && !failed.ok && failed.error._tag, "StepFailed")
    assert.strictEqual(failed?.attempts, 1)
  })
  it("where it makes several of one costs those of that input", async () => {
    const { app } = appOf()
    others("no third pieces", told(await app.inputs(urls).pieces().predict(models.general).run()))
  })
  it("by itself rejects with what it threw", async () => {
    const error = await appOf()
      .app.input("https://images.test/a.jpg")
      .predict(models.general)
      .always()
      .run()
      .then(() => undefined, String)
    assert.strictEqual(error, "RangeError: no answer")
  })
})

describe("a request hook that throws", () => {
  it("fails the attempt, and it is not sent again", async () => {
    let calls = 0
    const hook = definePlugin({
      name: "hook",
      version: 1,
      hooks: {
        request: (request, next) => {
          calls++
          if (calls === 2) throw new RangeError("not today")
          return next(request)
        }
      }
    })
    const connection = fakeConnection(answerConcepts({ train: 0.9 }), { limits: { inputsPerCall: { image: 2 } } })
    const outcomes = await sightline(connection).use(hook).inputs(urls).predict(models.general).run()
    assert.strictEqual(outcomes.filter(({ ok }) => ok).length, 4)
    const errors = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]))
    assert.deepStrictEqual(
      errors.map(({ _tag }) => _tag),
      ["Unreachable", "Unreachable"]
    )
    assert.include(errors[0]?.message, "request hook threw: not today")
    assert.strictEqual(calls, 3)
  })
})
