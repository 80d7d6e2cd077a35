import { assert, describe, it } from "@effect/vitest"
import { stateOf } from "../../src/call/connection-state.ts"
import { fakeConnection } from "../../src/testing/fake-connection.ts"

describe("the state of a connection", () => {
  it("is one, and that of a copy is another", () => {
    const connection = fakeConnection(() => ({}))
    assert.strictEqual(stateOf(connection), stateOf(connection))
    assert.notStrictEqual(stateOf({ ...connection }), stateOf(connection))
  })
  it("numbers calls from 1, whoever makes them", () => {
    const connection = fakeConnection(() => ({}))
    assert.deepStrictEqual([stateOf(connection).nextId(), stateOf(connection).nextId()], [1, 2])
    assert.strictEqual(stateOf(fakeConnection(() => ({}))).nextId(), 1)
  })
  it("paces calls at the connection's rate", () => {
    assert.strictEqual(stateOf(fakeConnection(() => ({}), { perSecond: 7 })).gate.perSecond(), 7)
  })
})
