/** Lists of inputs while others add and delete inputs. */
import { assert, describe, it } from "@effect/vitest"
import type { FetchLike } from "../../src/index.ts"
import { ask, freshEngine } from "../support/fresh-engine.ts"

const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `i${from + i}`)

const add = async (fetch: FetchLike, names: ReadonlyArray<string>): Promise<void> => {
  for (let at = 0; at < names.length; at += 128) {
    const inputs = names.slice(at, at + 128).map((id) => ({ id, data: { text: { raw: id } } }))
    assert.strictEqual((await ask(fetch, "POST /v2/inputs", { inputs })).http, 200)
  }
}

/** Walks the list with `last_id`, and calls `between` after each page. */
const walk = async (
  fetch: FetchLike,
  query: string,
  between: (page: ReadonlyArray<string>, count: number) => Promise<void>
): Promise<ReadonlyArray<string>> => {
  const seen: Array<string> = []
  for (let last = ""; ;) {
    const { body, http } = await ask(fetch, `GET /v2/inputs/stream?per_page=50&last_id=${last}${query}`)
    assert.strictEqual(http, 200)
    const page: ReadonlyArray<string> = body.inputs.map(({ id }: { readonly id: string }) => id)
    seen.push(...page)
    if (page.length < 50) return seen
    last = page.at(-1) ?? ""
    await between(page, seen.length)
  }
}

describe("a walk through inputs with last_id", () => {
  it.each(["", "&descending=true", "&order_by_id=true", "&order_by_id=true&descending=true"])(
    "%s gives all that were there, although others are added in bulk",
    async (query) => {
      await using local = freshEngine()
      await add(local.fetch, ids(0, 300))
      let next = 1000
      const seen = await walk(local.fetch, query, async () => {
        if (next < 1300) await add(local.fetch, ids(next, (next += 128)))
      })
      assert.includeMembers([...seen], ids(0, 300))
      assert.strictEqual(new Set(seen).size, seen.length)
    }
  )

  it.each(["", "&descending=true", "&order_by_id=true"])(
    "%s gives all, although it deletes what it gives",
    async (query) => {
      await using local = freshEngine()
      await add(local.fetch, ids(0, 300))
      const seen = await walk(local.fetch, query, async (page) => {
        await ask(local.fetch, "DELETE /v2/inputs", { ids: page })
      })
      assert.sameMembers([...seen], ids(0, 300))
    }
  )

  it("fails if the cursor determines no position", async () => {
    await using local = freshEngine()
    await add(local.fetch, ids(0, 3))
    const never = await local.ask("GET /v2/inputs/stream?last_id=never")
    assert.deepStrictEqual([never.http, never.body.status.code], [400, 11102])
    assert.include(never.body.status.details, "last_id")
    await local.ask("DELETE /v2/inputs/i1")
    await add(local.fetch, ["i1"])
    const again = await local.ask("GET /v2/inputs/stream?last_id=i1")
    assert.deepStrictEqual([again.http, again.body.status.code], [400, 11102])
    assert.include(again.body.status.details, "order_by_id")
  })
})

describe("a search", () => {
  it("gives all inputs, although others delete inputs meanwhile", { timeout: 60_000 }, async () => {
    await using local = freshEngine()
    await add(local.fetch, ids(0, 1200))
    const query = { query: { filters: [] }, pagination: { per_page: 1000 } }
    const [found] = await Promise.all([
      local.ask("POST /v2/inputs/searches", query),
      local.ask("DELETE /v2/inputs", { ids: ids(490, 510) })
    ])
    const seen: ReadonlyArray<string> = found.body.hits.map(({ input }: { input: { id: string } }) => input.id)
    assert.includeMembers([...seen], ids(600, 1200))
  })
})

describe("deleting all inputs", () => {
  it("deletes those that were there", { timeout: 60_000 }, async () => {
    await using local = freshEngine()
    await add(local.fetch, ids(0, 500))
    const [deleted] = await Promise.all([
      local.ask("DELETE /v2/inputs", { delete_all: true }),
      new Promise((resolve) => setTimeout(resolve, 5)).then(() => add(local.fetch, ids(1000, 1128)))
    ])
    assert.strictEqual(deleted.http, 200)
    const { body } = await local.ask("GET /v2/inputs?per_page=1000")
    assert.isTrue(body.inputs.every(({ id }: { id: string }) => Number(id.slice(1)) >= 1000))
  })
})
