import { afterAll, assert, describe, it } from "@effect/vitest"
import { clarifai, models, type Outcome, sightline } from "../../src/index.ts"
import { conceptOf } from "./answers.ts"
import { type Seen, startFaultServer } from "./server.ts"
import { type Fault, faults } from "./table.ts"

const server = startFaultServer()
afterAll(() => server.close())

const urlsFor = (n: number) => Array.from({ length: n }, (_, i) => `https://images.test/${i}.jpg`)

/** Faults that end otherwise have time to do so on a busy machine. */
const patienceMs = ({ ends }: Fault): number => ([ends].flat().includes("TimedOut") ? 1500 : 25_000)

const connect = (baseUrl: string, fault: Fault, fetch?: typeof globalThis.fetch) =>
  clarifai({
    pat: "0123456789abcdef0123456789abcdef",
    userId: "me",
    appId: "main",
    baseUrl,
    ...(fetch === undefined ? {} : { fetch: (input, init) => fetch(input, init) }),
    rate: { perSecond: Infinity },
    limits: { attemptTimeoutMs: patienceMs(fault), maxAnswerBytes: 1_000_000 }
  })

const nth = <A>(value: A | ReadonlyArray<A>, i: number): A | undefined =>
  Array.isArray(value) ? value[i] : (value as A) // not a list, so the value itself

const endOf = (outcome: Outcome<unknown, { readonly _tag: string }>) => (outcome.ok ? "ok" : outcome.error._tag)

/** No input is sent again after a call that did, or may have done, its work. */
const assertNoRepeat = (seen: ReadonlyArray<Seen>) => {
  const settled = new Set<string>()
  for (const { urls, work } of seen) {
    for (const url of urls) assert.isFalse(settled.has(url), `${url} was sent again`)
    urls.forEach((url, i) => {
      if (work[i] !== "none") settled.add(url)
    })
  }
}

const assertApart = (seen: ReadonlyArray<Seen>, { apartMs = 0 }: Fault) => {
  for (const [i, { atMs }] of seen.entries())
    assert.isAtLeast(atMs - (seen[i - 1]?.atMs ?? 0), apartMs, "the wait that was asked for was undercut")
}

const runMany = async (name: string, fault: Fault, fetch?: typeof globalThis.fetch) => {
  const { baseUrl, seen } = await server.add(fault.serve, fault.unread)
  const urls = urlsFor(fault.inputs ?? 3)
  await using app = sightline(connect(baseUrl, fault, fetch))
  const outcomes = await app.inputs(urls).predict(models.general).run()
  assert.deepStrictEqual(
    outcomes.map(endOf),
    urls.map((_, i) => nth(fault.ends, i))
  )
  assert.deepStrictEqual(
    outcomes.map(({ attempts }) => attempts),
    urls.map((_, i) => nth(fault.attempts ?? 1, i))
  )
  outcomes.forEach((outcome, i) => {
    assert.strictEqual(outcome.index, i)
    if (outcome.ok) assert.strictEqual(outcome.value.concepts[0]?.name, conceptOf(urls[i] ?? ""))
    else {
      assert.strictEqual("index" in outcome.error ? outcome.error.index : undefined, i)
      if (fault.code !== undefined)
        assert.strictEqual("code" in outcome.error ? outcome.error.code : undefined, fault.code)
    }
  })
  assert.strictEqual(seen.length, fault.requests, name)
  assertNoRepeat(seen)
  assertApart(seen, fault)
}

describe.concurrent("a server that misbehaves, and inputs", () => {
  it.for(Object.entries(faults))("%s", async ([name, fault]) => runMany(name, fault))
})

describe.concurrent("a server that misbehaves, and inputs over the platform's own fetch", () => {
  it.for(Object.entries(faults))("%s", async ([name, fault]) => runMany(name, fault, globalThis.fetch))
})

/** Faults in which a single input meets the same end as the first of three. */
const alike = Object.entries(faults).filter(([, { ends }]) => typeof ends === "string")

describe.concurrent("a server that misbehaves, and one input", () => {
  it.for(alike)("%s", async ([name, fault]) => {
    const { baseUrl, seen } = await server.add(fault.serve, fault.unread)
    await using app = sightline(connect(baseUrl, fault))
    const result = await app.input("https://images.test/0.jpg").predict(models.general).result()
    assert.strictEqual(result.ok ? "ok" : result.error._tag, fault.ends)
    if (Array.isArray(fault.attempts)) assert.strictEqual(seen.length, 1)
    else assert.strictEqual(seen.length, fault.requests, name)
    assertNoRepeat(seen)
    assertApart(seen, fault)
  })
})

it("no redirect was followed, and the credential went nowhere else", () => {
  assert.deepStrictEqual(server.strays, [])
  assert.isAtLeast(Object.keys(faults).length, 30)
})
