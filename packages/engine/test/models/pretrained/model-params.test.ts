/** Parameters of models as clients send them. */
import { assert, describe, it } from "@effect/vitest"
import { readModelParams } from "../../../src/models/pretrained/model-params.ts"

describe("parameters of a model", () => {
  it("that are numbers and flags as texts are read as what they are", () => {
    assert.deepStrictEqual(
      readModelParams({ max_tokens: "1", temperature: "0.5", do_sample: "true", top_k: 0.95, num_beams: 2.4 }),
      { max_tokens: 1, temperature: 0.5, do_sample: true, top_k: 1, num_beams: 2 }
    )
  })

  it("that are not set are left out, and names that are not known stay", () => {
    assert.deepStrictEqual(readModelParams({ max_tokens: 0, top_p: null, voice: "", size: "1024x1024" }), {
      size: "1024x1024"
    })
  })

  it("that no runtime can take are refused by name", () => {
    for (const [params, words] of [
      [{ max_tokens: "many" }, "max_tokens"],
      [{ max_tokens: -3 }, "max_tokens must be 1..4096, not -3"],
      [{ max_tokens: 1e9 }, "max_tokens must be 1..4096"],
      [{ temperature: -1 }, "temperature"],
      [{ do_sample: "perhaps" }, "do_sample must be true or false"],
      [{ system_prompt: 3 }, "system_prompt must be a text"]
    ] as const)
      assert.throws(() => readModelParams(params), words)
  })
})
