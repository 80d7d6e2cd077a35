import { assert, describe, it } from "@effect/vitest"
import { sightline } from "../../src/index.ts"
import { resources } from "../../src/resources.ts"
import { type FakeCall, fakeConnection } from "../../src/testing/fake-connection.ts"

const status = { code: 10000, description: "Ok" }
const named = (word: string, count: number) => Array.from({ length: count }, (_, i) => ({ id: `${word}${i}` }))

/** A service whose list is `kept`, cut into pages as it is when a page is asked for. */
const listOf = (kept: Array<{ readonly id: string }>, afterPage: (page: number) => void = () => {}) => {
  const connection = fakeConnection(({ path }: FakeCall) => {
    const query = new URL(path, "http://x").searchParams
    const [page, size] = [Number(query.get("page")), Number(query.get("per_page"))]
    const inputs = kept.slice((page - 1) * size, page * size)
    afterPage(page)
    return { status, inputs }
  })
  return { connection, inputs: sightline(connection).use(resources()).resources.inputs }
}
const idsOf = (items: ReadonlyArray<{ readonly id: string }>) => items.map(({ id }) => id)

describe("a list that changes while it is read", () => {
  it("gives everything when a whole page is added between two pages", async () => {
    const kept = named("old", 40)
    let added = 0
    const { inputs } = listOf(kept, (page) => {
      if (page === 1 && added++ === 0) kept.unshift(...named("new", 10))
    })
    const ids = idsOf(await inputs.list({ pageSize: 10 }).all())
    assert.deepStrictEqual(
      named("old", 40).filter(({ id }) => !ids.includes(id)),
      []
    )
    assert.strictEqual(new Set(ids).size, ids.length)
  })
  it("gives nothing twice when a few are added between two pages", async () => {
    const kept = named("old", 25)
    let added = 0
    const { inputs } = listOf(kept, () => {
      if (added++ < 2) kept.unshift({ id: `new${added}` })
    })
    const ids = idsOf(await inputs.list({ pageSize: 10 }).all())
    assert.deepStrictEqual(
      idsOf(named("old", 25)),
      ids.filter((id) => id.startsWith("old"))
    )
    assert.strictEqual(new Set(ids).size, ids.length)
  })
  it.each([1, 10])("gives everything when what it gives is deleted, %i at a time", async (every) => {
    const kept = named("old", 55)
    const { inputs } = listOf(kept)
    let taken: Array<string> = []
    const ids: Array<string> = []
    for await (const { id } of inputs.list({ pageSize: 10 })) {
      ids.push(id)
      taken.push(id)
      if (taken.length < every) continue
      for (const gone of taken) kept.splice(idsOf(kept).indexOf(gone), 1)
      taken = []
    }
    assert.deepStrictEqual(ids.toSorted(), idsOf(named("old", 55)).toSorted())
  })
  it("gives everything when some in the middle are deleted", async () => {
    const kept = named("old", 45)
    const { inputs } = listOf(kept)
    const ids: Array<string> = []
    for await (const { id } of inputs.list({ pageSize: 10 })) {
      ids.push(id)
      if (id === "old19") kept.splice(12, 5)
    }
    assert.deepStrictEqual(ids.toSorted(), idsOf(named("old", 45)).toSorted())
  })
  it("fails instead of ending when it does not stop to change", async () => {
    const kept = named("old", 2100) // more than one page at any size
    let made = 0
    const { connection, inputs } = listOf(kept, (page) => {
      if (page !== 1) return
      kept.shift()
      kept.push({ id: `made${made++}` })
    })
    const all = await inputs
      .list({ pageSize: 1000 })
      .all()
      .catch((error: unknown) => error)
    assert.strictEqual(Object(all)._tag, "MalformedAnswer")
    assert.match(String(Object(all).message), /changed each time that it was read.*read it while nothing changes it/)
    assert.isBelow(connection.calls.length, 40)
  })
  it("fails instead of going on when each page moves by one", { timeout: 30_000 }, async () => {
    const kept = named("old", 40)
    let made = 0
    const { connection, inputs } = listOf(kept, () => kept.unshift(...named(`new${made++}-`, 10)))
    const all = await inputs
      .list({ pageSize: 10 })
      .all()
      .catch((error: unknown) => error)
    assert.strictEqual(Object(all)._tag, "MalformedAnswer")
    assert.isBelow(connection.calls.length, 60)
  })
  it("is read once more where it has several pages, and once where it has one", async () => {
    const pagesAsked = async (count: number) => {
      const { connection, inputs } = listOf(named("i", count))
      await inputs.list({ pageSize: 10 }).all()
      return connection.calls.map(({ path }) => path.replace(/.*\?/, ""))
    }
    assert.deepStrictEqual(await pagesAsked(9), ["page=1&per_page=10"])
    assert.deepStrictEqual(await pagesAsked(15), ["page=1&per_page=10", "page=2&per_page=10", "page=1&per_page=1000"])
  })
})
