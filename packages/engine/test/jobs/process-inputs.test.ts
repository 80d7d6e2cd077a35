/** Which inputs are processed after a process ended while it processed some. */
import { assert, describe, it } from "@effect/vitest"
import { type Database, openDatabase } from "../../src/store/database.ts"
import { claimInputs, requeueInputs, settleInput } from "../../src/store/input-queue.ts"
import { insertInput } from "../../src/store/input-table.ts"
import { migrate } from "../../src/store/schema.ts"
import { freshFolder } from "../support/fresh-engine.ts"

const at = "2026-01-01T00:00:00Z"

const add = (db: Database, id: string): void =>
  void insertInput(db, {
    app: "me/main",
    id,
    kind: "text",
    url: null,
    hash: null,
    raw: id,
    data: "{}",
    status: 30001,
    details: "",
    job: null,
    created_at: at
  })

describe("inputs that were being processed when a process ended", () => {
  it("are taken up one at a time, so that an attempt counts for that one alone", () => {
    using folder = freshFolder()
    const db = openDatabase(`${folder.path}/engine.sqlite`, { readOnly: false })
    migrate(db)
    for (const id of ["a", "b", "c", "d"]) add(db, id)
    const claim = () => claimInputs(db, 32).map(({ attempts, id, seq }) => ({ attempts, id, seq }))
    assert.deepStrictEqual(
      claim().map(({ id }) => id),
      ["a", "b", "c", "d"]
    )
    add(db, "e")
    requeueInputs(db)
    const order: Array<string> = []
    for (let [one, ...others] = claim(); one !== undefined; [one, ...others] = claim()) {
      assert.isEmpty(others)
      order.push(`${one.id} ${one.attempts}`)
      settleInput(db, one.seq, { status: 30000, details: "" }, at)
      if (one.id === "b") {
        // the process ends again, in the middle of the next
        assert.lengthOf(claim(), 1)
        requeueInputs(db)
      }
    }
    assert.deepStrictEqual(order, ["a 1", "b 1", "c 2", "d 1", "e 0"])
    db.close()
  })
})
