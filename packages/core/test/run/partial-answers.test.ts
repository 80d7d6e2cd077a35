import { assert, describe, it } from "@effect/vitest"
import * as Exit from "effect/Exit"
import { BudgetSpent, NotFound, PartlyAnswered, TimedOut } from "../../src/errors/errors.ts"
import { PartialAnswers } from "../../src/run/partial-answers.ts"

const context = { index: 2, key: "k" }
const names = ["a", "b"]

describe("the answers before a deadline", () => {
  it("are in its error, first to last, and failures are not", () => {
    const partial = new PartialAnswers()
    partial.record(Exit.succeed(1))
    partial.record(Exit.fail(new NotFound({})))
    partial.record(Exit.succeed(2))
    const error = partial.timedOut("input", 70, context)
    assert.instanceOf(error, TimedOut)
    assert.deepInclude(error, { what: "input", timeoutMs: 70, index: 2, key: "k" })
    assert.deepStrictEqual(error.answers, [1, 2])
  })
  it("are none where nothing came", () => {
    assert.deepStrictEqual((new PartialAnswers().timedOut("run", 1, context) as TimedOut).answers, [])
  })
  it("of values made of the input are the input's", () => {
    const partial = new PartialAnswers()
    partial.nested().record(Exit.succeed("part"))
    partial.record(Exit.succeed("whole"))
    assert.deepStrictEqual((partial.timedOut("run", 1, context) as TimedOut).answers, ["part", "whole"])
  })
  it("of several models are one answer by name, once all have ended", () => {
    const partial = new PartialAnswers()
    partial.recordNamed(names, "b", Exit.succeed(2))
    partial.recordNamed(names, "a", Exit.succeed(1))
    const error = partial.timedOut("run", 1, context)
    assert.instanceOf(error, TimedOut)
    assert.deepStrictEqual(error.answers, [{ b: 2, a: 1 }])
  })
  it("of several models of which one is missing say which was too late", () => {
    const partial = new PartialAnswers()
    partial.recordNamed(names, "a", Exit.succeed(1))
    const error = partial.timedOut("run", 9, context)
    assert.instanceOf(error, PartlyAnswered)
    assert.deepStrictEqual(error.answers, { a: 1 })
    assert.deepInclude(error.failures["b"], { _tag: "TimedOut", timeoutMs: 9 })
    assert.deepInclude(error, { index: 2, key: "k" })
  })
  it("of several models of which none answered are a deadline's error", () => {
    const partial = new PartialAnswers()
    partial.recordNamed(names, "a", Exit.fail(new NotFound({})))
    assert.instanceOf(partial.timedOut("run", 1, context), TimedOut)
  })
  it("of a later `all` are apart from those before", () => {
    const partial = new PartialAnswers()
    const later = [...names]
    for (const name of names) partial.recordNamed(names, name, Exit.succeed(name))
    partial.recordNamed(later, "a", Exit.succeed("later"))
    const error = partial.timedOut("run", 1, context)
    assert.instanceOf(error, PartlyAnswered)
    assert.deepStrictEqual(error.answers, { a: "later" })
  })
  it("are in the error of a budget that is spent, and in no other", () => {
    const partial = new PartialAnswers()
    partial.record(Exit.succeed(1))
    const spent = partial.complete(new BudgetSpent({ limit: "calls", budget: 3, index: 2 }))
    assert.instanceOf(spent, BudgetSpent)
    assert.deepInclude(spent, { limit: "calls", budget: 3, index: 2 })
    assert.deepStrictEqual(spent.answers, [1])
    const other = new NotFound({})
    assert.strictEqual(partial.complete(other), other)
    assert.strictEqual(partial.complete("thrown"), "thrown")
  })
})
