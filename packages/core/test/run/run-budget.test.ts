// What a chain's budget lets through, what it stops, and what it keeps.
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { type Budget, BudgetSpent, model, models, type Prices, sightline, toMedia } from "../../src/index.ts"
import { readPortable } from "../../src/chain/from-portable.ts"
import type { Step } from "../../src/chain/chain-state.ts"
import { budgetError, budgetOf, priceName } from "../../src/run/run-budget.ts"
import { failWith } from "../../src/testing/fail-with.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"
import { fakeModel } from "../../src/testing/fake-model.ts"

const urls = Array.from({ length: 1000 }, (_, i) => `https://x.test/${i}.jpg`)
const [url = ""] = urls
const prices: Prices = { asOf: "2026-11-30", usdPerInput: { "general-image-recognition": 0.01 } }
const general = fakeModel(models.general, { concepts: ["train"] })

const tagsOf = (outcomes: ReadonlyArray<{ readonly ok: boolean; readonly error?: unknown }>) =>
  outcomes.map((outcome) => (outcome.ok ? "ok" : Object(outcome.error)._tag))
const count = (tags: ReadonlyArray<string>, tag: string) => tags.filter((each) => each === tag).length

describe("the budget of a chain", () => {
  it("stops before the call that would exceed it: what was answered stays, and the rest is BudgetSpent", async () => {
    const connection = fakeConnection(general)
    const outcomes = await sightline(connection).inputs(urls).predict(models.general).budget({ calls: 3 }).run()
    const tags = tagsOf(outcomes)
    assert.deepStrictEqual([connection.calls.length, outcomes.length], [3, 1000])
    assert.deepStrictEqual([count(tags.slice(0, 384), "ok"), count(tags.slice(384), "BudgetSpent")], [384, 616])
    const [last] = outcomes.slice(-1)
    assert.isTrue(last !== undefined && !last.ok && last.error._tag === "BudgetSpent")
    if (last === undefined || last.ok) return
    assert.deepStrictEqual([last.index, last.attempts], [999, 0])
    assert.strictEqual(
      Object(last.error).message,
      "input 999: the budget of 3 calls is spent; run what is left with a new one"
    )
  })

  it("holds wherever it stands in the chain, and the lowest of several holds", async () => {
    const connection = fakeConnection(general)
    const app = sightline(connection)
    const before = await app.inputs(urls).budget({ calls: 2 }).predict(models.general).budget({ calls: 5 }).run()
    assert.deepStrictEqual([connection.calls.length, count(tagsOf(before), "ok")], [2, 256])
  })

  it("is for one run: the inputs that were left are answered by another one, and none is sent twice", async () => {
    const connection = fakeConnection(general)
    const chain = (of: ReadonlyArray<string>) =>
      sightline(connection).inputs(of).predict(models.general).budget({ calls: 5 })
    const first = await chain(urls).run()
    const left = first.flatMap((outcome) => (outcome.ok ? [] : [urls[outcome.index] ?? ""]))
    const second = await chain(left).run()
    assert.deepStrictEqual([left.length, count(tagsOf(second), "ok")], [360, 360])
    assert.strictEqual(connection.calls.length, 8)
  })

  it("lets a source of unknown length be read no further, and says so once", async () => {
    const connection = fakeConnection(general)
    let read = 0
    const endless = function* () {
      for (;;) yield `https://x.test/${read++}.jpg`
    }
    const chain = sightline(connection).inputs(endless()).predict(models.general).budget({ calls: 2 })
    const tags: Array<string> = []
    for await (const outcome of chain.stream({ concurrency: 1 })) tags.push(outcome.ok ? "ok" : outcome.error._tag)
    assert.strictEqual(count(tags, "ok"), 256)
    assert.strictEqual(tags.at(-1), "BudgetSpent")
    assert.isBelow(read, 1000)
  })

  it("makes the calls that its plan has, and the plan says what is left", async () => {
    const connection = fakeConnection(general)
    const chain = sightline(connection, { prices }).inputs(urls).predict(models.general).budget({ usd: 2.6 })
    const plan = await chain.plan()
    assert.deepStrictEqual([plan.calls.length, plan.items, plan.budget], [2, 256, { usd: 2.6, unsent: 744 }])
    assert.approximately(plan.usd ?? Number.NaN, 2.56, 1e-9)
    const text = await chain.explain()
    assert.include(text, "at least 0.0 s, 2.56 USD")
    assert.include(text, "budget of 2.6 USD: leaves 744 inputs unsent")
    const outcomes = await chain.run()
    assert.deepStrictEqual([connection.calls.length, count(tagsOf(outcomes), "ok")], [2, 256])
  })

  it("counts every attempt, so a repeat is a call", async () => {
    let failures = 1
    const busy = failWith("RateLimited", { retryAfterMs: 0 })
    const connection = fakeConnection((call) => (failures-- > 0 ? busy(call) : general(call)))
    const app = sightline(connection)
    const one = await app.input(url).predict(models.general).budget({ calls: 1 }).result()
    assert.deepStrictEqual([!one.ok && one.error._tag, connection.calls.length], ["BudgetSpent", 1])
    failures = 1
    const two = await app.input(url).predict(models.general).budget({ calls: 2 }).result()
    assert.deepStrictEqual([two.ok, connection.calls.length], [true, 3])
  })

  it("keeps the answers of an input that needs another call", async () => {
    const connection = fakeConnection(general)
    const chain = (app: ReturnType<typeof sightline>) =>
      app
        .inputs([url, "https://x.test/b.jpg"])
        .predict(models.general)
        .map(() => toMedia("image", "https://x.test/next.jpg"))
    const outcomes = await chain(sightline(connection)).budget({ calls: 1 }).predict(models.general).run()
    assert.strictEqual(connection.calls.length, 1)
    for (const outcome of outcomes) {
      assert.isTrue(!outcome.ok && outcome.error instanceof BudgetSpent)
      if (outcome.ok || !(outcome.error instanceof BudgetSpent)) continue
      assert.deepStrictEqual(
        [outcome.attempts, outcome.error.answers.length, outcome.error.index],
        [1, 1, outcome.index]
      )
      assert.notInclude(JSON.stringify(outcome.error), "train")
    }
    const single = await sightline(connection)
      .input(url)
      .predict(models.general)
      .map(() => toMedia("image", "https://x.test/next.jpg"))
      .predict(models.general)
      .budget({ calls: 1 })
      .result()
    assert.isTrue(!single.ok && single.error instanceof BudgetSpent && single.error.answers.length === 1)
  })

  it("keeps the answers of those models of `all` that were asked", async () => {
    const connection = fakeConnection(general)
    const result = await sightline(connection)
      .input(url)
      .all({ a: models.general, b: models.color })
      .budget({ calls: 1 })
      .result()
    const error = Object(!result.ok && result.error)
    assert.strictEqual(error._tag, "PartlyAnswered")
    assert.deepStrictEqual([Object.keys(error.answers), error.failures.b._tag], [["a"], "BudgetSpent"])
  })

  it("is of its own run alone: two runs at once share no call where one has a budget", async () => {
    const connection = fakeConnection(general)
    const chain = sightline(connection).input(url).predict(models.general)
    const [none, free] = await Promise.all([chain.budget({ calls: 0 }).result(), chain.result()])
    assert.deepStrictEqual([!none.ok && none.error._tag, free.ok], ["BudgetSpent", true])
    assert.strictEqual(connection.calls.length, 1)
  })

  it("makes no smaller call either, once one did not fit", async () => {
    const connection = fakeConnection(general)
    const app = sightline(connection, { prices })
    const outcomes = await app.inputs(urls.slice(0, 130)).predict(models.general).budget({ usd: 1 }).run()
    assert.deepStrictEqual([connection.calls.length, count(tagsOf(outcomes), "BudgetSpent")], [0, 130])
  })

  it("travels in the portable form of the chain", () => {
    const app = sightline(fakeConnection(general))
    const form = app.inputs(urls.slice(0, 2)).predict(models.general).budget({ calls: 1, ms: 500 }).toPortable()
    assert.deepStrictEqual(form.steps[1], { verb: "budget", args: [{ calls: 1, ms: 500 }] })
    assert.deepStrictEqual(readPortable(app, app["~sightline/names"], form).toPortable(), form)
  })

  it("holds for a streamed answer", async () => {
    const connection = fakeConnection(general)
    const llm = model({ id: "llm", task: "text-to-text" })
    const read = sightline(connection).text("q").budget({ calls: 0 }).generate(llm).text()
    const error: unknown = await read.catch((thrown: unknown) => thrown)
    assert.isTrue(error instanceof BudgetSpent)
    assert.strictEqual(connection.calls.length, 0)
  })

  it.effect("starts no call after its time, counted from the first call on", () =>
    Effect.gen(function* () {
      const connection = fakeConnection(general)
      const chain = sightline(connection)
        .inputs(urls)
        .predict(models.general)
        .tap((_, { index }) => (index % 128 === 0 ? Effect.sleep(100) : undefined))
        .budget({ ms: 150 })
      const fiber = yield* Effect.forkChild(Stream.runCollect(chain.toStream({ concurrency: 1 })))
      while (fiber.pollUnsafe() === undefined) {
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
        yield* TestClock.adjust(10)
      }
      const tags = tagsOf(yield* Fiber.join(fiber))
      assert.deepStrictEqual([connection.calls.length, count(tags, "ok"), count(tags, "BudgetSpent")], [2, 256, 744])
    })
  )
})

describe("a budget that cannot be kept", () => {
  const wrong: ReadonlyArray<readonly [Budget, string]> = [
    [{ calls: -1 }, "calls is -1; it must be 0 or more"],
    [{ ms: Number.NaN }, "ms is NaN; it must be 0 or more"],
    [Object({ call: 3 }), "has no limit named call; give calls, usd or ms"],
    [{ usd: 1 }, "usd needs the price of general-image-recognition; give it with prices: { asOf, usdPerInput }"]
  ]
  it.each(wrong)("%j is an InvalidOption, and nothing is sent", async (budget, problem) => {
    const connection = fakeConnection(general)
    const app = sightline(connection)
    const one = await app.input(url).predict(models.general).budget(budget).result()
    const [first] = await app.inputs(urls).predict(models.general).budget(budget).run()
    for (const error of [!one.ok && one.error, first?.ok === false && first.error]) {
      assert.strictEqual(Object(error)._tag, "InvalidOption")
      assert.include(Object(error).message, problem)
    }
    assert.strictEqual(connection.calls.length, 0)
  })

  it("in US dollars names every model without a price, by the id of its page too", async () => {
    const connection = fakeConnection(general)
    const page = "https://clarifai.com/clarifai/main/models/other"
    const chain = sightline(connection, { prices }).input(url).all({ a: models.general, b: page }).budget({ usd: 1 })
    const result = await chain.result()
    assert.include(Object(!result.ok && result.error).message, "usd needs the price of other;")
    const planned = await chain.plan().catch((error: unknown) => error)
    assert.strictEqual(Object(planned)._tag, "InvalidOption")
    const known = { ...prices, usdPerInput: { ...prices.usdPerInput, other: 0 } }
    const app = sightline(connection, { prices: known })
    const plan = await app.input(url).all({ a: models.general, b: page }).plan()
    assert.approximately(plan.usd ?? Number.NaN, 0.01, 1e-9)
  })

  it.each([
    [{ asOf: "soon", usdPerInput: {} }, "prices asOf is soon"],
    [{ asOf: "2026-11-30", usdPerInput: { m: -1 } }, "prices has -1 for m"]
  ])("with %j is an InvalidOption", async (given, problem) => {
    const connection = fakeConnection(general)
    const result = await sightline(connection, { prices: given }).input(url).predict("m").budget({ usd: 1 }).result()
    assert.include(Object(!result.ok && result.error).message, problem)
    assert.strictEqual(connection.calls.length, 0)
  })

  it("in a branch is refused where it is written", () => {
    const app = sightline(fakeConnection(general))
    assert.throws(
      () =>
        app.input(url).when(
          () => true,
          (branch) => branch.budget({ calls: 1 }) as never
        ),
      /a budget is the whole chain's/
    )
  })
})

describe("what a chain's budget is made of", () => {
  const app = sightline(fakeConnection(general))
  const stepsOf = (chain: { readonly "~sightline/state": { readonly steps: ReadonlyArray<Step> } }) =>
    chain["~sightline/state"].steps

  it("a model has its price by its id, however it is named", () => {
    assert.strictEqual(priceName("general"), "general")
    assert.strictEqual(priceName("https://clarifai.com/clarifai/main/models/other"), "other")
    assert.strictEqual(priceName(models.general), "general-image-recognition")
  })

  it("limits come from steps of budgets alone; without any there is none", () => {
    const chain = app.input(url).predict(models.general)
    assert.isUndefined(budgetOf(stepsOf(chain)))
    assert.deepStrictEqual(budgetOf(stepsOf(chain.budget({ calls: 4 }).budget({ calls: 2, ms: 9 }))), {
      calls: 2,
      ms: 9
    })
  })

  it("a budget without US dollars needs no prices", () => {
    assert.isUndefined(budgetError(stepsOf(app.input(url).predict(models.general).budget({ calls: 1 })), undefined))
  })

  it("every model that may be asked needs a price: of a prediction, of several, and of a branch", () => {
    const chains = [
      app.input(url).predict("m"),
      app.input(url).all({ a: models.general, b: "m" }),
      app
        .input(url)
        .predict(models.general)
        .when(
          () => true,
          (branch) => branch.map(() => toMedia("image", url)).predict("m")
        )
    ]
    for (const chain of chains) {
      const error = budgetError(stepsOf(chain.budget({ usd: 1 })), prices)
      assert.deepStrictEqual([error?._tag, error?.option], ["InvalidOption", "budget"])
      assert.include(error?.message ?? "", "the price of m;")
    }
    const known = { ...prices, usdPerInput: { ...prices.usdPerInput, m: 0 } }
    for (const chain of chains) assert.isUndefined(budgetError(stepsOf(chain.budget({ usd: 1 })), known))
  })

  it("names the option that is wrong", () => {
    const steps = stepsOf(app.input(url).predict("m").budget({ calls: -1 }))
    assert.strictEqual(budgetError(steps, prices)?.option, "budget")
    const unknown = budgetError(stepsOf(app.input(url).predict("m")), { asOf: "soon", usdPerInput: {} })
    assert.strictEqual(unknown?.option, "prices")
  })
})

it("a plan without prices knows no US dollars, and one without a budget has none", async () => {
  const plan = await sightline(fakeConnection(general)).input(url).predict(models.general).plan()
  assert.deepStrictEqual([plan.usd, plan.budget], [undefined, undefined])
})
