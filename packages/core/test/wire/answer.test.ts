import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { toFacts } from "../../src/results/output.ts"
import { PredictionOutputsWire, PredictionOutputWire } from "../../src/wire/messages/prediction-output.ts"
import { decode } from "../../src/wire/codec/decode-json.ts"
import { MultiOutputResponseWire, OutputWire } from "../../src/wire/messages/output-messages.ts"
import { arbitrary } from "./arbitrary.ts"
import { runs } from "./runs.ts"

describe("an answer to a prediction", () => {
  it("is read as the protocol's Output is, its model's details left as they came", () => {
    fc.assert(
      fc.property(arbitrary(OutputWire, { loose: true, depth: 3 }), (json) => {
        const [whole, light] = [decode(OutputWire, json), decode(PredictionOutputWire, json)]
        if (!whole.ok) return assert.fail(whole.problem.problem)
        if (!light.ok) return assert.fail(light.problem.problem)
        const { model: _, ...rest } = whole.value
        const { model: __, ...lightRest } = light.value
        assert.deepStrictEqual(lightRest, rest)
        assert.deepStrictEqual(toFacts(light.value), toFacts(whole.value))
      }),
      { numRuns: runs(300) }
    )
  })

  it("is not lost for what its model tells about itself", () => {
    const version = { id: "v", metrics: { summary: "none" }, output_info: { data: [] } }
    const output = { id: "a", model: { id: "m", model_version: version }, data: {} }
    assert.isFalse(decode(OutputWire, output).ok)
    assert.deepStrictEqual<unknown>(decode(PredictionOutputWire, output), { ok: true, value: output })
    const answers = { status: { code: 10_000 }, outputs: [output] }
    assert.isFalse(decode(MultiOutputResponseWire, answers).ok)
    assert.deepStrictEqual<unknown>(decode(PredictionOutputsWire, answers), { ok: true, value: answers })
  })

  it("is refused where its model or version is not one", () => {
    const problem = { path: "model.model_version.id", problem: "expected text, found a number" }
    assert.deepStrictEqual(decode(PredictionOutputWire, { model: { model_version: { id: 5 } } }), {
      ok: false,
      problem
    })
  })
})
