import { assert, describe, it } from "@effect/vitest"
import * as Exit from "effect/Exit"
import { itemRun, keepAnswers, newInputRun, onlyInput, recordPrediction } from "../../src/run/input-run.ts"
import { predictorOver } from "../predict/predictors.ts"

const { predictor } = predictorOver(() => ({}))

describe("an input on its way", () => {
  it("begins with nothing done for it", () => {
    assert.deepInclude(newInputRun(predictor, onlyInput), {
      attempts: 0,
      requestId: undefined,
      partial: undefined,
      context: onlyInput
    })
    assert.deepStrictEqual(itemRun(predictor, { index: 3, key: "k", exit: Exit.void }).context, { index: 3, key: "k" })
  })
  it("goes on with what its calls before took", () => {
    const before = { attempts: 2, requestId: "r" }
    assert.deepInclude(itemRun(predictor, { index: 0, key: undefined, exit: Exit.void, before }), before)
  })
  it("adds the attempts of its predictions, and has the last known request", () => {
    const run = newInputRun(predictor, onlyInput)
    const exit = Exit.succeed(1)
    assert.strictEqual(recordPrediction(run, { attempts: 2, exit, requestId: "a" }), exit)
    recordPrediction(run, { attempts: 1, exit, requestId: undefined })
    assert.deepInclude(run, { attempts: 3, requestId: "a" })
    recordPrediction(run, { attempts: 1, exit, requestId: "b" })
    assert.deepInclude(run, { attempts: 4, requestId: "b" })
  })
  it("keeps its answers in one place from the first deadline on", () => {
    const run = newInputRun(predictor, onlyInput)
    const partial = keepAnswers(run)
    assert.strictEqual(run.partial, partial)
    assert.strictEqual(keepAnswers(run), partial)
  })
  it("keeps its answers from the start where the run wants them", () => {
    assert.isDefined(newInputRun({ ...predictor, keepsAnswers: true }, onlyInput).partial)
    assert.isUndefined(newInputRun({ ...predictor, keepsAnswers: false }, onlyInput).partial)
  })
  it("begins with no hooks started and none to end", () => {
    assert.deepInclude(newInputRun(predictor, onlyInput), { started: undefined, finishes: [] })
  })
  it("is the only one of its chain", () => {
    assert.deepStrictEqual(onlyInput, { index: 0, key: undefined, single: true })
  })
})
