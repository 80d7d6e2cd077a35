import { assert, describe, it } from "@effect/vitest"
import { Data, Schema } from "effect"
import { inspect } from "node:util"
import { NotFound, StepFailed } from "../../src/errors/errors.ts"
import { readableError } from "../../src/errors/readable-error.ts"

class Jammed extends readableError(Data.TaggedError("Jammed"))<{ readonly tray: number }> {
  override get message() {
    return `tray ${this.tray} is jammed; open it`
  }
}
class Torn extends readableError(Schema.TaggedError<Torn>()("Torn", { sheet: Schema.Number })) {
  override get message() {
    return `sheet ${this.sheet} is torn`
  }
}

describe("a console", () => {
  it("shows the message, where it was made, and then the fields", () => {
    const text = inspect(new NotFound({ model: "pets", code: 21200, details: "Model does not exist" }))
    assert.match(text, /^NotFound: pets: not found \(21200\): Model does not exist; check the id/)
    assert.match(text, /\n {4}at .*readable-error\.test\.ts/)
    assert.match(text, /\{\s+model: 'pets',\s+code: 21200/)
    assert.notInclude(text, "_tag")
  })

  it("shows errors of either kind of Effect's", () => {
    assert.match(inspect(new Jammed({ tray: 2 })), /^Jammed: tray 2 is jammed; open it\n {4}at [^]*\{ tray: 2 \}$/)
    assert.match(inspect(new Torn({ sheet: 3 })), /^Torn: sheet 3 is torn\n {4}at [^]*\{ sheet: 3 \}$/)
  })

  it("shows the address of the error's page below the message, for errors that have one", () => {
    const page = "https://github.com/sightline-js/sightline/blob/main/docs/errors/NotFound.md"
    assert.match(
      inspect(new NotFound({ model: "pets" })),
      new RegExp(`^NotFound: pets: .*\\n {4}see ${page}\\n {4}at `)
    )
    class Worn extends readableError(Data.TaggedError("Worn"), (tag) => `https://printer.test/${tag}`) {}
    assert.include(inspect(new Worn()), "\n    see https://printer.test/Worn\n")
    assert.notInclude(inspect(new Jammed({ tray: 2 })), "see ")
    assert.notInclude(inspect([[new NotFound({ model: "pets" })]], { depth: 1 }), "see ")
  })

  it("shows one inside of other things, down to the depth that was asked for", () => {
    assert.include(inspect({ ok: false, error: new Jammed({ tray: 2 }) }), "error: Jammed: tray 2 is jammed")
    assert.include(inspect(new Error("no print", { cause: new Jammed({ tray: 2 }) })), "[cause]: Jammed: tray 2 is")
    assert.strictEqual(inspect({ a: new Jammed({ tray: 2 }) }, { depth: -1 }), "[Object]")
    assert.notInclude(inspect([[new Jammed({ tray: 2 })]], { depth: 1 }), "at ")
  })

  it("shows what a function of the caller's threw", () => {
    const text = inspect(new StepFailed({ step: "map", problem: "mine", cause: new RangeError("mine") }))
    assert.match(text, /^StepFailed: .*map.*: mine/)
    assert.include(text, "RangeError: mine")
  })
})

it("an error is the same plain data as before", () => {
  assert.strictEqual(JSON.stringify(new Jammed({ tray: 2 })), `{"tray":2,"_tag":"Jammed"}`)
  assert.deepStrictEqual(Object.keys(new Jammed({ tray: 2 })).toSorted(), ["_tag", "tray"])
})
