import { assert, describe, it } from "@effect/vitest"
import { bodyFrame, endpointKey, requestMembers } from "../../src/predict/encode-request.ts"
import type { RequestOptions } from "../../src/predict/endpoint.ts"
import { endpointOf } from "./inputs.ts"

const model = (options: RequestOptions) => requestMembers({ service: "model", options })
const workflow = (options: RequestOptions) => requestMembers({ service: "workflow", options })
const outputInfo = (members: object) => ({ model: { model_version: { output_info: members } } })

describe("the members of a request beside its inputs", () => {
  it("are none without options", () => {
    assert.deepStrictEqual(model({}), {})
    assert.deepStrictEqual(model({ params: {} }), {})
    assert.deepStrictEqual(workflow({}), {})
  })
  it.each<[string, RequestOptions, object]>([
    ["the most concepts", { top: 3 }, { max_concepts: 3 }],
    ["the least value, zero included", { atLeast: 0 }, { min_value: 0 }],
    ["the language", { language: "de" }, { language: "de" }],
    ["the distance of frames", { sampleMs: 500 }, { sample_ms: 500 }],
    [
      "concepts by name, and by id where they are the platform's",
      { concepts: ["train", "ai_abcd1234", "ai_short"] },
      {
        select_concepts: [
          { name: "train", value: 1 },
          { id: "ai_abcd1234", value: 1 },
          { name: "ai_short", value: 1 }
        ]
      }
    ]
  ])("have %s", (_, options, config) => {
    assert.deepStrictEqual(model(options), outputInfo({ output_config: config }))
    assert.deepStrictEqual(workflow(options), { output_config: config })
  })
  it("take an id of the platform for one only where it is whole", () => {
    const names = (concept: string) =>
      Object.keys(workflow({ concepts: [concept] }).output_config?.select_concepts?.[0] ?? {})
    assert.include(names("xai_abcd1234"), "name")
    assert.include(names("ai_abcd12345"), "name")
    assert.include(names("ai_abcd1234"), "id")
  })
  it("have a model's own parameters", () => {
    assert.deepStrictEqual(model({ params: { temperature: 0 } }), outputInfo({ params: { temperature: 0 } }))
  })
  it.each<[string, RequestOptions["runner"], object]>([
    ["a deployment", { deployment: { id: "d", userId: "u" } }, { deployment: { id: "d", user_id: "u" } }],
    ["a deployment of the key's owner", { deployment: { id: "d" } }, { deployment: { id: "d" } }],
    [
      "a node pool",
      { nodepool: { id: "n", computeClusterId: "c", userId: "u" } },
      { nodepool: { id: "n", compute_cluster: { id: "c", user_id: "u" } } }
    ],
    ["a runner", { runner: { id: "r" } }, { runner: { id: "r" } }]
  ])("name %s to run on", (_, runner, selector) => {
    assert.deepStrictEqual(model(runner === undefined ? {} : { runner }), { runner_selector: selector })
  })
})

describe("a body", () => {
  it("has its members after its inputs", () => {
    for (const options of [{}, { top: 2, params: { a: "]" } }]) {
      const { head, tail } = bodyFrame(endpointOf({ options }))
      assert.deepStrictEqual(JSON.parse(`${head}1,2${tail}`), { inputs: [1, 2], ...model(options) })
    }
  })
})

describe("inputs share a call", () => {
  const same = endpointOf({ options: { top: 2 } })
  it("where kind, path and options are equal", () => {
    assert.strictEqual(endpointKey(same), endpointKey(endpointOf({ options: { top: 2 }, secrets: ["x"] })))
  })
  it.each([
    ["the kind", endpointOf({ options: { top: 2 }, kind: "video" })],
    ["the path", endpointOf({ options: { top: 2 }, path: "/v2/models/n/outputs" })],
    ["an option", endpointOf({ options: { top: 3 } })]
  ])("and not where %s differs", (_, other) => {
    assert.notStrictEqual(endpointKey(same), endpointKey(other))
  })
})
