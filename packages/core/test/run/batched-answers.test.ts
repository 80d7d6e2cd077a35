import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { models, type Outcome, sightline } from "../../src/index.ts"
import { fakeConnection } from "../../src/testing.ts"
import { body, output } from "../faults/answers.ts"
import { inputsOf } from "./answers.ts"

type Outcomes = ReadonlyArray<Outcome<unknown, { readonly _tag: string }>>

const urlOf = (i: number) => `https://images.test/${i}.jpg`
const urlsFor = (n: number) => Array.from({ length: n }, (_, i) => urlOf(i))
const urlsOf = (call: Parameters<typeof inputsOf>[0]) =>
  inputsOf(call).map(({ data }) => (data as { readonly image: { readonly url: string } }).image.url)

const told = (outcomes: Outcomes) => outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error._tag))

/** Refuses every call that holds one of the bad inputs, as models do that answer all or nothing. */
const allOrNothing = (bad: ReadonlySet<string>, refusal: "bare" | "listed") => {
  const answered = new Map<string, number>()
  const connection = fakeConnection((call) => {
    const urls = urlsOf(call)
    if (urls.some((url) => bad.has(url)))
      return Response.json(
        refusal === "bare"
          ? body(30002)
          : body(
              10020,
              urls.map((url) => output(url, 30002))
            ),
        { status: 400 }
      )
    for (const url of urls) answered.set(url, (answered.get(url) ?? 0) + 1)
    return body(
      10000,
      urls.map((url) => output(url))
    )
  })
  return { answered, connection }
}

describe("a call that is refused for one of its inputs", () => {
  it.each(["bare", "listed"] as const)("loses no other answer, in 15 calls at most (%s)", async (refusal) => {
    for (const at of [0, 1, 63, 64, 100, 127]) {
      const { answered, connection } = allOrNothing(new Set([urlOf(at)]), refusal)
      const outcomes = await sightline(connection).inputs(urlsFor(128)).predict(models.general).run()
      assert.deepStrictEqual(
        told(outcomes),
        urlsFor(128).map((_, i) => (i === at ? "InputRejected" : "ok"))
      )
      assert.isAtMost(connection.calls.length, 15)
      assert.deepStrictEqual([...new Set(answered.values())], [1])
    }
  })

  it("leaves 999 of 1,000 standing", async () => {
    const { answered, connection } = allOrNothing(new Set([urlOf(617)]), "bare")
    const outcomes = await sightline(connection).inputs(urlsFor(1000)).predict(models.general).run()
    assert.strictEqual(outcomes.filter(({ ok }) => ok).length, 999)
    assert.strictEqual(answered.size, 999)
    assert.isAtMost(connection.calls.length, 7 + 15)
    const failed = outcomes.find(({ ok }) => !ok)
    assert.strictEqual(failed?.index, 617)
    assert.strictEqual(failed?.attempts, 8)
  })

  it("answers every good input, however many are bad and wherever they are", () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 39 }), { maxLength: 10 }),
        async (count, positions) => {
          const bad = new Set(positions.filter((at) => at < count).map(urlOf))
          const { answered, connection } = allOrNothing(bad, "bare")
          const outcomes = await sightline(connection).inputs(urlsFor(count)).predict(models.general).run()
          assert.deepStrictEqual(
            told(outcomes),
            urlsFor(count).map((url) => (bad.has(url) ? "InputRejected" : "ok"))
          )
          assert.isTrue([...answered.values()].every((times) => times === 1))
          const carried = connection.calls.flatMap(urlsOf)
          outcomes.forEach(({ attempts, index }) =>
            assert.strictEqual(attempts, carried.filter((url) => url === urlOf(index)).length)
          )
        }
      ),
      { numRuns: 60 }
    ))

  it("is not taken apart for what its inputs share", async () => {
    const connection = fakeConnection(() => Response.json(body(40001), { status: 400 }))
    const outcomes = await sightline(connection).inputs(urlsFor(128)).predict(models.general).run()
    assert.deepStrictEqual([...new Set(told(outcomes))], ["InvalidRequest"])
    assert.strictEqual(outcomes.length, 128)
    assert.strictEqual(connection.calls.length, 1 + 2 + 4 + 8)
  })
})

describe("outputs and inputs", () => {
  const shuffled = (drop: number) => (call: Parameters<typeof inputsOf>[0]) =>
    body(
      10000,
      urlsOf(call)
        .filter((_, i) => i !== drop)
        .toReversed()
        .map((url) => output(url))
    )
  const nameOf = (outcome: Outcome<{ readonly concepts: ReadonlyArray<{ readonly name: string }> }, unknown>) =>
    outcome.ok ? outcome.value.concepts[0]?.name : "failed"

  it("that are the same twice are answered twice", async () => {
    const urls = [urlOf(0), urlOf(1), urlOf(0)]
    const connection = fakeConnection((call) => {
      const [first = "", second = "", third = ""] = urlsOf(call)
      return body(10000, [output(second), output(first), output(third)])
    })
    const outcomes = await sightline(connection).inputs(urls).predict(models.general).run()
    assert.deepStrictEqual(
      outcomes.map(nameOf),
      urls.map((url) => `concept of ${url}`)
    )
  })

  it("are not guessed where one is missing and nothing tells which", async () => {
    const connection = fakeConnection((call) =>
      body(
        10000,
        [
          { ...output("x"), input: undefined },
          { ...output("y"), input: undefined }
        ].slice(0, inputsOf(call).length)
      )
    )
    const outcomes = await sightline(connection)
      .inputs([new Uint8Array([1]), new Uint8Array([2]), new Uint8Array([3])])
      .predict(models.general)
      .run()
    assert.deepStrictEqual(told(outcomes), ["MalformedAnswer", "MalformedAnswer", "MalformedAnswer"])
  })

  it("find each other by address", async () => {
    const outcomes = await sightline(fakeConnection(shuffled(2)))
      .inputs(urlsFor(5))
      .predict(models.general)
      .run()
    assert.deepStrictEqual(
      outcomes.map(nameOf),
      urlsFor(5).map((url, i) => (i === 2 ? "failed" : `concept of ${url}`))
    )
  })
})
