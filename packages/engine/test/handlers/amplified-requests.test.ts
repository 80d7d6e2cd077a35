/** Small requests that used to cost seconds or gigabytes: lists in lists, repeated ids, many conditions, long names. */
import { assert, describe, it } from "@effect/vitest"
import { freshEngine } from "../support/fresh-engine.ts"

/** Milliseconds of the processor, whatever else the machine does. */
const cost = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage()
  await work()
  const { system, user } = process.cpuUsage(before)
  return (system + user) / 1000
}

describe("a search", () => {
  it("reads a stored list once, however many lists of its filter are compared with it", async () => {
    await using local = freshEngine()
    const numbers = Array.from({ length: 200_000 }, (_, n) => n)
    const inputs = [{ id: "a", data: { text: { raw: "x" }, metadata: { rows: [numbers] } } }]
    await local.ask("POST /v2/inputs", { inputs })
    const search = (rows: ReadonlyArray<unknown>) =>
      local.ask("POST /v2/searches", { query: { ands: [{ input: { data: { metadata: { rows } } } }] } })
    const spent = await cost(async () => {
      assert.strictEqual((await search(numbers.slice(0, 300).map((n) => [n]))).body.hits.length, 1)
    })
    assert.isBelow(spent, 5000) // 20 s, when each of the 300 read it
    assert.strictEqual((await search([[0], [-1]])).body.hits.length, 0)
  })

  it("counts the comparisons of all its metadata filters together", async () => {
    await using local = freshEngine()
    const items = Array.from({ length: 400 }, (_, n) => ({ n }))
    await local.ask("POST /v2/inputs", { inputs: [{ data: { text: { raw: "x" }, metadata: { items } } }] })
    const search = (count: number) =>
      local.ask("POST /v2/searches", {
        query: { ands: Array.from({ length: count }, () => ({ input: { data: { metadata: { items } } } })) }
      })
    assert.strictEqual((await search(1)).body.hits.length, 1)
    const refused = await search(50)
    assert.deepStrictEqual([refused.http, refused.body.status.code], [400, 40002])
    assert.include(refused.body.status.details, "within lists")
  })

  it.each([
    ["ands", { ands: Array.from({ length: 1001 }, () => ({ output: { input: { id: "a" } } })) }],
    ["filters", { filters: Array.from({ length: 1001 }, () => ({ annotation: {} })) }],
    ["ranks", { ranks: Array.from({ length: 1001 }, () => ({ annotation: { id: "a" } })) }],
    [
      "concepts of one filter",
      { ands: [{ input: { data: { concepts: Array.from({ length: 200_000 }, () => ({ name: "a" })) } } }] }
    ]
  ])("with too many %s is refused", async (_, query) => {
    await using local = freshEngine()
    const { body, http } = await local.ask("POST /v2/searches", { query })
    assert.deepStrictEqual([http, body.status.code], [400, 40002])
    assert.match(body.status.details, /conditions; at most 1000 are accepted/)
  })

  it("for a long name in a longer one takes time linear in both", async () => {
    await using local = freshEngine()
    const [half, whole] = ["a".repeat(50_000), "a".repeat(300_000)]
    await local.ask("POST /v2/concepts", { concepts: [{ id: "long", name: `${whole}b${half}` }] })
    const search = (name: string) => local.ask("POST /v2/concepts/searches", { concept_query: { name } })
    const spent = await cost(async () => {
      assert.strictEqual((await search(`*${half}c${half}*`)).body.concepts.length, 0)
    })
    assert.isBelow(spent, 1500) // 6.7 s with `indexOf`
    assert.strictEqual((await search(`*${half}b${half}*`)).body.concepts.length, 1)
    assert.strictEqual((await search(`A*${half}B*`)).body.concepts.length, 1)
  })
})

describe("a list of inputs", () => {
  it("is refused where its metadata or texts are too large together; one input alone never is", async () => {
    await using local = freshEngine()
    const metadata = { text: "x".repeat(3 << 20) }
    const inputs = Array.from({ length: 6 }, (_, n) => ({ id: `i${n}`, data: { text: { raw: "x" }, metadata } }))
    const text = { id: "text", data: { text: { raw: "y".repeat(17 << 20) } } }
    await local.ask("POST /v2/inputs", { inputs: [text, ...inputs] })
    for (const line of [
      "GET /v2/inputs",
      "GET /v2/inputs?per_page=1000",
      "GET /v2/inputs/stream?per_page=7",
      "GET /v2/inputs/stream?per_page=7&order_by_id=true",
      "GET /v2/inputs/stream?per_page=7&last_id=text",
      `GET /v2/inputs?${"ids=i1&".repeat(6)}`,
      "GET /v2/inputs?ids=text&ids=i0"
    ]) {
      const { body, http } = await local.ask(line)
      assert.deepStrictEqual([http, body.status.code], [400, 11102], line)
      assert.include(body.status.details, "ask for fewer at once", line)
    }
    const search = await local.ask("POST /v2/searches", { query: { ands: [] } })
    assert.strictEqual(search.body.status.code, 11102)
    assert.strictEqual((await local.ask("GET /v2/inputs?per_page=2")).body.inputs.length, 2)
    assert.strictEqual((await local.ask("GET /v2/inputs?ids=text")).body.inputs.length, 1)
  })

  it("by too many ids is refused", async () => {
    await using local = freshEngine()
    const query = Array.from({ length: 1001 }, (_, n) => `ids=${n}`).join("&")
    const { body } = await local.ask(`GET /v2/inputs?${query}`)
    assert.strictEqual(body.status.code, 11102)
    assert.include(body.status.details, "ids has 1001 items")
  })
})

describe("a query of many names", () => {
  it("takes time linear in them, and names nested beyond any message are ignored", async () => {
    await using local = freshEngine()
    const names = Array.from({ length: 40_000 }, (_, n) => n.toString(36)).join("&")
    const deep = `${"data.regions.".repeat(5000)}id=1`
    await local.ask("GET /v2/inputs")
    const spent = await cost(async () => {
      assert.strictEqual((await local.ask(`GET /v2/inputs?per_page=1&${names}&${deep}`)).http, 200)
    })
    assert.isBelow(spent, 2500) // 7 s, when each name looked through all
  })
})

describe("changes of models", () => {
  it("with more concepts together than one model may have are refused", async () => {
    await using local = freshEngine({ limits: { conceptsPerModel: 10 } })
    const change = (id: string, from: number) => ({
      id,
      output_info: { data: { concepts: Array.from({ length: 6 }, (_, n) => ({ id: `c${from + n}` })) } }
    })
    for (const id of ["a", "b"]) await local.ask("POST /v2/models", { models: [{ id }] })
    const refused = await local.ask("PATCH /v2/models", { models: [change("a", 0), change("b", 6)], action: "merge" })
    assert.strictEqual(refused.body.status.code, 21202)
    assert.include(refused.body.status.details, "12 concepts together")
    assert.strictEqual((await local.ask("PATCH /v2/models", { models: [change("a", 0)] })).http, 200)
  })
})
