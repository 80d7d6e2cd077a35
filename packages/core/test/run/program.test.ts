import { assert, describe, it } from "@effect/vitest"
import * as Stream from "effect/Stream"
import type { Step } from "../../src/chain/chain-state.ts"
import { ending, option, series } from "../../src/chain/stage.ts"
import { type Block, compile, single } from "../../src/run/program.ts"
import { type AnyValue, many, map, one, predict, programOf, split, step } from "./programs.ts"

const typesOf = ({ operations }: Pick<Block, "operations">) => operations.map(({ type }) => type)
const opt = (verb: string, options: object): Step => ({ type: "option", verb, args: ["a"], options })
const limit: Step = {
  type: "series",
  verb: "limit",
  args: [],
  stage: series("limit", {}, (all: Stream.Stream<AnyValue>) => all)
}
const count: Step = {
  type: "ending",
  verb: "count",
  args: [],
  stage: ending("count", {}, (all: Stream.Stream<AnyValue>) => Stream.runCount(all))
}
const same = map((value) => value)
const retry: Step = { type: "retry", times: 2 }
const cached: Step = { type: "cached", capacity: 2, ttlMs: 100 }

describe("the program of one input", () => {
  it("has its operations in order, and options in the prediction's request", () => {
    const {
      input,
      opening,
      series: all
    } = programOf(
      one(1),
      step("a.b", (value) => value),
      opt("top", { top: 3 }),
      predict(),
      same
    )
    assert.deepStrictEqual(typesOf(input.block), ["stage", "predict", "map"])
    const operation = input.block.operations[1]
    assert(operation?.type === "predict")
    assert.deepStrictEqual(operation.requests, { [single]: { model: "m", options: { top: 3 } } })
    assert.isFalse(operation.named)
    assert.isUndefined(opening)
    assert.isUndefined(all)
  })
  it("uses options up with a prediction, and keeps those that none used", () => {
    const { input } = programOf(
      one(1),
      opt("top", { top: 3 }),
      predict(),
      opt("language", { language: "de" }),
      predict("n"),
      opt("top", { top: 1 })
    )
    const requests = input.block.operations.flatMap((operation) =>
      operation.type === "predict" ? Object.values(operation.requests) : []
    )
    assert.deepStrictEqual(
      requests.map(({ options }) => options),
      [{ top: 3 }, { language: "de" }]
    )
    assert.deepStrictEqual(input.block.options, { top: 1 })
  })
  it("predicts with several models by name", () => {
    const { input } = programOf(one(1), opt("top", { top: 3 }), { type: "all", models: { a: "m", b: "n" } })
    const [operation] = input.block.operations
    assert(operation?.type === "predict")
    assert.isTrue(operation.named)
    assert.deepStrictEqual(operation.requests, {
      a: { model: "m", options: { top: 3 } },
      b: { model: "n", options: { top: 3 } }
    })
  })
  it("validates the arguments of an option verb", () => {
    const verb: Step = { type: "stage", verb: "top", args: [3], stage: option("top", {}, { top: 3 }) }
    const { input } = programOf(one(1), verb, predict())
    assert.deepStrictEqual(typesOf(input.block), ["check", "predict"])
    const operation = input.block.operations[1]
    assert.deepStrictEqual(operation?.type === "predict" && operation.requests[single]?.options, { top: 3 })
  })
  it("keeps the medium of an answer where a later step may read it", () => {
    const keeps = (...after: ReadonlyArray<Step>) => {
      const [operation] = programOf(one(1), predict(), ...after).input.block.operations
      return operation?.type === "predict" && operation.keepMedium
    }
    assert.isFalse(keeps())
    assert.isFalse(keeps(same, opt("top", { top: 1 }), retry))
    assert.isTrue(keeps(step("crop", (value) => value)))
    assert.isTrue(keeps({ type: "when", test: () => true, steps: [] }))
    const [first] =
      programOf(
        one(1),
        predict(),
        split("crops", () => [])
      ).opening?.input.block.operations ?? []
    assert.isTrue(first?.type === "predict" && first.keepMedium)
  })
  it("compiles the branch of a `when` with the options before it", () => {
    const when: Step = { type: "when", test: () => true, steps: [predict()] }
    const [operation] = programOf(one(1), opt("top", { top: 3 }), when).input.block.operations
    assert(operation?.type === "when")
    const [inner] = operation.branch.operations
    assert.deepStrictEqual(inner?.type === "predict" && inner.requests[single]?.options, { top: 3 })
  })
  it("answers from memory around all operations before the step", () => {
    const { input } = programOf(one(1), same, predict(), cached, same)
    assert.deepStrictEqual(typesOf(input.block), ["cached", "map"])
    const [operation] = input.block.operations
    assert(operation?.type === "cached")
    assert.deepStrictEqual(typesOf(operation), ["map", "predict"])
    assert.isTrue(input.isCached)
    // what is planned has no memory
    assert.deepStrictEqual(
      [typesOf({ operations: input.batch?.before ?? [] }), typesOf(input.batch?.after ?? { operations: [] })],
      [["map"], ["map"]]
    )
  })
})

describe("an option that is out of range", () => {
  const bad: Step = { type: "retry", times: -1 }
  it("ends the input before AnyValue step, wherever it is", () => {
    const { input } = programOf(one(1), same, predict(), bad, same)
    assert.deepStrictEqual(typesOf(input.block), ["fail", "map"])
    assert.isUndefined(input.batch?.predict)
    assert.deepStrictEqual(typesOf({ operations: input.batch?.before ?? [] }), ["fail"])
  })
  it("is the first of several", () => {
    const { input } = programOf(one(1), bad, { type: "timeout", ms: -1 })
    const [operation] = input.block.operations
    assert.strictEqual(operation?.type === "fail" && operation.error.option, "retry")
  })
  it("of a memory leaves it a step like AnyValue other", () => {
    assert.isFalse(programOf(one(1), predict(), { type: "cached", capacity: 0, ttlMs: 1 }).input.isCached)
  })
})

describe("the prediction that many inputs share a call for", () => {
  const batchOf = (...steps: ReadonlyArray<Step>) => programOf(many([]), ...steps).input.batch
  it("is the first, with what is before and after it", () => {
    const batch = batchOf(same, predict(), same, predict("n"))
    assert.deepStrictEqual(typesOf({ operations: batch?.before ?? [] }), ["map"])
    assert.deepStrictEqual(typesOf(batch?.after ?? { operations: [] }), ["map", "predict"])
    assert.deepInclude(batch, { repeats: false, hasDeadlines: false })
  })
  it("is none without a prediction, or where it is made up for", () => {
    assert.isUndefined(batchOf(same))
    assert.isUndefined(batchOf({ type: "orElse", f: () => 1 }, predict()))
    assert.isDefined(batchOf(predict(), { type: "orElse", f: () => 1 }))
  })
  it("may be repeated alone, or have a deadline", () => {
    assert.deepInclude(batchOf(predict(), retry), { repeats: true, hasDeadlines: false })
    assert.deepInclude(batchOf(predict(), { type: "timeout", ms: 5 }), { repeats: false, hasDeadlines: true })
    assert.deepInclude(batchOf(retry, predict()), { repeats: false })
  })
})

describe("the program of a series", () => {
  it("is cut at each step over the whole, whose options end there", () => {
    const { series: first } = programOf(many([]), same, opt("top", { top: 3 }), limit, predict(), limit, count, same)
    assert.deepStrictEqual(typesOf(first?.input.block ?? { operations: [] }), ["map"])
    assert(first?.next?.type === "series")
    const second = first.next.series
    const [operation] = second.input.block.operations
    assert.deepStrictEqual(operation?.type === "predict" && operation.requests[single]?.options, { top: 3 })
    assert(second.next?.type === "series")
    const third = second.next.series
    assert.deepStrictEqual(typesOf(third.input.block), [])
    assert(third.next?.type === "ending")
    assert.deepStrictEqual(typesOf(third.next.block), ["map"])
  })
  it("that a stage makes of one input has that stage as its opening", () => {
    const {
      input,
      opening,
      series: all
    } = programOf(
      one(1),
      same,
      opt("top", { top: 3 }),
      split("frames", () => []),
      predict()
    )
    assert.strictEqual(opening?.stage.name, "frames")
    assert.deepStrictEqual(typesOf(opening?.input.block ?? { operations: [] }), ["map"])
    assert.strictEqual(all?.input, input)
    const [operation] = input.block.operations
    assert.deepStrictEqual(operation?.type === "predict" && operation.requests[single]?.options, { top: 3 })
  })
  it("that a stage makes of each input is a part of its block", () => {
    const { series: all } = programOf(
      many([]),
      split("frames", () => []),
      predict(),
      limit
    )
    assert.isUndefined(all?.next)
    const expand = all?.input.block.expand
    assert.strictEqual(expand?.stage.name, "frames")
    assert.deepStrictEqual(typesOf(expand?.series.input.block ?? { operations: [] }), ["predict"])
    assert.strictEqual(expand?.series.next?.type, "series")
  })
  it("keeps the medium where a step over the whole is followed by one that reads it", () => {
    const keeps = (...after: ReadonlyArray<Step>) => {
      const [operation] = programOf(many([]), predict(), limit, ...after).input.block.operations
      return operation?.type === "predict" && operation.keepMedium
    }
    assert.isFalse(keeps(same))
    assert.isTrue(keeps(step("crop", (value) => value)))
  })
  it("is compiled anew for each chain, which stays as it was", () => {
    const state = { source: many([]), steps: [predict()] }
    assert.deepStrictEqual(compile(state), compile(state))
    assert.strictEqual(compile(state).steps, state.steps)
  })
})
