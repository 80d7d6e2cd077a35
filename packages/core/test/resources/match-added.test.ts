import { assert, describe, it } from "@effect/vitest"
import { sightline } from "../../src/index.ts"
import { type AddOptions, type NewInput, resources } from "../../src/resources.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"

interface Wire {
  readonly id?: string
  readonly data: object
  readonly status?: object
}

/** Adds inputs to a service that answers with what `answer` makes of those that were sent. */
const added = async (
  given: ReadonlyArray<NewInput>,
  answer: (sent: ReadonlyArray<Wire>) => ReadonlyArray<Wire>,
  options: AddOptions = {}
) => {
  const connection = fakeConnection(({ body }) => ({
    status: { code: 10000 },
    inputs: answer(Object(body).inputs).map((input) => ({ status: { code: 30000 }, ...input }))
  }))
  const outcomes = await sightline(connection).use(resources()).resources.inputs.add(given, options).all()
  return outcomes.map((outcome) => (outcome.ok ? outcome.value.id : outcome.error._tag))
}
const byId = ["a", "b", "c"].map((id): NewInput => ({ input: Uint8Array.of(1), id }))
const byUrl = ["a", "b", "c"].map((id): NewInput => ({ input: `https://x.test/${id}.jpg` }))

describe("the records that answer added inputs", () => {
  it("are found by id where they come in another order", async () => {
    assert.deepStrictEqual(await added(byId, (sent) => sent.toReversed()), ["a", "b", "c"])
  })
  it("are found by id where one is missing", async () => {
    assert.deepStrictEqual(await added(byId, (sent) => sent.slice(1)), ["MalformedAnswer", "b", "c"])
  })
  it("are found by address where the service makes the ids", async () => {
    const withIds = (sent: ReadonlyArray<Wire>) => sent.map((input, i) => ({ ...input, id: `made${i}` }))
    assert.deepStrictEqual(await added(byUrl, (sent) => withIds(sent).toReversed()), ["made0", "made1", "made2"])
  })
  it("are those that are left where a taken id was changed", async () => {
    const ids = await added(byId, ([a, b, c]) => [c, { ...b, id: "b-1" }, a] as ReadonlyArray<Wire>, {
      onTakenId: "suffix"
    })
    assert.deepStrictEqual(ids, ["a", "b-1", "c"])
  })
  it("are not guessed where the count is wrong and nothing says whose they are", async () => {
    const bytes = byId.map(({ input }) => ({ input }))
    const answers = await added(bytes, (sent) => sent.slice(1).map((one, i) => ({ ...one, id: `made${i}` })))
    assert.deepStrictEqual(answers, ["MalformedAnswer", "MalformedAnswer", "MalformedAnswer"])
  })
})
