import { file } from "../../src/media/local-file.ts"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { models, sightline } from "../../src/index.ts"
import { type FakeCall, fakeConnection } from "../../src/testing.ts"
import { answerConcepts, inputsOf } from "./answers.ts"

const urls = (n: number) => Array.from({ length: n }, (_, i) => `https://images.test/${i}.jpg`)
const sizes = (connection: { readonly calls: ReadonlyArray<FakeCall> }) =>
  connection.calls.map((call) => inputsOf(call).length)

/** Lets fibers and promises go on while the test's clock moves. */
const until = (done: () => boolean) =>
  Effect.gen(function* () {
    for (let i = 0; i < 400 && !done(); i++) {
      yield* TestClock.adjust("250 millis")
      yield* Effect.promise(
        () =>
          new Promise((resume) => {
            setTimeout(resume, 1)
          })
      )
    }
  })

describe("a series with retry, timeout or a memory", () => {
  it("fills its calls as it would without, and its plan tells them", async () => {
    const connection = fakeConnection(answerConcepts({ train: 0.9 }))
    const app = sightline(connection)
    const chain = app.inputs(urls(300)).predict(models.general).retry({ times: 2 }).timeout({ ms: 60_000 })
    const plan = await chain.plan()
    assert.isTrue((await chain.run()).every((outcome) => outcome.ok && outcome.attempts === 1))
    assert.deepStrictEqual(sizes(connection), [128, 128, 44])
    assert.deepStrictEqual(
      plan.calls.map(({ items }) => items),
      sizes(connection)
    )
    const one = await app
      .input(urls(1)[0] ?? "")
      .predict(models.general)
      .cached()
      .plan()
    assert.strictEqual(one.calls.length, 1)
    assert.match(one.notes.join(), /in memory/)
  })

  it.effect("asks again for those alone that failed in a way that may be repeated", () =>
    Effect.gen(function* () {
      let isFirst = true
      const connection = fakeConnection(
        (call) => {
          const answer = answerConcepts({ train: 0.9 })(call) as { readonly outputs: ReadonlyArray<object> } // as written there
          if (!isFirst) return answer
          isFirst = false
          const throttled = { status: { code: 11005, description: "Throttled" } }
          return {
            status: { code: 10010 },
            outputs: answer.outputs.map((output, i) => (i === 1 || i === 3 ? throttled : output))
          }
        },
        { limits: { maxAttempts: 1 } }
      )
      const chain = sightline(connection).inputs(urls(5)).predict(models.general).retry({ times: 2 })
      const fiber = yield* Effect.forkChild(chain.asEffect())
      yield* until(() => fiber.pollUnsafe() !== undefined)
      const outcomes = yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        outcomes.map((outcome) => [outcome.ok, outcome.attempts]),
        [
          [true, 1],
          [true, 2],
          [true, 1],
          [true, 2],
          [true, 1]
        ]
      )
      const again = connection.calls.slice(1).flatMap(inputsOf)
      assert.deepStrictEqual(
        again.map((input) => JSON.stringify(input)).toSorted(),
        [1, 3].map((i) => JSON.stringify({ data: { image: { url: urls(5)[i] } } }))
      )
    })
  )

  it.effect("ends a call that keeps its inputs waiting past their deadlines; other calls stand", () =>
    Effect.gen(function* () {
      let aborted = 0
      const fake = fakeConnection(answerConcepts({ train: 0.9 }), {
        limits: { inputsPerCall: { image: 2, video: 1, audio: 1, text: 1 } }
      })
      const connection = {
        ...fake,
        fetch: async (input: Request | string | URL, init?: RequestInit) => {
          const request = new Request(input, init)
          if (!(await request.clone().text()).includes("/2.jpg")) return fake.fetch(request)
          return new Promise<Response>((_, reject) => {
            request.signal.addEventListener("abort", () => {
              aborted++
              reject(new Error("aborted"))
            })
          })
        }
      }
      const chain = sightline(connection).inputs(urls(6)).predict(models.general).timeout({ ms: 1000 })
      const fiber = yield* Effect.forkChild(chain.asEffect())
      yield* until(() => fiber.pollUnsafe() !== undefined)
      const outcomes = yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        outcomes.map((outcome) => (outcome.ok ? "ok" : `${outcome.error._tag} of ${outcome.index}`)),
        ["ok", "ok", "TimedOut of 2", "TimedOut of 3", "ok", "ok"]
      )
      assert.strictEqual(aborted, 1)
    })
  )
})

describe("keys of a series", () => {
  it("are those of the caller, in outcomes and on the wire, for answers and failures alike", async () => {
    const connection = fakeConnection(answerConcepts({ train: 0.9 }))
    const inputs = ["https://images.test/a.jpg", file("missing.jpg"), "https://images.test/c.jpg"]
    const outcomes = await sightline(connection)
      .inputs(inputs, { key: (item, index) => `${index}-${String(item).length}` })
      .predict(models.general)
      .run()
    assert.deepStrictEqual(
      outcomes.map((outcome) => [outcome.ok, outcome.key, outcome.index]),
      [
        [true, "0-25", 0],
        [false, "1-11", 1],
        [true, "2-25", 2]
      ]
    )
    const [, failed] = outcomes
    assert.strictEqual(failed?.ok === false && "key" in failed.error && failed.error.key, "1-11")
    assert.deepStrictEqual(
      connection.calls.flatMap(inputsOf).map(({ id }) => id),
      ["0-25", "2-25"]
    )
  })
})
