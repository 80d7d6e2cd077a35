import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { file, InvalidOption, models, sightline } from "../../src/index.ts"
import { definePlugin, type Media, stageMany } from "../../src/plugin.ts"
import { type FakeCall, fakeConnection } from "../../src/testing.ts"
import { answerConcepts, inputsOf } from "./answers.ts"

const url = "https://images.test/a.jpg"
const urls = (n: number) => Array.from({ length: n }, (_, i) => `https://images.test/${i}.jpg`)
const busy = { status: { code: 11005, description: "Throttled", req_id: "busy" } }
/** Answers like a service that throttles its first `n` calls. */
const busyFor = (n: number) => {
  let calls = 0
  return (call: FakeCall): unknown => (calls++ < n ? busy : answerConcepts({ train: 0.9 })(call))
}

describe("map and tap", () => {
  it("take functions that give values, promises and effects", async () => {
    const seen: Array<string> = []
    const chain = sightline(fakeConnection(answerConcepts({ train: 0.9 })))
      .input(url)
      .predict(models.general)
      .tap(async ({ concepts }) => {
        await Promise.resolve()
        seen.push(concepts[0]?.name ?? "")
      })
      .map(async ({ concepts }) => concepts.length)
      .map((n) => Effect.succeed(n + 1))
    assert.strictEqual(await chain.run(), 2)
    assert.deepStrictEqual(seen, ["train"])
  })

  it("fail alone for the input whose function throws, and every paid answer stands", async () => {
    const outcomes = await sightline(fakeConnection(answerConcepts({ train: 0.9 })))
      .inputs(urls(5))
      .predict(models.general)
      .map((answer, { index }) => {
        if (index === 2) throw new RangeError("two is not allowed")
        return answer.concepts.length
      })
      .run()
    assert.deepStrictEqual(
      outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.error._tag)),
      [1, 1, "StepFailed", 1, 1]
    )
    const failed = outcomes.find((outcome) => !outcome.ok)
    assert.match(String(failed?.ok === false && failed.error), /map failed: two is not allowed/)
    assert.strictEqual(failed?.attempts, 1)
  })

  it("fail with what a rejected promise or a failing effect says", async () => {
    const app = sightline(fakeConnection(answerConcepts({})))
    const rejected = await app
      .input(url)
      .map(() => Promise.reject(new Error("no")))
      .result()
    assert.strictEqual(rejected.ok ? "" : rejected.error._tag, "StepFailed")
    const failed = await app
      .input(url)
      .map(() => Effect.fail("mine" as const))
      .result()
    assert.deepStrictEqual(failed, { ok: false, error: "mine" })
  })
})

describe("when", () => {
  it("takes the branch only for what the test is true of", async () => {
    const connection = fakeConnection(answerConcepts({ train: 0.9 }))
    const outcomes = await sightline(connection)
      .inputs(urls(4))
      .when(
        (_, { index }) => index % 2 === 0,
        (chain) => chain.top(1).predict(models.general)
      )
      .map((held) => ("concepts" in held ? "answer" : held.kind))
      .run()
    assert.deepStrictEqual(
      outcomes.map((outcome) => outcome.ok && outcome.value),
      ["answer", "image", "answer", "image"]
    )
  })

  it("refuses a branch that asks for something of no prediction, or that is another chain", () => {
    const app = sightline(fakeConnection(answerConcepts({})))
    assert.throws(
      () =>
        app.input(url).when(
          () => true,
          (chain) => chain.top(3)
        ),
      InvalidOption,
      /asks for top of no prediction/
    )
    assert.throws(
      () =>
        app.input(url).when(
          () => true,
          () => app.input(file("other.jpg")).predict(models.general)
        ),
      InvalidOption,
      /extends the chain it is given/
    )
  })
})

describe("orElse", () => {
  it("gives another chain's answer, or a value, for the input that failed alone", async () => {
    const app = sightline(fakeConnection(answerConcepts({ train: 0.9 })))
    const outcomes = await app
      .inputs([file("missing.jpg"), url])
      .predict(models.general)
      .orElse((error) => (error._tag === "MediaUnreadable" ? "unreadable" : "other"))
      .run()
    assert.deepStrictEqual(
      outcomes.map((outcome) => outcome.ok && (typeof outcome.value === "string" ? outcome.value : "answer")),
      ["unreadable", "answer"]
    )
    const other = await app
      .input(file("missing.jpg"))
      .predict(models.general)
      .orElse(() => app.input(url).predict(models.general))
      .run()
    assert.strictEqual(other.concepts[0]?.name, "train")
  })
})

describe("retry", () => {
  it.effect("runs everything before it again, after the one policy's wait", () =>
    Effect.gen(function* () {
      const connection = fakeConnection(busyFor(3), { limits: { maxAttempts: 1 } })
      const chain = sightline(connection).input(url).predict(models.general).retry({ times: 3 })
      const fiber = yield* Effect.forkChild(chain.asEffect())
      yield* Effect.yieldNow
      for (let i = 0; i < 200 && connection.calls.length < 4; i++) {
        yield* TestClock.adjust("1 second")
        yield* Effect.promise(() => new Promise((done) => setTimeout(done, 1)))
      }
      const { concepts } = yield* Fiber.join(fiber)
      assert.strictEqual(concepts[0]?.name, "train")
      assert.strictEqual(connection.calls.length, 4)
    })
  )

  it("leaves errors alone that say trying again cannot help", async () => {
    const connection = fakeConnection(() => ({ status: { code: 11102, description: "Invalid request" } }))
    const result = await sightline(connection).input(url).predict(models.general).retry({ times: 5 }).result()
    assert.strictEqual(result.ok ? "" : result.error._tag, "InvalidRequest")
    assert.strictEqual(connection.calls.length, 1)
  })

  it.effect("asks `when` which errors to repeat, such as a timeout", () =>
    Effect.gen(function* () {
      let calls = 0
      const connection = fakeConnection(
        (call) => (++calls < 3 ? new Promise(() => {}) : answerConcepts({ train: 0.9 })(call)),
        { limits: { maxAttempts: 1, attemptTimeoutMs: 100 } }
      )
      const seen: Array<string> = []
      const chain = sightline(connection)
        .input(url)
        .predict(models.general)
        .retry({
          times: 5,
          when: (error, { index }) => {
            seen.push(`${index} ${error._tag}`)
            return error._tag === "TimedOut"
          }
        })
      const fiber = yield* Effect.forkChild(chain.asEffect())
      for (let i = 0; i < 500 && fiber.pollUnsafe() === undefined; i++) {
        yield* TestClock.adjust("100 millis")
        yield* Effect.promise(() => new Promise((done) => setTimeout(done, 1)))
      }
      assert.strictEqual((yield* Fiber.join(fiber)).concepts[0]?.name, "train")
      assert.deepStrictEqual(seen, ["0 TimedOut", "0 TimedOut"])
    })
  )

  it("ends where `when` says no, and fails the input where it throws", async () => {
    const connection = fakeConnection(() => ({ status: { code: 11005 } }), { limits: { maxAttempts: 1 } })
    const chain = sightline(connection).input(url).predict(models.general)
    const refused = await chain.retry({ times: 5, when: () => false }).result()
    assert.strictEqual(refused.ok ? "" : refused.error._tag, "RateLimited")
    const thrown = await chain
      .retry({
        times: 5,
        when: () => {
          throw new Error("a mistake")
        }
      })
      .result()
    assert.strictEqual(thrown.ok ? "" : thrown.error._tag, "StepFailed")
    assert.include(thrown.ok ? "" : thrown.error.message, "a mistake")
    assert.strictEqual(connection.calls.length, 2)
  })
})

describe("timeout", () => {
  it.effect("ends one input by itself; the others of the series stand", () =>
    Effect.gen(function* () {
      const stalled = (call: FakeCall) =>
        inputsOf(call).length === 1 && JSON.stringify(call.body).includes("/0.jpg")
          ? new Promise(() => {})
          : answerConcepts({ train: 0.9 })(call)
      const connection = fakeConnection(stalled, {
        limits: { inputsPerCall: { image: 1, video: 1, audio: 1, text: 1 } }
      })
      const chain = sightline(connection).inputs(urls(3)).predict(models.general).timeout({ ms: 500 })
      const fiber = yield* Effect.forkChild(chain.asEffect())
      for (let i = 0; i < 100 && fiber.pollUnsafe() === undefined; i++) {
        yield* TestClock.adjust("100 millis")
        yield* Effect.promise(() => new Promise((done) => setTimeout(done, 2)))
      }
      const outcomes = yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error._tag)),
        ["TimedOut", "ok", "ok"]
      )
    })
  )
})

describe("cached", () => {
  it("sends equal inputs once, also those asked for at the same time, and keeps no failure", async () => {
    let failing = true
    const connection = fakeConnection((call) =>
      failing ? { status: { code: 11102, description: "no" } } : answerConcepts({ train: 0.9 })(call)
    )
    const bytes = Uint8Array.of(0xff, 0xd8, 0xff, 1)
    const chain = sightline(connection)
      .inputs([bytes, bytes.slice(), Uint8Array.of(0xff, 0xd8, 0xff, 2)])
      .predict(models.general)
      .cached()
    assert.isTrue((await chain.run()).every((outcome) => !outcome.ok))
    failing = false
    const before = connection.calls.flatMap(inputsOf).length
    const outcomes = await chain.run()
    assert.isTrue(outcomes.every((outcome) => outcome.ok))
    assert.strictEqual(connection.calls.flatMap(inputsOf).length - before, 2)
    const again = await chain.run()
    assert.strictEqual(connection.calls.flatMap(inputsOf).length - before, 2)
    assert.deepStrictEqual(
      again.map((outcome) => outcome.attempts),
      [0, 0, 0]
    )
  })

  it.effect("forgets after its time and beyond its capacity", () =>
    Effect.gen(function* () {
      const connection = fakeConnection(answerConcepts({ train: 0.9 }))
      const app = sightline(connection)
      const chain = app.inputs(urls(2)).predict(models.general).cached({ capacity: 1, ttlMs: 1000 })
      yield* chain
      yield* chain // the second of two drove the first out
      assert.strictEqual(connection.calls.flatMap(inputsOf).length, 3)
      const one = app.input(url).predict(models.general).cached({ ttlMs: 1000 })
      yield* one
      yield* TestClock.adjust("999 millis")
      yield* one
      assert.strictEqual(connection.calls.flatMap(inputsOf).length, 4)
      yield* TestClock.adjust("1 millis")
      yield* one
      assert.strictEqual(connection.calls.flatMap(inputsOf).length, 5)
    })
  )
})

describe("all", () => {
  it("reads the input once for several models, a stream too", async () => {
    let opened = 0
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        opened++
        controller.enqueue(Uint8Array.of(0xff, 0xd8, 0xff))
        controller.close()
      }
    })
    const connection = fakeConnection(answerConcepts({ train: 0.9 }))
    const { faces, labels } = await sightline(connection)
      .input(stream)
      .all({ labels: models.general, faces: models.faces })
      .run()
    assert.strictEqual(labels.concepts[0]?.name, "train")
    assert.deepStrictEqual(faces.regions, [])
    assert.strictEqual(opened, 1)
    assert.strictEqual(connection.calls.length, 2)
  })
})

describe("steps after one thing became several", () => {
  const copies = definePlugin({
    name: "copies",
    version: 1,
    verbs: {
      copies: (n: number) =>
        stageMany("copies", { n }, (image: Media<"image">) =>
          Stream.map(Stream.range(0, n - 1), (i) => image.with({ key: `c${i}` }))
        )
    }
  })

  it("find open what they were made of, inside a series too", async () => {
    const seen: Array<string> = []
    const opened = Effect.acquireRelease(
      Effect.sync(() => seen.push("open")),
      () => Effect.sync(() => seen.push("closed"))
    )
    const pages = definePlugin({
      name: "pages",
      version: 1,
      verbs: {
        pages: () => stageMany("pages", {}, () => Stream.unwrap(Effect.as(opened, Stream.range(1, 33))))
      }
    })
    const app = sightline(fakeConnection(answerConcepts({}))).use(pages)
    await app
      .inputs(urls(1))
      .pages()
      .tap((page) => void seen.push(`page ${page}`))
      .run()
    assert.deepStrictEqual(seen, ["open", ...Array.from({ length: 33 }, (_, i) => `page ${i + 1}`), "closed"])
  })

  it("concern each of them by itself, inside a series too", async () => {
    const connection = fakeConnection(answerConcepts({ train: 0.9 }))
    const app = sightline(connection).use(copies)
    const outcomes = await app
      .inputs(urls(2))
      .top(2)
      .copies(3)
      .predict(models.general)
      .map((answer, { index }) => {
        if (index === 1) throw new Error("not this one")
        return answer.inputId
      })
      .orElse(() => "instead")
      .run()
    assert.deepStrictEqual(
      outcomes.map((outcome) => outcome.ok && outcome.value.map((inner) => inner.ok && inner.value)),
      [
        ["c0", "instead", "c2"],
        ["c0", "instead", "c2"]
      ]
    )
    // what was asked before the copies were made holds for each
    assert.isTrue(connection.calls.every((call) => JSON.stringify(call.body).includes(`"max_concepts":2`)))
    assert.isBelow(connection.calls.length, 3) // things of one turn share calls
  })
})
