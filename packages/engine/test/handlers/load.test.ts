/** Requests that would cost more than they look like, and others that want to be answered meanwhile. */
import { assert, describe, it } from "@effect/vitest"
import { freshEngine } from "../support/fresh-engine.ts"

/**
 * The longest time for which this thread could not do anything else, as a share of the whole, 0 to 1: 1 if it was never free. A
 * busy machine stretches both.
 */
const longestBlock = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  let [longest, last] = [0, started]
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 2)
  await work()
  clearInterval(timer)
  const ended = performance.now()
  return Math.max(longest, ended - last) / (ended - started)
}

/** How much slower this machine is now than an idle one, at least 1: the time of a fixed piece of work. */
const slowness = (): number => {
  const started = performance.now()
  let sum = 0
  for (let i = 0; i < 30_000_000; i++) sum = (sum + i) | 0
  assert.isDefined(sum)
  return Math.max(1, (performance.now() - started) / 30)
}

describe("a search by metadata", () => {
  it("of 24 kB neither takes seconds nor blocks others", { timeout: 60_000 }, async () => {
    await using local = freshEngine()
    const members = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`k${n}`, n]))
    const inputs = Array.from({ length: 128 }, (_, n) => ({
      id: `i${n}`,
      data: { text: { raw: `${n}` }, metadata: { ...members, last: n } }
    }))
    assert.strictEqual((await local.ask("POST /v2/inputs", { inputs })).http, 200)
    const and = { input: { data: { metadata: { ...members, last: 5 } } } }
    const before = process.cpuUsage()
    let hits = 0
    const blocked = await longestBlock(async () => {
      const { body } = await local.ask("POST /v2/searches", { query: { ands: [and] } })
      hits = body.hits.length
    })
    const { system, user } = process.cpuUsage(before) // in microseconds, whatever else the machine does
    assert.strictEqual(hits, 1)
    assert.isBelow(blocked, 0.5)
    assert.isBelow((system + user) / 1000, 3000)
  })

  it("ends at its limit", { timeout: 60_000 }, async () => {
    await using local = freshEngine({ limits: { searchTimeoutMs: 1 } })
    const inputs = Array.from({ length: 128 }, (_, n) => ({ data: { text: { raw: `${n}` } } }))
    for (let n = 0; n < 8; n++) await local.ask("POST /v2/inputs", { inputs })
    const { body, http } = await local.ask("POST /v2/searches", { query: { ands: [] } })
    assert.deepStrictEqual([http, body.status.code], [400, 40002])
    assert.include(body.status.details, "took longer than 1 ms")
  })
})

describe("long lists", () => {
  it("of a body are refused, ids of inputs are not", { timeout: 60_000 }, async () => {
    await using local = freshEngine()
    const many = Array.from({ length: 1001 }, (_, n) => ({ id: `c${n}` }))
    for (const line of ["POST /v2/concepts", "PATCH /v2/concepts", "POST /v2/workflows", "PATCH /v2/models"]) {
      const list = line.split("/").at(-1) ?? ""
      const { body } = await local.ask(line, { [list]: many })
      assert.strictEqual(body.status.code, 11102, line)
      assert.include(body.status.details, "at most 1000")
    }
    const ids = Array.from({ length: 20_000 }, (_, n) => `i${n}`)
    assert.strictEqual((await local.ask("DELETE /v2/inputs", { ids })).http, 200)
    assert.strictEqual((await local.ask("DELETE /v2/models", { ids })).body.status.code, 11102)
    assert.strictEqual((await local.ask("DELETE /v2/workflows", { ids })).body.status.code, 11102)
  })

  it("of concepts in a model or an input are refused", async () => {
    await using local = freshEngine()
    const concepts = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `c${n}` }))
    const model = await local.ask("POST /v2/models", {
      model: { id: "m", output_info: { data: { concepts: concepts(10_001) } } }
    })
    assert.strictEqual(model.body.status.code, 21202)
    const add = { id: "a", data: { text: { raw: "a" }, concepts: concepts(1001) } }
    const input = await local.ask("POST /v2/inputs", { inputs: [add] })
    assert.strictEqual(input.body.status.code, 39999)
    const nodes = Array.from({ length: 101 }, (_, n) => ({ id: `n${n}`, model: { id: "m" } }))
    const workflow = await local.ask("POST /v2/workflows", { workflows: [{ id: "w", nodes }] })
    assert.strictEqual(workflow.body.status.code, 22104)
  })

  it("of inputs and of their metadata are changed in parts", { timeout: 60_000 }, async () => {
    await using local = freshEngine()
    const inputs = Array.from({ length: 128 }, (_, n) => ({ id: `i${n}`, data: { text: { raw: `${n}` } } }))
    await local.ask("POST /v2/inputs", { inputs })
    const concepts = Array.from({ length: 200 }, (_, n) => ({ id: `c${n}` }))
    const changes = inputs.map(({ id }) => ({ id, data: { concepts } }))
    const blocked = await longestBlock(async () => {
      const { http } = await local.ask("PATCH /v2/inputs", { inputs: changes, action: "merge" })
      assert.strictEqual(http, 200)
    })
    assert.isBelow(blocked, 0.5)
    const large = { id: "i0", data: { metadata: { text: "x".repeat(5 << 20) } } }
    const refused = await local.ask("PATCH /v2/inputs", { inputs: [large] })
    assert.strictEqual(refused.body.status.code, 39999)
  })
})

describe("a search for names", () => {
  it("with many wildcards ends at once", { timeout: 60_000 }, async () => {
    await using local = freshEngine()
    const name = "a".repeat(20_000)
    await local.ask("POST /v2/concepts", {
      concepts: [
        { id: "a", name },
        { id: "Ünde", name: "Ünde" }
      ]
    })
    const search = (pattern: string) => local.ask("POST /v2/concepts/searches", { concept_query: { name: pattern } })
    const started = performance.now()
    assert.strictEqual((await search(`${"*a".repeat(1000)}*b`)).body.concepts.length, 0)
    assert.isBelow(performance.now() - started, 2000 * slowness())
    assert.strictEqual((await search("ü*e")).body.concepts.length, 1)
    assert.strictEqual((await search("a*")).body.concepts.length, 1)
  })
})

describe("a served engine", () => {
  it("does not tell paths of its machine", async () => {
    await using local = freshEngine()
    const { url } = await local.serve()
    const response = await fetch(`${url}/v2/models/none/outputs`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ inputs: [{ data: { text: { raw: "x" } } }] })
    })
    const text = await response.text()
    assert.notInclude(text, local.directory)
    assert.include(text, "into the engine's models folder,")
    const { body } = await local.ask("POST /v2/models/none/outputs", { inputs: [{ data: { text: { raw: "x" } } }] })
    assert.include(body.status.details, local.directory) // in this process it is of use
  })
})
